"""Compute the metrics of a file of movements, or take them computed, and keep them: all in one transaction, or none."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from keheng.audit.operations import record
from keheng.common import clock
from keheng.common.keys import key_ring
from keheng.ingest import permissions
from keheng.ingest.metrics.engines import Engine, Months, computed, handed_over
from keheng.ingest.metrics.profile import LIBRARY, TransactionProfile
from keheng.ingest.models import MetricsRun
from keheng.org.models import Staff
from keheng.portfolio.activity import AMOUNTS, merge_month, owners_of
from keheng.portfolio.merge import merge_figures

_SUMS = ("balance_days", *AMOUNTS, "lots", "transactions", "own_transactions")


def compute_metrics(
    *,
    file: Path,
    profile: str,
    as_of: date | None,
    actor: Staff,
    now: Callable[[], datetime],
    engine: Engine = Engine.DUCKDB,
) -> MetricsRun:
    """Compute the metrics of a file's accounts and write those of the customers who have them.

    Args:
        profile: its code, or the path of a profile.
        as_of: the last day that counts; ``None``: the file's last.
        now: asked when the computation begins and when it ends.
        engine: what computes; the figures are the same.

    Raises:
        Fault: the file or the profile is wrong, or the engine cannot run here; nothing is written.
        PermissionDenied: the actor may not load files.
    """
    permissions.check_run(actor)
    started = now()
    read = LIBRARY.find(profile)
    with computed(file, read, through=as_of, today=_day(started), engine=engine) as found:
        return _keep(found, read, file.name, engine.value, actor=actor, started=started, now=now)


def load_months(*, path: Path, profile: str, actor: Staff, now: Callable[[], datetime]) -> MetricsRun:
    """Write months that a cluster has computed by the same expressions, as if they had been computed here.

    Args:
        path: a Parquet file of months, or the folder that Spark has written.
        profile: of the movements: whose source, currency and figures the months are.

    Raises:
        Fault: the months are not whole or do not add up; nothing is written.
        PermissionDenied: the actor may not load files.
    """
    permissions.check_run(actor)
    started = now()
    read = LIBRARY.find(profile)
    with handed_over(path, today=_day(started)) as found:
        return _keep(found, read, path.name, "elsewhere", actor=actor, started=started, now=now)


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.SHANGHAI).date()


@transaction.atomic
def _keep(
    found: Months,
    profile: TransactionProfile,
    file_name: str,
    engine: str,
    *,
    actor: Staff,
    started: datetime,
    now: Callable[[], datetime],
) -> MetricsRun:
    """Write the months of those accounts that somebody has, the figures that follow from them, and the trail."""
    with connection.cursor() as cursor:
        owners, unknown = _owners(cursor, found.path)
        changed = customers = 0
        for month in found.months:
            rows = _of_customers(found, owners, month)
            if not rows.is_empty():
                changed += merge_month(cursor, rows, source=profile.code, factor=profile.factor)
                customers = rows.height
                _fill_figures(cursor, profile, month, at=started)
    run = MetricsRun.objects.create(
        profile=profile.code,
        file_name=file_name,
        actor=actor,
        started_at=started,
        finished_at=now(),
        first_month=found.months[0],
        through=found.through,
        transactions=found.transactions,
        later=found.later,
        accounts=found.accounts,
        unknown_accounts=unknown,
        customers=customers,
        changed=changed,
    )
    detail = {"transactions": run.transactions, "accounts": run.accounts, "changed": changed, "engine": engine}
    record("ingest.metrics", actor=actor, at=run.finished_at, target=run, detail=detail)
    return run


def _owners(cursor: CursorWrapper, path: Path) -> tuple[pl.DataFrame, int]:
    """``account`` and ``customer_id``; how many accounts of the file nobody has."""
    accounts = pl.scan_parquet(path).select("account").unique().collect()["account"]
    indexes = key_ring().blind_index_many(accounts.to_list(), "portfolio.account")
    named = pl.DataFrame({"account": accounts, "number_index": pl.Series(indexes, dtype=pl.Binary)})
    owners = named.join(owners_of(cursor, named["number_index"]), on="number_index").drop("number_index")
    return owners, accounts.len() - owners.height


def _of_customers(found: Months, owners: pl.DataFrame, month: date) -> pl.DataFrame:
    """The rows of a month by customer: their accounts' sums."""
    return (
        pl.scan_parquet(found.path)
        .filter(pl.col("month") == month)
        .join(owners.lazy(), on="account")
        .group_by("customer_id")
        .agg(
            pl.lit(found.through).first().alias("through"),
            pl.col("days").first(),
            *(pl.col(name).sum() for name in _SUMS),
            pl.len().cast(pl.Int64).alias("accounts"),
            (pl.col("own_transactions") > 0).sum().cast(pl.Int64).alias("active_accounts"),
            pl.lit(month).first().alias("month"),
        )
        .collect()
    )


def _fill_figures(cursor: CursorWrapper, profile: TransactionProfile, month: date, *, at: datetime) -> None:
    """Hand balance and month average on to the figures that these accounts are the whole of.

    The customers' figures carry the day through which the month was computed; older ones fill their month end only.
    """
    if not profile.fills:
        return
    columns = [(f"{name}{ending}", column) for name in profile.fills for ending, column in _PAIRS]
    cursor.execute(
        f"select customer_id, least(month_end, through), {', '.join(column for _, column in columns)}, lots"
        " from portfolio_monthactivity where month_end = %s and source = %s",
        [clock.month_end(month), profile.code],
    )
    money = pl.Decimal(18, 2)
    schema = {"customer_id": pl.Int64, "as_of": pl.Date} | {name: money for name, _ in columns} | {"lots": pl.Int64}
    rows = pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")
    rows = rows.with_columns(pl.when(pl.col("lots") > 0).then(pl.col("lots")).alias("lots"))
    merge_figures(cursor, rows, at=at)


_PAIRS = (("", "balance"), ("_average", "balance_average"))
