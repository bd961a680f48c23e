"""Complaints: list, board and registers over many, and the suggestion of a cause learned from them.

    uv run python -m bench.complaints [--complaints N] [--open PERCENT] [--rounds N] [--plans]

Prints milliseconds (process time beside them, for machines that others use too) and ratios to one row by primary key.
The aims: list and board 50 ms, a suggestion 30 ms, each as a 95th percentile at 100,000 complaints. ``--plans`` tells
the plan of every statement of the lists that reads more than an index gives it.
"""

import argparse
from typing import Any

from bench.database import own_database
from bench.requests import timed, told

OUTLETS, CUSTOMERS = 40, 2_000
_MANY = """
    insert into complaints_complaint ({columns}, number, customer_id, branch_id, about_branch_id, cause_id, kind, grade,
                                      path, state, handler_id, registered_at, received_at, closed_at, outcome,
                                      internal_due_at, internal_due_kind, regulatory_due_at, regulatory_due_kind)
    select {copied}, 'B' || n, (%(customers)s::bigint[])[1 + n %% {customers}],
           (%(units)s::bigint[])[1 + n %% {units}], (%(units)s::bigint[])[1 + n %% {units}],
           (%(causes)s::bigint[])[1 + (n::bigint * n) %% {causes}],
           (%(kinds)s::text[])[1 + (n::bigint * n) %% {causes}],
           1 + n %% 7 / 6,
           'e', case when is_open then (%(states)s::text[])[1 + n %% {states}] else 'closed' end,
           case when n %% 3 = 0 then %(staff)s else null end, at, at, case when is_open then null else at end,
           case when is_open then '' else 'justified' end,
           case when is_open then at + interval '3 days' end, case when is_open then 'reply' else '' end,
           case when is_open then at + interval '15 days' end, case when is_open then 'decision' else '' end
      from complaints_complaint one,
           lateral (select n, n %% 100 < %(open)s as is_open,
                           %(at)s::timestamptz - (case when n %% 100 < %(open)s then 20 else 700 end)
                                                 * (n::float8 / %(number)s) * interval '1 day' as at
                      from generate_series(1, %(number)s) n) many
     where one.id = %(one)s
"""
_CLOCKS = """
    insert into complaints_complaintclock
           (complaint_id, rule_set, kind, "limit", every_day, started_at, due_at, marks, reached, next_at, dropped)
    select id, rule_set, clock.kind, days || 'd', rule_set = 'regulatory', registered_at,
           registered_at + days * interval '1 day', array[registered_at + days * interval '1 day'], 0, null, false
      from complaints_complaint,
           (values ('internal', 'reply', 3), ('regulatory', 'decision', 15)) as clock (rule_set, kind, days)
     where number like 'B%' and state <> 'closed'
"""
_STATES = ["registered", "routing", "investigating", "approval", "implementing", "replying", "closing"]
_WORDS = "今天到网点排队等了一个多小时，柜员态度不好，说系统故障，让我明天再来，还扣了手续费。" * 4


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--complaints", type=int, default=100_000)
    options.add_argument("--open", type=int, default=10, help="percent of them that are open")
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--plans", action="store_true")
    asked = options.parse_args()
    with own_database("keheng_bench_complaints"):
        from django.test import Client

        from keheng.cli.migrate import load_presets
        from keheng.common.clock import now
        from keheng.complaints.enums import Channel
        from keheng.complaints.models import Cause, Complaint
        from keheng.complaints.operations.intake import Complaining, register
        from keheng.complaints.operations.learning import learn
        from keheng.complaints.queries.learning import suggestions
        from keheng.complaints.queries.similar import similar_to
        from keheng.customers.models import Customer
        from keheng.org.enums import BranchKind
        from keheng.org.models import Branch, Role, Staff

        load_presets()
        top = Branch.objects.get(parent=None)
        branch = Branch.objects.create(
            code="B1", name="瓯北支行", parent=top, path=f"{top.path}B1/", kind=BranchKind.BRANCH
        )
        above = [branch if place < OUTLETS // 4 else top for place in range(OUTLETS)]
        units = [
            Branch.objects.create(code=f"U{place}", name=f"网点 {place}", parent=one, path=f"{one.path}U{place}/")
            for place, one in enumerate(above)
        ]
        roles = Role.objects.in_bulk(["head-office-manager", "complaint-officer"], field_name="code")
        boss = Staff.objects.create(username="boss", name="总行", branch=top, role=roles["head-office-manager"])
        officer = Staff.objects.create(username="officer", name="郑敏", branch=branch, role=roles["complaint-officer"])
        customers = Customer.objects.bulk_create(
            Customer(number=str(place), kind="person", name=f"客户{place}", branch=units[place % OUTLETS])
            for place in range(CUSTOMERS)
        )
        one = register(
            channel=Channel.WEB,
            statement=_WORDS,
            complaining=[Complaining(name="李国强", phone="13857712345")],
            about_branch=units[0],
            actor=boss,
            at=now(),
        )
        causes = list(Cause.objects.order_by("pk"))
        values = {
            "one": one.pk,
            "number": asked.complaints,
            "open": asked.open,
            "at": now(),
            "staff": officer.pk,
            "customers": [customer.pk for customer in customers],
            "units": [unit.pk for unit in units],
            "causes": [cause.pk for cause in causes],
            "kinds": [cause.kind for cause in causes],
            "states": _STATES,
        }
        _fill(values)
        for place, cause in enumerate(causes):
            for number in range(20):
                learn(cause, f"{_WORDS[place * 3 : place * 3 + 40]}{cause.name}{cause.name_en}{chr(0x4E00 + number)}")

        bare = timed(lambda: Complaint.objects.only("pk").get(pk=one.pk), 200)
        told("one row by primary key", bare, bare)
        for staff in (boss, officer):
            client = Client(SERVER_NAME="localhost")
            client.force_login(staff)
            for title, path in _PAGES.items():
                page = f"/complaints/{path}"
                told(f"{staff.username}: {title}", timed(lambda c=client, p=page: _got(c, p), asked.rounds), bare)
                if asked.plans:
                    _tell_plans(client, page)
        told("suggestion of a cause", timed(lambda: suggestions(_WORDS), 5 * asked.rounds), bare)
        some = Complaint.objects.open().filter(number__startswith="B").latest("pk")
        told("similar open cases", timed(lambda: similar_to(some, boss), asked.rounds), bare)


def _fill(values: dict[str, Any]) -> None:
    """Make many complaints of one: varied in what lists sort and filter by, equal in the rest."""
    from django.db import connection

    from keheng.complaints.models import Complaint

    own = _MANY.partition(")\n")[0].partition("{columns}, ")[2]
    varied = {name.strip() for name in own.split(",")} | {"id"}
    same = [f'"{field.column}"' for field in Complaint._meta.concrete_fields if field.column not in varied]
    sizes = {name: len(values[name]) for name in ("customers", "units", "causes", "states")}
    statement = _MANY.format(columns=", ".join(same), copied=", ".join(f"one.{name}" for name in same), **sizes)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute(_CLOCKS)
        cursor.execute("vacuum analyze complaints_complaint, complaints_complaintclock")


_PAGES = {
    "list": "",
    "list, page 50": "?page=50",
    "list, in my hands": "?who=me",
    "list, over a limit": "?when=internal",
    "list, one state": "?state=registered",
    "list, one cause": "?when=any&cause=1",
    "list, ended": "?when=ended&sort=-registered_at",
    "board": "board/",
    "register": "registers/register/",
}


def _got(client: Any, page: str) -> None:
    answer = client.get(page, follow=True)
    assert answer.status_code == 200, (page, answer.status_code)


def _tell_plans(client: Any, page: str) -> None:
    """The statements of a page that read complaints one after the other, which an index should spare."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        _got(client, page)
    for query in captured.captured_queries:
        if "complaints_complaint" in query["sql"] and query["sql"].startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute("explain (analyze, costs off) " + query["sql"])
                plan = [line for (line,) in cursor.fetchall()]
            if any("Seq Scan on complaints_complaint " in line for line in plan):
                print("    ", query["sql"][:200].replace("\n", " "))
                print("\n".join(f"        {line}" for line in plan))


if __name__ == "__main__":
    main()
