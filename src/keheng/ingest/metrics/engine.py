"""DuckDB, in this process: reads the file, runs the expressions, puts the months into a file of its own.

Memory stays bounded: what does not fit goes to a folder beside the home folder's data and is removed afterwards.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import psutil

from keheng.ingest.faults import fault
from keheng.ingest.metrics.catalogue import ORIGIN, TRANSACTIONS
from keheng.ingest.metrics.monthly import RESULT, monthly, months_between
from keheng.ingest.metrics.profile import TransactionProfile
from keheng.runtime.home import ensure_home

_MEMORY_SHARE = 0.4
_TABLE = "transactions"
type Dialect = str


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


@contextmanager
def computed(file: Path, profile: TransactionProfile, *, through: date | None, today: date) -> Iterator[Months]:
    """Compute the months of a file; what they stand in is removed at the end of the block.

    Args:
        through: the last day that counts; ``None``: the file's last.
        today: no movement may be later.

    Raises:
        Fault: the file is missing, empty or no table, or rows of it cannot be read.
    """
    with tempfile.TemporaryDirectory(dir=ensure_home(), prefix="metrics-") as folder, _connect(folder) as duck:
        _open(duck, file, profile)
        columns = {name for name, *_rest in duck.execute(f"describe {_TABLE}").fetchall()}
        if missing := [name for name in TRANSACTIONS if name not in columns]:
            raise fault("query", profile=profile.code, problem=", ".join(missing))
        count, later, first, last = _examine(duck, file, through, today)
        end = through or last
        sql = expression_sql("duckdb", months_between(first, end), end, stated=ORIGIN.keys() <= columns)
        path = Path(folder) / "months.parquet"
        numbers = ", ".join(f"cast({name} as bigint) as {name}" for name in RESULT[2:])
        duck.execute(
            f"copy (select account, cast(month as date) as month, {numbers} from ({sql})) to '{path}' (format parquet)"
        )
        accounts = duck.execute(f"select count(distinct account) from '{path}'").fetchall()[0][0]
        yield Months(path, tuple(months_between(first, end)), end, count - later, later, accounts)


def expression_sql(dialect: Dialect, months: list[date], through: date, *, stated: bool = False) -> str:
    """The metrics as SQL of an engine: ``duckdb``, ``pyspark``, ``trino``, ``clickhouse`` …, over ``transactions``."""
    table = ibis.table(TRANSACTIONS | (ORIGIN if stated else {}), name=_TABLE)
    return str(ibis.to_sql(monthly(table, months, through), dialect=dialect))


@contextmanager
def _connect(folder: str) -> Iterator[duckdb.DuckDBPyConnection]:
    limit = int(psutil.virtual_memory().total * _MEMORY_SHARE / 2**20)
    settings: dict[str, Any] = {
        "memory_limit": f"{limit}MiB",
        "temp_directory": folder,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
    }
    with duckdb.connect(config=settings) as connection:
        yield connection


def _open(duck: duckdb.DuckDBPyConnection, file: Path, profile: TransactionProfile) -> None:
    """Make the table ``transactions``: a view of Parquet, which is quick to read again, a copy of a text."""
    try:
        with file.open("rb") as opened:
            head = opened.read(4)
    except FileNotFoundError:
        raise fault("missing", file=file) from None
    except OSError as error:
        raise fault("unreadable", file=file, problem=error.strerror) from error
    if not head:
        raise fault("empty", file=file.name)
    try:
        if head == b"PAR1":
            duck.read_parquet(str(file)).create_view("file")
            duck.execute(f"create view {_TABLE} as {profile.query}")
        else:
            duck.read_csv(
                str(file), sep=profile.delimiter, header=True, all_varchar=True, encoding=profile.encoding
            ).create_view("read")
            # Trimmed, also because the reader does the casts of a bare column itself and fails where try_cast does
            # not.
            duck.execute("create view file as select trim(columns(*)) from read")
            duck.execute(f"create table {_TABLE} as {profile.query}")
    except duckdb.Error as error:
        raise fault("query", profile=profile.code, problem=_first_line(error)) from error


def _examine(
    duck: duckdb.DuckDBPyConnection, file: Path, through: date | None, today: date
) -> tuple[int, int, date, date]:
    """Rows, rows after ``through``, first and last day; refuses a file with rows that cannot be read."""
    unread = " or ".join(f"{name} is null" for name in ("account", "day", "amount"))
    count, wrong, later, first, last = duck.execute(
        f"select count(*), count(*) filter (where {unread}), count(*) filter (where day > $1), min(day), max(day)"
        f" from {_TABLE}",
        [through or today],
    ).fetchall()[0]
    if not count:
        raise fault("header_only", file=file.name)
    if wrong:
        raise fault("movements", file=file.name, count=wrong, total=count)
    if through is None and last > today:
        raise fault("future", date=last)
    if through is not None and first > through:
        raise fault("no_movements", file=file.name, first=first, date=through)
    return count, later, first, last


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200]
