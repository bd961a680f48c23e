"""Figures and accounts in bulk, like :mod:`keheng.customers.feeds.merge`: a null never erases,
nothing unchanged is written.

Figures carry their date: older ones never overwrite newer ones, but they still fill the month end they belong to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import polars as pl
from django.db.backends.utils import CursorWrapper

from keheng.common.copying import copy_frame, staged
from keheng.portfolio.models import Account, Figures
from keheng.portfolio.operations import ensure_months

FIGURES = tuple(field.column for field in Figures._meta.local_fields)
_HEADLINE = "coalesce(figures.aum_average, figures.aum, 0)"  # decision 2
_IS_LATEST = "figures.as_of <= stage.as_of"


@dataclass(frozen=True)
class Merged:
    """What a merge of figures did: the customers of whom any figure changed; what the tables now hold of the stated
    figures; what was stated of a date older than the known one, and stayed out."""

    changed: set[int]
    held: dict[str, Decimal]
    older: dict[str, Decimal]


def figure_dates(cursor: CursorWrapper, customer_ids: pl.Series) -> pl.DataFrame:
    """Return ``customer_id`` and ``known_as_of`` of customers that have current figures."""
    cursor.execute(
        "select customer_id, as_of from portfolio_currentfigures where customer_id = any(%s)", [customer_ids.to_list()]
    )
    return pl.DataFrame(cursor.fetchall(), schema={"customer_id": pl.Int64, "known_as_of": pl.Date}, orient="row")


def headline(rows: pl.DataFrame) -> pl.Series:
    """The AUM that lists show of new customers (decision 2: the month average, else the day's balance)."""
    columns = [pl.col(name) for name in ("aum_average", "aum") if name in rows.columns]
    return rows.with_columns(pl.coalesce(*columns, pl.lit(0, dtype=pl.Decimal(18, 2))).alias("aum"))["aum"]


def insert_figures(cursor: CursorWrapper, rows: pl.DataFrame) -> None:
    """Copy the figures of new customers in: ``customer_id``, ``as_of`` and any of ``FIGURES``."""
    copy_frame(cursor, "portfolio_currentfigures", rows)
    ends = _month_ends(rows)
    if ends.height:
        copy_frame(cursor, "portfolio_monthendfigures", ends)


def merge_figures(cursor: CursorWrapper, rows: pl.DataFrame, *, at: datetime) -> Merged:
    """Bring the figures of known customers, and the AUM their lists show, to what the rows say."""
    changed: set[int] = set()
    fields = [name for name in rows.columns if name in FIGURES]
    with staged(cursor, rows, "portfolio_currentfigures", key="customer_id") as stage:
        cursor.execute(
            f"""
            with written as (
                insert into portfolio_currentfigures as figures (customer_id, as_of, {", ".join(fields)})
                select customer_id, as_of, {", ".join(fields)} from {stage} stage
                 where not exists (
                    select from portfolio_currentfigures known
                     where known.customer_id = stage.customer_id
                       and (known.as_of > stage.as_of
                            or (known.as_of, {_columns("known", fields)})
                               is not distinct from (stage.as_of, {_merged("stage", "known", fields)})))
                on conflict (customer_id) do update
                   set as_of = excluded.as_of, {_sets("excluded", "figures", fields)}
                 where figures.as_of <= excluded.as_of
                returning {", ".join(f"figures.{name}" for name in ("customer_id", "aum_average", "aum"))}
            ), headlines as (
                update customers_customer customer set aum = {_HEADLINE}, updated_at = %s
                  from written figures
                 where figures.customer_id = customer.id and customer.aum is distinct from {_HEADLINE}
            )
            select customer_id from written
            """,
            [at],
        )
        changed.update(row[0] for row in cursor.fetchall())
        sums = _sums(cursor, stage, fields)
    ends = _month_ends(rows)
    if ends.height:
        changed |= _merge_month_ends(cursor, ends, fields)
    return Merged(changed, *sums)


def sums_of(cursor: CursorWrapper, fields: Sequence[str], *, among: str = "") -> dict[str, Decimal]:
    """What the current figures of all customers add up to, or of those whose keys the query ``among`` yields."""
    totals = ", ".join(f"coalesce(sum({name}), 0)" for name in fields)
    where = f"where customer_id in ({among})" if among else ""
    cursor.execute(f"select {totals} from portfolio_currentfigures {where}")
    return dict(zip(fields, cursor.fetchone(), strict=True))


def _sums(cursor: CursorWrapper, stage: str, fields: list[str]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """What the tables hold of the figures that the stage states, and what the stage states of older dates."""
    held = [
        f"coalesce(sum(figures.{name}) filter (where stage.{name} is not null and {_IS_LATEST}), 0)" for name in fields
    ]
    older = [f"coalesce(sum(stage.{name}) filter (where not {_IS_LATEST}), 0)" for name in fields]
    cursor.execute(
        f"select {', '.join(held + older)} from {stage} stage"
        " join portfolio_currentfigures figures on figures.customer_id = stage.customer_id"
    )
    found = cursor.fetchone()
    return dict(zip(fields, found[: len(fields)], strict=True)), dict(zip(fields, found[len(fields) :], strict=True))


def _merge_month_ends(cursor: CursorWrapper, rows: pl.DataFrame, fields: list[str]) -> set[int]:
    with staged(cursor, rows, "portfolio_monthendfigures", key="customer_id") as stage:
        cursor.execute(
            f"""
            insert into portfolio_monthendfigures as figures (month_end, customer_id, {", ".join(fields)})
            select month_end, customer_id, {", ".join(fields)} from {stage} stage
             where not exists (
                select from portfolio_monthendfigures known
                 where (known.month_end, known.customer_id) = (stage.month_end, stage.customer_id)
                   and ({_columns("known", fields)}) is not distinct from ({_merged("stage", "known", fields)}))
            on conflict (month_end, customer_id) do update set {_sets("excluded", "figures", fields)}
            returning customer_id
            """
        )
        return {row[0] for row in cursor.fetchall()}


def merge_accounts(cursor: CursorWrapper, rows: pl.DataFrame, *, product_id: int) -> int:
    """Bring accounts of one product to what the rows say, found by ``number_index``; return how many there are.

    Args:
        rows: ``customer_id``, ``number``, ``number_index``, ``number_tail`` and any other column of ``Account``.
    """
    rows = rows.with_columns(pl.lit(product_id, dtype=pl.Int64).alias("product_id"))
    fields = [name for name in rows.columns if name not in {"number", "number_index"}]
    defaults = {"status": "'open'", "balance": "0", "currency": "'CNY'", "card_grade": "0"}
    values = [f"coalesce({name}, {defaults[name]})" if name in defaults else name for name in rows.columns]
    missing = [name for name in defaults if name not in rows.columns]
    with staged(cursor, rows, Account._meta.db_table, key="number_index") as stage:
        cursor.execute(
            f"""
            update portfolio_account account set {_sets("stage", "account", fields)}
              from {stage} stage
             where stage.number_index = account.number_index
               and ({_merged("stage", "account", fields)}) is distinct from ({_columns("account", fields)})
            """
        )
        cursor.execute(
            f"""
            insert into portfolio_account ({", ".join([*rows.columns, *missing])})
            select {", ".join([*values, *(defaults[name] for name in missing)])} from {stage} stage
             where not exists (
                select from portfolio_account known where known.number_index = stage.number_index)
            """
        )
        cursor.execute(f"select count(*) from {stage} stage join portfolio_account account using (number_index)")
        count: int = cursor.fetchone()[0]
    return count


def _month_ends(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that are of a month's last day, as rows of the month-end table; makes its partitions."""
    ends = rows.filter(pl.col("as_of") == pl.col("as_of").dt.month_end()).rename({"as_of": "month_end"})
    days: list[date] = ends["month_end"].unique().to_list()
    if days:
        ensure_months(days)
    return ends


def _columns(table: str, fields: list[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in fields)


def _merged(new: str, old: str, fields: list[str]) -> str:
    return ", ".join(f"coalesce({new}.{name}, {old}.{name})" for name in fields)


def _sets(new: str, old: str, fields: list[str]) -> str:
    return ", ".join(f"{name} = coalesce({new}.{name}, {old}.{name})" for name in fields)
