"""From movements to months, in one pass over the movements.

The sum of an account's daily balances needs no row for each day. A movement of ``a`` on day ``d`` of a month counts on
the days ``d`` to the last, so with ``n`` days and the balance ``b`` before the month::

    sum of daily balances = n·b + Σ a·(n + 1 − d) = n·b + (n + 1)·Σa − Σ a·d

Two sums per account and month are enough; the balance before a month is what the months before it add up to.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from keheng.common.clock import month_end
from keheng.ingest.metrics.catalogue import FLOWS

if TYPE_CHECKING:
    from ibis.expr.types import DateValue, IntegerValue, Table

RESULT = ("account", "month", "days", "balance_days", "balance", "outflow", *FLOWS)
"""One row an account and month (its first day): ``days`` elapsed, ``balance_days`` the sum of the daily balances."""


SUMS = ("net", "dated", *FLOWS)
"""What :func:`summed` adds up beside account and month, and ``before`` where the file states balances."""


def months_between(first: date, through: date) -> list[date]:
    """The first days of the months from that of ``first`` to that of ``through``."""
    found = [first.replace(day=1)]
    while (following := month_end(found[-1]) + timedelta(days=1)) <= through:
        found.append(following)
    return found


def summed(transactions: "Table", through: date) -> "Table":
    """The one pass: what an account's movements of a month add up to, one row an account and month with any.

    Args:
        transactions: with the columns of ``TRANSACTIONS``, and of ``ORIGIN`` where the file states balances.
        through: the last day that counts; what comes later is left out.
    """
    moved = transactions.filter(transactions.day <= through)
    origin = {}
    if "before" in moved.columns:
        origin = {"before": moved.before.argmin(moved.place)}
    return moved.group_by(account=moved.account, month=moved.day.truncate("M").cast("date")).agg(
        net=moved.amount.sum(),
        dated=(moved.amount * moved.day.day()).sum(),
        **origin,
        **{code: metric.expression(moved).fill_null(0) for code, metric in FLOWS.items()},
    )


def monthly(sums: "Table", months: Sequence[date], through: date) -> "Table":
    """The metrics of every account and month, months without movements included.

    Args:
        sums: those of :func:`summed`.
        months: those of :func:`months_between` the first movement and ``through``.
    """
    import ibis

    known = _with_balances(sums)
    days = _days(known.month, through)
    busy = known.select(
        *(known.account, known.month),
        days=days,
        balance_days=days * (known.balance - known.net) + (days + 1) * known.net - known.dated,
        balance=known.balance,
        outflow=known.inflow - known.net,
        **{code: known[code] for code in FLOWS},
    )
    calendar = ibis.array([ibis.literal(month) for month in months]).unnest().name("quiet").as_table()
    gaps = known.select("account", "balance", after="month", before=known.following)
    gaps = gaps.filter(gaps.before.isnull() | (gaps.before.delta(gaps.after, unit="day") > 31))
    gaps = gaps.join(calendar, (calendar.quiet > gaps.after) & (gaps.before.isnull() | (calendar.quiet < gaps.before)))
    days = _days(gaps.quiet, through)
    nothing = ibis.literal(0, "int64")
    idle = gaps.select(
        gaps.account,
        month=gaps.quiet,
        days=days,
        balance_days=days * gaps.balance,
        balance=gaps.balance,
        outflow=nothing,
        **dict.fromkeys(FLOWS, nothing),
    )
    return ibis.union(busy.select(*RESULT), idle.select(*RESULT))


def _with_balances(sums: "Table") -> "Table":
    """The balance at the end of each month, and the next month with movements."""
    import ibis

    so_far = ibis.window(group_by="account", order_by="month", preceding=None, following=0)
    balance = sums.net.sum().over(so_far)
    if "before" in sums.columns:
        balance = balance + sums.before.first().over(so_far).fill_null(0)  # unsaid: nothing before, as in ORIGIN
    return sums.mutate(
        balance=balance, following=sums.month.lead().over(ibis.window(group_by="account", order_by="month"))
    )


def _days(month: "DateValue", through: date) -> "IntegerValue":
    """The days of a month that have elapsed by ``through``."""
    import ibis

    following = (month + ibis.interval(months=1)).cast("date")
    return ibis.least(following, ibis.literal(through + timedelta(days=1))).delta(month, unit="day")
