"""Evaluations: the last ones, how long one takes, whether it still lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Sum

from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.tiering.enums import Direction, RunState
from keheng.tiering.models import Move, Run, Scheme, Tally

LOCK_FAMILY = 0x71E2
"""The advisory locks of evaluations; the second number is the scheme."""

_GRACE = timedelta(seconds=30)


def latest_run(scheme: Scheme) -> Run | None:
    """The last evaluation that set tiers: what the present standings come from."""
    done = Run.objects.filter(scheme=scheme, state=RunState.DONE, applied=True)
    return done.select_related("scheme", "version", "actor").order_by("-as_of", "-id").first()


def recent_runs(scheme: Scheme, *, limit: int = 6) -> list[Run]:
    """The newest evaluations in any state. That they ran is no secret; what they counted is scoped."""
    runs = Run.objects.filter(scheme=scheme).select_related("scheme", "version", "actor")
    return list(runs.order_by("-id")[:limit])


@dataclass(frozen=True)
class Counts:
    """What a run evaluated and moved in a scope; ``evaluated`` is ``None`` where only own customers are seen."""

    evaluated: int | None
    new: int
    up: int
    down: int


def counts_of(runs: Sequence[Run], staff: Staff) -> dict[int, Counts]:
    """What runs found in the scope of ``staff``, by run; at most one query."""
    if staff.scope == DataScope.ALL:
        return {run.pk: Counts(run.evaluated, run.new, run.up, run.down) for run in runs}
    keys = [run.pk for run in runs]
    if staff.scope == DataScope.SUBTREE:
        rows = (
            Tally.objects.visible_to(staff)
            .filter(run__in=keys)
            .values_list("run")
            .annotate(Sum("customers"), Sum("new"), Sum("up"), Sum("down"))
        )
        found = {row[0]: Counts(*row[1:]) for row in rows}
        return {key: found.get(key, Counts(0, 0, 0, 0)) for key in keys}
    moves = Move.objects.visible_to(staff).filter(run__in=keys).order_by()
    moved = dict.fromkeys(((key, direction) for key in keys for direction in Direction), 0)
    for run, direction, number in moves.values_list("run", "direction").annotate(Count("pk")):
        moved[run, Direction(direction)] = number
    return {
        key: Counts(None, moved[key, Direction.NEW], moved[key, Direction.UP], moved[key, Direction.DOWN])
        for key in keys
    }


def usual_size(scheme_id: int) -> tuple[int, float]:
    """Customers and seconds of the scheme's last evaluation: what a running one has before it; zeros at the first."""
    last = (
        Run.objects.filter(scheme=scheme_id, state=RunState.DONE, applied=True)
        .order_by("-id")
        .values_list("evaluated", "seconds")
        .first()
    )
    return (last[0], float(last[1] or 0)) if last else (0, 0.0)


def has_died(run: Run, at: datetime) -> bool:
    """Whether a run that is marked as running has lost its process: nobody holds the lock of its scheme."""
    if run.state != RunState.RUNNING or run.started_at is None or at - run.started_at < _GRACE:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [LOCK_FAMILY, run.scheme_id])
        row = cursor.fetchone()
    return bool(row and row[0])
