"""Making a roster: column generation, diving, and repairing a few members at a time.

A linear programme over whole rosters gives every need a price; for these prices each member's best roster is found
exactly, until no better one is left: its value bounds every roster from below. Then members get their rosters one
after the other, the surest first, and prices are found anew in between. What time is left goes into taking the rosters
of a few members back and making them again, in new dives and in a choice among all rosters found.

For a large staff a round of prices takes too long for that. Then everybody in turn gets the best roster beside those of
the others, again and again until nobody can do better, and the repairs begin there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from keheng.workforce.policies.rostering.checking import objective
from keheng.workforce.policies.rostering.choosing import choose
from keheng.workforce.policies.rostering.master import Master, there
from keheng.workforce.policies.rostering.pricing import Pricer
from keheng.workforce.policies.rostering.problem import OFF, Array, Problem, Roster
from keheng.workforce.policies.rostering.relaxation import bound_by_numbers

_SMOOTHING = 0.4
"""Weight of the best prices so far against the last: keeps prices from swinging."""

_SETTLED = 0.999
_GAP = 1e-3
_ROUNDS_A_DIVE_STEP, _ROUNDS_IN_HASTE = 20, 4
_TRIES = 3
_NOISE = 0.15
"""How far other seeds than 0 disturb which roster is the surest."""
_FEWEST, _MOST = 3, 12
"""Members whose rosters are made again at once."""

_MANY = 100
"""From so many members on the first rosters are made one by one."""

_SHARE_OF_ROOT, _SHARE_OF_DIVE = 0.4, 0.85
"""Shares of the time after which the first bound and the first roster must be there."""


@dataclass(frozen=True)
class Progress:
    """How far the search is: cost of the best roster, what no roster can fall below."""

    cost: float
    bound: float


@dataclass(frozen=True)
class Answer:
    """The best rosters found, in the order of the staff.

    Attributes:
        cost: what they cost.
        bound: what no rosters can fall below; whole where all weights are.
        relaxed: for members whose least hours cannot be reached, the minutes that can.
    """

    rosters: Sequence[Roster]
    cost: float
    bound: float
    relaxed: Mapping[str, int] = field(default_factory=dict)


class Search:
    """A search for the rosters of a problem.

    Args:
        problem: the roster to be made.
        seconds_left: the time left, asked now and then.
        seed: makes searches differ; 0 dives straight.
        tell: called with every better roster.
    """

    def __init__(
        self,
        problem: Problem,
        seconds_left: Callable[[], float],
        seed: int = 0,
        tell: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.problem, self.seconds_left, self.tell = problem, seconds_left, tell
        self.seconds = seconds_left()
        self.random = np.random.default_rng(seed)
        self.noise = _NOISE if seed else 0.0
        self.relaxed: dict[str, int] = {}
        self.pricers = [self._pricer(number) for number in range(len(problem.staff))]
        self.costs = [problem.costs(member) for member in problem.staff]
        self.floors = -np.array([need.too_many for need in problem.needs])
        self.ceilings = np.array([need.too_few for need in problem.needs])
        self.met_by = problem.met_by.reshape(len(problem.needs), problem.days * len(problem.shifts)).astype(float)
        self.whole = all(
            float(weight).is_integer() for need in problem.needs for weight in (need.too_few, need.too_many)
        )
        self.bound = 0.0  # no weight is below 0
        self.best: list[Roster] = []
        self.cost = np.inf
        self.found: dict[tuple[int, bytes], tuple[int, Roster]] = {}

    def run(self) -> Answer:
        """Search until the time is over or nothing better can be there."""
        everybody = range(len(self.problem.staff))
        if len(everybody) > _MANY:
            self.bound = bound_by_numbers(self.problem)
            self._descend()
        else:
            root = Master(self.problem, everybody, self._wanted([]))
            self._improve_prices(root, _SHARE_OF_ROOT, keep_bound=True)
            self._consider(self._dive(root, _SHARE_OF_DIVE))
            self._descend()  # a dive that the time has hurried leaves much to be had
            if not self._is_over():
                self._choose_among_all()
        while not self._is_over():
            self._repair()
        return Answer(self.best, self.cost, self._told_bound(), self.relaxed)

    def _is_over(self) -> bool:
        return self.seconds_left() <= 0 or self.cost <= self._told_bound() + 1e-6

    def _told_bound(self) -> float:
        return float(np.ceil(self.bound - 1e-4)) if self.whole else self.bound

    def _pricer(self, number: int) -> Pricer:
        """The pricer of a member; one whose least hours are out of reach gets as many hours as can be."""
        member = self.problem.staff[number]
        pricer = Pricer(self.problem, member)
        if pricer.best(np.zeros((self.problem.days, len(self.problem.shifts)))) is not None:
            return pricer
        relaxed = Pricer(self.problem, member, least_minutes=0)
        hours = np.broadcast_to(-self.problem.minutes.astype(float), (self.problem.days, len(self.problem.shifts)))
        most = relaxed.best(hours)
        if most is None:
            raise ContradictionError(member.code)
        worked = most[1][most[1] != OFF]
        reached = int(self.problem.minutes[worked].sum())
        self.relaxed[member.code] = reached
        return Pricer(self.problem, member, least_minutes=reached)

    def _wanted(self, others: Sequence[Roster]) -> Array:
        return np.array([need.wanted for need in self.problem.needs], dtype=float) - there(self.problem, others)

    def _cost_of(self, member: int, roster: Roster) -> float:
        prices, base = self.costs[member]
        worked = np.flatnonzero(roster != OFF)
        return base + float(prices[worked, roster[worked]].sum())

    def _offer(self, master: Master, member: int, roster: Roster) -> bool:
        self.found.setdefault((member, roster.tobytes()), (member, roster))
        return master.add(member, roster, self._cost_of(member, roster))

    def _improve_prices(self, master: Master, until: float, rounds: int = 10_000, *, keep_bound: bool = False) -> None:
        """Generate rosters until none is better by the prices, the gap is small, or a share of the time is over."""
        smoothing, lower, best_prices = _SMOOTHING, -np.inf, None
        master.solve()
        for _ in range(rounds):
            if self.seconds_left() < (1 - until) * self.seconds:
                break
            asked = master.prices if best_prices is None else smoothing * best_prices + (1 - smoothing) * master.prices
            prices = np.clip(asked, self.floors, self.ceilings)
            value, added = self._price_all(master, prices)
            if value > lower:
                lower, best_prices = value, prices
            if master.value - lower <= _GAP * max(1.0, abs(master.value)):
                break
            if added:
                master.solve()
            elif smoothing == 0:
                break
            else:  # the smoothed prices found nothing that the true ones would buy
                smoothing = smoothing / 2 if smoothing > 0.1 else 0.0
                best_prices = None if smoothing == 0 else master.prices
        master.solve()
        if keep_bound:
            self.bound = max(self.bound, lower)

    def _price_all(self, master: Master, prices: Array) -> tuple[float, int]:
        """Find each member's best roster by the prices; a lower bound of the master's value, and how many were new."""
        by_shift = (prices @ self.met_by).reshape(self.problem.days, -1)
        true = (master.prices @ self.met_by).reshape(self.problem.days, -1)
        value, added = float(prices @ master.wanted), 0
        for member in master.members:
            wishes, base = self.costs[member]
            if member in master.fixed:
                roster = master.choices[master.fixed[member]][1]
                worked = np.flatnonzero(roster != OFF)
                value += self._cost_of(member, roster) - float(by_shift[worked, roster[worked]].sum())
                continue
            answer = self.pricers[member].best(wishes - by_shift)
            if answer is None:  # cannot be: it had a roster at the start
                raise ContradictionError(self.problem.staff[member].code)
            lowest, roster = answer
            value += base + lowest
            worked = np.flatnonzero(roster != OFF)
            gain = self._cost_of(member, roster) - float(true[worked, roster[worked]].sum())
            if gain < master.members_prices[member] - 1e-6:
                added += self._offer(master, member, roster)
        return value, added

    def _dive(self, master: Master, until: float) -> Mapping[int, Roster]:
        """Fix one roster after the other, the surest first; as many at once as the time demands."""
        took = 0.0
        while left := len(master.members) - len(master.fixed):
            before, rest = self.seconds_left(), self.seconds_left() - (1 - until) * self.seconds
            # A step costs what it prices: half of the last one's on the mean, for the members that are left.
            at_once = left if rest <= 0 else max(1, int(np.ceil(left * took / 2 / rest)))
            master.solve()
            for choice in self._surest(master, settled=True):
                master.fix(choice)
            if at_once > 1:
                for choice in self._surest(master)[:at_once]:
                    master.fix(choice)
                self._improve_prices(master, until, _ROUNDS_IN_HASTE)
            elif len(master.fixed) < len(master.members):
                self._fix_one(master, until)
            took = before - self.seconds_left()
        return master.rosters()

    def _fix_one(self, master: Master, until: float) -> None:
        """Fix the surest roster after which the value hardly rises, or the one of a few that raises it least."""
        before = master.value
        rises: list[tuple[float, int]] = []
        for choice in self._surest(master)[:_TRIES]:
            master.fix(choice)
            self._improve_prices(master, until, _ROUNDS_A_DIVE_STEP)
            rise = master.value - before
            if rise <= _GAP * max(1.0, abs(before)):
                return
            rises.append((rise, choice))
            master.free(choice)
        master.fix(min(rises)[1])
        self._improve_prices(master, until, _ROUNDS_A_DIVE_STEP)

    def _surest(self, master: Master, *, settled: bool = False) -> list[int]:
        """For each member without a roster the choice with the largest share, in the order of shares."""
        surest: dict[int, tuple[float, int]] = {}
        shares = master.shares * self.random.uniform(1 - self.noise, 1, len(master.shares))
        for choice, ((member, _), share) in enumerate(zip(master.choices, shares.tolist(), strict=False)):
            if member not in master.fixed and share > surest.get(member, (-1.0, -1))[0]:
                surest[member] = (share, choice)
        return [choice for share, choice in sorted(surest.values(), reverse=True) if share >= _SETTLED or not settled]

    def _descend(self) -> None:
        """Give everybody in turn the best roster beside those of the others, until a whole round changes nothing."""
        rosters = dict(enumerate(self.best))
        rest, changed = self._wanted(self.best), True
        while changed and not (self.best and self._is_over()):
            changed = False
            for member in self.random.permutation(len(self.problem.staff)).tolist():
                if self.best and self.seconds_left() <= 0:
                    break
                old = rosters.get(member)
                if old is not None:
                    rest += self.problem.meets(old)
                new = self._best_beside(member, rest)
                if old is None or self._worth(member, new, rest) < self._worth(member, old, rest) - 1e-6:
                    rosters[member], changed = new, True
                rest -= self.problem.meets(rosters[member])
            self._consider(rosters)

    def _prices_beside(self, rest: Array) -> Array:
        """What one more is worth to each need, given how many are missing."""
        return np.where(rest > 0, self.ceilings, self.floors)

    def _best_beside(self, member: int, rest: Array) -> Roster:
        by_shift = (self._prices_beside(rest) @ self.met_by).reshape(self.problem.days, -1)
        answer = self.pricers[member].best(self.costs[member][0] - by_shift)
        if answer is None:  # cannot be: it had a roster at the start
            raise ContradictionError(self.problem.staff[member].code)
        return answer[1]

    def _worth(self, member: int, roster: Roster, rest: Array) -> float:
        """What a roster costs beside those of the others."""
        return self._cost_of(member, roster) - float(self._prices_beside(rest) @ self.problem.meets(roster))

    def _repair(self) -> None:
        """Take back the rosters of some members and make them again."""
        size = (
            int(self.random.integers(_FEWEST, min(_MOST, len(self.best)) + 1))
            if len(self.best) > _FEWEST
            else len(self.best)
        )
        again = sorted(self._neighbours(size))
        kept = [roster for number, roster in enumerate(self.best) if number not in again]
        master = Master(self.problem, again, self._wanted(kept))
        for member in again:
            self._offer(master, member, self.best[member])
        self._improve_prices(master, 1.0)
        self._consider(self._dive(master, 1.0))

    def _neighbours(self, size: int) -> list[int]:
        """Members who could work a shift of a need that is not met, else any."""
        rest = self._wanted(self.best)
        unmet = np.flatnonzero((rest != 0) & (np.where(rest > 0, self.ceilings, -self.floors) > 0))
        everybody = np.arange(len(self.best))
        if not len(unmet):
            return [int(number) for number in self.random.choice(everybody, size, replace=False)]
        need = self.problem.needs[int(self.random.choice(unmet))]
        weights = np.array(
            [1.0 + 2 * any(member.most.get(code, 0) for code in need.shifts) for member in self.problem.staff]
        )
        chosen = self.random.choice(everybody, size, replace=False, p=weights / weights.sum())
        return [int(number) for number in chosen]

    def _choose_among_all(self) -> None:
        """The best choice among all rosters found, as far as a short time allows."""
        seconds = min(self.seconds_left(), 0.15 * self.seconds)
        chosen = choose(
            self.problem,
            [(member, roster, self._cost_of(member, roster)) for member, roster in self.found.values()],
            self.best,
            seconds,
        )
        self._consider(dict(enumerate(chosen)))

    def _consider(self, rosters: Mapping[int, Roster]) -> None:
        """Keep rosters that are no worse than the best."""
        whole = [
            rosters.get(number, self.best[number] if self.best else rosters.get(number))
            for number in range(len(self.problem.staff))
        ]
        known = [roster for roster in whole if roster is not None]
        cost = objective(self.problem, known)
        if cost <= self.cost:
            better = cost < self.cost
            self.best, self.cost = known, cost
            if better:
                self.tell(Progress(cost, self._told_bound()))


class ContradictionError(ValueError):
    """A member has no roster that keeps the rules, however few the hours."""
