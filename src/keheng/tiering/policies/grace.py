"""What happens to a customer whose tier by the rules is not the one they hold (decision 5), as a pure function.

The set-based statements of evaluations and dry runs say the same of everybody at once; tests hold them against this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from keheng.tiering.enums import Direction, Fate
from keheng.tiering.policies.definition import Movement


@dataclass(frozen=True)
class Seen:
    """Where the rules put a customer on a day.

    Attributes:
        is_kept: hysteresis or a protection of the version keeps them from going down by that day's figures.
    """

    day: date
    rank: int
    is_month_end: bool = True
    is_kept: bool = False
    is_protected: bool = False


@dataclass(frozen=True)
class Held:
    """The tier held by its rank, since when, and what else stands in the way of a downgrade."""

    rank: int
    since: date
    is_listed: bool = False
    refused_on: date | None = None
    returned_on: date | None = None


@dataclass(frozen=True)
class Verdict:
    """What the evaluation does, and how far the grace has run.

    Attributes:
        month_ends: consecutive month ends that count so far, of ``needed``; ``first`` is the earliest of them. A step
            of one month end looks at the day alone, and counts none.
        rank: where it leads: the best tier of the days that count for a downgrade, the lowest for an upgrade.
    """

    fate: Fate
    direction: Direction
    month_ends: int
    needed: int
    first: date | None
    rank: int


def judge(
    movement: Movement, held: Held, seen: Sequence[Seen], *, month_ends: Sequence[date], as_of: date
) -> Verdict | None:
    """Judge one customer; ``None`` where the rules call for the tier that is held.

    Args:
        seen: the day of the evaluation, and the month ends of which there are figures.
        month_ends: the last month ends by ``as_of``, oldest first, as many as either step asks for.
    """
    now = next((one for one in seen if not one.is_month_end), None)
    if now is None or now.rank == held.rank:
        return None
    up = now.rank > held.rank
    step = movement.upgrade if up else movement.downgrade

    def counts(one: Seen) -> bool:
        return one.rank > held.rank if up else one.rank < held.rank and not one.is_kept

    needed = step.month_ends if step.month_ends > 1 else 0
    ends = list(month_ends)[-step.month_ends :]
    at_end = {one.day: one for one in seen if one.is_month_end and one.day in ends}
    met: list[date] = []
    for day in reversed(ends if needed else []):
        if day < held.since or day not in at_end or not counts(at_end[day]):
            break
        met.append(day)
    deciding = [*([at_end[day] for day in ends if day in at_end] if needed else []), now]
    leads_to = min(one.rank for one in deciding) if up else max(one.rank for one in deciding)
    stays = not up and (held.since + timedelta(days=movement.minimum_stay_days) > as_of or now.is_kept)
    protected = not up and (held.is_listed or now.is_protected)
    answered = (held.refused_on is not None and held.refused_on >= ends[0]) or (
        held.returned_on is not None and held.returned_on >= ends[-1]
    )
    is_due = counts(now) and (not needed or len(met) == needed) and not answered
    if protected:
        fate = Fate.PROTECTED
    elif stays:
        fate = Fate.STAYS
    elif is_due:
        fate = Fate.PROPOSED if step.approval else Fate.MOVES
    else:
        fate = Fate.WAITS
    first = min(met) if met else None
    way = Direction.UP if up else Direction.DOWN
    return Verdict(fate, way, len(met), step.month_ends, first, leads_to)
