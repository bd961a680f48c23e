"""The two-way value matrix (A2 [004d], decision 21): indicators, weights, and what the cells mean.

Each company of a layer is scored in two directions, 0 to 100. An indicator counts by the company's *percentile* among
the companies of its layer and population that have a value; the score is the weighted mean of the percentiles. An
indicator without a value drops out and its weight goes to the others, so that nobody is punished for a gap in the data;
how much of the weight had data is kept beside the score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from pydantic import Field

from keheng.tiering.policies.conditions import Node

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

WHOLE = Decimal(100)


class Direction(StrEnum):
    """``TO_CUSTOMER``: what the bank is worth to the customer, how far its products are taken up."""

    TO_CUSTOMER = "to_customer"
    TO_BANK = "to_bank"


class Population(StrEnum):
    """Existing customers 存量 do business here; target customers 目标 do not yet."""

    EXISTING = "existing"
    TARGET = "target"


class Unit(StrEnum):
    CNY = "cny"
    COUNT = "count"
    YEARS = "years"
    SHARE = "share"
    POINTS = "points"
    GRADE = "grade"


@dataclass(frozen=True)
class Indicator:
    """One indicator.

    Attributes:
        sql: its value over the aliases of :mod:`keheng.tiering.queries.value`; ``null`` where nobody knows it.
        fed: it has no source in the product: it comes by file or by hand, within ``least`` and ``most``.
        falls: a lower value is the better one.
    """

    code: str
    label: "StrPromise"
    unit: Unit
    sql: str
    source: "StrPromise"
    fed: bool = False
    falls: bool = False
    least: Decimal = Decimal(0)
    most: Decimal = Decimal(100)


_FIGURES = pgettext_lazy("source of an indicator", "figures of the customer")
_ACCOUNTS = pgettext_lazy("source of an indicator", "accounts")
_MOVEMENTS = pgettext_lazy("source of an indicator", "movements of the last month")
_ARCHIVE = pgettext_lazy("source of an indicator", "archive")
_FED = pgettext_lazy("source of an indicator", "by file or by hand")


def _fed(code: str, label: "StrPromise", unit: Unit, most: int, *, falls: bool = False, least: int = 0) -> Indicator:
    return Indicator(
        code, label, unit, f"fact.{code}", _FED, fed=True, falls=falls, least=Decimal(least), most=Decimal(most)
    )


INDICATORS: dict[str, Indicator] = {
    one.code: one
    for one in (
        _fed("wallet_share", pgettext_lazy("indicator", "Wallet share"), Unit.SHARE, 100),
        _fed("satisfaction", pgettext_lazy("indicator", "Satisfaction"), Unit.POINTS, 100),
        Indicator(
            "coverage", pgettext_lazy("indicator", "Product coverage"), Unit.COUNT, "f.product_count::numeric", _FIGURES
        ),
        Indicator("accounts", pgettext_lazy("indicator", "Accounts"), Unit.COUNT, "acc.accounts::numeric", _ACCOUNTS),
        Indicator(
            "tenure",
            pgettext_lazy("indicator", "Tenure"),
            Unit.YEARS,
            "round((%(as_of)s::date - c.opened_on) / 365.25, 1)",
            _ARCHIVE,
        ),
        Indicator(
            "balance",
            pgettext_lazy("indicator", "Balances of all products"),
            Unit.CNY,
            "case when f.customer_id is not null then c.aum + coalesce(f.loans, 0) end",
            _FIGURES,
        ),
        Indicator(
            "active_accounts",
            pgettext_lazy("indicator", "Active accounts"),
            Unit.COUNT,
            "act.active_accounts::numeric",
            _MOVEMENTS,
        ),
        Indicator(
            "activity",
            pgettext_lazy("indicator", "Own movements"),
            Unit.COUNT,
            "act.own_transactions::numeric",
            _MOVEMENTS,
        ),
        Indicator(
            "growth",
            pgettext_lazy("indicator", "Growth of balances in a year"),
            Unit.SHARE,
            "round(100 * (c.aum - past.aum) / nullif(past.aum, 0), 1)",
            _FIGURES,
        ),
        _fed("executive_vip", pgettext_lazy("indicator", "Executives who are VIP customers"), Unit.COUNT, 99),
        _fed(
            "asset_quality",
            pgettext_lazy("indicator", "Asset quality (class 1 to 5)"),
            Unit.GRADE,
            5,
            falls=True,
            least=1,
        ),
        Indicator("revenue", pgettext_lazy("indicator", "Revenue in a year"), Unit.CNY, "f.revenue", _FIGURES),
        Indicator(
            "deposits",
            pgettext_lazy("indicator", "Deposits"),
            Unit.CNY,
            "coalesce(f.deposits_average, f.deposits)",
            _FIGURES,
        ),
        Indicator(
            "deposit_growth",
            pgettext_lazy("indicator", "Growth of deposits in a year"),
            Unit.SHARE,
            "round(100 * (f.deposits - past.deposits) / nullif(past.deposits, 0), 1)",
            _FIGURES,
        ),
        Indicator("sales", pgettext_lazy("indicator", "Annual sales"), Unit.CNY, "co.annual_sales", _ARCHIVE),
        Indicator("assets", pgettext_lazy("indicator", "Total assets"), Unit.CNY, "co.total_assets", _ARCHIVE),
        Indicator("credit_target", pgettext_lazy("indicator", "Target credit"), Unit.CNY, "co.credit_target", _ARCHIVE),
        Indicator("employees", pgettext_lazy("indicator", "Employees"), Unit.COUNT, "co.employees::numeric", _ARCHIVE),
    )
}

FED = tuple(code for code, indicator in INDICATORS.items() if indicator.fed)

type Weights = Mapping[str, Decimal]


class PopulationWeights(Node):
    """The weights of both directions, in percent."""

    to_customer: dict[str, Decimal]
    to_bank: dict[str, Decimal]

    def of(self, direction: Direction) -> dict[str, Decimal]:
        return self.to_customer if direction == Direction.TO_CUSTOMER else self.to_bank


class WeightTable(Node):
    """One version: weights by population and direction; the scores from which a company counts as middle and high."""

    existing: PopulationWeights
    target: PopulationWeights
    middle: Decimal = Field(default=Decimal(40), gt=0, lt=100)
    high: Decimal = Field(default=Decimal(65), gt=0, lt=100)

    def of(self, population: Population) -> PopulationWeights:
        return self.existing if population == Population.EXISTING else self.target

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators that any score reads, in the order of the catalogue."""
        weighed = {
            code
            for population in Population
            for direction in Direction
            for code, weight in self.of(population).of(direction).items()
            if weight
        }
        return tuple(code for code in INDICATORS if code in weighed)


def faults(table: WeightTable) -> dict[str, str]:
    """What is wrong with a version: a sentence by ``population.direction`` or by field; empty: it can be used."""
    told = {}
    for population in Population:
        for direction in Direction:
            weights = table.of(population).of(direction)
            unknown = [code for code in weights if code not in INDICATORS]
            total = sum(weights.values(), Decimal(0))
            key = f"{population}.{direction}"
            if unknown:
                told[key] = _("There is no indicator {code}.").format(code=", ".join(unknown))
            elif any(not 0 <= weight <= WHOLE for weight in weights.values()):
                told[key] = _("A weight lies between 0 and 100.")
            elif total != WHOLE:
                told[key] = _("The weights add up to {total}; they must add up to 100.").format(
                    total=f"{total.normalize():f}"
                )
    if table.middle >= table.high:
        told["high"] = _("The score that counts as high must lie above the one that counts as middle.")
    return told


class Level(StrEnum):
    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


LEVELS: dict[Level, "StrPromise"] = {
    Level.LOW: pgettext_lazy("level of a score", "low"),
    Level.MIDDLE: pgettext_lazy("level of a score", "middle"),
    Level.HIGH: pgettext_lazy("level of a score", "high"),
}


@dataclass(frozen=True)
class Cell:
    """One of the nine cells with what lies in it; ``to_customer`` and ``to_bank`` are levels."""

    to_customer: Level
    to_bank: Level
    customers: int = 0
    aum: Decimal = Decimal(0)
    revenue: Decimal = Decimal(0)


_PLACE = {level: place for place, level in enumerate(Level)}


def most_attractive(cells: Mapping[tuple[Level, Level], Cell]) -> tuple[Level, Level] | None:
    """The cell to invest in first: of those with customers the one with the highest levels together, the customer's
    value to the bank deciding between equals. ``None`` where no cell has customers.
    """
    held = [key for key, cell in cells.items() if cell.customers]
    return max(held, key=lambda key: (_PLACE[key[0]] + _PLACE[key[1]], _PLACE[key[1]]), default=None)


def advice(to_customer: Level, to_bank: Level) -> str:
    """What a cell asks for, in a few words."""
    if to_bank == Level.HIGH:
        return {
            Level.HIGH: _("keep: first call on resources"),
            Level.MIDDLE: _("deepen: widen the products they use"),
            Level.LOW: _("win over: valuable, but held by others"),
        }[to_customer]
    if to_customer == Level.HIGH:
        return _("raise the yield: loyal, but earns little") if to_bank == Level.LOW else _("grow: sell more")
    if to_bank == Level.MIDDLE:
        return _("develop selectively") if to_customer == Level.MIDDLE else _("probe for need")
    return _("serve at low cost")


def contributions(weights: Weights, percentiles: Mapping[str, Decimal]) -> dict[str, tuple[Decimal, Decimal]]:
    """How a score is made: ``(effective weight, points)`` by indicator; the points add up to the score.

    Indicators without a percentile have no effective weight: theirs went to the others in proportion.
    """
    known = sum((weight for code, weight in weights.items() if code in percentiles), Decimal(0))
    return {
        code: (
            (WHOLE * weight / known, weight * percentiles[code] / known)
            if code in percentiles and known
            else (Decimal(0), Decimal(0))
        )
        for code, weight in weights.items()
        if weight
    }
