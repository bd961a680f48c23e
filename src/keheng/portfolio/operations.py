"""Writes to accounts and figures."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import connection

from keheng.common.clock import month_end


def ensure_months(days: Iterable[date]) -> None:
    """Create the partitions of the month-end table for the months of ``days`` where they are missing."""
    with connection.cursor() as cursor:
        for end in sorted({month_end(day) for day in days}):
            first, following = end.replace(day=1), end + timedelta(days=1)
            cursor.execute(
                f"create table if not exists portfolio_monthendfigures_{end:%Y%m} "
                f"partition of portfolio_monthendfigures for values from ('{first}') to ('{following}')"
            )


def refresh_headline_amounts(customer_ids_sql: str, parameters: Iterable[object] = ()) -> int:
    """Copy the month average (or, lacking it, the day's balance; decision 2) of AUM to the customers' lists.

    Args:
        customer_ids_sql: a query that yields the customers' keys; written by code, never by users.
        parameters: the values of its placeholders.

    Returns:
        How many customers changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            update customers_customer customer
               set aum = coalesce(figures.aum_average, figures.aum, 0)
              from portfolio_currentfigures figures
             where figures.customer_id = customer.id
               and customer.id in ({customer_ids_sql})
               and customer.aum is distinct from coalesce(figures.aum_average, figures.aum, 0)
            """,
            list(parameters),
        )
        return cursor.rowcount
