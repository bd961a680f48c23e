"""Which shifts are there in which intervals, and the needs that follow from the agents wanted in each (A13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from keheng.workforce.policies.rostering.problem import Need

A_DAY = 1440
_FOR_NOTHING = 3
"""How much dearer somebody is where nobody is wanted: a night that nobody needs must not fill up a contract."""

type Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Times:
    """When a shift works, in minutes after the midnight its day begins with.

    Attributes:
        code: of the shift.
        starts, ends: ``ends`` lies beyond 1440 for a shift that lasts into the next day.
        breaks: from and to, on the same count.
    """

    code: str
    starts: int
    ends: int
    breaks: Sequence[tuple[int, int]] = ()

    @property
    def minutes(self) -> int:
        """Minutes worked, breaks left out."""
        return self.ends - self.starts - sum(to - since for since, to in self.breaks)

    def share_in(self, since: int, to: int) -> float:
        """The share of an interval in which whoever works the shift is at work."""
        there = max(min(self.ends, to) - max(self.starts, since), 0)
        away = sum(max(min(end, to) - max(begin, since), 0) for begin, end in self.breaks)
        return (there - away) / (to - since)

    def rest_before(self, later: "Times") -> int:
        """Minutes between the end of this shift and the start of another on the next day."""
        return later.starts + A_DAY - self.ends


def covers(shifts: Sequence[Times], step: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who is there: shifts × intervals of the shift's own day, and of the day after it.

    A shift counts in an interval of which it works at least half.
    """
    starts = range(0, A_DAY, step)
    own = np.array([[shift.share_in(at, at + step) >= 0.5 for at in starts] for shift in shifts], dtype=bool)
    after = np.array(
        [[shift.share_in(at + A_DAY, at + A_DAY + step) >= 0.5 for at in starts] for shift in shifts], dtype=bool
    )
    return own, after


def needs_of(
    wanted: Whole, shifts: Mapping[str, Times], step: int, *, names: Sequence[str], too_few: float, too_many: float
) -> list[Need]:
    """The needs of days × intervals; neighbouring intervals with the same shifts become one need, the largest of them.

    Args:
        wanted: days × intervals.
        shifts: the shifts that serve them, by the code that the roster's problem uses.
        step: minutes of an interval.
        names: what people call each day.
        too_few, too_many: the cost of one interval with one too few or too many; dearer where nobody is wanted.
    """
    codes = list(shifts)
    own, after = covers(list(shifts.values()), step)
    found: list[Need] = []
    for day, row in enumerate(wanted.tolist()):
        served = own.any(axis=0) | (after.any(axis=0) if day else False)
        columns = [column for column, number in enumerate(row) if number > 0 or served[column]]
        for first, last in _alike(columns, own, after):
            there = frozenset(code for at, code in enumerate(codes) if own[at, first])
            begun = frozenset(code for at, code in enumerate(codes) if after[at, first]) if day else frozenset()
            most, length = max(row[first : last + 1]), last - first + 1
            if most or there or begun:
                costs = too_few * length, too_many * length * (1 if most else _FOR_NOTHING)
                name = f"{names[day]} {_clock(first * step)}–{_clock((last + 1) * step)}"
                found.append(Need(name, day, there, most, *costs, begun))
    return found


def there_by_interval(worked: Sequence[Sequence[str | None]], shifts: Mapping[str, Times], step: int) -> Whole:
    """How many are there, days × intervals, from the shifts of each person by day."""
    codes = list(shifts)
    number = {code: at for at, code in enumerate(codes)}
    own, after = covers(list(shifts.values()), step)
    days = len(worked[0]) if worked else 0
    found = np.zeros((days, A_DAY // step), dtype=np.int64)
    for person in worked:
        for day, code in enumerate(person):
            if code in number:
                found[day] += own[number[code]]
                if day + 1 < days:
                    found[day + 1] += after[number[code]]
    return found


def met_share(wanted: Whole, there: Whole) -> float:
    """The share of intervals with a need in which enough are there; 1 without any need."""
    needed = wanted > 0
    return float((there[needed] >= wanted[needed]).mean()) if needed.any() else 1.0


def covered_share(wanted: Whole, there: Whole) -> float:
    """The share of the needed agent-intervals that are covered; 1 without any need."""
    total = int(wanted.sum())
    return float(np.minimum(wanted, there).sum() / total) if total else 1.0


def _alike(columns: Sequence[int], own: NDArray[np.bool_], after: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last of each stretch of neighbouring intervals that the same shifts serve."""
    found: list[tuple[int, int]] = []
    for column in columns:
        if found:
            first, last = found[-1]
            same = (own[:, first] == own[:, column]).all() and (after[:, first] == after[:, column]).all()
            if last + 1 == column and same:
                found[-1] = (first, column)
                continue
        found.append((column, column))
    return found


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
