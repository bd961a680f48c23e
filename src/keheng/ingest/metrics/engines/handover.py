"""Months that another program has computed: taken only if they are whole and add up."""

from datetime import date, timedelta
from pathlib import Path

import duckdb

from keheng.ingest.faults import fault
from keheng.ingest.metrics.engines.duck import connected
from keheng.ingest.metrics.engines.months import Months, beginning_of, first_line, is_parquet
from keheng.ingest.metrics.monthly import RESULT, months_between

_DONE = "_SUCCESS"
"""What Spark puts into a folder when all of its parts are written."""


def take(path: Path, folder: Path, *, today: date) -> Months:
    """Bring months into one file of the folder, as every engine leaves them, and check them.

    Raises:
        Fault: something is missing, cut off, twice, in the future, or does not add up.
    """
    parts = _parts(path)
    gathered = folder / "months.parquet"
    with connected(folder) as duck:
        try:
            read = duck.read_parquet([str(part) for part in parts])
            if missing := [name for name in RESULT if name not in read.columns]:
                raise fault("months_columns", file=path.name, columns=", ".join(missing))
            read.create_view("handed")
            numbers = ", ".join(f"try_cast({name} as bigint) as {name}" for name in RESULT[2:])
            duck.execute(
                f"copy (select cast(account as varchar) as account, try_cast(month as date) as month, {numbers}"
                f" from handed) to '{gathered}' (format parquet)"
            )
        except duckdb.Error as error:
            raise fault("damaged", file=path.name, problem=first_line(error)) from error
        duck.execute(f"create view months as select * from '{gathered}'")
        return _checked(duck, path, gathered, today)


def _parts(path: Path) -> list[Path]:
    """The files of months under a path, each known to be Parquet."""
    if not path.is_dir():
        parts = [path]
    elif not (path / _DONE).exists():
        raise fault("months_unfinished", file=path.name)
    else:
        parts = sorted(part for part in path.iterdir() if part.suffix == ".parquet")
        if not parts:
            raise fault("header_only", file=path.name)
    for part in parts:
        if not is_parquet(beginning_of(part)):
            raise fault("months_format", file=part.name)
    return parts


def _checked(duck: duckdb.DuckDBPyConnection, path: Path, gathered: Path, today: date) -> Months:
    unread = " or ".join(f"{name} is null" for name in RESULT)
    count, wrong = _numbers(
        duck,
        f"""select count(*), count(*) filter (where {unread} or own_transactions not between 0 and transactions
                                              or least(inflow, outflow) < 0)
              from months""",
    )
    if not count:
        raise fault("header_only", file=path.name)
    if wrong:
        raise fault("months_rows", file=path.name, count=wrong, total=count)
    first, last, days, transactions, accounts = duck.execute(
        "select min(month), max(month), max_by(days, (month, days)), sum(transactions), count(distinct account)"
        " from months"
    ).fetchall()[0]
    (wrong,) = _numbers(
        duck,
        f"""select count(*) filter (where day(month) <> 1 or days <> case when month < date '{last}'
                                    then day(last_day(month)) else least({days}, day(last_day(month))) end or days < 1)
              from months""",
    )
    if wrong:
        raise fault("months_days", file=path.name, count=wrong, total=count)
    through = last + timedelta(days=days - 1)
    if through > today:
        raise fault("future", date=through)
    twice, gaps, unequal = _numbers(
        duck,
        f"""select count(*) filter (where month = earlier),
                   count(*) filter (where month < date '{last}'
                                    and following is distinct from month + interval 1 month),
                   count(*) filter (where balance - balance_before <> inflow - outflow)
              from (select month, balance, inflow, outflow, lag(month) over one as earlier,
                           lead(month) over one as following, lag(balance) over one as balance_before
                      from months window one as (partition by account order by month))""",
    )
    if twice:
        raise fault("months_twice", file=path.name, count=twice)
    if gaps or unequal:
        raise fault("months_sums", file=path.name, gaps=gaps, unequal=unequal)
    return Months(gathered, tuple(months_between(first, through)), through, int(transactions), 0, accounts)


def _numbers(duck: duckdb.DuckDBPyConnection, sql: str) -> tuple[int, ...]:
    row: tuple[int, ...] = duck.execute(sql).fetchall()[0]
    return row
