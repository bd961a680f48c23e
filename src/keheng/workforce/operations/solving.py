"""Making a roster in the worker: the search tells how far it is, and ends early when asked to."""

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from keheng.workforce.enums import DutySource, RosterState
from keheng.workforce.models import Agent, Duty, Roster
from keheng.workforce.policies.rostering.explaining import unmet_needs
from keheng.workforce.policies.rostering.problem import OFF, Member, Problem
from keheng.workforce.policies.rostering.search import Answer, ContradictionError, Progress, Search
from keheng.workforce.queries import rosters as queries
from keheng.workforce.rostering import make_roster

_MOST_UNMET = 40
_ASK_EVERY = 1.0
_LATE = timedelta(minutes=10)


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
    built = queries.built(roster)
    members, contradicting = _possible(built.problem)
    problem = Problem(
        built.problem.days, built.problem.shifts, members, built.problem.needs, built.problem.first_weekday
    )

    def tell(progress: Progress) -> None:
        bound = progress.bound if progress.bound > float("-inf") else None
        Roster.objects.filter(pk=roster.pk).update(cost=progress.cost, bound=bound)

    answer = (
        make_roster(problem, seconds=roster.seconds, processes=os.cpu_count() or 1, tell=tell, is_over=_Watch(roster))
        if members
        else Answer([], 0.0, 0.0)
    )
    _keep(built, problem, answer, contradicting, now())
    roster.refresh_from_db()
    return roster


def settle(*, at: datetime) -> int:
    """Mark rosters as failed whose worker has died; tell how many."""
    dead = Roster.objects.filter(state=RosterState.RUNNING, started_at__lt=at - _LATE)
    late = [row.pk for row in dead if row.started_at and row.started_at + timedelta(seconds=row.seconds) + _LATE < at]
    return Roster.objects.filter(pk__in=late).update(state=RosterState.FAILED, finished_at=at, fault="interrupted")


def _possible(problem: Problem) -> tuple[list[Member], list[str]]:
    """The members for whom some roster keeps the rules, and the codes of the others."""
    members, contradicting = [], []
    for member in problem.staff:
        try:
            Search(Problem(problem.days, problem.shifts, [member], [], problem.first_weekday), lambda: 1.0)
        except ContradictionError:
            contradicting.append(member.code)
        else:
            members.append(member)
    return members, contradicting


def _keep(built: queries.Built, problem: Problem, answer: Answer, contradicting: list[str], at: datetime) -> None:
    roster = built.roster
    agents = {str(agent.pk): agent for agent in built.agents}
    duties = [
        Duty(
            roster=roster, agent=agents[member.code], day=roster.dates[day], shift=work.shift, later=work.later,
            queue=work.queue, source=DutySource.SOLVER, is_published=roster.published_at is not None,
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
                source=DutySource.ROTA, is_published=roster.published_at is not None,
            )
            for day, shift in enumerate(built.on_rota[follower.pk])
            if shift is not None
        ]  # fmt: skip
    unmet = unmet_needs(problem, answer.rosters, _MOST_UNMET) if answer.rosters else []
    hours = {code: minutes // 60 for code, minutes in answer.relaxed.items()}
    with transaction.atomic():
        Duty.objects.filter(roster=roster).delete()
        if roster.published_at:
            agents_of = [duty.agent_id for duty in duties]
            older = Duty.objects.filter(agent__in=agents_of, day__gte=roster.first_day, day__lte=roster.last_day)
            older.exclude(roster=roster).update(is_published=False)
        Duty.objects.bulk_create(duties, batch_size=2000)
        Roster.objects.filter(pk=roster.pk).update(
            state=RosterState.PUBLISHED if roster.published_at else RosterState.READY,
            finished_at=at,
            cost=answer.cost,
            bound=answer.bound if answer.bound > float("-inf") else None,
            unmet=[{"need": one.need, "missing": one.missing, "reasons": one.reasons} for one in unmet],
            remarks=[{"agent": agents[code].staff.name, "kind": "contradiction"} for code in contradicting]
            + [{"agent": agents[code].staff.name, "kind": "hours", "hours": hours[code]} for code in hours],
        )
