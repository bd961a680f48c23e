"""Where the months are computed: DuckDB in this process, Spark beside it, or elsewhere, with a file handed over.

Each way ends in one file of months (:class:`Months`) that has passed the same checks; what follows is the same.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path

from keheng.ingest.metrics.engines import duck, handover, spark
from keheng.ingest.metrics.engines.months import Months, expression_sql
from keheng.ingest.metrics.profile import TransactionProfile
from keheng.runtime.home import ensure_home

__all__ = ["Engine", "Months", "computed", "expression_sql", "handed_over"]


class Engine(StrEnum):
    """What computes a file of movements."""

    DUCKDB = "duckdb"
    SPARK = "spark"


_COMPUTE = {Engine.DUCKDB: duck.compute, Engine.SPARK: spark.compute}


@contextmanager
def computed(
    file: Path, profile: TransactionProfile, *, through: date | None, today: date, engine: Engine = Engine.DUCKDB
) -> Iterator[Months]:
    """Compute the months of a file; what they stand in is removed at the end of the block.

    Args:
        through: the last day that counts; ``None``: the file's last.
        today: no movement may be later.

    Raises:
        Fault: the file is missing, empty or no table, rows of it cannot be read, or the engine is not installed.
    """
    with _folder() as folder:
        yield _COMPUTE[engine](file, profile, folder, through=through, today=today)


@contextmanager
def handed_over(path: Path, *, today: date) -> Iterator[Months]:
    """Take months that another program has computed by :func:`expression_sql`; they must pass every check.

    Args:
        path: a Parquet file, or the folder that Spark has written.

    Raises:
        Fault: they are missing, cut off, lack columns, or do not add up.
    """
    with _folder() as folder:
        yield handover.take(path, folder, today=today)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=ensure_home(), prefix="metrics-") as name:
        yield Path(name)
