"""Making a roster in the worker: the search tells how far it is, and ends early when asked to."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext as _

from keheng.workforce.enums import DutySource, RosterState, RunState
from keheng.workforce.models import Agent, Duty, Forecast, Roster
from keheng.workforce.operations import rosters
from keheng.workforce.policies.rostering.explaining import unmet_needs
from keheng.workforce.policies.rostering.problem import OFF, Member, Problem
from keheng.workforce.policies.rostering.search import Answer, ContradictionError, Progress, Search
from keheng.workforce.queries import rosters as queries
from keheng.workforce.rostering import make_roster
from keheng.workforce.tasks import FORECAST_TASK

_MOST_UNMET = 40
_ASK_EVERY = 1.0
_LATE = timedelta(minutes=10)
_HEARTBEAT = 60
"""Seconds without a sign of life after which a worker counts as dead."""


class _Watch:
    """Whether somebody wants the making to end; looks once a second, however often it is asked."""

    def __init__(self, roster: Roster) -> None:
        self.roster, self.asked, self.over = roster, time.monotonic(), False

    def __call__(self) -> bool:
        if not self.over and time.monotonic() - self.asked > _ASK_EVERY:
            self.asked = time.monotonic()
            self.over = Roster.objects.filter(pk=self.roster.pk, cancel_requested=True).exists()
        return self.over


def make(*, roster: Roster, now: Callable[[], datetime]) -> Roster:
    """Make a roster that waits; the best found stands in its duties, and why needs are not met beside it."""
    taken = Roster.objects.filter(pk=roster.pk, state=RosterState.QUEUED)
    if not taken.update(state=RosterState.RUNNING, started_at=now(), finished_at=None):
        return roster
    roster.refresh_from_db()
    try:
        _make(roster, now)
    except Exception:
        _fail(
            Roster.objects.filter(pk=roster.pk),
            _("The roster could not be made; the log of the worker says why."),
            now(),
        )
        raise
    roster.refresh_from_db()
    return roster


def _make(roster: Roster, now: Callable[[], datetime]) -> None:
    built = queries.built(roster)
    whole = built.to_make
    members, contradicting = _possible(whole)
    problem = replace(whole, staff=members)

    def tell(progress: Progress) -> None:
        bound = progress.bound if progress.bound > float("-inf") else None
        Roster.objects.filter(pk=roster.pk).update(cost=progress.cost, bound=bound)

    answer = (
        make_roster(problem, seconds=roster.seconds, processes=os.cpu_count() or 1, tell=tell, is_over=_Watch(roster))
        if members
        else Answer([], 0.0, 0.0)
    )
    _keep(built, problem, answer, contradicting, now())


def settle(*, at: datetime) -> int:
    """Tell of forecasts and rosters whose worker has died; tell how many.

    A roster is overdue after its time limit; a forecast when no worker that lives is at it.
    """
    running = Roster.objects.filter(state=RosterState.RUNNING, started_at__lt=at - _LATE)
    late = [
        row.pk for row in running if row.started_at and row.started_at + timedelta(seconds=row.seconds) + _LATE < at
    ]
    fault = _("The worker stopped while it was at this. Start it again.")
    forecasts = Forecast.objects.filter(state=RunState.RUNNING, at__lt=at - _LATE).exclude(pk__in=_at_work())
    dead = forecasts.update(state=RunState.FAILED, finished_at=at, fault=fault)
    return dead + _fail(Roster.objects.filter(pk__in=late), fault, at)


def _at_work() -> list[int]:
    """The forecasts that living workers are at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select (job.args->>'forecast_id')::bigint from procrastinate_jobs job"
            " join procrastinate_workers worker on worker.id = job.worker_id"
            " where job.task_name = %s and job.status = 'doing'"
            " and worker.last_heartbeat > now() - make_interval(secs => %s)",
            [FORECAST_TASK, _HEARTBEAT],
        )
        return [key for (key,) in cursor.fetchall()]


def _fail(rosters: QuerySet[Roster], fault: str, at: datetime) -> int:
    """Mark rosters as failed; a published one stays published as it was."""
    state = Case(When(published_at__isnull=False, then=Value(RosterState.PUBLISHED)), default=Value(RosterState.FAILED))
    return rosters.update(state=state, finished_at=at, fault=fault)


def _possible(problem: Problem) -> tuple[list[Member], list[str]]:
    """The members for whom some roster keeps the rules, and the codes of the others."""
    members, contradicting = [], []
    for member in problem.staff:
        try:
            Search(replace(problem, staff=[member], needs=[]), lambda: 1.0)
        except ContradictionError:
            contradicting.append(member.code)
        else:
            members.append(member)
    return members, contradicting


def _keep(built: queries.Built, problem: Problem, answer: Answer, contradicting: list[str], at: datetime) -> None:
    """Write what was found in place of the days that were to be made; whose published days change is told."""
    roster, since = built.roster, built.since
    agents = {str(agent.pk): agent for agent in built.agents}
    published = roster.published_at is not None
    duties = [
        Duty(
            roster=roster, agent=agents[member.code], day=roster.dates[since + day], shift=work.shift, later=work.later,
            queue=work.queue, source=DutySource.SOLVER, is_published=published,
        )
        for member, row in zip(problem.staff, answer.rosters, strict=True)
        for day, number in enumerate(row.tolist())
        if number != OFF and (work := built.work[problem.shifts[number].code])
    ]  # fmt: skip
    wanted = list(built.wanted)
    for follower in Agent.objects.filter(pk__in=list(built.on_rota)).prefetch_related("skills"):
        queue = queries.first_queue(follower, wanted)
        duties += [
            Duty(
                roster=roster, agent=follower, day=roster.dates[day], shift=shift, queue_id=queue,
                source=DutySource.ROTA, is_published=published,
            )
            for day, shift in enumerate(built.on_rota[follower.pk])
            if shift is not None and day >= since
        ]  # fmt: skip
    unmet = unmet_needs(problem, answer.rosters, _MOST_UNMET) if answer.rosters else []
    with transaction.atomic():
        former = Duty.objects.filter(roster=roster, day__gte=roster.dates[since])
        before = _shifts(former) if published else set()
        former.delete()
        if published:
            rosters.hold(Agent.objects.filter(pk__in={duty.agent_id for duty in duties}))
            rosters.give_way(roster, [duty.agent_id for duty in duties], roster.dates[since])
        Duty.objects.bulk_create(duties, batch_size=2000)
        Roster.objects.filter(pk=roster.pk).update(
            state=RosterState.PUBLISHED if published else RosterState.READY,
            finished_at=at,
            cost=answer.cost,
            bound=answer.bound if answer.bound > float("-inf") else None,
            unmet=[{"need": one.need, "missing": one.missing, "reasons": one.reasons} for one in unmet],
            remarks=_remarks(built, answer, contradicting),
        )
        if published:
            changed = {agent for agent, *_rest in before ^ _shifts(duties)}
            people = Agent.objects.filter(pk__in=changed).values_list("staff_id", flat=True)
            rosters.tell(list(people), roster, _("The roster %(roster)s has been made again.") % {"roster": roster}, at)


def _remarks(built: queries.Built, answer: Answer, contradicting: list[str]) -> list[dict[str, object]]:
    """What no search can mend: contradicting requests, hours out of reach, queues without people, too much demand."""
    names = {str(agent.pk): agent.staff.name for agent in built.agents}
    found: list[dict[str, object]] = [{"kind": "contradiction", "agent": names[code]} for code in contradicting]
    found += [
        {"kind": "hours", "agent": names[code], "hours": minutes // 60} for code, minutes in answer.relaxed.items()
    ]
    found += [
        {"kind": "leave", "agent": names[str(agent)], "day": f"{day:%m-%d}"} for agent, day in built.settled_on_leave
    ]
    found += [{"kind": "skill", "queue": queue.name} for queue in queries.without_people(built)]
    needed, possible = queries.hours_needed(built)
    if needed > possible:
        found.append({"kind": "demand", "hours": round(needed), "most": round(possible)})
    return found


def _shifts(duties: Iterable[Duty]) -> set[tuple[int, date, int, int]]:
    return {(duty.agent_id, duty.day, duty.shift_id, duty.later) for duty in duties}
