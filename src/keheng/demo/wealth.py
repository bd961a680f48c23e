"""What customers own: heavy-tailed as at a real bank, spread over products as people of such means spread it.

The amounts are those of an undisturbed customer; ``history`` lets them come, grow, shrink and leave, and scales each
kind to the bank's totals.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from keheng.demo.crowd import Crowd
from keheng.demo.plan import Flags, Floats, Integers, Plan
from keheng.portfolio.enums import CardGrade

WAN = 10_000.0
_SHARES = 1 / (1 + np.exp(-np.linspace(-16, 16, 4001)))
_QUANTILES = [NormalDist().inv_cdf(share) for share in _SHARES.tolist()]
DEPOSITS, WEALTH, FUNDS, INSURANCE, GOLD, LOANS = "deposits", "wealth", "funds", "insurance", "gold", "loans"
ASSETS = (DEPOSITS, WEALTH, FUNDS, INSURANCE, GOLD)


@dataclass(frozen=True)
class Tail:
    """A lognormal body with a Pareto tail: few own most (the top 2 % of a retail bank hold well over half)."""

    median: float
    spread: float
    tail_from: float
    exponent: float
    most: float

    def at(self, rank: Floats) -> Floats:
        """The amount at each rank, in yuan."""
        body = self.median * np.exp(self.spread * _normal_quantile(np.minimum(rank, self.tail_from)))
        start = self.median * np.exp(self.spread * _normal_quantile(np.array([self.tail_from])))
        beyond = np.minimum((1 - rank) / (1 - self.tail_from), 1.0)
        cut = (start / self.most) ** self.exponent  # a truncated Pareto: it ends at ``most`` without piling up there
        return body * (beyond * (1 - cut) + cut) ** (-1 / self.exponent)


PERSONAL = Tail(median=5.6 * WAN, spread=2.0, tail_from=0.93, exponent=1.15, most=16_000 * WAN)
CORPORATE = Tail(median=17.0 * WAN, spread=1.75, tail_from=0.95, exponent=1.2, most=24_000 * WAN)


@dataclass(frozen=True)
class Wealth:
    """Amounts in yuan by kind (zero where there is none), cards, margin and trading, one row a customer.

    ``term_share`` is the part of the deposits that lies in term deposits; ``borrowed`` counts the days since the loan.
    """

    amounts: dict[str, Floats]
    term_share: Floats
    borrowed: Integers
    card_grade: Integers
    card_spend: Floats
    margin: Floats
    lots: Integers

    @property
    def product_count(self) -> Integers:
        """How many kinds of product a customer has, the current account included."""
        held = [self.amounts[kind] > 0 for kind in self.amounts if kind != DEPOSITS]
        held += [self.term_share > 0, self.card_grade > 0, self.margin > 0, self.lots > 0]
        return sum((flag.astype(np.int64) for flag in held), np.ones(len(self.lots), dtype=np.int64))


def personal_wealth(plan: Plan, people: Crowd) -> Wealth:
    """Spread the wealth of persons over products: the richer, the more kinds and the larger their part."""
    random = plan.random("personal wealth")
    count, rank = people.count, people.rank
    assets = _with_sleepers(random, PERSONAL.at(rank), people.life.is_dormant)
    parts = {
        WEALTH: _part(random, assets, holders=[0.02, 0.12, 0.28, 0.45, 0.62], mean=0.16),
        FUNDS: _part(random, assets, holders=[0.01, 0.06, 0.13, 0.22, 0.34], mean=0.07),
        INSURANCE: _part(random, assets, holders=[0.005, 0.04, 0.08, 0.12, 0.18], mean=0.10),
        GOLD: _part(random, assets, holders=[0.004, 0.01, 0.02, 0.04, 0.08], mean=0.03),
    }
    taken = np.minimum(sum(parts.values(), np.zeros(count)), 0.9)
    amounts = {DEPOSITS: assets * (1 - taken)} | {kind: assets * part for kind, part in parts.items()}
    active = ~people.life.is_dormant
    borrows = active & (random.random(count) < 0.06 + 0.12 * rank)
    amounts[LOANS] = np.where(
        borrows, np.exp(np.log(52 * WAN) + 0.9 * random.standard_normal(count) + 0.8 * (rank - 0.5)), 0
    )
    has_card = active & (random.random(count) < 0.14 + 0.30 * rank)
    grade = np.select(
        [rank > 0.995, rank > 0.95, rank > 0.72],
        [CardGrade.DIAMOND, CardGrade.PLATINUM, CardGrade.GOLD],
        CardGrade.CLASSIC,
    )
    trades = active & (rank > 0.4) & (random.random(count) < 0.07)
    futures = trades & (random.random(count) < 0.16)
    return Wealth(
        amounts=amounts,
        term_share=_term_share(random, active & (random.random(count) < 0.15 + 0.6 * rank)),
        borrowed=_borrowed(random, borrows, people.life.opened),
        card_grade=np.where(has_card, grade, 0).astype(np.int64),
        card_spend=np.where(has_card, 1.1 * WAN * np.exp(0.9 * random.standard_normal(count) + 1.4 * rank), 0),
        margin=np.where(trades, 2.2 * WAN * np.exp(1.4 * random.standard_normal(count) + rank), 0),
        lots=np.where(futures, 60 * np.exp(1.5 * random.standard_normal(count)), 0).astype(np.int64),
    )


def corporate_wealth(plan: Plan, companies: Crowd, is_borrower: Flags) -> Wealth:
    """Give companies deposits and, to borrowers, loans that follow their size."""
    random = plan.random("corporate wealth")
    count = companies.count
    deposits = _with_sleepers(random, CORPORATE.at(companies.rank), companies.life.is_dormant)
    active = ~companies.life.is_dormant
    borrows = is_borrower & active
    loans = 420 * WAN * np.exp(1.1 * random.standard_normal(count) + 2.2 * (companies.rank - 0.5))
    nothing = np.zeros(count)
    return Wealth(
        amounts={DEPOSITS: deposits, LOANS: np.where(borrows, loans, 0)},
        term_share=_term_share(random, active & (random.random(count) < 0.25 * companies.rank)),
        borrowed=_borrowed(random, borrows, companies.life.opened),
        card_grade=nothing.astype(np.int64),
        card_spend=nothing,
        margin=nothing,
        lots=nothing.astype(np.int64),
    )


def _part(random: np.random.Generator, assets: Floats, holders: list[float], mean: float) -> Floats:
    """The part of the assets in one kind of product; ``holders`` are the shares of customers by band of assets."""
    band = np.searchsorted(np.array([5, 20, 50, 300]) * WAN, assets, side="right")
    holds = random.random(len(assets)) < np.array(holders)[band]
    share = random.beta(2, 2 / mean - 2, len(assets))
    return np.where(holds & (assets > 0.5 * WAN), share, 0)


def _with_sleepers(random: np.random.Generator, amounts: Floats, is_dormant: Flags) -> Floats:
    return np.where(is_dormant, random.random(len(amounts)) * 800, amounts)


def _term_share(random: np.random.Generator, holds: Flags) -> Floats:
    return np.where(holds, 0.35 + 0.55 * random.random(len(holds)), 0)


def _borrowed(random: np.random.Generator, borrows: Flags, opened: Integers) -> Integers:
    """Days since the loan was paid out, for borrowers within the time that they have been customers."""
    since = np.minimum(opened, 6 * 365) * random.random(len(opened))
    return np.where(borrows, np.maximum(since, 1), 0).astype(np.int64)


def _normal_quantile(share: Floats) -> Floats:
    """The standard normal quantile, read off a table."""
    return np.interp(share, _SHARES, _QUANTILES)
