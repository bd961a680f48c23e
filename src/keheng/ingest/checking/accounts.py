"""Rows of accounts, checked like rows of customers; they are few enough to be taken at once."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from keheng.common.sealing import seal
from keheng.ingest.checking import values
from keheng.ingest.checking.duplicates import SeenKeys
from keheng.ingest.checking.sheet import Layout, Reject, Sheet


@dataclass(frozen=True)
class CheckedAccounts:
    """Accounts ready to be written, columns as in the table."""

    rows: pl.DataFrame
    rejects: list[Reject]


def check_accounts(
    frame: pl.DataFrame, layout: Layout, *, currency: str, factor: Decimal, find: Callable[[pl.Series], pl.DataFrame]
) -> CheckedAccounts:
    """Read, check and seal accounts.

    Args:
        layout: of the accounts, with amounts in the file's currency.
        factor: CNY for one unit of it.
        find: gives ``number`` and ``customer_id`` of those customer numbers that are known.
    """
    sheet = Sheet(frame, layout)
    sheet.read()
    first = SeenKeys().first_rows(sheet.values["number"], sheet.rows)
    flaws = values.flaws_where((first.is_not_null(), "duplicate_account"))
    if flaws is not None:
        sheet.flaw("number", flaws, first=dict(zip(sheet.rows, first, strict=True)))
    known = find(sheet.values["customer"])
    owners = sheet.values.pop("customer")
    ids = owners.replace_strict(known["number"], known["customer_id"], default=None, return_dtype=pl.Int64)
    sheet.flaw("customer", values.flaws_where((ids.is_null() & owners.is_not_null(), "unknown_customer")))
    rows = pl.DataFrame({"customer_id": ids, **sheet.values}).filter(~sheet.bad())
    sealed = seal(rows["number"], "portfolio.account")
    rows = rows.with_columns(
        sealed.values.alias("number"),
        sealed.indexes.alias("number_index"),
        sealed.tails.alias("number_tail"),
        pl.lit(currency).alias("currency"),
    )
    if "original_balance" in rows.columns:
        in_yuan = (pl.col("original_balance") * pl.lit(factor)).cast(values.MONEY)
        rows = rows.with_columns(in_yuan.alias("balance"))
    return CheckedAccounts(rows, sheet.rejects())
