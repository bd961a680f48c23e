"""What a roster has to respect and what it should achieve: shifts, contracts, requests, needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]
type Roster = NDArray[np.int64]
"""One member of staff's days: the number of a shift, or OFF."""

OFF = -1
NEVER = 1e15
"""A cost that no roster pays."""

SATURDAY, SUNDAY, WEEK = 5, 6, 7


@dataclass(frozen=True)
class Shift:
    """A shift, the shifts that may not follow it on the next day (rest between shifts), the days it is worked on.

    Attributes:
        only_on: days, numbered from 0; None for every day.
    """

    code: str
    minutes: int
    not_before: frozenset[str] = frozenset()
    only_on: frozenset[int] | None = None


@dataclass(frozen=True)
class Member:
    """A member of staff: what the contract and the law allow, which days are off, what was asked for.

    The days after the horizon count as in favour: a run of shifts or of days off that touches its edge is never too
    short. So do the days before it, unless ``before`` tells them: then runs of shifts and of days off go on from there.

    Attributes:
        most: most shifts of each kind; a kind that is not named may not be worked.
        least_minutes, most_minutes: hours over the horizon.
        most_in_a_row, least_in_a_row: shifts on consecutive days.
        least_off_in_a_row: days off between two runs of shifts.
        most_weekends: weekends with a shift on Saturday or Sunday.
        days_off: days of leave, numbered from 0.
        fixed: shifts that are settled, by day.
        wishes: cost of a day without a shift asked for, by day and shift.
        refusals: cost of a day with a shift asked not to have, by day and shift.
        before: the days before the horizon, the last one last: the code of a shift, or nothing for a day off. A run of
            shifts that began there may end at any time; only its greatest length holds. Days off that began there have
            to be enough, unless a settled shift ends them.
    """

    code: str
    most: Mapping[str, int]
    least_minutes: int
    most_minutes: int
    most_in_a_row: int
    least_in_a_row: int
    least_off_in_a_row: int
    most_weekends: int
    days_off: frozenset[int] = frozenset()
    fixed: Mapping[int, str] = field(default_factory=dict)
    wishes: Mapping[tuple[int, str], int] = field(default_factory=dict)
    refusals: Mapping[tuple[int, str], int] = field(default_factory=dict)
    before: Sequence[str] = ()

    @property
    def run_before(self) -> int:
        """Shifts on the consecutive days right before the horizon."""
        return sum(1 for _ in takewhile(bool, reversed(self.before)))

    @property
    def rest_before(self) -> int:
        """Days off right before the horizon; as many as could be asked for where nothing is known before them."""
        off = sum(1 for _ in takewhile(lambda code: not code, reversed(self.before)))
        return self.least_off_in_a_row if off == len(self.before) else off


@dataclass(frozen=True)
class Need:
    """How many are needed, by shift or by interval, and what one too few or too many costs.

    Attributes:
        name: what people call it, such as ``3 D`` or ``Mon 09:30``.
        day: the day, numbered from 0.
        shifts: the shifts whose members are there.
        begun_before: the shifts of the day before that last into it.
    """

    name: str
    day: int
    shifts: frozenset[str]
    wanted: int
    too_few: float
    too_many: float
    begun_before: frozenset[str] = frozenset()

    def is_met_by(self, works: Sequence[str | None]) -> bool:
        """Whether whoever works these shifts, by day, is there."""
        return works[self.day] in self.shifts or (self.day > 0 and works[self.day - 1] in self.begun_before)


@dataclass(frozen=True)
class Problem:
    """A roster to be made, from a first day on.

    Attributes:
        days: length of the horizon.
        first_weekday: 0 when it begins on a Monday.
    """

    days: int
    shifts: Sequence[Shift]
    staff: Sequence[Member]
    needs: Sequence[Need]
    first_weekday: int = 0

    @cached_property
    def number(self) -> Mapping[str, int]:
        """The place of each shift."""
        return {shift.code: at for at, shift in enumerate(self.shifts)}

    @cached_property
    def minutes(self) -> NDArray[np.int64]:
        return np.array([shift.minutes for shift in self.shifts], dtype=np.int64)

    @cached_property
    def clashes(self) -> NDArray[np.bool_]:
        """Whether the second shift may not follow the first."""
        return np.array(
            [[after.code in shift.not_before for after in self.shifts] for shift in self.shifts], dtype=bool
        )

    @cached_property
    def met_by(self) -> NDArray[np.bool_]:
        """needs × days × shifts: who counts for what."""
        found = np.zeros((len(self.needs), self.days, len(self.shifts)), dtype=bool)
        for row, need in enumerate(self.needs):
            found[row, need.day, [self.number[code] for code in need.shifts]] = True
            if need.day > 0:
                found[row, need.day - 1, [self.number[code] for code in need.begun_before]] = True
        return found

    def meets(self, roster: Roster) -> NDArray[np.bool_]:
        """For each need whether a roster meets it."""
        worked = np.flatnonzero(roster != OFF)
        return np.asarray(self.met_by[:, worked, roster[worked]].any(axis=1))

    def codes(self, roster: Roster) -> list[str | None]:
        """The shifts of a roster by day, None on a day off."""
        return [self.shifts[at].code if at != OFF else None for at in roster.tolist()]

    def weekday(self, day: int) -> int:
        """0 Monday … 6 Sunday."""
        return (self.first_weekday + day) % WEEK

    def costs(self, member: Member) -> tuple[Array, float]:
        """The cost of each shift on each day to the wishes of a member, and what a roster without shifts costs."""
        found, base = np.zeros((self.days, len(self.shifts))), 0.0
        for (day, code), weight in member.wishes.items():
            found[day, self.number[code]] -= weight
            base += weight
        for (day, code), weight in member.refusals.items():
            found[day, self.number[code]] += weight
        return found, base

    def allowed(self, member: Member) -> NDArray[np.bool_]:
        """The shifts a member may work on each day, leaving runs, hours and counts aside."""
        found = np.zeros((self.days, len(self.shifts)), dtype=bool)
        found[:, [self.number[code] for code, most in member.most.items() if most > 0]] = True
        for at, shift in enumerate(self.shifts):
            if shift.only_on is not None:
                found[[day for day in range(self.days) if day not in shift.only_on], at] = False
        found[sorted(member.days_off)] = False
        for day, code in member.fixed.items():
            found[day] = False
            found[day, self.number[code]] = True
        return found
