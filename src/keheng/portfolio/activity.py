"""Months computed from movements, in bulk: exact in whole hundredths until the last division, by the database."""

from decimal import Decimal

import polars as pl
from django.db.backends.utils import CursorWrapper

from keheng.common.clock import month_end
from keheng.common.copying import copy_frame

AMOUNTS = ("balance", "inflow", "outflow", "fees")
_COUNTS = ("lots", "accounts", "active_accounts", "transactions", "own_transactions")
SUMS = (*AMOUNTS, "balance_average", *_COUNTS)
_COLUMNS = ("through", *AMOUNTS, "balance_average", *_COUNTS)


def owners_of(cursor: CursorWrapper, indexes: pl.Series) -> pl.DataFrame:
    """Return ``number_index`` and ``customer_id`` of the accounts among ``indexes`` that somebody has."""
    cursor.execute("create temporary table wanted_accounts (number_index bytea) on commit drop")
    copy_frame(cursor, "wanted_accounts", pl.DataFrame({"number_index": indexes}))
    cursor.execute(
        "select account.number_index, account.customer_id from wanted_accounts"
        " join portfolio_account account using (number_index)"
    )
    rows = [(bytes(index), customer) for index, customer in cursor.fetchall()]
    cursor.execute("drop table wanted_accounts")
    return pl.DataFrame(rows, schema={"number_index": pl.Binary, "customer_id": pl.Int64}, orient="row")


def merge_month(cursor: CursorWrapper, rows: pl.DataFrame, *, source: str, factor: Decimal) -> int:
    """Bring one month of a source to what the rows say and return how many changed; a month computed through a later
    day stays.

    Args:
        rows: of one month: ``customer_id``, ``month``, ``through``, ``days``, ``balance_days``, ``AMOUNTS`` in
            hundredths and the counts, each customer once.
        factor: CNY for one unit of the file's currency.
    """
    end = month_end(rows["month"][0])
    stage = "stage_activity"
    cursor.execute(
        f"create temporary table {stage} (customer_id bigint, through date, days bigint, balance_days bigint,"
        f" {', '.join(f'{name} bigint' for name in (*AMOUNTS, *_COUNTS))}) on commit drop"
    )
    copy_frame(cursor, stage, rows.drop("month"))
    money = {name: f"round({name}::numeric * %(factor)s / 100, 2)" for name in AMOUNTS}
    money["balance_average"] = "round(balance_days::numeric * %(factor)s / days / 100, 2)"
    values = ", ".join(f"{money.get(name, name)} as {name}" for name in _COLUMNS)
    columns = ", ".join(_COLUMNS)
    cursor.execute(
        f"""
        insert into portfolio_monthactivity as known (customer_id, month_end, source, {columns})
        select customer_id, %(end)s, %(source)s, {values} from {stage}
        on conflict (month_end, customer_id, source) do update
           set {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
         where known.through <= excluded.through
           and ({", ".join(f"known.{name}" for name in _COLUMNS)})
               is distinct from ({", ".join(f"excluded.{name}" for name in _COLUMNS)})
        """,
        {"end": end, "source": source, "factor": factor},
    )
    changed: int = cursor.rowcount
    cursor.execute(f"drop table {stage}")
    return changed
