"""The workbench on the morning of a planned day: server time of the page, of its list anew, of the field mode, the log.

    uv run python -m bench.workbench [--customers N] [--staff N] [--rounds N] [--keep]

Prints the number of queries, the median and the 95th percentile in milliseconds, and their ratio to the bare limit of
the same run: twenty tasks by primary key. The database is that of ``bench.daily_plan``, filled and planned here where
it is new; with ``--keep`` of both it is filled once.
"""

import argparse
import os
from datetime import UTC, datetime
from functools import partial
from unittest.mock import patch

from bench.daily_plan import DAY, fill
from bench.database import own_database
from bench.readers import measure

LIMIT_MS = 80
READERS = ("relationship-manager", "teller", "outlet-head")


def main() -> None:
    """Measure and print; a part that is late makes the run fail."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--staff", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    morning = datetime(DAY.year, DAY.month, DAY.day, 1, tzinfo=UTC)
    with (
        own_database("daily_plan", keep=given.keep) as is_new,
        patch("keheng.common.clock.now", lambda: morning),
    ):
        from django.db import connection
        from django.db.models import Count
        from django.test import Client
        from django.test.utils import CaptureQueriesContext
        from django.urls import reverse

        from keheng.care.models import Task
        from keheng.care.operations.planning import plan_day
        from keheng.desk.views.workbench import FRAGMENT
        from keheng.org.models import Staff
        from keheng.org.queries import system_actor

        if is_new:
            fill(given.customers, given.staff)
        plan_day(day=DAY, actor=system_actor(), at=morning)
        with connection.cursor() as cursor:
            cursor.execute("vacuum analyze")
        keys = list(Task.objects.values_list("pk", flat=True)[:20])
        bare, _ = measure(lambda: list(Task.objects.filter(pk__in=keys)), 200)
        print(f"bare limit: twenty tasks by key {bare:.2f} ms; {Task.objects.count():,} tasks; {os.cpu_count()} cores")
        late = False
        for role in READERS:
            busy = Task.objects.filter(staff__role__code=role).values("staff").annotate(n=Count("pk")).order_by("-n")
            staff = Staff.objects.get(pk=busy[0]["staff"])
            client = Client(SERVER_NAME="localhost")
            client.force_login(staff)
            work = {"HX-Request": "true", "HX-Target": FRAGMENT}
            parts = {
                "page": (reverse("home"), {}),
                "list anew": (reverse("home"), work),
                "one kind": (reverse("home") + "?kind=occasion", work),
                "field mode": (reverse("field"), {}),
                "quick log": (reverse("care:log"), {"HX-Request": "true"}),
            }
            for part, (url, headers) in parts.items():
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(url, headers=headers).status_code == 200, url
                number = len(queries)
                median, high = measure(partial(client.get, url, headers=headers), given.rounds)
                late |= high > LIMIT_MS
                times = f"{number:3} queries  p50 {median:7.1f} ms  p95 {high:7.1f} ms  {high / bare:6.1f}x"
                print(f"{role:22} {part:12} {times} {'LATE' if high > LIMIT_MS else ''}")
        raise SystemExit(late)


if __name__ == "__main__":
    main()
