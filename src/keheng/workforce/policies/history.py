"""What was offered in the past: one row a day, one column an interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]

HOUR = 60
DAYS_A_WEEK = 7


@dataclass(frozen=True)
class History:
    """Contacts of one queue, by day and interval.

    Attributes:
        step: minutes of an interval; divides the hour.
        dates: the days that have figures, ascending.
        starts: minutes after midnight at which the columns' intervals begin, ascending.
        calls: days × intervals; NaN where the queue was closed or nothing is known.
    """

    step: int
    dates: Sequence[date]
    starts: NDArray[np.int64]
    calls: Array

    @cached_property
    def ordinals(self) -> NDArray[np.int64]:
        """The days as numbers that can be subtracted."""
        return np.array([day.toordinal() for day in self.dates], dtype=np.int64)

    @cached_property
    def weekdays(self) -> NDArray[np.int64]:
        """0 Monday … 6 Sunday."""
        return (self.ordinals + DAYS_A_WEEK - 1) % DAYS_A_WEEK

    @cached_property
    def open(self) -> NDArray[np.bool_]:
        """Where there are figures, of the shape of ``calls``."""
        return ~np.isnan(self.calls)

    def before(self, day: date) -> "History":
        """All that was known when ``day`` began."""
        return self.first(int(np.searchsorted(self.ordinals, day.toordinal())))

    def first(self, days: int) -> "History":
        """The first so many days."""
        return History(self.step, self.dates[:days], self.starts, self.calls[:days])

    def finished(self, today: date) -> "History":
        """Without a day that is still under way: figures of part of a day are no level to learn from."""
        past = self.before(today)
        if len(past.dates) == len(self.dates):
            return self
        usual = past.usual_hours(today)
        under_way = bool((usual & ~self.open[len(past.dates)]).any()) if len(past.dates) else False
        return past if under_way else self

    def closed_days(self) -> list[date]:
        """Days without figures between the first and the last, on weekdays that are open as a rule."""
        known = set(self.dates)
        between = (self.dates[0] + timedelta(days=ahead) for ahead in range(int(np.ptp(self.ordinals))))
        return [day for day in between if day not in known and (self.weekdays == day.weekday()).any()]

    def usual_hours(self, day: date) -> NDArray[np.bool_]:
        """The columns open on most of the last four same weekdays; in its first week, on most days of a queue.

        None for a weekday that is never open.
        """
        first_week = len(self.dates) > 0 and int(np.ptp(self.ordinals)) < DAYS_A_WEEK
        same = self.open[-4:] if first_week else self.open[self.weekdays == day.weekday()][-4:]
        return np.asarray(2 * same.sum(axis=0) > len(same))

    def open_days(self, since: date, until: date) -> int:
        """How many days after ``since`` up to ``until`` fall on weekdays that the history knows as open."""
        known = set(self.weekdays.tolist())
        return sum((since + timedelta(days=ahead)).weekday() in known for ahead in range(1, (until - since).days + 1))


def in_blocks(values: Array, starts: NDArray[np.int64], step: int, minutes: int) -> Array:
    """Sum columns to blocks of ``minutes``; only blocks whose intervals are all there, NaN where one was closed.

    Args:
        values: days × intervals.
        starts: minutes after midnight of the intervals.
        step: minutes of an interval.
        minutes: minutes of a block, a multiple of ``step``.
    """
    block = starts // minutes
    whole = [number for number in np.unique(block).tolist() if (block == number).sum() == minutes // step]
    if not whole:
        return np.empty((len(values), 0))
    return np.stack([values[:, block == number].sum(axis=1) for number in whole], axis=1)
