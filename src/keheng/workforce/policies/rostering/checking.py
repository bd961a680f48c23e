"""Rules and costs of a finished roster, counted day by day: nothing here is shared with the search."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from keheng.workforce.policies.rostering.problem import OFF, SATURDAY, SUNDAY, Member, Problem, Roster


def broken_rules(problem: Problem, member: Member, roster: Roster) -> list[str]:
    """The rules that a member's roster breaks, in words; empty for one that may be published."""
    days = [problem.shifts[at] if at != OFF else None for at in roster.tolist()]
    found: list[str] = []
    for day, shift in enumerate(days):
        if shift and day in member.days_off:
            found.append(f"day {day}: {shift.code} on a day of leave")
        if (settled := member.fixed.get(day)) and (shift is None or shift.code != settled):
            found.append(f"day {day}: not the settled shift {settled}")
    last = next((shift for shift in problem.shifts if member.before and shift.code == member.before[-1]), None)
    for day, (shift, after) in enumerate(pairwise([last, *days])):
        if shift and after and after.code in shift.not_before:
            found.append(f"day {day}: {after.code} may not follow {shift.code}")
    for code in sorted({shift.code for shift in days if shift}):
        times = sum(shift is not None and shift.code == code for shift in days)
        if times > member.most.get(code, 0):
            found.append(f"{times} shifts {code}, {member.most.get(code, 0)} at most")
    minutes = sum(shift.minutes for shift in days if shift)
    if not member.least_minutes <= minutes <= member.most_minutes:
        found.append(f"{minutes} minutes, {member.least_minutes} to {member.most_minutes} allowed")
    found += _runs(member, [shift is not None for shift in days])
    weekends = {
        (problem.first_weekday + day) // 7
        for day, shift in enumerate(days)
        if shift and problem.weekday(day) in {SATURDAY, SUNDAY}
    }
    if last and problem.first_weekday == SUNDAY:  # that weekend belongs to the days before
        weekends.discard(0)
    if len(weekends) > member.most_weekends:
        found.append(f"{len(weekends)} weekends, {member.most_weekends} at most")
    return found


def _runs(member: Member, works: Sequence[bool]) -> list[str]:
    known = len(member.before)
    runs = [(working, len(list(days))) for working, days in groupby([*(bool(code) for code in member.before), *works])]
    found, until = [], 0
    for place, (working, length) in enumerate(runs):
        began, until = until, until + length
        if until <= known:
            continue
        at_edge = place in {0, len(runs) - 1} or (working and began < known)
        if working and length > member.most_in_a_row:
            found.append(f"{length} shifts in a row, {member.most_in_a_row} at most")
        if working and length < member.least_in_a_row and not at_edge:
            found.append(f"{length} shifts in a row, {member.least_in_a_row} at least")
        if not working and length < member.least_off_in_a_row and not at_edge:
            found.append(f"{length} days off in a row, {member.least_off_in_a_row} at least")
    return found


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
