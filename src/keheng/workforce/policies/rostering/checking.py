"""Rules and costs of a finished roster, counted day by day: nothing here is shared with the search."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from keheng.workforce.policies.rostering.problem import OFF, SATURDAY, SUNDAY, Member, Problem, Roster
from keheng.workforce.policies.rostering.rules import Broken


def broken_rules(problem: Problem, member: Member, roster: Roster) -> list[Broken]:
    """The rules that a member's roster breaks; empty for one that may be published."""
    days = [problem.shifts[at] if at != OFF else None for at in roster.tolist()]
    found: list[Broken] = []
    for day, shift in enumerate(days):
        if shift and day in member.days_off:
            found.append(_broken("leave", day=day, shift=shift.code))
        if (settled := member.fixed.get(day)) and (shift is None or shift.code != settled):
            found.append(_broken("settled", day=day, shift=settled))
        if shift and not settled and shift.only_on is not None and day not in shift.only_on:
            found.append(_broken("closed", day=day, shift=shift.code))
    last = next((shift for shift in problem.shifts if member.before and shift.code == member.before[-1]), None)
    for day, (shift, after) in enumerate(pairwise([last, *days])):
        if shift and after and after.code in shift.not_before:
            found.append(_broken("rest", day=day, shift=after.code, before=shift.code))
    for code in sorted({shift.code for shift in days if shift}):
        times = sum(shift is not None and shift.code == code for shift in days)
        if times > member.most.get(code, 0):
            found.append(_broken("kinds", number=times, shift=code, most=member.most.get(code, 0)))
    minutes = sum(shift.minutes for shift in days if shift)
    if not member.least_minutes <= minutes <= member.most_minutes:
        hours = {"hours": minutes, "least": member.least_minutes, "most": member.most_minutes}
        found.append(_broken("hours", **{name: f"{value / 60:g}" for name, value in hours.items()}))
    found += _runs(member, [shift is not None for shift in days])
    weekends = {
        (problem.first_weekday + day) // 7
        for day, shift in enumerate(days)
        if shift and problem.weekday(day) in {SATURDAY, SUNDAY}
    }
    if last and problem.first_weekday == SUNDAY:  # that weekend belongs to the days before
        weekends.discard(0)
    if len(weekends) > member.most_weekends:
        found.append(_broken("weekends", number=len(weekends), most=member.most_weekends))
    return found


def _runs(member: Member, works: Sequence[bool]) -> list[Broken]:
    known = len(member.before)
    runs = [(working, len(list(days))) for working, days in groupby([*(bool(code) for code in member.before), *works])]
    found, until = [], 0
    for place, (working, length) in enumerate(runs):
        began, until = until, until + length
        if until < known or (working and until == known):
            continue
        settled = began < known and until - known in member.fixed  # nothing could have made that rest longer
        at_edge = place in {0, len(runs) - 1} or (began < known if working else settled)
        if working and length > member.most_in_a_row:
            found.append(_broken("longest", number=length, most=member.most_in_a_row))
        if working and length < member.least_in_a_row and not at_edge:
            found.append(_broken("shortest", number=length, least=member.least_in_a_row))
        if not working and length < member.least_off_in_a_row and not at_edge:
            found.append(_broken("days_off", number=length, least=member.least_off_in_a_row))
    return found


def _broken(rule: str, **figures: object) -> Broken:
    return Broken(rule, figures)


def objective(problem: Problem, rosters: Sequence[Roster]) -> float:
    """What rosters cost: wishes not met, refusals not heeded, too few and too many."""
    total = 0.0
    for member, roster in zip(problem.staff, rosters, strict=True):
        works = problem.codes(roster)
        total += sum(weight for (day, code), weight in member.wishes.items() if works[day] != code)
        total += sum(weight for (day, code), weight in member.refusals.items() if works[day] == code)
    everybody = [problem.codes(roster) for roster in rosters]
    for need in problem.needs:
        there = sum(need.is_met_by(works) for works in everybody)
        total += need.too_few * max(need.wanted - there, 0) + need.too_many * max(there - need.wanted, 0)
    return total
