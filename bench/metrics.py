"""Metrics from movements by DuckDB against a bare group-by of the same file, measured in the same run.

    uv run python -m bench.metrics [--transactions 100000000] [--accounts 1000000] [--rounds 3] [--home FOLDER]

Generates a year of movements as Parquet by DuckDB itself (about 1 GB at 100,000,000), then times the bare limit (count
and sum by account and month, written to Parquet) and the whole computation of ``keheng metrics run`` up to the months
file. The limit: at most twice the bare group-by. Memory: what the process held at most.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

LIMIT = 2.0
THROUGH = date(2025, 12, 31)

GENERATE = """
    copy (
        select 'A' || lpad((hash(n) % {accounts})::varchar, 9, '0') as account,
               date '2025-01-01' + (n * 365 // {transactions})::int as day,
               ((hash(n + 1) % 2000000)::bigint / 100 - 9000)::decimal(18, 2) as amount,
               n % 10 <> 0 as own,
               case when n % 10 = 0 then 2.00 else 0 end::decimal(18, 2) as fee,
               (n % 3)::bigint as lots,
               null::decimal(18, 2) as balance,
               n as serial
          from range({transactions}) as numbers(n)
    ) to '{path}' (format parquet)
"""

BARE = """
    copy (select account, date_trunc('month', day) as month, count(*) as transactions, sum(amount) as net
            from read_parquet('{path}') group by 1, 2) to '{out}' (format parquet)
"""

QUERY = """
    select account, day, cast(amount * 100 as bigint) as amount, own as is_own, cast(fee * 100 as bigint) as fee, lots
      from file
"""


def main() -> None:
    """Generate, measure, print ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transactions", type=int, default=100_000_000)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", default="", help="where the files go; else a temporary folder")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.home or None, prefix="bench-metrics-") as folder:
        os.environ["KEHENG_HOME"] = folder
        from keheng.ingest.metrics.engines import computed
        from keheng.ingest.metrics.profile import TransactionProfile

        profile = TransactionProfile(code="bench", name="基准", name_en="Benchmark", query=QUERY)
        path = Path(folder) / "movements.parquet"
        with duckdb.connect(config={"temp_directory": folder}) as duck:
            duck.execute(GENERATE.format(transactions=chosen.transactions, accounts=chosen.accounts, path=path))
        print(
            f"{chosen.transactions:,} movements, {chosen.accounts:,} accounts, {path.stat().st_size / 2**20:,.0f} MiB"
        )
        ratios = []
        for _ in range(chosen.rounds):
            bare = _seconds(lambda: _bare(path, folder))
            started = time.perf_counter()
            with computed(path, profile, through=THROUGH, today=THROUGH):
                whole = time.perf_counter() - started
            ratios.append(whole / bare)
            print(f"bare {bare:6.2f} s   metrics {whole:6.2f} s   ratio {whole / bare:.2f}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
        best = min(ratios)
        verdict = "met" if best <= LIMIT else "MISSED"
        print(f"best ratio {best:.2f} (limit {LIMIT}): {verdict}; peak memory {peak:,.0f} MiB")


def _bare(path: Path, folder: str) -> None:
    with duckdb.connect(config={"temp_directory": folder, "preserve_insertion_order": False}) as duck:
        duck.execute(BARE.format(path=path, out=Path(folder) / "bare.parquet"))


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
