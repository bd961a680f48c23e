"""Why a need is not met: for everybody who is not there, the rule that keeps them away."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from keheng.workforce.policies.rostering.checking import broken_rules
from keheng.workforce.policies.rostering.master import there
from keheng.workforce.policies.rostering.problem import OFF, Member, Problem, Roster

_KINDS = {
    "leave": "on leave",
    "settled": "has a settled shift",
    "closed": "does not work this shift",
    "rest": "rest between shifts",
    "kinds": "most shifts of a kind",
    "hours": "hours of the contract",
    "longest": "shifts in a row",
    "shortest": "shifts in a row",
    "days_off": "days off in a row",
    "weekends": "weekends",
}


@dataclass(frozen=True)
class Unmet:
    """A need with too few people.

    Attributes:
        need: its name.
        missing: how many are missing.
        reasons: how many members each reason keeps away; a member counts for the first that holds.
    """

    need: str
    missing: int
    reasons: dict[str, int]


def unmet_needs(problem: Problem, rosters: Sequence[Roster], most: int | None = None) -> list[Unmet]:
    """The needs with too few people, and why nobody else is there; with ``most`` those that lack most people."""
    missing = np.array([need.wanted for need in problem.needs]) - there(problem, rosters)
    lacking = np.flatnonzero(missing > 0)
    if most is not None:
        lacking = np.sort(lacking[np.argsort(-missing[lacking], kind="stable")][:most])
    found = []
    for row in lacking.tolist():
        need = problem.needs[row]
        reasons: Counter[str] = Counter()
        for member, roster in zip(problem.staff, rosters, strict=True):
            if need.is_met_by(problem.codes(roster)):
                continue
            reasons[_reason(problem, member, roster, need.day, need.shifts)] += 1
        if not reasons:
            reasons["everybody is there"] = len(problem.staff)
        found.append(Unmet(need.name, int(missing[row]), dict(reasons.most_common())))
    return found


def _reason(problem: Problem, member: Member, roster: Roster, day: int, shifts: frozenset[str]) -> str:
    if day in member.days_off:
        return "on leave"
    able = sorted(code for code in shifts if member.most.get(code, 0) > 0)
    if not able:
        return "does not work this shift"
    if roster[day] != OFF:
        return f"works {problem.shifts[int(roster[day])].code}"
    before = broken_rules(problem, member, roster)
    broken = [
        [rule for rule in broken_rules(problem, member, changed) if rule not in before]
        for changed in _with(problem, roster, day, able)
    ]
    if any(not rules for rules in broken):
        return "could come, at the cost of another need or wish"
    return _KINDS[min(broken, key=len)[0].rule]


def _with(problem: Problem, roster: Roster, day: int, able: Sequence[str]) -> Iterator[Roster]:
    for code in able:
        changed = roster.copy()
        changed[day] = problem.number[code]
        yield changed
