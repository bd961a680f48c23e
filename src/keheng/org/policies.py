"""Rules of the organisation: what hangs under what, and how a list of calendar days is read."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from keheng.org.enums import BranchKind, DayKind

TOKEN_DAYS = (30, 90, 180, 365)
"""How long a token of the HTTP API may open; none opens for ever."""

#: Under which kinds of branch each kind may hang.
PARENTS: Mapping[BranchKind, frozenset[BranchKind]] = {
    BranchKind.HEAD: frozenset(),
    BranchKind.BRANCH: frozenset({BranchKind.HEAD, BranchKind.BRANCH}),
    BranchKind.OUTLET: frozenset({BranchKind.HEAD, BranchKind.BRANCH}),
    BranchKind.GROUP: frozenset({BranchKind.HEAD, BranchKind.BRANCH, BranchKind.OUTLET}),
}

_KIND_WORDS = {
    "holiday": DayKind.HOLIDAY,
    "节假日": DayKind.HOLIDAY,
    "放假": DayKind.HOLIDAY,
    "休": DayKind.HOLIDAY,
    "make_up": DayKind.MAKE_UP,
    "调休": DayKind.MAKE_UP,
    "补班": DayKind.MAKE_UP,
    "班": DayKind.MAKE_UP,
}
_HEADING = {"date", "日期"}


def may_hang_under(kind: BranchKind, parent: BranchKind) -> bool:
    """Tell whether a branch of ``kind`` may stand directly below one of kind ``parent``."""
    return parent in PARENTS[kind]


@dataclass(frozen=True, slots=True)
class DayRow:
    """One line of a list of calendar days."""

    day: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class DayProblem:
    """A line that cannot be read. ``field`` is ``date``, ``kind``, ``columns`` or ``duplicate``."""

    row: int
    field: str
    value: str


def read_days(text: str) -> tuple[list[DayRow], list[DayProblem]]:
    """Read lines of date, kind, name (a heading is skipped): ``2027-01-01,holiday,元旦`` or ``2027/1/1,放假,元旦``."""
    days: dict[date, DayRow] = {}
    problems: list[DayProblem] = []
    for number, cells in enumerate(csv.reader(text.splitlines()), start=1):
        fields = [cell.strip() for cell in cells]
        if not any(fields) or (number == 1 and fields[0].lower() in _HEADING):
            continue
        row = _read_day(number, fields)
        if isinstance(row, DayProblem):
            problems.append(row)
        elif row.day in days:
            problems.append(DayProblem(number, "duplicate", str(row.day)))
        else:
            days[row.day] = row
    return list(days.values()), problems


def _read_day(number: int, fields: list[str]) -> DayRow | DayProblem:
    if len(fields) < 3 or not fields[2]:
        return DayProblem(number, "columns", ",".join(fields)[:60])
    try:
        year, month, day_of_month = fields[0].replace("/", "-").replace(".", "-").split("-")
        day = date(int(year), int(month), int(day_of_month))
    except ValueError:
        return DayProblem(number, "date", fields[0][:20])
    kind = _KIND_WORDS.get(fields[1].lower())
    return DayRow(day, kind, fields[2][:40]) if kind else DayProblem(number, "kind", fields[1][:20])
