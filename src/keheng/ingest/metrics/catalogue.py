"""The metrics that transactions give, each written once as an Ibis expression over :data:`TRANSACTIONS`.

The same expression runs wherever the transactions lie: DuckDB in this process, Spark or Trino in the bank's lake
(``keheng metrics --sql spark``). Every value is a whole number, amounts in hundredths of the file's currency, so all
engines agree to the last digit; division and exchange come last, in the database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise
    from ibis.expr.types import IntegerValue, Table

TRANSACTIONS = {
    "account": "string",
    "day": "date",
    "amount": "int64",
    "is_own": "boolean",
    "fee": "int64",
    "lots": "int64",
}
"""One row a movement: ``amount`` in hundredths, positive in and negative out; ``is_own``: the customer's own doing
(no interest, no charge of the bank); ``fee``: what the bank earned by it, in hundredths; ``lots`` traded."""

ORIGIN = {"before": "int64", "place": "int64"}
"""Where the file begins after the accounts did: the balance before each movement, and a number that grows with time
within an account. Left out, an account holds nothing before its first movement."""


@dataclass(frozen=True)
class FlowMetric:
    """A metric that sums movements of one account in one month.

    Attributes:
        formula: how it comes about, in words.
        expression: from the table of movements to the sum.
    """

    code: str
    label: "StrPromise"
    unit: str
    formula: "StrPromise"
    expression: "Callable[[Table], IntegerValue]"


@dataclass(frozen=True)
class BalanceMetric:
    """A metric of the balance, which :mod:`.monthly` carries from day to day."""

    code: str
    label: "StrPromise"
    unit: str
    formula: "StrPromise"


FLOWS: dict[str, FlowMetric] = {
    metric.code: metric
    for metric in (
        FlowMetric(
            "inflow",
            pgettext_lazy("metric", "inflow in the month"),
            "cny",
            pgettext_lazy("formula", "sum of the movements that raise the balance"),
            lambda t: t.amount.sum(where=t.amount > 0),
        ),
        FlowMetric(
            "fees",
            pgettext_lazy("metric", "contribution in the month"),
            "cny",
            pgettext_lazy("formula", "sum of what the bank earned: fees, commissions, penalty interest"),
            lambda t: t.fee.sum(),
        ),
        FlowMetric(
            "lots",
            pgettext_lazy("metric", "lots in the month"),
            "lots",
            pgettext_lazy("formula", "sum of the lots traded"),
            lambda t: t.lots.sum(),
        ),
        FlowMetric(
            "transactions",
            pgettext_lazy("metric", "movements in the month"),
            "count",
            pgettext_lazy("formula", "number of movements, the bank's own included"),
            lambda t: t.count(),
        ),
        FlowMetric(
            "own_transactions",
            pgettext_lazy("metric", "the customer's own movements in the month"),
            "count",
            pgettext_lazy("formula", "number of movements without interest and charges"),
            lambda t: t.count(where=t.is_own),
        ),
    )
}

BALANCES: dict[str, BalanceMetric] = {
    metric.code: metric
    for metric in (
        BalanceMetric(
            "balance_average",
            pgettext_lazy("metric", "month average of the balance"),
            "cny",
            pgettext_lazy("formula", "sum of the daily balances ÷ days elapsed in the month (decision 28)"),
        ),
        BalanceMetric(
            "balance",
            pgettext_lazy("metric", "balance at the end of the month"),
            "cny",
            pgettext_lazy("formula", "balance before the first movement plus all movements since"),
        ),
        BalanceMetric(
            "outflow",
            pgettext_lazy("metric", "outflow in the month"),
            "cny",
            pgettext_lazy("formula", "inflow less the change of the balance"),
        ),
        BalanceMetric(
            "active_accounts",
            pgettext_lazy("metric", "active accounts"),
            "count",
            pgettext_lazy("formula", "accounts with a movement of the customer's own in the month"),
        ),
    )
}
