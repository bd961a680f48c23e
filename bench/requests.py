"""Service requests: taking one in, the tick, and the queue, over many open requests.

    uv run python -m bench.requests [--open N] [--rounds N]

Prints milliseconds (process time beside them, for machines that others use too) and ratios to one row by primary
key. The tick is timed with 1,000 due among a tenth of the open requests, then among all: the two must agree.
"""

import argparse
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bench.database import own_database

DUE = 1_000

_MANY = """
    with made as (
        insert into service_requests_servicerequest
               (number, customer_id, branch_id, calendar_id, version_id, business, channel, state, stage, is_priority,
                checked, opened_by_id, opened_at, assignee_id, due_at, due_kind, is_late, pause_reason, reopened)
        select 'B' || n, %(customer)s, %(branch)s, %(calendar)s, %(version)s, 'activation', 'phone', 'working',
               'analysis', false, '{}', %(staff)s, %(at)s, %(staff)s, %(at)s + n * interval '1 second', 'handling',
               false, '', 0
          from generate_series(%(first)s::int, %(last)s::int) n
        returning id, due_at
    )
    insert into service_requests_requestclock
           (request_id, kind, "limit", started_at, due_at, pauses, marks, reached, next_at)
    select id, 'handling', '1d', %(at)s, due_at + interval '30 days', '[]',
           array[due_at + interval '10 days', due_at + interval '20 days', due_at + interval '30 days',
                 due_at + interval '31 days', due_at + interval '32 days'], 0, due_at + interval '10 days'
      from made
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--open", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=60)
    asked = options.parse_args()
    with own_database("keheng_bench_requests"):
        from django.db import connection, transaction
        from django.test import Client

        from keheng.cli.migrate import load_presets
        from keheng.common.clock import now
        from keheng.customers.models import Customer
        from keheng.org.models import Branch, Role, Staff
        from keheng.org.queries import calendar_of
        from keheng.service_requests.enums import Channel
        from keheng.service_requests.operations.opening import open_request
        from keheng.service_requests.operations.ticking import tick
        from keheng.service_requests.queries.catalogue import version_on

        load_presets()
        branch = Branch.objects.get(parent=None)
        role = Role.objects.get(code="head-office-manager")
        staff = Staff.objects.create(username="bench", name="王倩", branch=branch, role=role)
        customer = Customer.objects.create(number="1", kind="person", name="李国强", branch=branch)
        at = now()
        values = {
            "customer": customer.pk,
            "branch": branch.pk,
            "calendar": calendar_of(branch).pk,
            "version": version_on(at.date()).pk,
            "staff": staff.pk,
            "at": at,
        }

        def fill(first: int, last: int) -> None:
            with connection.cursor() as cursor:
                cursor.execute(_MANY, {**values, "first": first, "last": last})
                cursor.execute("analyze service_requests_servicerequest, service_requests_requestclock")

        def due(count: int) -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "update service_requests_requestclock set next_at = %s, marks[1] = %s, reached = 0 where id in"
                    " (select id from service_requests_requestclock where reached = 0 and next_at > %s limit %s)",
                    [at, at, at, count],
                )

        bare = timed(lambda: Customer.objects.get(pk=customer.pk), 200)
        told("one row by primary key", bare, bare)
        fill(1, asked.open // 10)
        for number in (asked.open // 10, asked.open):
            if number == asked.open:
                fill(asked.open // 10 + 1, asked.open)
            times = []
            for _ in range(5):
                due(DUE)
                times += timed(lambda: tick(actor=staff, at=at + timedelta(seconds=1)), 1)
            told(f"tick, {DUE:,} due of {number:,}", times, bare)

        def take_in() -> Any:
            with transaction.atomic():
                return open_request(
                    customer=customer, business="authorisation-code", channel=Channel.PHONE, actor=staff, at=at
                )

        told("take a request in", timed(take_in, asked.rounds), bare)
        client = Client(SERVER_NAME="localhost")
        client.force_login(staff)
        for title, query in (("queue", ""), ("in my hands", "?who=me"), ("over the limit", "?when=over")):
            told(f"page: {title}", timed(lambda query=query: client.get(f"/service/{query}"), asked.rounds), bare)


def timed(act: Callable[[], Any], rounds: int) -> list[tuple[float, float]]:
    """Wall and process time of each round, in milliseconds; one round goes before."""
    if rounds > 1:
        act()
    found = []
    for _ in range(rounds):
        wall, process = time.perf_counter(), time.process_time()
        act()
        found.append(((time.perf_counter() - wall) * 1000, (time.process_time() - process) * 1000))
    return found


def told(title: str, times: list[tuple[float, float]], bare: list[tuple[float, float]]) -> None:
    """The median and the 95th percentile, and how many bare rows the median is."""
    walls = sorted(wall for wall, _process in times)
    processes = sorted(process for _wall, process in times)
    middle, high = walls[len(walls) // 2], walls[int(len(walls) * 0.95)]
    ratio = middle / sorted(wall for wall, _process in bare)[len(bare) // 2]
    cpu = processes[len(processes) // 2]
    print(f"{title:32} p50 {middle:8.1f} ms  p95 {high:8.1f} ms  cpu {cpu:7.1f} ms  {ratio:7.1f}x")


if __name__ == "__main__":
    main()
