"""The table of size standards by industry (decision 25), and the rules of the size scheme that follow from it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from pydantic import Field

from keheng.tiering.policies.company_types import Market
from keheng.tiering.policies.conditions import Node
from keheng.tiering.policies.definition import Definition


class Standard(Node):
    """What an industry counts as large and as above small; amounts in CNY a year.

    ``words`` are the industry's names in feeds. A limit of ``None`` is not asked for.
    """

    code: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    words: tuple[str, ...] = ()
    market: Market = Market.TRADITIONAL
    large_sales: Decimal = Field(gt=0)
    small_sales: Decimal | None = Field(default=None, gt=0)
    small_assets: Decimal | None = Field(default=None, gt=0)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.code, *self.words)

    @property
    def limits(self) -> tuple[Decimal, Decimal | None, Decimal | None]:
        return self.large_sales, self.small_sales, self.small_assets


class StandardsTable(Node):
    """One version of the table: ``others`` holds for every industry that has no line of its own.

    ``scale_deposits``: from which month-average deposits a company without loans is above scale 规模以上.
    """

    scale_deposits: Decimal = Field(gt=0)
    others: Standard
    industries: tuple[Standard, ...] = ()

    def names_of(self, market: Market) -> tuple[str, ...]:
        """The industries of a market as codes and words; of the traditional one none, it takes the rest."""
        return tuple(name for line in self.industries if line.market == market for name in line.names)


def faults(table: StandardsTable) -> list[str]:
    """What is wrong with a table, one sentence each; empty: it can be used."""
    told = []
    names = [name for line in table.industries for name in line.names]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        told.append(_("Each industry stands once; these stand twice: {names}.").format(names="、".join(twice)))
    for line in (table.others, *table.industries):
        if line.small_sales is None and line.small_assets is None:
            told.append(_("{code}: a limit for small enterprises is missing, sales or assets.").format(code=line.code))
        if line.small_sales is not None and line.small_sales >= line.large_sales:
            told.append(
                _("{code}: the sales of a large company must lie above those of a small one.").format(code=line.code)
            )
    return told


def size_definition(table: StandardsTable, base: Definition) -> Definition:
    """The size scheme's rules with the limits of the table; all else stays as ``base`` has it."""
    content = base.model_dump(mode="json", exclude_defaults=True)
    rules = {"large": _ways(_large(table)), "medium": _ways(_medium(table)), "above-scale": _scale(table)}
    for tier in content["tiers"]:
        if tier["code"] in rules:
            tier["when"] = rules[tier["code"]]
    return Definition.model_validate(content)


type _Condition = dict[str, Any]

_BORROWS: _Condition = {"metric": "is_borrower", "is": True}


def _large(table: StandardsTable) -> Iterator[list[_Condition]]:
    """First the limit of all others, then the industries with another one."""
    special = [line for line in table.industries if line.large_sales != table.others.large_sales]
    higher = [line for line in special if line.large_sales > table.others.large_sales]
    yield [*_not_among(higher), _reaches("annual_sales", ">=", table.others.large_sales)]
    for limit in dict.fromkeys(line.large_sales for line in special):
        among = [line for line in special if line.large_sales == limit]
        yield [_among(among), _reaches("annual_sales", ">=", limit)]


def _medium(table: StandardsTable) -> Iterator[list[_Condition]]:
    """Above the small-enterprise standard: first the industries with one of their own, then all others."""
    special = [line for line in table.industries if line.limits[1:] != table.others.limits[1:]]
    for limits in dict.fromkeys(line.limits[1:] for line in special):
        among = [line for line in special if line.limits[1:] == limits]
        yield [_among(among), *_above(*limits)]
    yield [*_not_among(special), *_above(*table.others.limits[1:])]


def _scale(table: StandardsTable) -> _Condition:
    return {"all": [{"metric": "is_borrower", "is": False}, _reaches("deposits", ">=", table.scale_deposits)]}


def _ways(ways: Iterator[list[_Condition]]) -> _Condition:
    return {"any": [{"all": [_BORROWS, *way]} for way in ways]}


def _above(sales: Decimal | None, assets: Decimal | None) -> list[_Condition]:
    limits = (("annual_sales", sales), ("total_assets", assets))
    return [_reaches(metric, ">", limit) for metric, limit in limits if limit is not None]


def _reaches(metric: str, op: str, limit: Decimal) -> _Condition:
    return {"metric": metric, "op": op, "value": limit}


def _among(lines: list[Standard]) -> _Condition:
    words = [word for line in lines for word in line.words]
    return {"metric": "industry", "in": [*(line.code for line in lines), *words]}


def _not_among(lines: list[Standard]) -> list[_Condition]:
    return [{"not": _among(lines)}] if lines else []
