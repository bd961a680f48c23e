"""What being late costs (A6, decisions 10 and 11). Pure: minutes in, points out."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Band:
    """A range of overtime: ``up_to`` is included, ``None`` is open. ``points`` of an error follow from its number."""

    up_to: timedelta | None
    points: Decimal | None = None
    error: bool = False
    inspection: bool = False


@dataclass(frozen=True, slots=True)
class PenaltyRules:
    """Bands in ascending order; points of the first, second … error of a month, the last for each further one."""

    bands: tuple[Band, ...]
    errors: tuple[Decimal, ...]
    clocks: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.bands or self.bands[-1].up_to is not None or not self.errors:
            raise ValueError("The last band of overtime must be open, and errors need points.")
        edges = [band.up_to for band in self.bands[:-1]]
        if None in edges or any(edge <= before for before, edge in pairwise([_NOTHING, *filter(None, edges)])):
            raise ValueError("Each band of overtime ends later than the one before it.")
        if any(points > 0 for points in (*self.errors, *(band.points or 0 for band in self.bands))):
            raise ValueError("Being late costs points: they are zero or below.")

    def band_of(self, overtime: timedelta) -> Band | None:
        """The band that an overtime falls in; none while the limit holds."""
        if overtime <= _NOTHING:
            return None
        return next(band for band in self.bands if band.up_to is None or overtime <= band.up_to)

    def points_of_error(self, number: int) -> Decimal:
        """What the ``number``-th error of a calendar month costs (1 is the first)."""
        return self.errors[min(number, len(self.errors)) - 1]

    @property
    def final_edge(self) -> timedelta:
        """The overtime beyond which nothing gets worse: the last band begins."""
        edges = [band.up_to for band in self.bands if band.up_to is not None]
        return edges[-1] if edges else _NOTHING


def offset_left(deducted: Decimal, offset: Decimal) -> Decimal:
    """How much of a month's deductions may still be offset (decision 11): never more than was deducted.

    Args:
        deducted: the sum of deductions after reversals, zero or below.
        offset: the sum of offsets after reversals, zero or above.
    """
    return max(-deducted - offset, Decimal(0))
