"""The best roster of one member of staff when every shift of every day has a price: exact, by dynamic programming.

A state of an evening is: a run of shifts of a length, ended by a class of shifts (those that forbid the same
successors), or days off of a length; and in further dimensions weekends worked, shifts of limited kinds, minutes. All
states of an evening are moved on together as arrays. Kinds with a small limit are counted; a large limit is kept by a
price on the kind, raised until it holds, because it hardly ever binds.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from keheng.workforce.policies.rostering.problem import NEVER, OFF, SATURDAY, SUNDAY, Array, Member, Problem, Roster

_COUNTED = 6
"""Kinds with a limit up to this are counted exactly."""

_ROUNDS = 8
_EXACT = 1e-6

type _Place = tuple[int, ...]


@dataclass(frozen=True)
class _Group:
    """Shifts that move a state in the same way: the cheapest of them stands for all."""

    shifts: tuple[int, ...]
    ends_in: int
    follows: tuple[int, ...]
    units: int
    counter: int | None


class Pricer:
    """Prices the rosters of one member.

    Args:
        problem: the roster to be made.
        member: whose.
        least_minutes: the least hours, where those of the contract cannot be reached.
    """

    def __init__(self, problem: Problem, member: Member, least_minutes: int | None = None) -> None:
        self.days = problem.days
        self.member = member
        self.allowed = problem.allowed(member)
        self.must = [day in member.fixed for day in range(problem.days)]
        self.weekdays = [problem.weekday(day) for day in range(problem.days)]
        self.limits = [member.most.get(shift.code, 0) for shift in problem.shifts]
        self.unit = int(np.gcd.reduce(problem.minutes))
        least = member.least_minutes if least_minutes is None else least_minutes
        self.units = [int(minutes) // self.unit for minutes in problem.minutes]
        self.least, self.most = -(-least // self.unit), member.most_minutes // self.unit
        self.successors = sorted({tuple(row) for row in problem.clashes.tolist()})
        self.classes = [self.successors.index(tuple(row)) for row in problem.clashes.tolist()]
        self.run_before = min(member.run_before, member.most_in_a_row)
        self.rest_before = max(member.rest_before, 1)
        self.class_before = self.classes[problem.number[member.before[-1]]] if self.run_before else 0
        self.at_edge = bool(self.run_before) or not member.before
        self.counted: list[int] = []
        self._regroup()

    def best(self, price: Array) -> tuple[float, Roster] | None:
        """The cheapest roster.

        Args:
            price: days × shifts.

        Returns:
            A lower bound of the price of any roster, equal to that of the roster found unless a large limit binds, and
            the roster; None when no roster keeps the rules.
        """
        on_kind: dict[int, float] = {}
        bound, cheapest, found = -NEVER, NEVER, None
        for _ in range(_ROUNDS):
            asked = price
            if on_kind:
                asked = price.copy()
                for kind, extra in on_kind.items():
                    asked[:, kind] += extra
            answer = self._cheapest(asked)
            if answer is None:
                return None
            value, roster = answer
            bound = max(bound, value - sum(extra * self.limits[kind] for kind, extra in on_kind.items()))
            times = np.bincount(roster[roster != OFF], minlength=len(self.limits))
            over = [kind for kind, limit in enumerate(self.limits) if times[kind] > limit]
            small = [kind for kind in over if self.limits[kind] <= _COUNTED]
            if small:
                self._count(small)
            elif over:
                step = 1 + 0.3 * float(np.abs(price).mean())
                on_kind |= {kind: on_kind.get(kind, 0.0) * 1.6 + step for kind in over}
            else:
                worked = np.flatnonzero(roster != OFF)
                paid = float(price[worked, roster[worked]].sum())
                if paid < cheapest:
                    cheapest, found = paid, roster
                if not on_kind or cheapest - bound < _EXACT:
                    break
                on_kind = {
                    kind: extra * (0.6 if times[kind] < self.limits[kind] else 1) for kind, extra in on_kind.items()
                }
        if found is None:
            self._count(over)
            return self.best(price)
        return min(bound, cheapest), found

    def _count(self, kinds: list[int]) -> None:
        self.counted = sorted({*self.counted, *kinds})
        self._regroup()

    def _regroup(self) -> None:
        alike: dict[tuple[int, tuple[int, ...], int, int | None], list[int]] = {}
        for kind in np.flatnonzero(self.allowed.any(axis=0)).tolist():
            follows = tuple(at for at, clashes in enumerate(self.successors) if not clashes[kind])
            counter = self.counted.index(kind) if kind in self.counted else None
            alike.setdefault((self.classes[kind], follows, self.units[kind], counter), []).append(kind)
        self.groups = [
            _Group(tuple(kinds), ends_in, follows, units, counter)
            for (ends_in, follows, units, counter), kinds in alike.items()
        ]
        counts = [self.limits[kind] + 1 for kind in self.counted]
        self.shape = (self.member.most_weekends + 1, *counts, self.most + 1)

    def _cheapest(self, price: Array) -> tuple[float, Roster] | None:
        evenings = self._forward(price)
        runs, rests = evenings[-1]
        enough = (..., slice(self.least, None))
        after_run, after_rest = runs[enough], rests[enough]
        if not after_run.size or min(after_run.min(), after_rest.min()) >= NEVER / 2:
            return None
        works = bool(after_run.min() <= after_rest.min())
        last = after_run if works else after_rest
        place = tuple(int(at) for at in np.unravel_index(int(last.argmin()), last.shape))
        return float(last.min()), self._back(evenings, price, works, (*place[:-1], place[-1] + self.least))

    def _forward(self, price: Array) -> list[tuple[Array, Array]]:
        """The cheapest way to each state on every evening: runs by length and class, rests by length."""
        member = self.member
        runs = np.full((member.most_in_a_row, len(self.successors), *self.shape), NEVER)
        rests = np.full((max(member.least_off_in_a_row, 1), *self.shape), NEVER)
        nothing = tuple(0 for _ in self.shape)
        if self.run_before:
            runs[(self.run_before - 1, self.class_before, *nothing)] = 0
        else:
            rests[(min(self.rest_before, len(rests)) - 1, *nothing)] = 0
        evenings = [(runs, rests)]
        for day in range(self.days):
            runs, rests = self._work(day, price, *evenings[-1]), self._rest(day, *evenings[-1])
            evenings.append((runs, rests))
        return evenings

    def _rest(self, day: int, runs: Array, rests: Array) -> Array:
        found = np.full_like(rests, NEVER)
        if self.must[day]:
            return found
        ending = self._may_end(day)
        found[1:] = rests[:-1]
        if ending:
            np.minimum(found[0], runs[ending].min(axis=(0, 1)), out=found[0])
        np.minimum(found[-1], rests[-1], out=found[-1])
        return found

    def _may_end(self, day: int) -> list[int]:
        """Runs (by length less one) that may be followed by a day off: long enough, or begun at the edge."""
        return [
            run
            for run in range(self.member.most_in_a_row)
            if run + 1 >= self.member.least_in_a_row or (run + 1 == self.run_before + day and self.at_edge)
        ]

    def _rested(self, day: int) -> list[int]:
        """Rests (by length less one) that a shift may follow: long enough, or begun at the edge and settled to end."""
        begun_before = self.rest_before + day
        if self.must[day] and not self.run_before and begun_before < self.member.least_off_in_a_row:
            return [begun_before - 1, -1]
        return [-1]

    def _work(self, day: int, price: Array, runs: Array, rests: Array) -> Array:
        found = np.full_like(runs, NEVER)
        weekend, sunday = self.weekdays[day] in {SATURDAY, SUNDAY}, self.weekdays[day] == SUNDAY
        for group in self.groups:
            shift = self._shift_of(group, day, price)
            if shift is None:
                continue
            source = np.full((runs.shape[0], *self.shape), NEVER)
            rested = rests[self._rested(day)].min(axis=0)
            if weekend:
                source[0, 1:] = rested[:-1]
            else:
                source[0] = rested
            if runs.shape[0] > 1 and group.follows:
                before = runs[:-1, group.follows].min(axis=1)
                if weekend and not sunday:
                    source[1:, 1:] = before[:, :-1]
                else:  # on a Sunday after a Saturday's shift the weekend is counted already
                    source[1:] = before
            to: list[slice] = [slice(None)] * source.ndim
            of = to.copy()
            to[-1], of[-1] = slice(group.units, None), slice(None, -group.units)
            if group.counter is not None:
                to[2 + group.counter], of[2 + group.counter] = slice(1, None), slice(None, -1)
            into = found[:, group.ends_in][tuple(to)]
            np.minimum(into, source[tuple(of)] + price[day, shift], out=into)
        return found

    def _shift_of(self, group: _Group, day: int, price: Array) -> int | None:
        open_ = [shift for shift in group.shifts if self.allowed[day, shift]]
        return min(open_, key=lambda shift: float(price[day, shift])) if open_ else None

    def _back(self, evenings: list[tuple[Array, Array]], price: Array, works: bool, place: _Place) -> Roster:
        """Follow the cheapest way back from a last state."""
        roster = np.full(self.days, OFF, dtype=np.int64)
        for day in reversed(range(self.days)):
            runs, rests = evenings[day]
            ways = (
                self._ways_by_work(day, price, runs, rests, place)
                if works
                else self._ways_by_rest(day, runs, rests, place)
            )
            _, works, place, roster[day] = min(ways, key=lambda way: way[0])
        return roster

    def _ways_by_rest(
        self, day: int, runs: Array, rests: Array, place: _Place
    ) -> list[tuple[float, bool, _Place, int]]:
        length, rest = place[0], place[1:]
        ways: list[tuple[float, bool, _Place, int]] = []
        if length == 0:
            for run, ended in product(self._may_end(day), range(len(self.successors))):
                before = (run, ended, *rest)
                ways.append((float(runs[before]), True, before, OFF))
        else:
            ways.append((float(rests[(length - 1, *rest)]), False, (length - 1, *rest), OFF))
        if length == len(rests) - 1:
            ways.append((float(rests[place]), False, place, OFF))
        return ways

    def _ways_by_work(
        self, day: int, price: Array, runs: Array, rests: Array, place: _Place
    ) -> list[tuple[float, bool, _Place, int]]:
        run, ended, rest = place[0], place[1], place[2:]
        weekend, sunday = self.weekdays[day] in {SATURDAY, SUNDAY}, self.weekdays[day] == SUNDAY
        ways: list[tuple[float, bool, _Place, int]] = []
        for group in self.groups:
            shift = self._shift_of(group, day, price)
            if shift is None or group.ends_in != ended:
                continue
            left = list(rest)
            left[-1] -= group.units
            if group.counter is not None:
                left[1 + group.counter] -= 1
            if weekend and not (sunday and run > 0):
                left[0] -= 1
            if min(left) < 0:
                continue
            paid = float(price[day, shift])
            if run == 0:
                for length in self._rested(day):
                    before = (length % len(rests), *left)
                    ways.append((float(rests[before]) + paid, False, before, shift))
            else:
                for after in group.follows:
                    earlier = (run - 1, after, *left)
                    ways.append((float(runs[earlier]) + paid, True, earlier, shift))
        return ways
