"""Migration matrix and near-threshold list over 1,000,000 customers, each against a bare scan of the customers.

    uv run python -m bench.migration [--customers 1000000] [--moving 0.02] [--keep]

Makes its customers as ``bench.retier`` does, evaluates ``bank-retail``, lets some move, evaluates again. The limit:
a matrix within 300 ms.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from bench.database import own_database
from bench.retier import AT, MOVE, execute, fill, told

LIMIT_MS = 300.0
ROUNDS = 7
BARE = "select tier, count(*), sum(aum) from customers_customer group by tier"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--customers", type=int, default=1_000_000)
    arguments.add_argument("--moving", type=float, default=0.02, help="the share that moves between the two dates")
    arguments.add_argument("--keep", action="store_true", help="leave the database for a second look")
    options = arguments.parse_args()
    with own_database("keheng_bench_migration", keep=options.keep) as is_new:
        from keheng.customers.models import Customer
        from keheng.org.queries import system_actor
        from keheng.tiering import operations, queries

        if is_new:
            with told("customers"):
                fill(options.customers)
            scheme, actor = queries.scheme_named("bank-retail"), system_actor()
            for at in (AT - timedelta(days=30), AT):
                with told(f"evaluation of {at:%Y-%m-%d}"):
                    execute("update portfolio_currentfigures set as_of = %(day)s", day=at.date() - timedelta(days=1))
                    operations.evaluate(scheme=scheme, as_of=at.date(), actor=actor, at=at)
                if at < AT:
                    execute(MOVE, moving=options.moving)
            with told("copies of AUM"):
                execute(
                    "update customers_customer c set aum = f.aum_average from portfolio_currentfigures f"
                    " where f.customer_id = c.id"
                )
            execute("vacuum analyze")
        scheme, actor = queries.scheme_named("bank-retail"), system_actor()
        end, start = queries.evaluated_dates(scheme)[:2]
        way = queries.passage(scheme, start, end)
        found = queries.migration(way, actor)
        print(f"  {found.up:,} up, {found.down:,} down, {found.stayed:,} stayed")
        ladder = queries.ladder(scheme, AT.date())
        bare = median(lambda: execute(BARE))
        print(f"bare scan of the customers {bare:8.1f} ms")
        late = False
        for title, work in {
            "migration matrix": lambda: queries.migration(way, actor),
            "near, first page": lambda: list(queries.near(ladder, Customer.objects.all()).order_by("-amount")[:20]),
            "near, summed": lambda: queries.potentials(ladder, queries.near(ladder, Customer.objects.all()), side="up"),
        }.items():
            taken = median(work)
            late |= title == "migration matrix" and taken > LIMIT_MS
            print(f"{title:26} {taken:8.1f} ms  {taken / bare:5.2f}x")
        raise SystemExit(late)


def median(work: Callable[[], object]) -> float:
    """Milliseconds, after one round to warm up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
