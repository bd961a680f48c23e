"""How many agents each interval needs: forecasts against targets."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from keheng.workforce.enums import QueueKind
from keheng.workforce.models import Queue, Target
from keheng.workforce.policies import staffing
from keheng.workforce.policies.history import Array
from keheng.workforce.queries.forecasts import Said, said


@dataclass(frozen=True)
class Required:
    """A day's requirement over all intervals from midnight.

    Attributes:
        load: erlangs.
        agents: on duty.
        rostered: with shrinkage.
    """

    day: date
    calls: Array
    load: Array
    agents: staffing.Whole
    rostered: staffing.Whole


def target_on(queue: Queue, day: date) -> Target | None:
    """The target that holds on a day."""
    return Target.objects.filter(queue=queue, valid_from__lte=day).order_by("-valid_from").first()


def demand_of(queue: Queue, target: Target, calls: Array) -> staffing.Demand:
    """The contacts of intervals as staffing reads them."""
    patience = target.patience if queue.kind == QueueKind.CALLS else None
    return staffing.Demand(np.nan_to_num(calls), queue.step * 60, target.handling, patience, target.at_once)


def aim_of(target: Target) -> staffing.Target:
    """The target as staffing reads it."""
    return staffing.Target(target.level, target.within, target.asa, target.abandoned, target.occupancy)


def required(queue: Queue, first: date, last: date) -> list[Required]:
    """What the forecast days need; a queue without a target has none.

    Work that can wait needs whoever the free time of the branch's other queues does not hold.
    """
    if queue.kind == QueueKind.DEFERRABLE:
        return _deferred(queue, said(queue, first, last))
    return [one for day in said(queue, first, last) if (one := _at_once(queue, day)) is not None]


def what_if(queue: Queue, target: Target, calls: float) -> list[staffing.Choice]:
    """What fewer or more agents would give in one interval."""
    demand = demand_of(queue, target, np.array([calls]))
    needed = int(staffing.agents_needed(demand, aim_of(target))[0])
    return staffing.choices(demand, range(max(needed - 5, 0), needed + 6), target.within)


def _at_once(queue: Queue, day: Said) -> Required | None:
    target = target_on(queue, day.day)
    if target is None:
        return None
    demand = demand_of(queue, target, day.calls)
    agents = np.where(np.nan_to_num(day.calls) > 0, staffing.agents_needed(demand, aim_of(target)), 0)
    return Required(day.day, day.calls, demand.load, agents, staffing.on_the_roster(agents, target.shrinkage))


def _deferred(queue: Queue, days: list[Said]) -> list[Required]:
    others = [
        one
        for one in Queue.objects.filter(branch=queue.branch, is_active=True, step=queue.step)
        if one.kind != QueueKind.DEFERRABLE
    ]
    found = []
    for day in days:
        target = target_on(queue, day.day)
        if target is None:
            continue
        work = np.nan_to_num(day.calls) * target.handling / (queue.step * 60)
        free = np.zeros(len(work))
        for other in others:
            for one in required(other, day.day, day.day):
                free += np.maximum(one.agents - one.load, 0)
        _done, added = staffing.spread(work, free, target.due_minutes // queue.step)
        agents = np.ceil(added - 1e-9).astype(np.int64)
        found.append(Required(day.day, day.calls, work, agents, staffing.on_the_roster(agents, target.shrinkage)))
    return found
