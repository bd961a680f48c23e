"""What every engine shares: the SQL of the months, the examination of the movements, and what comes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis

from keheng.ingest.faults import fault
from keheng.ingest.metrics.catalogue import ORIGIN, TRANSACTIONS
from keheng.ingest.metrics.monthly import RESULT, SUMS, monthly, months_between, summed
from keheng.ingest.metrics.profile import TransactionProfile

TABLE = "transactions"
DIALECTS = ("duckdb", "spark", "trino", "clickhouse")
_IBIS = {"spark": "pyspark"}


@dataclass(frozen=True)
class Months:
    """What a file came to.

    Attributes:
        path: Parquet, one row an account and month (:data:`.monthly.RESULT`), amounts in hundredths.
        months: the first days of the months, oldest first.
        through: the last day that counts.
        transactions, later: movements that count, and those after ``through``.
    """

    path: Path
    months: tuple[date, ...]
    through: date
    transactions: int
    later: int
    accounts: int


@dataclass(frozen=True)
class Examined:
    """What the movements of a file are, before anything is computed of them."""

    first: date
    through: date
    transactions: int
    later: int
    stated: bool

    @property
    def months(self) -> list[date]:
        return months_between(self.first, self.through)


def expression_sql(dialect: str, months: Sequence[date], through: date, *, stated: bool = False) -> str:
    """The metrics as SQL of an engine of :data:`DIALECTS`, over a table ``transactions``; it yields ``RESULT``.

    Args:
        stated: the table has the columns of ``ORIGIN`` too.
    """
    columns = [*SUMS, *(["before"] if stated else [])]
    table = ibis.table(TRANSACTIONS | (ORIGIN if stated else {}), name=TABLE)
    sums = ibis.table({"account": "string", "month": "date", **dict.fromkeys(columns, "int64")}, name="sums")
    of_movements = ibis.to_sql(summed(table, through), dialect=_IBIS.get(dialect, dialect))
    of_months = ibis.to_sql(monthly(sums, months, through), dialect=_IBIS.get(dialect, dialect))
    # Sums come out twice as wide as they are: narrowed, what follows moves half as much.
    return (
        f"with sums as (\nselect {_typed(columns)} from (\n{of_movements}\n) as movements\n)\n"
        f"select {_typed(RESULT[2:])} from (\n{of_months}\n) as months"
    )


def _typed(columns: Sequence[str]) -> str:
    numbers = ", ".join(f"cast({name} as bigint) as {name}" for name in columns)
    return f"account, cast(month as date) as month, {numbers}"


def beginning_of(file: Path) -> bytes:
    """The first bytes of a file, which tell Parquet from text.

    Raises:
        Fault: there is no such file, it cannot be read, or it is empty.
    """
    try:
        with file.open("rb") as opened:
            head = opened.read(4)
    except FileNotFoundError:
        raise fault("missing", file=file) from None
    except OSError as error:
        raise fault("unreadable", file=file, problem=error.strerror) from error
    if not head:
        raise fault("empty", file=file.name)
    return head


def is_parquet(head: bytes) -> bool:
    """Whether a file that begins so is Parquet; else it is read as text."""
    return head == b"PAR1"


def examine(
    ask: Callable[[str], Sequence[Any]],
    columns: Sequence[str],
    file: Path,
    profile: TransactionProfile,
    *,
    through: date | None,
    today: date,
) -> Examined:
    """Look at the movements by one pass of the engine; refuse a file with rows that cannot be read.

    Args:
        ask: runs a statement in the engine and returns its one row.
        columns: of the table of movements.
    """
    if missing := [name for name in TRANSACTIONS if name not in columns]:
        raise fault("query", profile=profile.code, problem=", ".join(missing))
    count, *read, later, first, last = ask(
        "select count(*), count(account), count(day), count(amount),"
        f" count(*) filter (where day > date '{through or today}'), min(day), max(day) from {TABLE}"
    )
    if not count:
        raise fault("header_only", file=file.name)
    if min(read) < count:
        (wrong,) = ask(f"select count(*) from {TABLE} where account is null or day is null or amount is null")
        raise fault("movements", file=file.name, count=wrong, total=count)
    if through is None and last > today:
        raise fault("future", date=last)
    if through is not None and first > through:
        raise fault("no_movements", file=file.name, first=first, date=through)
    return Examined(first, through or last, count - later, later, stated=ORIGIN.keys() <= set(columns))


def first_line(error: Exception) -> str:
    """What an engine says of a statement that does not run, in one line."""
    return str(error).splitlines()[0][:200]
