"""Planning a day: steps that each make what is missing, so that any of them may be repeated or may have died."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.tasks import PlanState
from keheng.care.events import TasksPlanned
from keheng.care.models import PlanRun
from keheng.care.operations.planning.contribution import is_stale, score_contributions
from keheng.care.operations.planning.duties import owe
from keheng.care.operations.planning.following import follow_owners
from keheng.care.operations.planning.fresh import plan_fresh, plan_quotas
from keheng.care.operations.planning.occasions import plan_occasions
from keheng.care.operations.planning.raising import raise_late
from keheng.care.operations.planning.spreading import plan_duties
from keheng.care.operations.settling import tally_since
from keheng.care.operations.tasks import lapse
from keheng.care.permissions import contacts as permissions
from keheng.common.events import publish
from keheng.org.models import Staff

LOCK = "care.plan"


class AlreadyPlanningError(RuntimeError):
    """Somebody else is planning at this very moment."""


def plan_day(*, day: date, actor: Staff, at: datetime, wait: bool = True) -> PlanRun:
    """Plan what everybody has to do on a day, and what is owed in the periods that it lies in.

    Each step is a transaction of its own and makes only what is missing: twice on a day makes nothing twice, and a run
    that was killed is completed by the next one.

    Args:
        wait: whether to wait for a planning that is under way, or to give up.

    Raises:
        AlreadyPlanningError: a planning is under way, and ``wait`` is false.
        PermissionDenied: the actor may not plan.
    """
    permissions.check_plan(actor)
    run = PlanRun.objects.create(day=day, actor=actor, started_at=at)
    try:
        for name, step in _steps(day, at):
            with transaction.atomic():
                _lock(wait=wait)
                run.counts[name] = step()
                run.save(update_fields=["counts"])
    except BaseException:
        if not connection.in_atomic_block:
            PlanRun.objects.filter(pk=run.pk).update(state=PlanState.FAILED, finished_at=at)
        raise
    with transaction.atomic():
        run.state, run.finished_at = PlanState.DONE, at
        run.save(update_fields=["state", "finished_at"])
        record("care.plan", actor=actor, at=at, target=run, detail={"count": sum(run.counts.values())})
        publish(TasksPlanned(run.pk, day, at))
    return run


def _steps(day: date, at: datetime) -> list[tuple[str, Callable[[], int]]]:
    return [
        ("lapsed", lambda: lapse(day=day, at=at)),
        ("scored", lambda: score_contributions(day) if is_stale() else 0),
        ("owed", lambda: owe(day)),
        ("tallied", lambda: tally_since(day)),
        ("new", lambda: plan_fresh(day)),
        ("occasions", lambda: plan_occasions(day)),
        ("cadence", lambda: plan_duties(day)),
        ("quota", lambda: plan_quotas(day)),
        ("handed", lambda: follow_owners(day)),
        ("raised", lambda: raise_late(day)),
    ]


def _lock(*, wait: bool) -> None:
    """One planner at a time, until the step commits."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [LOCK])
            return
        cursor.execute("select pg_try_advisory_xact_lock(hashtext(%s))", [LOCK])
        if not cursor.fetchone()[0]:
            raise AlreadyPlanningError(_("The day is being planned at this moment. Look again in a minute."))
