"""A roster made again from a day on: what was worked counts, what was broken hinders nothing (A13)."""

from dataclasses import replace

import numpy as np
import pytest

from keheng.workforce.policies.rostering.checking import broken_rules
from keheng.workforce.policies.rostering.continuing import rest_of
from keheng.workforce.policies.rostering.problem import OFF, Member, Need, Problem, Roster, Shift
from keheng.workforce.policies.rostering.rules import Broken, worse
from keheng.workforce.policies.rostering.search import Search

SHIFTS = [Shift("E", 480), Shift("N", 480, not_before=frozenset("E"))]
ANNA = Member("anna", {"E": 14, "N": 3}, 0, 8 * 480, 5, 2, 2, 1)


def problem(**fields: object) -> Problem:
    values = {"days": 14, "shifts": SHIFTS, "staff": [ANNA], "needs": [], "first_weekday": 0, **fields}
    return Problem(**values)  # type: ignore[arg-type]


def row(text: str) -> Roster:
    codes = {".": OFF, "E": 0, "N": 1}
    return np.array([codes[letter] for letter in text.ljust(14, ".")], dtype=np.int64)


def test_what_was_worked_counts() -> None:
    rest = rest_of(problem(), [row("EENNNE")], 7)
    member = rest.staff[0]
    assert (rest.days, rest.first_weekday) == (7, 0)
    assert (member.most["N"], member.most["E"]) == (0, 11)
    assert member.most_minutes == 2 * 480
    assert member.most_weekends == 0, "Saturday was worked"
    assert list(member.before) == ["E", "E", "N", "N", "N", "E", ""]


def test_needs_wishes_and_days_move_and_a_night_is_there_in_the_morning() -> None:
    needs = [Need("early", 3, frozenset("E"), 1, 100, 1), Need("morning", 7, frozenset("E"), 2, 100, 1, frozenset("N"))]
    shifts = [SHIFTS[0], Shift("N", 480, frozenset("E"), only_on=frozenset({2, 9}))]
    asking = replace(ANNA, days_off=frozenset({1, 8}), fixed={2: "E", 9: "E"}, wishes={(0, "E"): 1, (10, "E"): 2})
    rest = rest_of(problem(needs=needs, shifts=shifts, staff=[asking]), [row("......N")], 7)
    assert [(need.name, need.day, need.wanted) for need in rest.needs] == [("morning", 0, 1)]
    assert rest.shifts[1].only_on == frozenset({2})
    assert rest.staff[0].days_off == frozenset({1})
    assert (rest.staff[0].fixed, rest.staff[0].wishes) == ({2: "E"}, {(3, "E"): 2})


@pytest.mark.parametrize("kept", ["EEEEEEE", "ENENENE", "E.E.E.E", "NNNNNNN"])
def test_a13_days_that_break_rules_do_not_stop_the_rest(kept: str) -> None:
    """Runs too long, rests too short, too many nights: the planner insisted. The days after keep every rule."""
    needs = [Need(f"{day}", day, frozenset("E"), 1, 100, 1) for day in range(14)]
    rest = rest_of(problem(needs=needs), [row(kept)], 7)
    answer = Search(rest, iter([*([1.0] * 200), *([0.0] * 10_000)]).__next__).run()
    assert broken_rules(rest, rest.staff[0], answer.rosters[0]) == []


def test_nothing_kept_is_the_problem_itself() -> None:
    whole = problem()
    assert rest_of(whole, [row("")], 0) is whole


def hours(number: float) -> Broken:
    return Broken("hours", {"hours": f"{number:g}", "least": "128", "most": "160"})


def test_mending_half_of_a_fault_is_no_new_fault() -> None:
    assert worse([hours(112)], [hours(120)]) == []
    assert worse([hours(120)], [hours(112)]) == [hours(112)]
    assert worse([], [hours(168)]) == [hours(168)]


def test_a_fault_of_another_day_is_new() -> None:
    monday, tuesday = (Broken("rest", {"day": day, "shift": "E", "before": "N"}) for day in (0, 1))
    assert worse([monday], [tuesday]) == [tuesday]
    assert worse([monday], [monday]) == []


def test_a_second_run_that_is_too_short_is_new() -> None:
    short = Broken("shortest", {"number": 1, "least": 2})
    assert worse([short], [short, short]) == [short]
