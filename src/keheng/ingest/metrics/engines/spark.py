"""Spark on this machine: the same expressions, for whoever keeps their movements where Spark reads them.

A cluster needs no Keheng: it runs the SQL of ``keheng metrics sql spark``, and ``keheng metrics load`` takes what it
wrote. ``pyspark`` comes with ``uv sync --group spark``; without it, or without Java 17, :func:`why_not` says so.
"""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import sqlglot
from django.utils.translation import gettext as _

from keheng.ingest.faults import fault
from keheng.ingest.metrics.engines import handover
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

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LEAST_JAVA = 17
_MEMORY_SHARE = 0.4


def why_not() -> str:
    """Why Spark cannot run here; empty where it can."""
    if importlib.util.find_spec("pyspark") is None:
        return _("pyspark is not installed")
    java = shutil.which("java")
    if java is None:
        return _("there is no Java on this machine; Spark needs Java %(version)d or newer") % {"version": LEAST_JAVA}
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = told.partition('version "')[2].partition('"')[0].partition(".")[0]
    if not version.isdecimal() or int(version) < LEAST_JAVA:
        return _("Java here is %(found)s; Spark needs Java %(version)d or newer") % {
            "found": version or "?",
            "version": LEAST_JAVA,
        }
    return ""


def compute(file: Path, profile: TransactionProfile, folder: Path, *, through: date | None, today: date) -> Months:
    """Compute the months of a file into the folder; what Spark writes is checked like what a cluster hands over."""
    if reason := why_not():
        raise fault("no_spark", problem=reason)
    head = beginning_of(file)
    from pyspark.errors import PySparkException

    with _session(folder) as spark:
        try:
            _open(spark, file, profile, folder, parquet=is_parquet(head))
            found = examine(
                lambda sql: spark.sql(sql).collect()[0],
                spark.table(TABLE).columns,
                file,
                profile,
                through=through,
                today=today,
            )
            sql = expression_sql("spark", found.months, found.through, stated=found.stated)
            spark.sql(sql).write.parquet(_address(folder / "written"))
        except PySparkException as error:
            raise fault("query", profile=profile.code, problem=first_line(error)) from error
    return replace(handover.take(folder / "written", folder, today=today), later=found.later)


@contextmanager
def _session(folder: Path) -> "Iterator[SparkSession]":
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": f"{int(psutil.virtual_memory().total * _MEMORY_SHARE / 2**20)}m",
        "spark.local.dir": str(folder),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": str(psutil.cpu_count() or 1),
        "spark.sql.warehouse.dir": _address(folder / "warehouse"),
        "spark.ui.enabled": "false",
    }
    spark = SparkSession.builder.master("local[*]").appName("keheng").config(map=settings).getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        yield spark
    finally:
        spark.stop()


def _open(spark: "SparkSession", file: Path, profile: TransactionProfile, folder: Path, *, parquet: bool) -> None:
    """Make the table ``transactions``; the profile's query is DuckDB's and said in Spark's words."""
    link = folder / "movements"  # Spark takes the brackets of a name for a pattern
    link.symlink_to(file.resolve())
    if parquet:
        frame = spark.read.parquet(_address(link))
    else:
        frame = spark.read.csv(
            _address(link),
            sep=profile.delimiter,
            header=True,
            inferSchema=False,
            encoding=profile.encoding,
            escape='"',
            ignoreLeadingWhiteSpace=True,
            ignoreTrailingWhiteSpace=True,
        )
    frame.createOrReplaceTempView("file")
    (query,) = sqlglot.transpile(profile.query, read="duckdb", write="spark")
    movements = spark.sql(query)
    (movements if parquet else movements.cache()).createOrReplaceTempView(TABLE)


def _address(path: Path) -> str:
    return f"file://{path}"
