"""The lunar calendar as arithmetic: from a solar day to the lunar one, and a birthday's day in a year (A4)."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple


class LunarDay(NamedTuple):
    """A day of the lunar calendar; ``leap``: of a month that is put in twice."""

    year: int
    month: int
    day: int
    leap: bool


@dataclass(frozen=True, order=True)
class Month:
    """A lunar month by the solar day it begins with."""

    starts_on: date
    year: int
    month: int
    leap: bool
    days: int


def lunar_day(months: Sequence[Month], day: date) -> LunarDay | None:
    """The lunar day of a solar one; ``None`` outside the months.

    Args:
        months: in order of time.
    """
    place = bisect_right(months, day, key=lambda month: month.starts_on) - 1
    if place < 0:
        return None
    month = months[place]
    number = (day - month.starts_on).days + 1
    return LunarDay(month.year, month.month, number, month.leap) if number <= month.days else None


def birthday_in(months: Sequence[Month], born: LunarDay, year: int) -> date | None:
    """The solar day on which a lunar birthday is kept in a lunar year.

    Who was born in a leap month keeps the month it repeats, because the leap month seldom comes again; where a year
    repeats the month of birth, the first one counts. The 30th of a month that has 29 days is its 29th.
    """
    for month in months:
        if month.year == year and month.month == born.month and not month.leap:
            return month.starts_on + timedelta(days=min(born.day, month.days) - 1)
    return None
