"""Building the demo bank against a raw COPY of the very rows that it writes: seconds, the ratio, peak memory.

    uv run python -m bench.demo [--customers 1000000]

The bare limit copies the finished tables, as text from memory, into empty, logged tables with the same columns and no
index or constraint. The build invents the customers, encrypts and indexes documents, phones and account numbers,
builds all indexes, checks foreign keys and evaluates the primary schemes for four dates.
"""

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from bench.database import own_database

TODAY = date(2026, 11, 22)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000, help="persons; companies are 7.5 %% of them")
    persons = parser.parse_args().customers
    with own_database("bench_demo"):
        from keheng.cli.migrate import load_presets
        from keheng.demo import bank
        from keheng.demo.plan import Plan

        load_presets()
        plan = Plan(persons, seed=1, today=TODAY)
        began = time.perf_counter()
        bank.build(plan, plan.at, timed)
        built = time.perf_counter() - began
        began = time.perf_counter()
        bank.settle()
        settled = time.perf_counter() - began
        rows, bare = raw_copy()
    million = (persons + plan.companies) / 1_000_000
    print(f"{'build':38}{built:8.1f} s for {million:.3f} million customers: {built / million:.0f} s a million")
    print(f"{'vacuum':38}{settled:8.1f} s")
    print(f"{'raw COPY of the same rows':38}{bare:8.1f} s for {rows:,} rows")
    print(f"{'ratio':38}{built / bare:8.1f}")
    print(f"{'peak memory':38}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")


@contextmanager
def timed(title: str) -> Iterator[Callable[[float], None]]:
    began = time.perf_counter()
    yield lambda _share: None
    print(f"  {title:36}{time.perf_counter() - began:8.1f} s")


def raw_copy() -> tuple[int, float]:
    """Copy every table of the bank into a bare one; return the rows and the seconds that the copying in took."""
    from django.db import connection

    from keheng.demo.bank import TABLES

    rows, seconds = 0, 0.0
    with connection.cursor() as cursor:
        cursor.execute(
            "select inhrelid::regclass::text from pg_inherits join pg_class on oid = inhrelid where relkind = 'r'"
        )
        partitions = [name for (name,) in cursor.fetchall()]
        for table in [*TABLES[:-1], *partitions]:  # the month ends are the last table, and partitioned
            with cursor.copy(f"copy (select * from {table}) to stdout") as out:  # type: ignore[attr-defined]
                blocks = [bytes(block) for block in out]
            cursor.execute(f"create table bare_{table} as select * from {table} with no data")
            began = time.perf_counter()
            with cursor.copy(f"copy bare_{table} from stdin") as into:  # type: ignore[attr-defined]
                for place in range(0, len(blocks), 2_000):
                    into.write(b"".join(blocks[place : place + 2_000]))
            seconds += time.perf_counter() - began
            cursor.execute(f"select count(*) from bare_{table}")
            rows += cursor.fetchone()[0]
            cursor.execute(f"drop table bare_{table}")
            del blocks
    return rows, seconds


if __name__ == "__main__":
    main()
