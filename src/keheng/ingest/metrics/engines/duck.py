"""DuckDB, in this process: reads the file, runs the expressions, puts the months into a file of its own.

Memory stays bounded: what does not fit goes to a folder beside the home folder's data and is removed afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import psutil

from keheng.ingest.faults import fault
from keheng.ingest.metrics.engines.months import (
    TABLE,
    Months,
    beginning_of,
    examine,
    expression_sql,
    first_line,
    is_parquet,
)
from keheng.ingest.metrics.profile import TransactionProfile

_MEMORY_SHARE = 0.4


def compute(file: Path, profile: TransactionProfile, folder: Path, *, through: date | None, today: date) -> Months:
    """Compute the months of a file into one of the folder."""
    with connected(folder) as duck:
        _open(duck, file, profile)
        columns = [name for name, *_rest in duck.execute(f"describe {TABLE}").fetchall()]
        found = examine(
            lambda sql: duck.execute(sql).fetchall()[0], columns, file, profile, through=through, today=today
        )
        path = folder / "months.parquet"
        sql = expression_sql("duckdb", found.months, found.through, stated=found.stated)
        duck.execute(f"copy ({sql}) to '{path}' (format parquet)")
        accounts = duck.execute(f"select count(distinct account) from '{path}'").fetchall()[0][0]
    return Months(path, tuple(found.months), found.through, found.transactions, found.later, accounts)


@contextmanager
def connected(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of bounded memory that spills into the folder."""
    limit = int(psutil.virtual_memory().total * _MEMORY_SHARE / 2**20)
    settings: dict[str, Any] = {
        "memory_limit": f"{limit}MiB",
        "temp_directory": str(folder),
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
    }
    with duckdb.connect(config=settings) as connection:
        yield connection


def _open(duck: duckdb.DuckDBPyConnection, file: Path, profile: TransactionProfile) -> None:
    """Make the table ``transactions``: a view of Parquet, which is quick to read again, a copy of a text."""
    head = beginning_of(file)
    try:
        if is_parquet(head):
            duck.read_parquet(str(file)).create_view("file")
            duck.execute(f"create view {TABLE} as {profile.query}")
        else:
            duck.read_csv(
                str(file), sep=profile.delimiter, header=True, all_varchar=True, encoding=profile.encoding
            ).create_view("read")
            # Trimmed, also because the reader does the casts of a bare column itself and fails where try_cast does
            # not.
            duck.execute("create view file as select trim(columns(*)) from read")
            duck.execute(f"create table {TABLE} as {profile.query}")
    except duckdb.Error as error:
        raise fault("query", profile=profile.code, problem=first_line(error)) from error
