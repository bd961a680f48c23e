"""Roster problems in the text format of the shift-scheduling benchmarks, and rosters as ``EmployeeID,Day,ShiftID``."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from keheng.workforce.errors import WorkforceError
from keheng.workforce.policies.rostering.problem import OFF, Member, Need, Problem, Roster, Shift

type _Row = tuple[int, list[str]]

_COLUMNS = {
    "SECTION_HORIZON": 1,
    "SECTION_SHIFTS": 3,
    "SECTION_STAFF": 8,
    "SECTION_DAYS_OFF": 1,
    "SECTION_SHIFT_ON_REQUESTS": 4,
    "SECTION_SHIFT_OFF_REQUESTS": 4,
    "SECTION_COVER": 5,
}
_NEEDED = ("SECTION_HORIZON", "SECTION_SHIFTS", "SECTION_STAFF", "SECTION_COVER")


def read_problem(path: Path) -> Problem:
    """Read a roster problem.

    Raises:
        WorkforceError: naming the line, what is wrong with it and what it should be.
    """
    sections = _sections(path)
    days = _whole(*sections["SECTION_HORIZON"][0], column=0, least=1)
    shifts = [_shift(row) for row in sections["SECTION_SHIFTS"]]
    codes = {shift.code for shift in shifts}
    for line, cells in sections["SECTION_SHIFTS"]:
        unknown = sorted(set(_listed(cells[2])) - codes)
        if unknown:
            raise WorkforceError(f"Line {line}: there is no shift {unknown[0]}. Name one of SECTION_SHIFTS.")
    staff = {cells[0] for _, cells in sections["SECTION_STAFF"]}

    def day(row: _Row, column: int) -> int:
        number = _whole(*row, column=column)
        if number >= days:
            raise WorkforceError(f"Line {row[0]}: day {number} lies after the last day {days - 1}.")
        return number

    def known(row: _Row, column: int, names: set[str], what: str) -> str:
        name = row[1][column]
        if name not in names:
            raise WorkforceError(f"Line {row[0]}: there is no {what} {name}.")
        return name

    off: dict[str, set[int]] = defaultdict(set)
    for row in sections["SECTION_DAYS_OFF"]:
        off[known(row, 0, staff, "employee")] |= {day(row, column) for column in range(1, len(row[1]))}
    asked: dict[str, dict[str, dict[tuple[int, str], int]]] = {}
    for section in ("SECTION_SHIFT_ON_REQUESTS", "SECTION_SHIFT_OFF_REQUESTS"):
        asked[section] = defaultdict(dict)
        for row in sections[section]:
            place = (day(row, 1), known(row, 2, codes, "shift"))
            asked[section][known(row, 0, staff, "employee")][place] = _whole(*row, column=3)
    needs = [
        Need(
            name=f"{cells[0]} {cells[1]}",
            day=day((line, cells), 0),
            shifts=frozenset([known((line, cells), 1, codes, "shift")]),
            wanted=_whole(line, cells, column=2),
            too_few=_whole(line, cells, column=3),
            too_many=_whole(line, cells, column=4),
        )
        for line, cells in sections["SECTION_COVER"]
    ]
    members = [
        _member(
            row,
            codes,
            frozenset(off[row[1][0]]),
            asked["SECTION_SHIFT_ON_REQUESTS"][row[1][0]],
            asked["SECTION_SHIFT_OFF_REQUESTS"][row[1][0]],
        )
        for row in sections["SECTION_STAFF"]
    ]
    return Problem(days, shifts, members, needs)


def write_rosters(path: Path, problem: Problem, rosters: Sequence[Roster]) -> None:
    """Write one row for each shift worked, with a heading.

    Raises:
        WorkforceError: when the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["EmployeeID", "Day", "ShiftID"])
            for member, roster in zip(problem.staff, rosters, strict=True):
                rows.writerows(
                    [member.code, day, problem.shifts[at].code] for day, at in enumerate(roster.tolist()) if at != OFF
                )
    except OSError as error:
        raise WorkforceError(f"{path} cannot be written: {error.strerror}.") from error


def _sections(path: Path) -> dict[str, list[_Row]]:
    """The rows of each section with their line numbers."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise WorkforceError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise WorkforceError(f"{path.name} is not text in UTF-8.") from error
    found: dict[str, list[_Row]] = {section: [] for section in _COLUMNS}
    section = ""
    for number, text in enumerate(lines, start=1):
        line = text.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("SECTION_"):
            section = line
            if section not in _COLUMNS:
                raise WorkforceError(f"Line {number}: {section} is unknown. Known are {', '.join(_COLUMNS)}.")
            continue
        cells = [cell.strip() for cell in line.split(",")]
        if not section or len(cells) < _COLUMNS[section]:
            wanted = f"{_COLUMNS[section]} values" if section else "a section before it"
            raise WorkforceError(f"Line {number}: {line!r} needs {wanted}.")
        found[section].append((number, cells))
    for needed in _NEEDED:
        if not found[needed]:
            raise WorkforceError(f"{path.name} has no rows in {needed}.")
    return found


def _shift(row: _Row) -> Shift:
    return Shift(row[1][0], _whole(*row, column=1, least=1), frozenset(_listed(row[1][2])))


def _listed(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


def _member(
    row: _Row,
    codes: set[str],
    days_off: frozenset[int],
    wishes: dict[tuple[int, str], int],
    refusals: dict[tuple[int, str], int],
) -> Member:
    line, cells = row
    most: dict[str, int] = {}
    for part in _listed(cells[1]):
        code, sign, number = part.partition("=")
        if code not in codes or not sign or not number.isdigit():
            raise WorkforceError(f"Line {line}: {part!r} is no limit of a shift. Write it as D=14.")
        most[code] = int(number)
    most_minutes, least_minutes, most_in_a_row, least_in_a_row, least_off, weekends = (
        _whole(line, cells, column=column) for column in range(2, 8)
    )
    if least_minutes > most_minutes:
        raise WorkforceError(f"Line {line}: at least {least_minutes} and at most {most_minutes} minutes contradict.")
    if least_in_a_row > most_in_a_row or most_in_a_row < 1:
        raise WorkforceError(f"Line {line}: {least_in_a_row} to {most_in_a_row} shifts in a row contradict.")
    return Member(
        code=cells[0],
        most=most,
        least_minutes=least_minutes,
        most_minutes=most_minutes,
        most_in_a_row=most_in_a_row,
        least_in_a_row=least_in_a_row,
        least_off_in_a_row=least_off,
        most_weekends=weekends,
        days_off=days_off,
        wishes=wishes,
        refusals=refusals,
    )


def _whole(line: int, cells: list[str], *, column: int, least: int = 0) -> int:
    text = cells[column]
    if not text.isdigit() or int(text) < least:
        raise WorkforceError(f"Line {line}: {text!r} must be a whole number, {least} or more.")
    return int(text)
