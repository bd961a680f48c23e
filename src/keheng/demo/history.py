"""How the figures of customers came to be: 24 month ends back from the plan's day.

Amounts are walked back in time: noise, rare jumps, some who rose or fell lately, coming and leaving. Each kind is
scaled on each day to the bank's total, so that growth and season show exactly as ``season`` has them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl

from keheng.demo.crowd import Crowd
from keheng.demo.plan import Floats, Integers, Plan
from keheng.demo.season import Path, market
from keheng.demo.wealth import ASSETS, DEPOSITS, FUNDS, GOLD, INSURANCE, LOANS, WEALTH, Wealth

_YI = 1e8
_EARNINGS = {DEPOSITS: 0.011, WEALTH: 0.006, FUNDS: 0.008, INSURANCE: 0.02, GOLD: 0.004, LOANS: 0.017}  # a year
_SHARE_OF_FALLERS, _SHARE_OF_RISERS = 0.03, 0.05
_CARRIED = 0.45  # the part of a month's average that still shows the balance of the month before


@dataclass(frozen=True)
class Day:
    """The figures of one day, a row for each customer; ``is_here`` marks those who had come and not yet left.

    ``amounts`` are by kind, also of the kinds that have no figure of their own.
    """

    date: date
    figures: pl.DataFrame
    is_here: pl.Series
    amounts: dict[str, Floats]


def personal_paths(plan: Plan) -> dict[str, Path]:
    """The totals of persons by kind (A9): deposits 82.25亿 (+12.47), loans 21.06亿 (+3.61), wealth and funds."""
    return {
        DEPOSITS: _path(plan, 82.25, 12.47, season=1.0, festival=1.0),
        WEALTH: _path(plan, 4.8592, 0.62, season=-2.5, festival=-0.5),
        FUNDS: _path(plan, 1.0678, 0.11),
        INSURANCE: _path(plan, 1.5, 0.2),
        GOLD: _path(plan, 0.052, 0.012),
        LOANS: _path(plan, 21.06, 3.61),
    }


def corporate_paths(plan: Plan) -> dict[str, Path]:
    """The totals of companies by kind (A9): deposits 13.96亿 (+1.63), loans 29.24亿 (+2.8)."""
    return {DEPOSITS: _path(plan, 13.96, 1.63, season=1.6, festival=-1.0), LOANS: _path(plan, 29.24, 2.8)}


def _path(plan: Plan, total: float, growth: float, season: float = 0.0, festival: float = 0.0) -> Path:
    year_ago = plan.month_ends[-13]
    return Path(total * _YI * plan.size, growth * _YI * plan.size, plan.today, year_ago, season, festival)


def days(plan: Plan, topic: str, crowd: Crowd, wealth: Wealth, paths: dict[str, Path]) -> Iterator[Day]:
    """Yield the plan's day first, then the month ends, latest first."""
    walk = _Walk(plan, topic, crowd, wealth, paths)
    ends = plan.month_ends[::-1]
    dates = [plan.today, *(end for end in ends if end != plan.today)]
    now = walk.step(dates[0])
    for day, earlier in pairwise([*dates, _month_before(dates[-1])]):
        before = walk.step(earlier)
        yield Day(day, walk.figures(day, now, before), walk.is_here(day), now)
        now = before


def _month_before(day: date) -> date:
    return date.fromordinal(day.replace(day=1).toordinal() - 1)


class _Walk:
    """The state of the walk back in time."""

    def __init__(self, plan: Plan, topic: str, crowd: Crowd, wealth: Wealth, paths: dict[str, Path]) -> None:
        self._today, self._crowd, self._wealth, self._paths = plan.today, crowd, wealth, paths
        self._random = plan.random(f"history of {topic}")
        self._market = iter(market(plan.random("market"), 30))
        self._drift = np.zeros(crowd.count)
        luck = self._random.random(crowd.count)
        settled = (crowd.life.opened > 400) & ~crowd.life.has_left & ~crowd.life.is_dormant
        self._falls = settled & (luck < _SHARE_OF_FALLERS)
        self._rises = settled & (luck > 1 - _SHARE_OF_RISERS)

    def step(self, day: date) -> dict[str, Floats]:
        """Amounts by kind on ``day``, which lies before the day of the last step."""
        ago = (self._today - day).days
        life = self._life(ago)
        level = next(self._market)
        moved = {}
        for kind, base in self._wealth.amounts.items():
            amounts = base * life * np.exp(self._drift if kind == DEPOSITS else 0.4 * self._drift)
            if kind == FUNDS:
                amounts = amounts * level
            if kind == LOANS:
                amounts = np.where(self._wealth.borrowed >= ago, base * (life > 0) * (1 + 0.0001 * ago), 0)
            moved[kind] = to_total(amounts, self._paths[kind].at(day))
        jumps = self._random.random(len(life)) < 0.02
        self._drift = self._drift + self._random.standard_normal(len(life)) * np.where(jumps, 0.5, 0.05)
        return moved

    def _life(self, ago: int) -> Floats:
        """How much of a customer's usual means are with the bank so many days ago."""
        life = self._crowd.life
        since = life.opened - ago
        present = np.where(since < 0, 0.0, np.minimum(1.0, 0.4 + since / 150))
        until = np.where(life.has_left, np.clip((ago - life.closed) / 120, 0.0, 1.0), 1.0)
        fallen = np.where(self._falls, 0.3 + 0.7 * min(1.0, ago / 120), 1.0)
        risen = np.where(self._rises, 1 - 0.55 * min(1.0, ago / 180), 1.0)
        return present * until * fallen * risen

    def figures(self, day: date, now: dict[str, Floats], before: dict[str, Floats]) -> pl.DataFrame:
        """The columns of ``portfolio.Figures``."""
        wealth, ago = self._wealth, (self._today - day).days
        average = {kind: _round(_CARRIED * before[kind] + (1 - _CARRIED) * now[kind]) for kind in now}
        wobble = 1 + 0.01 * self._random.standard_normal(self._crowd.count)
        average[DEPOSITS] = _round(average[DEPOSITS] * wobble)
        spend = _round(wealth.card_spend * np.exp(-0.0003 * ago + 0.05 * self._random.standard_normal(len(wobble))))
        lots = (wealth.lots * np.exp(0.3 * self._random.standard_normal(len(wobble)))).astype(np.int64)
        revenue = sum((average[kind] * rate for kind, rate in _EARNINGS.items() if kind in average), spend * 0.004)
        frame = pl.DataFrame(
            {
                "aum": _round(sum((now[kind] for kind in ASSETS if kind in now), np.zeros(len(wobble)))),
                "aum_average": _round(sum((average[kind] for kind in ASSETS if kind in now), np.zeros(len(wobble)))),
                "deposits": now[DEPOSITS],
                "deposits_average": average[DEPOSITS],
                "wealth": _if_any(now.get(WEALTH), wealth.amounts.get(WEALTH)),
                "funds": _if_any(now.get(FUNDS), wealth.amounts.get(FUNDS)),
                "loans": _if_any(now[LOANS], wealth.amounts[LOANS]),
                "card_spend": _if_any(spend, wealth.card_grade),
                "card_grade": wealth.card_grade,
                "margin": _if_any(_round(wealth.margin * np.exp(0.5 * self._drift)), wealth.margin),
                "lots": lots,
                "product_count": wealth.product_count,
                "revenue": _round(revenue),
            },
            nan_to_null=True,
        )
        return frame.with_columns(
            card_grade=pl.when(pl.col("card_grade") > 0).then("card_grade"),
            lots=pl.when(pl.Series(wealth.lots > 0)).then("lots"),
        )

    def is_here(self, day: date) -> pl.Series:
        """Tell who had come by ``day`` and had not left."""
        life, ago = self._crowd.life, (self._today - day).days
        return pl.Series((life.opened >= ago) & (life.closed < ago))


def to_total(amounts: Floats, total: float) -> Floats:
    """Scale amounts to a total, exact to the cent; the largest takes what rounding leaves over."""
    found = amounts.sum()
    if found <= 0:
        return amounts
    scaled = _round(amounts * (total / found))
    largest = int(scaled.argmax())
    cents = round(total * 100) - int(np.rint(scaled * 100).astype(np.int64).sum())
    scaled[largest] = (round(scaled[largest] * 100) + cents) / 100
    return scaled


def _round(amounts: Floats) -> Floats:
    return np.round(amounts, 2)


def _if_any(amounts: Floats | None, base: Floats | Integers | None) -> Floats | None:
    """Null for customers who have no such business."""
    return None if amounts is None or base is None else np.where(base > 0, amounts, np.nan)
