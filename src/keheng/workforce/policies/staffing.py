"""How many agents an interval needs to meet its targets, and what each number of agents would give."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keheng.workforce.errors import WorkforceError
from keheng.workforce.policies import erlang

type Array = NDArray[np.float64]
type Whole = NDArray[np.int64]


class StaffingError(WorkforceError):
    """A demand or target that cannot be staffed; the sentence says which figure and what it must be."""


@dataclass(frozen=True)
class Target:
    """What an interval must reach; each part that is set counts, the hardest decides.

    Attributes:
        level: share of offered calls to be answered within ``within`` seconds, such as 0.8 of 80/20.
        within: the wait in seconds that still counts as in time.
        asa: longest mean wait in seconds.
        abandoned: largest share of callers who hang up; needs patience.
        occupancy: largest share of an agent's time on calls, so that people last the day.
    """

    level: float | None = 0.8
    within: float = 20.0
    asa: float | None = None
    abandoned: float | None = None
    occupancy: float | None = None

    def __post_init__(self) -> None:
        if self.level is None and self.asa is None and self.abandoned is None and self.occupancy is None:
            raise StaffingError("Give at least one target: service level, mean wait, abandonment or occupancy.")
        for name in ("level", "abandoned", "occupancy"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1:
                raise StaffingError(f"The target for {name} must lie between 0 and 100 %, both excluded.")
        if not (math.isfinite(self.within) and self.within >= 0):
            raise StaffingError("The time to answer must be 0 seconds or more.")
        if self.asa is not None and not self.asa > 0:
            raise StaffingError("The mean wait aimed at must be more than 0 seconds.")


@dataclass(frozen=True)
class Demand:
    """The calls of intervals of one length.

    Attributes:
        calls: calls offered in each interval, an array over the intervals.
        interval: length of an interval in seconds.
        handling: mean handling time in seconds (talk, hold, after-call work), one or one an interval.
        patience: mean seconds until a caller hangs up; None when nobody does.
        at_once: contacts an agent handles at the same time (chat); handling time is that of one contact.
    """

    calls: ArrayLike
    interval: float
    handling: ArrayLike
    patience: float | None = None
    at_once: float = 1.0
    _rate: Array = field(init=False, repr=False)

    def __post_init__(self) -> None:
        calls, handling = np.atleast_1d(np.asarray(self.calls, float)), np.asarray(self.handling, float)
        if not (np.isfinite(calls).all() and (calls >= 0).all()):
            raise StaffingError("The calls of an interval must be a number, 0 or more.")
        if not (np.isfinite(handling).all() and (handling > 0).all()):
            raise StaffingError("The handling time must be more than 0 seconds.")
        if not self.interval > 0:
            raise StaffingError("The interval must be longer than 0 seconds.")
        if self.patience is not None and not self.patience > 0:
            raise StaffingError("The patience must be more than 0 seconds; leave it out when nobody hangs up.")
        if not self.at_once >= 1:
            raise StaffingError("An agent handles at least one contact at once.")
        object.__setattr__(self, "_rate", calls / self.interval)

    @property
    def load(self) -> Array:
        """Offered traffic in erlangs."""
        return np.asarray(self._rate * np.asarray(self.handling, float))

    def service(self, agents: ArrayLike, within: float) -> erlang.Service:
        """What ``agents`` on duty give: Erlang A where callers hang up, else Erlang C."""
        servers = np.floor(np.asarray(agents, float) * self.at_once)
        if self.patience is None:
            return erlang.patient(self._rate, self.handling, servers, within)
        return erlang.impatient(self._rate, self.handling, servers, within, self.patience)


def agents_needed(demand: Demand, target: Target) -> Whole:
    """The fewest agents on duty in each interval that meet every part of the target.

    All intervals are bisected together: each part of a target only improves with another agent.

    Raises:
        StaffingError: when abandonment is a target but callers have no patience given.
    """
    if target.abandoned is not None and demand.patience is None:
        raise StaffingError("A target for abandonment needs the callers' patience.")
    load = demand.load / demand.at_once
    too_few = np.full(load.shape, -1, dtype=np.int64)
    enough = np.ceil(load + 2 * np.sqrt(load) + 2).astype(np.int64)
    while not (met := _meets(demand, target, enough)).all():
        too_few, enough = np.where(met, too_few, enough), np.where(met, enough, 2 * enough)
    while (open_ := enough - too_few > 1).any():
        middle = (enough + too_few) // 2
        met = _meets(demand, target, middle)
        too_few, enough = np.where(open_ & ~met, middle, too_few), np.where(open_ & met, middle, enough)
    return np.asarray(enough)


def on_the_roster(agents: ArrayLike, shrinkage: float) -> Whole:
    """Staff to be rostered so that ``agents`` are on duty, when ``shrinkage`` of paid time is lost otherwise.

    Raises:
        StaffingError: unless 0 ≤ shrinkage < 1.
    """
    if not 0 <= shrinkage < 1:
        raise StaffingError("Shrinkage must lie between 0 and 100 %, 100 % excluded.")
    # A whole number of staff must not become one more by a rounding error of the division.
    return np.asarray(np.ceil(np.asarray(agents, float) / (1 - shrinkage) - 1e-9), dtype=np.int64)


@dataclass(frozen=True)
class Choice:
    """What one number of agents would give in one interval."""

    agents: int
    waits: float
    level: float
    asa: float
    abandoned: float
    occupancy: float


def choices(demand: Demand, agents: Sequence[int], within: float) -> list[Choice]:
    """The what-if curve of one interval: its service with each number of agents."""
    found = demand.service(agents, within)
    columns = (found.waits, found.level, found.asa, found.abandoned, found.occupancy)
    rows: Iterator[tuple[float, ...]] = zip(*(column.tolist() for column in columns), strict=True)
    return [Choice(number, *row) for number, row in zip(agents, rows, strict=True)]


def spread(work: ArrayLike, spare: ArrayLike, due: int) -> tuple[Array, Array]:
    """Lay work that can wait (e-mail, call-backs) into what calls leave free, the most urgent first.

    Args:
        work: agent-intervals of work arriving in each interval.
        spare: agent-intervals free in each interval.
        due: intervals until work must be done; 0 means in the interval of its arrival.

    Returns:
        Agent-intervals done in each interval, and those that had to be added beyond ``spare`` on the last moment.
    """
    arriving, free = np.asarray(work, float), np.asarray(spare, float)
    done, added = np.zeros_like(arriving), np.zeros_like(arriving)
    waiting: list[tuple[int, float]] = []
    for now, amount in enumerate(arriving.tolist()):
        waiting.append((now + due, amount))
        room, left = float(free[now]), []
        for deadline, rest in waiting:
            taken = min(rest, room)
            room -= taken
            done[now] += taken
            if rest - taken > 0:
                left.append((deadline, rest - taken))
        last = now == len(arriving) - 1
        late = sum(rest for deadline, rest in left if deadline <= now or last)
        added[now] += late
        done[now] += late
        waiting = [part for part in left if part[0] > now and not last]
    return done, added


def _meets(demand: Demand, target: Target, agents: Whole) -> NDArray[np.bool_]:
    found = demand.service(agents, target.within)
    met = np.ones(agents.shape, dtype=bool)
    if target.level is not None:
        met &= found.level >= target.level
    if target.asa is not None:
        met &= found.asa <= target.asa
    if target.abandoned is not None:
        met &= found.abandoned <= target.abandoned
    if target.occupancy is not None:
        met &= found.occupancy <= target.occupancy
    return met
