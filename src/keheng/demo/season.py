"""How a bank's totals move through the year and grow from year to year."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

_SPRING_FESTIVALS = {  # the first day of the lunar year
    2020: (1, 25), 2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17),
    2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3), 2031: (1, 23), 2032: (2, 11), 2033: (1, 31),
    2034: (2, 19), 2035: (2, 8),
}  # fmt: skip
_QUARTER_END, _AFTER_QUARTER = 0.018, -0.012
_BEFORE_FESTIVAL, _AFTER_FESTIVAL = 0.035, 0.012


@dataclass(frozen=True)
class Path:
    """A total that grew by ``growth`` to ``total`` between ``year_ago`` and ``today``.

    ``season`` is the strength of the seasonal moves: 1 for the deposits of persons, negative for what they flee from.
    ``festival`` is that of the Spring Festival (companies pay out wages before it).
    """

    total: float
    growth: float
    today: date
    year_ago: date
    season: float = 0.0
    festival: float = 0.0

    def at(self, day: date) -> float:
        """The total on a day."""
        elapsed = (self.today - day).days / (self.today - self.year_ago).days
        trend = self.total * math.pow(1 - self.growth / self.total, elapsed)
        start, end = self._swing(self.year_ago), self._swing(self.today)
        level = start + (end - start) * min(max(1 - elapsed, 0.0), 1.0)
        return trend * self._swing(day) / level

    def _swing(self, day: date) -> float:
        return 1 + self.season * _quarter(day) + self.festival * _spring(day)


def _quarter(day: date) -> float:
    """Deposits come home for the quarter's balance sheet and leave again in the month after it."""
    if (day + timedelta(days=1)).month in {1, 4, 7, 10} and (day + timedelta(days=1)).day == 1:
        return _QUARTER_END
    return _AFTER_QUARTER if day.month in {1, 4, 7, 10} else 0.0


def _spring(day: date) -> float:
    """Wages, bonuses and those who come home fill the accounts before the Spring Festival."""
    month, first = _SPRING_FESTIVALS.get(day.year, (2, 5))
    away = (date(day.year, month, first) - day).days
    if 0 <= away <= 35:
        return _BEFORE_FESTIVAL
    return _AFTER_FESTIVAL if -35 <= away < 0 else 0.0


def market(random: np.random.Generator, months: int) -> list[float]:
    """A market index by months before today, 1 today: what funds are worth moves with it."""
    moves = np.cumsum(0.035 * random.standard_normal(months))
    return [1.0, *np.exp(moves).tolist()]
