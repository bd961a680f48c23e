"""The metrics that rules may ask for.

``sql`` is an expression over the aliases of :mod:`keheng.tiering.queries.classify`: ``c`` the customer, ``f`` the
figures, ``n`` the means of several months, ``co`` the company; ``%(as_of)s`` is the evaluation date. It is the only SQL
of a rule that people write.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import pgettext_lazy

from keheng.customers.enums import CustomerStatus, Industry
from keheng.tiering.enums import Basis

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Unit(StrEnum):
    """How a metric counts; the last two are not numbers."""

    CNY = "cny"
    LOTS = "lots"
    COUNT = "count"
    YEARS = "years"
    GRADE = "grade"
    WORD = "word"
    FLAG = "flag"


@dataclass(frozen=True)
class Metric:
    """One metric.

    Attributes:
        average_sql: the month average, where the feed delivers one; falls back to the balance (decision 2).
        months_sql: the mean of the last month averages, over the alias ``n``.
        average_label: what the month average is called.
        missing_is_zero: a missing figure means "no such business"; elsewhere it means that nobody knows.
        of_companies: known of companies only.
        words: what the codes of a word are called.
    """

    code: str
    label: "StrPromise"
    unit: Unit
    sql: str
    average_sql: str = ""
    months_sql: str = ""
    average_label: "StrPromise | str" = ""
    missing_is_zero: bool = True
    of_companies: bool = False
    words: Mapping[str, "StrPromise"] = field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        return self.unit not in {Unit.WORD, Unit.FLAG}

    def expression(self, basis: Basis) -> str:
        """The metric as a value of each customer, ``null`` only where nobody knows it."""
        parts = {
            Basis.MONTH_AVERAGE: [self.average_sql],
            Basis.MONTHS_AVERAGE: [self.months_sql, self.average_sql],
        }.get(basis, [])
        parts = [part for part in (*parts, self.sql) if part]
        if self.unit == Unit.FLAG:
            parts.append("false")
        elif self.is_number and self.missing_is_zero:
            parts.append("0")
        return f"coalesce({', '.join(parts)})" if len(parts) > 1 else parts[0]


_AGE = "extract(year from age(%(as_of)s::date, c.birth_date))"  # on the evaluation date (decision 7)
_BORROWS = "co.is_borrower or coalesce(f.loans, 0) > 0"


def _of_company(code: str, label: "StrPromise", unit: Unit, sql: str, **more: Any) -> Metric:
    return Metric(code, label, unit, sql, of_companies=True, **{"missing_is_zero": False, **more})


METRICS: dict[str, Metric] = {
    metric.code: metric
    for metric in (
        Metric(
            "aum",
            pgettext_lazy("metric", "AUM"),
            Unit.CNY,
            "f.aum",
            "f.aum_average",
            "n.aum",
            pgettext_lazy("metric", "month-average AUM"),
        ),
        Metric(
            "deposits",
            pgettext_lazy("metric", "deposits"),
            Unit.CNY,
            "f.deposits",
            "f.deposits_average",
            "n.deposits",
            pgettext_lazy("metric", "month-average deposits"),
        ),
        Metric("wealth", pgettext_lazy("metric", "wealth products"), Unit.CNY, "f.wealth"),
        Metric("funds", pgettext_lazy("metric", "funds and securities"), Unit.CNY, "f.funds"),
        Metric("loans", pgettext_lazy("metric", "loan balance"), Unit.CNY, "f.loans"),
        Metric("card_spend", pgettext_lazy("metric", "card spend in a year"), Unit.CNY, "f.card_spend"),
        Metric("card_grade", pgettext_lazy("metric", "card class"), Unit.GRADE, "f.card_grade"),
        Metric("margin", pgettext_lazy("metric", "third-party-custody margin"), Unit.CNY, "f.margin"),
        Metric("lots", pgettext_lazy("metric", "lots in the month"), Unit.LOTS, "f.lots"),
        Metric("product_count", pgettext_lazy("metric", "products held"), Unit.COUNT, "f.product_count"),
        Metric("revenue", pgettext_lazy("metric", "revenue in a year"), Unit.CNY, "f.revenue"),
        Metric("age", pgettext_lazy("metric", "age"), Unit.YEARS, _AGE, missing_is_zero=False),
        Metric("status", pgettext_lazy("metric", "status"), Unit.WORD, "c.status", words=dict(CustomerStatus.choices)),
        _of_company(
            "industry", pgettext_lazy("metric", "industry"), Unit.WORD, "co.industry", words=dict(Industry.choices)
        ),
        _of_company("annual_sales", pgettext_lazy("metric", "annual sales"), Unit.CNY, "co.annual_sales"),
        _of_company("total_assets", pgettext_lazy("metric", "total assets"), Unit.CNY, "co.total_assets"),
        _of_company(
            "credit_target",
            pgettext_lazy("metric", "target credit"),
            Unit.CNY,
            "co.credit_target",
            missing_is_zero=True,
        ),
        _of_company("employees", pgettext_lazy("metric", "employees"), Unit.COUNT, "co.employees"),
        _of_company("is_borrower", pgettext_lazy("metric", "has loans"), Unit.FLAG, _BORROWS),
        _of_company("is_institution", pgettext_lazy("metric", "institution"), Unit.FLAG, "co.is_institution"),
        _of_company("is_strategic", pgettext_lazy("metric", "on the strategic list"), Unit.FLAG, "co.is_strategic"),
    )
}
