"""The search box over a million customers: server time of the whole answer, as four readers with different scopes.

    uv run python -m bench.search [--customers N] [--rounds N] [--keep]

Prints the median and the 95th percentile in milliseconds and their ratio to the bare limit of the same run: 20 rows by
primary key. The database is that of ``bench.customer_list``.
"""

import argparse
import os
from typing import Any

import numpy as np

from bench.customer_list import fill, measure, readers_of
from bench.database import own_database

LIMIT_MS = 50
TEXTS = {
    "surname 王": "王",
    "name 张伟": "张伟",
    "traditional 張偉": "張偉",
    "part of a company 贸易": "贸易",
    "rare part 鑫恒": "鑫恒",
    "letters li": "li",
    "letters wa": "wa",
    "letters an": "an",
    "initials zw": "zw",
    "initials hyq": "hyq",
    "pinyin zhangwei": "zhangwei",
    "other reading liyue": "liyue",
    "tail 5678": "5678",
    "phone": "13912345678",
    "customer number": "C0000123",
    "nothing": "qqqqqq",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--keep", action="store_true")
    asked = options.parse_args()
    with own_database("keheng_bench_list", keep=asked.keep) as is_new:
        from django.test import RequestFactory

        from keheng.customers.models import Customer

        readers = fill(asked.customers, np.random.default_rng(1)) if is_new else readers_of()
        keys = list(range(1, 21))
        bare, _ = measure(lambda: list(Customer.objects.filter(pk__in=keys)), 200)
        print(
            f"bare limit: 20 rows by primary key {bare:.2f} ms; {asked.customers:,} customers; {os.cpu_count()} cores"
        )
        failed = False
        for title, staff in readers.items():
            for way, text in TEXTS.items():
                _answer(RequestFactory(), staff, text)  # templates compiled, pages in memory
                median, high = measure(
                    lambda staff=staff, text=text: _answer(RequestFactory(), staff, text), asked.rounds
                )
                verdict = "LATE" if high > LIMIT_MS else ""
                failed |= bool(verdict)
                times = f"p50 {median:7.1f} ms  p95 {high:7.1f} ms  {high / bare:6.1f}x"
                print(f"{title:12} {way:24} {times} {verdict}")
        raise SystemExit(failed)


def _answer(factory: Any, staff: Any, text: str) -> None:
    from keheng.desk.views.search import search

    request = factory.post("/search/", {"q": text})
    staff.__dict__.pop("branch_ids", None)
    request.user = staff
    response = search(request)
    assert response.status_code == 200, response.status_code


if __name__ == "__main__":
    main()
