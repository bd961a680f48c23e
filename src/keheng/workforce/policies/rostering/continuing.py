"""A roster whose first days stay as they are: the problem of the days after them.

What was worked until then counts against hours, weekends and kinds, runs and rests go on from it; a rule broken in the
days that stay is nobody's fault any more and hinders nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from keheng.workforce.policies.rostering.problem import SATURDAY, SUNDAY, WEEK, Member, Need, Problem, Roster


def rest_of(problem: Problem, kept: Sequence[Roster], since: int) -> Problem:
    """The problem of the days from ``since`` on.

    Args:
        problem: of all days.
        kept: what each member works, in the order of the staff; only the days before ``since`` are read.
        since: the first day that is made anew, numbered from 0.
    """
    if since == 0:
        return problem
    until_then = [problem.codes(roster[:since]) for roster in kept]
    shifts = [
        replace(shift, only_on=None if shift.only_on is None else frozenset(_from(since, shift.only_on)))
        for shift in problem.shifts
    ]
    staff = [_member(problem, member, codes, since) for member, codes in zip(problem.staff, until_then, strict=True)]
    needs = [_need(need, until_then, since) for need in problem.needs if need.day >= since]
    return Problem(problem.days - since, shifts, staff, needs, problem.weekday(since))


def _member(problem: Problem, member: Member, codes: Sequence[str | None], since: int) -> Member:
    worked = [code for code in codes if code]
    minutes = sum(int(problem.minutes[problem.number[code]]) for code in worked)
    weekends = {
        (problem.first_weekday + day) // WEEK
        for day, code in enumerate(codes)
        if code and problem.weekday(day) in {SATURDAY, SUNDAY}
    }
    most_minutes = max(member.most_minutes - minutes, 0)
    return replace(
        member,
        most={code: max(most - worked.count(code), 0) for code, most in member.most.items()},
        least_minutes=min(max(member.least_minutes - minutes, 0), most_minutes),
        most_minutes=most_minutes,
        most_weekends=max(member.most_weekends - len(weekends), 0),
        days_off=frozenset(_from(since, member.days_off)),
        fixed={day - since: code for day, code in member.fixed.items() if day >= since},
        wishes=_of_later(member.wishes, since),
        refusals=_of_later(member.refusals, since),
        before=[*member.before, *(code or "" for code in codes)],
    )


def _need(need: Need, kept: Sequence[Sequence[str | None]], since: int) -> Need:
    """A need of a later day; whoever began on the last day that stays is there already."""
    there = sum(codes[since - 1] in need.begun_before for codes in kept) if need.day == since else 0
    return replace(need, day=need.day - since, wanted=max(need.wanted - there, 0))


def _of_later(asked: Mapping[tuple[int, str], int], since: int) -> dict[tuple[int, str], int]:
    return {(day - since, code): weight for (day, code), weight in asked.items() if day >= since}


def _from(since: int, days: frozenset[int]) -> list[int]:
    return [day - since for day in days if day >= since]
