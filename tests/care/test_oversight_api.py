"""Oversight over HTTP: the numbers and lists of the pages, with their rights and scope (A3, A4)."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.care.conftest import MakeCustomer

from keheng.care.models import CoverPeriod, Duty
from keheng.care.operations.ownership import follow_owners
from keheng.care.queries.compliance import Why
from keheng.care.queries.quarter import What, quarter_of
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.models import Staff

ROOT = "/api/v1/oversight"


def sign_in(client: Client, staff: Staff) -> None:
    staff.role.permissions = [*staff.role.permissions, "api.use"]
    staff.role.save()
    client.force_login(staff)


def listed(client: Client, path: str, **asked: Any) -> list[int]:
    """All rows of a list, a page of one after the other."""
    found, after = [], ""
    while True:
        page = client.get(f"{ROOT}/{path}", {**asked, "limit": 1, "after": after}).json()
        found += [row["id"] for row in page["items"]]
        if not page["next"]:
            return found
        after = page["next"]


def test_a3_each_number_without_care_is_the_length_of_its_list(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    today = clock.today()
    needed, fresh = make("T3", aum=500_000), make("T4", aum=900_000)
    counter, left = make("T2", aum=70_000), make("T2", bank.manager, aum=60_000)
    make("T4", bank.second)
    Customer.objects.filter(pk=needed.pk).update(created_at=clock.now() - timedelta(days=9))
    CoverPeriod.objects.create(
        staff=bank.manager, days=(today, today + timedelta(days=2)), set_by=bank.head, set_at=clock.now()
    )
    sign_in(client, bank.president)
    numbers = client.get(f"{ROOT}/without-care/numbers").json()
    assert numbers == {"owner": 2, "away": 1, "counter": 1}
    for why, rows in (("owner", [fresh, needed]), ("away", [left]), ("counter", [counter])):
        assert listed(client, "without-care", missing=why) == [row.pk for row in rows], "the largest first"
        assert len(rows) == numbers[why]
    assert listed(client, "without-care", days=5) == [needed.pk]
    (gap,) = client.get(f"{ROOT}/cover-gaps").json()
    assert (gap["staff_id"], gap["lack"], gap["customers"]) == (bank.manager.pk, "nobody", 1)
    row = client.get(f"{ROOT}/without-care", {"missing": "away"}).json()["items"][0]
    assert (row["owner"], row["missing"], Decimal(row["aum"])) == (bank.manager.username, "away", 60_000)


def test_a3_004b_the_statistics_of_a_quarter_and_their_lists(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    now = clock.now()
    given = make("T3", aum=300_000)
    Customer.objects.filter(pk=given.pk).update(owner=bank.manager)
    follow_owners(customer_ids=[given.pk], at=now - timedelta(seconds=1))
    code = quarter_of("", clock.today()).code
    sign_in(client, bank.president)
    found = client.get(f"{ROOT}/quarters/{code}").json()
    (cell,) = found["cells"]
    assert (found["code"], cell["role"], cell["tier"], cell["now"]) == (code, "relationship-manager", "T3", 1)
    for what in What:
        part = {"what": what, "branch": cell["branch_id"], "role": cell["role"], "tier": cell["tier"]}
        assert len(listed(client, f"quarters/{code}/customers", **part)) == cell[what]
    assert client.get(f"{ROOT}/quarters/{clock.today().year + 1}Q1").status_code == 404
    assert client.get(f"{ROOT}/quarters/nonsense").status_code == 404


def test_a4_who_was_not_contacted_and_why(bank: SimpleNamespace, make: MakeCustomer, client: Client) -> None:
    today = clock.today()
    first, quiet = make("T3", bank.manager), make("T4", bank.second, do_not_disturb=True)
    for customer, made in ((first, 1), (quiet, 0)):
        Duty.objects.create(
            customer=customer, staff=customer.owner, branch=bank.outlet, rule="by-tier", part="owner",
            starts_on=today, ends_on=today, times=1, made=made, rules=1,
        )  # fmt: skip
    sign_in(client, bank.president)
    rates = client.get(f"{ROOT}/compliance").json()
    assert [(one["due"], one["met"], one["rate"]) for one in rates["branches"]] == [(2, 1, 0.5)]
    assert {one["name"]: one["rate"] for one in rates["people"]} == {"客户经理甲": 1.0, "客户经理乙": 0.0}
    assert rates["reasons"] == {Why.DISTURB: 1}
    (missed,) = client.get(f"{ROOT}/not-contacted").json()
    assert (missed["customer_id"], missed["why"], missed["made"]) == (quiet.pk, Why.DISTURB, 0)
    assert client.get(f"{ROOT}/not-contacted", {"why": Why.OVERDUE}).json() == []
    assert client.get(f"{ROOT}/not-contacted", {"limit": 0}).status_code == 422


def test_scope_and_rights_are_those_of_the_pages(bank: SimpleNamespace, make: MakeCustomer, client: Client) -> None:
    make("T3", branch=bank.other)
    code = quarter_of("", clock.today()).code
    sign_in(client, bank.head)
    assert client.get(f"{ROOT}/without-care/numbers").json()["owner"] == 0, "the other outlet lies outside"
    sign_in(client, bank.manager)
    for path in ("without-care", "without-care/numbers", "cover-gaps", f"quarters/{code}"):
        assert client.get(f"{ROOT}/{path}").status_code == 403
    assert client.get(f"{ROOT}/not-contacted").json() == [], "one's own duties are no secret"


def test_queries_do_not_grow_with_rows(bank: SimpleNamespace, make: MakeCustomer, client: Client) -> None:
    sign_in(client, bank.president)
    counts: dict[str, list[int]] = {}
    for _round in range(2):
        make("T3")
        for path in ("without-care", "without-care/numbers", "cover-gaps", "not-contacted", "compliance"):
            client.get(f"{ROOT}/{path}")
            with CaptureQueriesContext(connection) as queries:
                assert client.get(f"{ROOT}/{path}").status_code == 200
            counts.setdefault(path, []).append(len(queries))
    assert all(one == more for one, more in counts.values())


@pytest.mark.parametrize("path", ["without-care?missing=nothing", "without-care?days=-1", "not-contacted?why=x"])
def test_bad_questions_get_a_sentence(bank: SimpleNamespace, client: Client, path: str) -> None:
    sign_in(client, bank.president)
    assert client.get(f"{ROOT}/{path}").status_code == 422
