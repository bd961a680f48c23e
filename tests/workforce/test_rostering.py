"""Rosters: rules are kept, costs recounted independently, the best rosters found, unmet needs explained (A13)."""

import csv
import json
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from keheng.cli.main import app
from keheng.workforce.errors import WorkforceError
from keheng.workforce.policies.rostering.checking import broken_rules, objective
from keheng.workforce.policies.rostering.explaining import unmet_needs
from keheng.workforce.policies.rostering.pricing import Pricer
from keheng.workforce.policies.rostering.problem import OFF, Member, Need, Problem, Roster, Shift
from keheng.workforce.roster_files import read_problem, write_rosters
from keheng.workforce.rostering import make_roster

pytestmark = pytest.mark.usefixtures("english")
BENCHMARKS = Path(__file__).parents[2].parent / "shared" / "data" / "shift_scheduling"
EARLY, LATE = Shift("E", 480), Shift("L", 480, frozenset({"E"}))
ANNA = Member("A", {"E": 9, "L": 2}, 960, 2400, 3, 2, 2, 1)


def words(problem: Problem, member: Member, roster: Roster) -> list[str]:
    return [str(rule) for rule in broken_rules(problem, member, roster)]


def a_problem(*staff: Member, days: int = 7, wanted: int = 1, first_weekday: int = 0) -> Problem:
    needs = [
        Need(f"{day} {code}", day, frozenset([code]), wanted, 100, 1) for day, code in product(range(days), ("E", "L"))
    ]
    return Problem(days, (EARLY, LATE), staff, needs, first_weekday)


def days(text: str) -> Roster:
    """A roster from letters, such as ``E E . .`` without the spaces."""
    return np.array([".EL".index(letter) - 1 for letter in text], dtype=np.int64)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("EEL....", None),
        ("LE.....", "1: E may not follow L"),
        ("EEEE...", "4 shifts in a row, 3 at most"),
        ("..E..EE", "1 shifts in a row, 2 at least"),
        ("E...EEE", None),  # a run at the edge may be short
        ("EE.EE..", "1 days off in a row, 2 at least"),
        ("LLL....", "3 shifts L, 2 at most"),
        ("E......", "8 hours, 16 to 40 allowed"),
        (".......", "0 hours, 16 to 40 allowed"),
    ],
)
def test_a13_each_rule_of_a_roster_is_checked(text: str, rule: str | None) -> None:
    assert words(a_problem(ANNA), ANNA, days(text)) == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("before", "fixed", "text", "rules"),
    [
        (["E", ""], {}, "EE.....", ["1 days off in a row, 2 at least"]),  # the rest goes on into the roster
        (["E", ""], {}, ".EE....", []),
        (["E", ""], {0: "E"}, "EE.....", []),  # a settled shift ends it
        (["E", ""], {3: "E"}, "EE.EE..", ["1 days off in a row, 2 at least"] * 2),  # but none within the roster
        (["E"], {}, "..EE...", []),  # a run that began before may end at any time
        (["E", "E"], {}, "EE.....", ["4 shifts in a row, 3 at most"]),
    ],
)
def test_a13_runs_and_rests_go_on_from_the_days_before(
    before: list[str], fixed: dict[int, str], text: str, rules: list[str]
) -> None:
    member = replace(ANNA, before=before, fixed=fixed)
    assert words(a_problem(member), member, days(text)) == rules


def test_a13_leave_weekends_and_settled_shifts_are_checked() -> None:
    member = replace(ANNA, days_off=frozenset({1}), fixed={3: "L"}, most_weekends=0)
    assert words(a_problem(member), member, days("EE....E")) == [
        "1: E on a day of leave",
        "3: not the settled shift L",
        "1 weekends, 0 at most",
    ]
    from_thursday = a_problem(ANNA, days=14, first_weekday=3)
    assert words(from_thursday, ANNA, days("..EE.....EE...")) == ["2 weekends, 1 at most"]


def test_costs_are_wishes_refusals_too_few_and_too_many() -> None:
    member = replace(ANNA, wishes={(0, "E"): 2, (1, "L"): 3}, refusals={(2, "L"): 5})
    problem = a_problem(member, days=3)
    # The wish for day 1 and the refusal of day 2 cost 8; E is missing on days 1 and 2, L on 0 and 1.
    assert objective(problem, [days("E.L")]) == 3 + 5 + 100 * 4
    assert objective(a_problem(ANNA, ANNA, days=1), [days("E"), days("E")]) == 1 + 100


members = st.builds(
    Member,
    code=st.just("A"),
    most=st.fixed_dictionaries({"E": st.integers(0, 7), "L": st.integers(0, 7)}),
    least_minutes=st.sampled_from([0, 480, 960, 1440]),
    most_minutes=st.sampled_from([1440, 1920, 2400, 2880]),
    most_in_a_row=st.integers(1, 4),
    least_in_a_row=st.integers(1, 3),
    least_off_in_a_row=st.integers(1, 3),
    most_weekends=st.integers(0, 2),
    days_off=st.frozensets(st.integers(0, 6), max_size=3),
    fixed=st.dictionaries(st.integers(0, 6), st.sampled_from("EL"), max_size=1),
    before=st.lists(st.sampled_from(["", "E", "L"]), max_size=5),
).filter(lambda member: not set(member.fixed) & member.days_off)


@settings(max_examples=40)
@given(member=members, first_weekday=st.integers(0, 6), seed=st.integers(0, 1000))
def test_the_pricer_finds_the_cheapest_of_all_rosters(member: Member, first_weekday: int, seed: int) -> None:
    """Held against every one of the 3⁷ rosters of a week, by the independent check."""
    problem = a_problem(member, first_weekday=first_weekday)
    price = np.random.default_rng(seed).integers(-9, 9, (7, 2)).astype(float)
    allowed = [
        roster
        for choice in product(".EL", repeat=7)
        if not broken_rules(problem, member, roster := days("".join(choice)))
    ]
    found = Pricer(problem, member).best(price)
    if not allowed:
        assert found is None
        return
    assert found is not None
    bound, roster = found
    assert not broken_rules(problem, member, roster)

    def paid(roster: Roster) -> float:
        worked = np.flatnonzero(roster != OFF)
        return float(price[worked, roster[worked]].sum())

    cheapest = min(paid(roster) for roster in allowed)
    assert bound <= cheapest + 1e-9
    assert paid(roster) >= cheapest - 1e-9
    if all(limit <= 6 for limit in member.most.values()):
        assert paid(roster) == pytest.approx(cheapest)


def test_a_roster_covers_what_it_can_and_says_why_not() -> None:
    staff = [replace(ANNA, code=code) for code in "ABC"]
    staff[2] = replace(staff[2], days_off=frozenset(range(7)), least_minutes=0)
    problem = a_problem(*staff, wanted=1)
    answer = make_roster(problem, seconds=2)
    assert answer.cost == objective(problem, answer.rosters) == answer.bound
    for member, roster in zip(staff, answer.rosters, strict=True):
        assert not broken_rules(problem, member, roster)
    unmet = unmet_needs(problem, answer.rosters)
    assert unmet
    assert all(sum(one.reasons.values()) <= 3 and one.reasons["on leave"] == 1 for one in unmet)


def test_hours_out_of_reach_are_told_and_the_best_is_made() -> None:
    away = replace(ANNA, least_minutes=2400, days_off=frozenset({2, 3, 4, 5, 6}))
    answer = make_roster(a_problem(away), seconds=2)
    assert answer.relaxed == {"A": 960}
    assert answer.rosters[0].tolist() in ([0, 0, -1, -1, -1, -1, -1], [0, 1, -1, -1, -1, -1, -1], [1, 1] + [-1] * 5)


def test_settled_shifts_on_days_of_leave_are_named() -> None:
    with pytest.raises(WorkforceError, match="No roster keeps the rules of A"):
        make_roster(a_problem(replace(ANNA, fixed={0: "L", 1: "E"})), seconds=2)


def test_needs_may_count_several_shifts() -> None:
    """An interval of the day is met by every shift that covers it."""
    noon = [Need(f"noon {day}", day, frozenset({"E", "L"}), 1, 100, 1) for day in range(7)]
    problem = Problem(7, (EARLY, LATE), [replace(ANNA, code=code) for code in "ABC"], noon)
    answer = make_roster(problem, seconds=2)
    assert answer.cost == objective(problem, answer.rosters) == 0


needs_benchmarks = pytest.mark.skipif(not BENCHMARKS.exists(), reason="needs ../shared/data/shift_scheduling")


@needs_benchmarks
@pytest.mark.parametrize(("instance", "published"), [(1, 607), (2, 828), (3, 1001), (4, 1716)])
def test_a13_published_totals_are_reached(instance: int, published: int) -> None:
    problem = read_problem(BENCHMARKS / f"Instance{instance}.txt")
    answer = make_roster(problem, seconds=20 if instance > 1 else 3)
    assert objective(problem, answer.rosters) == answer.cost == published
    assert answer.bound <= published
    for member, roster in zip(problem.staff, answer.rosters, strict=True):
        assert not broken_rules(problem, member, roster)


@needs_benchmarks
def test_the_command_writes_rows_and_prints_one_object(tmp_path: Path) -> None:
    source, out = BENCHMARKS / "Instance2.txt", tmp_path / "rosters.csv"
    words = ["workforce", "roster", str(source), "--seconds", "20", "--processes", "1", "--out", str(out), "--json"]
    found = json.loads(CliRunner().invoke(app, words).stdout)
    assert list(found) == ["objective", "bound", "seconds"]
    problem = read_problem(source)
    rosters = [np.full(problem.days, OFF, dtype=np.int64) for _ in problem.staff]
    place = {member.code: at for at, member in enumerate(problem.staff)}
    with out.open() as file:
        for row in csv.DictReader(file):
            rosters[place[row["EmployeeID"]]][int(row["Day"])] = problem.number[row["ShiftID"]]
    assert objective(problem, rosters) == found["objective"] == 828


GOOD = """\
# a comment
SECTION_HORIZON
7
SECTION_SHIFTS
E,480,
L,480,E
SECTION_STAFF
A,E=7|L=2,2400,960,5,2,2,1
SECTION_DAYS_OFF
A,3
SECTION_SHIFT_ON_REQUESTS
A,0,E,2
SECTION_SHIFT_OFF_REQUESTS
A,1,L,3
SECTION_COVER
0,E,1,100,1
"""


def test_a_problem_is_read_from_its_sections(tmp_path: Path) -> None:
    path = tmp_path / "problem.txt"
    path.write_text(GOOD)
    problem = read_problem(path)
    member = problem.staff[0]
    assert (problem.days, [shift.code for shift in problem.shifts]) == (7, ["E", "L"])
    assert (member.most, member.days_off) == ({"E": 7, "L": 2}, frozenset({3}))
    assert (member.wishes, member.refusals) == ({(0, "E"): 2}, {(1, "L"): 3})
    assert problem.needs[0].too_few == 100


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("SECTION_HORIZON\n7", "SECTION_HORIZON\nseven", "Line 3: 'seven' must be a whole number, 1 or more"),
        ("L,480,E", "L,480,X", "Line 6: there is no shift X"),
        ("L,480,E", "L", "Line 6: 'L' needs 3 values"),
        ("E=7|L=2", "E=7|X=2", "Line 8: 'X=2' is no limit of a shift"),
        ("2400,960", "960,2400", "at least 2400 and at most 960 minutes contradict"),
        ("5,2,2,1", "1,2,2,1", "2 to 1 shifts in a row contradict"),
        ("A,3\n", "A,9\n", "Line 10: day 9 lies after the last day 6"),
        ("A,0,E,2", "B,0,E,2", "Line 12: there is no employee B"),
        ("SECTION_COVER", "SECTION_NEED", "SECTION_NEED is unknown"),
        ("0,E,1,100,1\n", "", "has no rows in SECTION_COVER"),
        ("0,E,1,100,1", "0,E,-1,100,1", "'-1' must be a whole number"),
    ],
)
def test_a_faulty_problem_is_refused_with_its_line(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    path = tmp_path / "problem.txt"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(WorkforceError, match=sentence):
        read_problem(path)


def test_files_that_cannot_be_read_or_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(WorkforceError, match="cannot be read"):
        read_problem(tmp_path / "absent.txt")
    with pytest.raises(WorkforceError, match="cannot be written"):
        write_rosters(tmp_path / "absent" / "out.csv", a_problem(ANNA), [days(".......")])
