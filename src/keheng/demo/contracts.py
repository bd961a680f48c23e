"""The accounts and holdings behind the figures: their balances add up to what the customers' figures say."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from keheng.demo.crowd import Crowd, days_before
from keheng.demo.history import Day
from keheng.demo.plan import Flags, Floats, Integers, Plan, Words, pick, pick_by_row, table, where
from keheng.demo.wealth import DEPOSITS, FUNDS, GOLD, INSURANCE, LOANS, WAN, WEALTH, Wealth
from keheng.portfolio.enums import AccountStatus

# What a band of assets (below 20万, 50万, 300万, above) chooses among the products of a kind: weights by product.
_CHOICES: dict[str, dict[str, list[float]]] = {
    "term": {"T01": [3, 2, 1, 1], "T02": [5, 4, 3, 2], "T03": [4, 5, 4, 3], "T04": [0, 2, 6, 8], "T06": [0, 0, 1, 2]},
    WEALTH: {"W01": [6, 4, 3, 2], "W02": [3, 4, 3, 2], "W03": [2, 3, 3, 2], "W04": [1, 2, 3, 3], "W05": [0, 0, 0.5, 3]},
    FUNDS: {"F01": [5, 3, 2, 1], "F02": [2, 3, 3, 3], "F03": [2, 3, 3, 3], "F04": [1, 2, 2, 3], "F05": [1, 1, 1, 2]},
    INSURANCE: {"I01": [4, 3, 3, 2], "I02": [1, 2, 3, 4]},
    GOLD: {"G01": [1, 1, 1, 1]},
}
_GAINS = {WEALTH: (0.012, 0.01), FUNDS: (0.03, 0.14), INSURANCE: (0.0, 0.0), GOLD: (0.12, 0.08)}  # mean, spread
_SPLIT_FROM = 100 * WAN  # a position so large is spread over two products


@dataclass(frozen=True)
class Contracts:
    """Rows by ``place`` of the customer and ``product`` code."""

    accounts: pl.DataFrame
    holdings: pl.DataFrame | None


def personal_contracts(plan: Plan, people: Crowd, wealth: Wealth, today: Day) -> Contracts:
    """Make the accounts and holdings of persons."""
    random = plan.random("personal contracts")
    makers = _Accounts(plan, people)
    band = _band(today.figures["aum"].to_numpy())
    term = np.round(today.amounts[DEPOSITS] * wealth.term_share, 2)
    loan_kind = np.array(["L01", "L02", "L03"])[pick(random, [6, 3, 2], people.count)]
    accounts = [
        makers.make("D01", np.ones(people.count, dtype=bool), np.round(today.amounts[DEPOSITS] - term, 2)),
        makers.make(_chosen(random, "term", band), term > 0, term, age=_terms(random, people)),
        makers.make(loan_kind, today.amounts[LOANS] > 0, today.amounts[LOANS], age=wealth.borrowed),
        makers.make("C01", wealth.card_grade > 0, np.zeros(people.count), card_grade=wealth.card_grade),
        makers.make("S01", wealth.margin > 0, today.figures["margin"].fill_null(0).to_numpy()),
        makers.make("X01", wealth.lots > 0, np.zeros(people.count)),
    ]
    holdings = _Holdings(plan, random, people, band)
    return Contracts(pl.concat(accounts), pl.concat(holdings.make(kind, today.amounts[kind]) for kind in _GAINS))


def corporate_contracts(plan: Plan, companies: Crowd, wealth: Wealth, today: Day) -> Contracts:
    """Make the accounts of companies."""
    random = plan.random("corporate contracts")
    makers = _Accounts(plan, companies)
    term = np.round(today.amounts[DEPOSITS] * wealth.term_share, 2)
    loan_kind = np.array(["L04", "L05"])[pick(random, [3, 1], companies.count)]
    accounts = [
        makers.make("D02", np.ones(companies.count, dtype=bool), np.round(today.amounts[DEPOSITS] - term, 2)),
        makers.make("T05", term > 0, term, age=_terms(random, companies)),
        makers.make(loan_kind, today.amounts[LOANS] > 0, today.amounts[LOANS], age=wealth.borrowed),
    ]
    return Contracts(pl.concat(accounts), None)


class _Accounts:
    """Makes the accounts of a crowd; those of customers who left are closed, those of sleepers sleep."""

    def __init__(self, plan: Plan, crowd: Crowd) -> None:
        self._today, self._life = plan.today, crowd.life
        state = np.where(crowd.life.is_dormant, AccountStatus.DORMANT.value, AccountStatus.OPEN.value)
        self._status = np.where(crowd.life.has_left, AccountStatus.CLOSED.value, state)
        closed = days_before(plan.today, np.maximum(crowd.life.closed, 0))
        self._closed_on = where(crowd.life.has_left, closed)

    def make(
        self,
        product: str | Words,
        holds: Flags,
        balance: Floats,
        *,
        age: Integers | None = None,
        card_grade: Integers | None = None,
    ) -> pl.DataFrame:
        """One account for each customer who ``holds``; ``age`` in days, else as old as the customer's time here."""
        count = len(holds)
        frame = pl.DataFrame(
            {
                "place": np.arange(count),
                "product": np.broadcast_to(np.asarray(product), count).copy(),
                "status": self._status,
                "opened_on": days_before(self._today, self._life.opened if age is None else age),
                "closed_on": self._closed_on,
                "balance": balance,
                "card_grade": np.zeros(count, dtype=np.int64) if card_grade is None else card_grade,
            }
        )
        return frame.filter(pl.Series(holds))


def _terms(random: np.random.Generator, crowd: Crowd) -> Integers:
    """How long ago a running term deposit was placed."""
    return np.minimum(random.integers(1, 360, crowd.count), crowd.life.opened)


def _band(assets: Floats) -> Integers:
    return np.searchsorted(np.array([20, 50, 300]) * WAN, assets, side="right")


def _chosen(random: np.random.Generator, kind: str, band: Integers) -> Words:
    """A product of the kind for each customer, after the taste of the band."""
    weights = np.array(list(_CHOICES[kind].values()), dtype=float).T[band]
    return np.array(list(_CHOICES[kind]))[pick_by_row(random, weights)]


class _Holdings:
    """Makes the holdings of a crowd, each customer choosing after the taste of his band."""

    def __init__(self, plan: Plan, random: np.random.Generator, crowd: Crowd, band: Integers) -> None:
        self._today, self._random, self._opened, self._band = plan.today, random, crowd.life.opened, band

    def make(self, kind: str, amounts: Floats) -> pl.DataFrame:
        """The holdings of one kind; a large amount lies in two products."""
        part = np.where(amounts >= _SPLIT_FROM, 0.45 + 0.4 * self._random.random(len(amounts)), 1.0)
        first = np.round(amounts * part, 2)
        return pl.concat([self._positions(kind, first), self._positions(kind, np.round(amounts - first, 2))])

    def _positions(self, kind: str, amounts: Floats) -> pl.DataFrame:
        random, count = self._random, len(amounts)
        terms = {row["code"]: row.get("term_days", 0) for row in table("products")}
        product = _chosen(random, kind, self._band)
        codes = list(_CHOICES[kind])
        term = np.array([terms[code] for code in codes])[np.searchsorted(codes, product)]
        held = np.where(term > 0, random.random(count) * term, 20 + random.random(count) * 900)
        held = np.minimum(held, self._opened).astype(np.int64)
        mean, spread = _GAINS[kind]
        gain = np.clip(mean + spread * random.standard_normal(count), -0.5, 0.8)
        frame = pl.DataFrame(
            {
                "place": np.arange(count),
                "product": product,
                "amount": amounts,
                "cost": np.round(amounts / (1 + gain), 2),
                "starts_on": days_before(self._today, held),
                "matures_on": where(term > 0, days_before(self._today, held - term)),
            }
        )
        return frame.filter(pl.col("amount") > 0)
