"""Service requests: taking one in, the tick, the queue and the figures, over many requests.

    uv run python -m bench.requests [--open N] [--rounds N]

Prints milliseconds (process time beside them, for machines that others use too) and ratios to one row by primary
key. The tick is timed with 1,000 due among the first 10,000 open requests, then among all: the two must agree. Pages
are timed where 100,000 are open and as many done, or fewer if fewer are asked for.
"""

import argparse
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from bench.database import own_database

DUE = 1_000
FEW, PAGES = 10_000, 100_000
OUTLETS, PEOPLE = 20, 200

_OPEN = """
    with made as (
        insert into service_requests_servicerequest
               (number, customer_id, branch_id, calendar_id, version_id, business, channel, state, stage, is_priority,
                checked, opened_by_id, opened_at, assignee_id, due_at, due_kind, is_late, pause_reason, reopened)
        select 'B' || n, (%(customers)s::bigint[])[1 + n %% cardinality(%(customers)s::bigint[])],
               (%(branches)s::bigint[])[1 + n %% cardinality(%(branches)s::bigint[])], %(calendar)s, %(version)s,
               'activation', 'phone', case when n %% 10 = 0 then 'waiting' else 'working' end, 'analysis', false, '{}',
               person, %(at)s - n %% 900 * interval '1 hour', case when n %% 10 > 0 then person end,
               %(at)s + (n - %(last)s / 20) * interval '1 second', 'handling', false, '', 0
          from generate_series(%(first)s::int, %(last)s::int) n
         cross join lateral (select (%(people)s::bigint[])[1 + n %% cardinality(%(people)s::bigint[])]) as p(person)
        returning id, due_at
    )
    insert into service_requests_requestclock
           (request_id, kind, "limit", started_at, due_at, pauses, marks, reached, next_at)
    select id, 'handling', '1d', %(at)s, due_at + interval '30 days', '[]',
           array[due_at + interval '10 days', due_at + interval '20 days', due_at + interval '30 days',
                 due_at + interval '31 days', due_at + interval '32 days'], 0, due_at + interval '10 days'
      from made
"""
_DONE = """
    with made as (
        insert into service_requests_servicerequest
               (number, customer_id, branch_id, calendar_id, version_id, business, channel, state, stage, is_priority,
                checked, opened_by_id, opened_at, assignee_id, due_kind, is_late, pause_reason, reopened, resolved_at,
                closed_at, rating)
        select 'D' || n, (%(customers)s::bigint[])[1 + n %% cardinality(%(customers)s::bigint[])],
               (%(branches)s::bigint[])[1 + n %% cardinality(%(branches)s::bigint[])], %(calendar)s, %(version)s,
               (array['activation', 'other', 'authorisation-code'])[1 + n %% 3], 'phone', 'closed', 'feedback', false,
               '{}', (%(people)s::bigint[])[1 + n / 2 %% cardinality(%(people)s::bigint[])], ended - interval '1 hour',
               (%(people)s::bigint[])[1 + n %% cardinality(%(people)s::bigint[])], '', n %% 9 = 0, '',
               case when n %% 25 = 0 then 1 else 0 end, ended, ended, case when n %% 3 = 0 then 1 + n %% 5 end
          from generate_series(%(first)s::int, %(last)s::int) n
         cross join lateral (select %(at)s - n * interval '97 seconds') as e(ended)
        returning id, resolved_at, is_late
    )
    insert into service_requests_requestclock
           (request_id, kind, "limit", started_at, due_at, pauses, marks, reached, stopped_at, met, used)
    select id, 'handling', '1d', resolved_at - interval '1 hour', resolved_at, '[]', '{}', 0, resolved_at, not is_late,
           (id %% 400) * interval '1 minute'
      from made
"""


def main() -> None:  # noqa: PLR0915  # one run, from the smallest to the largest number
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--open", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=60)
    asked = options.parse_args()
    with own_database("keheng_bench_requests"):
        from django.db import connection, transaction
        from django.test import Client

        from keheng.cli.migrate import load_presets
        from keheng.common.clock import now, today
        from keheng.customers.models import Customer
        from keheng.org.enums import BranchKind
        from keheng.org.models import Branch, Role, Staff
        from keheng.org.queries import calendar_of
        from keheng.service_requests.enums import Channel
        from keheng.service_requests.operations.opening import open_request
        from keheng.service_requests.operations.ticking import tick
        from keheng.service_requests.queries.catalogue import version_on

        load_presets()
        root = Branch.objects.get(parent=None)
        outlets = [
            Branch.objects.create(
                code=f"B{n}", name=f"网点{n}", kind=BranchKind.OUTLET, parent=root, path=f"{root.path}B{n}/"
            )
            for n in range(OUTLETS)
        ]
        roles = {role.code: role for role in Role.objects.all()}
        head = Staff.objects.create(username="bench", name="王倩", branch=root, role=roles["head-office-manager"])
        people = [
            Staff.objects.create(username=f"b{n}", name=f"柜员{n}", branch=outlets[n % OUTLETS], role=roles["teller"])
            for n in range(PEOPLE)
        ]
        customers = Customer.objects.bulk_create(
            Customer(number=f"{n}", kind="person", name=f"客户{n}", branch=outlets[n % OUTLETS]) for n in range(1_000)
        )
        at = now()
        values = {
            "customers": [customer.pk for customer in customers],
            "branches": [branch.pk for branch in outlets],
            "people": [member.pk for member in people],
            "calendar": calendar_of(root).pk,
            "version": version_on(at.date()).pk,
            "at": at,
        }
        filled = 0

        def fill(number: int) -> None:
            nonlocal filled
            with connection.cursor() as cursor:
                cursor.execute(_OPEN, {**values, "first": filled + 1, "last": number})
                cursor.execute("vacuum (analyze) service_requests_servicerequest, service_requests_requestclock")
            filled = number

        def due(count: int) -> None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "update service_requests_requestclock set next_at = %s, marks[1] = %s, reached = 0 where id in"
                    " (select id from service_requests_requestclock where reached = 0 and next_at > %s limit %s)",
                    [at, at, at, count],
                )

        def ticks() -> float:
            times = []
            for _ in range(9):
                due(DUE)
                times += timed(lambda: tick(actor=head, at=at + timedelta(seconds=1)), 1)
            return told(f"tick, {DUE:,} due of {filled:,}", times[1:], bare)

        bare = timed(lambda: Customer.objects.get(pk=customers[0].pk), 200)
        told("one row by primary key", bare, bare)
        fill(min(FEW, asked.open))
        few = ticks()
        fill(min(PAGES, asked.open))
        with connection.cursor() as cursor:
            cursor.execute(_DONE, {**values, "first": 1, "last": filled})
            cursor.execute("vacuum (analyze) service_requests_servicerequest, service_requests_requestclock")
        print(f"-- {filled:,} open, as many done")

        def take_in() -> Any:
            with transaction.atomic():
                return open_request(
                    customer=customers[0],
                    business="field-service",
                    channel=Channel.PHONE,
                    answers={"equipment": "终端"},
                    actor=people[0],
                    at=at,
                )

        told("take a request in, three clocks", timed(take_in, asked.rounds), bare)
        since = today() - timedelta(days=29)
        pages = {
            "queue": "",
            "in my hands": "?who=me",
            "over the limit": "?when=over",
            "waiting": "?state=waiting",
            "board": "board/",
            "figures of 30 days": f"figures/?first={since}&last={today()}",
            "handled late": f"?when=any&in_time=false&done_at_after={since}&done_at_before={today()}",
        }
        for reader in (head, people[0]):
            client = Client(SERVER_NAME="localhost")
            client.force_login(reader)
            for title, place in pages.items():
                times = timed(partial(client.get, f"/service/{place}"), asked.rounds)
                told(f"{reader.role.code}: {title}", times, bare)
        if asked.open > filled:
            fill(asked.open)
            many = ticks()
            print(f"the tick over {filled:,} takes {many / few:.2f} times as long as over {FEW:,}")


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


def told(title: str, times: list[tuple[float, float]], bare: list[tuple[float, float]]) -> float:
    """Print the median and the 95th percentile, and how many bare rows the median is; return the median."""
    walls = sorted(wall for wall, _process in times)
    processes = sorted(process for _wall, process in times)
    middle, high = walls[len(walls) // 2], walls[int(len(walls) * 0.95)]
    ratio = middle / sorted(wall for wall, _process in bare)[len(bare) // 2]
    cpu = processes[len(processes) // 2]
    print(f"{title:40} p50 {middle:8.1f} ms  p95 {high:8.1f} ms  cpu {cpu:7.1f} ms  {ratio:7.1f}x")
    return middle


if __name__ == "__main__":
    main()
