"""The customer page over a million customers: server time of the page and of each part that it loads.

    uv run python -m bench.customer_page [--customers N] [--rounds N] [--keep]

Prints the number of queries, the median and the 95th percentile in milliseconds, and their ratio to the bare limit of
the same run: one row by primary key. The database is that of ``bench.customer_list``.
"""

import argparse
import os
from typing import Any

import numpy as np

from bench.database import own_database
from bench.readers import fill, measure, readers_of

LIMIT_MS = 60
MOST_QUERIES = 12


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--keep", action="store_true")
    asked = options.parse_args()
    with own_database("keheng_bench_list", keep=asked.keep) as is_new:
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from keheng.customers.models import Customer

        readers = fill(asked.customers, np.random.default_rng(1)) if is_new else readers_of()
        bare, _ = measure(lambda: Customer.objects.get(pk=1), 200)
        print(
            f"bare limit: one row by primary key {bare:.2f} ms; {asked.customers:,} customers; {os.cpu_count()} cores"
        )
        failed = False
        for title, staff in readers.items():
            client = Client(SERVER_NAME="localhost")
            client.force_login(staff)
            customer = Customer.objects.visible_to(staff).order_by("-aum")[1000 if title != "manager" else 10]
            for part, url in _parts(client, customer.pk).items():
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(url).status_code == 200, url
                number = len(queries)
                median, high = measure(lambda client=client, url=url: client.get(url), asked.rounds)
                late = high > LIMIT_MS or (part == "page" and number > MOST_QUERIES)
                failed |= late
                times = f"{number:3} queries  p50 {median:7.1f} ms  p95 {high:7.1f} ms  {high / bare:6.1f}x"
                print(f"{title:12} {part:28} {times} {'LATE' if late else ''}")
        raise SystemExit(failed)


def _parts(client: Any, pk: int) -> dict[str, str]:
    """The page, its tabs and its cards, by name, with their addresses."""
    import re

    url = f"/customers/{pk}/"
    page = client.get(url).content.decode()
    return {"page": url} | {part.removeprefix("/"): part for part in re.findall(r'hx-get="(/[^"]+)"', page)}


if __name__ == "__main__":
    main()
