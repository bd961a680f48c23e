"""The changes tab and the timeline: who, when, from → to, masked, in parts; and how many queries the page takes."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.desk.conftest import MakeCustomer
from tests.factories import CompanyFactory, ContactPointFactory, StaffFactory

from keheng.audit.context import acting
from keheng.audit.models import Entry
from keheng.customers import operations
from keheng.customers.archive.history import all_changes
from keheng.customers.models import Company, ContactPoint, Customer, Person
from keheng.customers.models import CustomerEvent as Event  # type: ignore[attr-defined]  # made by pghistory
from keheng.org.enums import DataScope
from keheng.org.models import Staff

PHONE = "16812345678"
LATER = datetime(2100, 1, 1, tzinfo=UTC)
MOST_QUERIES = 12
"""Screen 1: the page at most so many queries, whatever tabs and cards are registered."""


@pytest.fixture
def customer(make_customer: MakeCustomer, manager: Staff) -> Customer:
    return make_customer(2_000_000, 1_000_000, name="黄雅琴", owner=manager, occupation="教师")


def change(customer: Customer, actor: Staff, **given: object) -> None:
    with acting(actor.pk, actor.name):
        operations.change_customer(customer=customer, actor=actor, at=datetime.now(UTC), **given)  # type: ignore[arg-type]


def spread(customer: Customer) -> None:
    """Let a second lie between the events, which one transaction of a test gives one time."""
    events = Event.objects.filter(pgh_obj=customer).order_by("-pgh_id")
    for number, event in enumerate(events):
        Event.objects.filter(pk=event.pk).update(pgh_created_at=datetime.now(UTC) - timedelta(seconds=number))


def rows(client: Client, customer: Customer) -> list[list[str]]:
    content = client.get(reverse("customer-changes", args=[customer.pk])).content.decode()
    cells = [
        re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", content, re.DOTALL)
    ]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row[1:]] for row in cells if len(row) > 1]


def test_facts_tables_beside_and_contact_points_stand_together(client: Client, head: Staff, customer: Customer) -> None:
    change(customer, head, facts={"occupation": "医生", "employer": "市人民医院"}, contacts={"mobile": PHONE})
    change(customer, head, facts={"employer": "市中医院"})
    client.force_login(head)
    told = rows(client, customer)
    assert [head.name, "职业", "教师", "医生", ""] in told
    assert [head.name, "工作单位", "市人民医院", "市中医院", ""] in told
    assert [head.name, "手机", "—", "168****5678", ""] in told


def test_a_removed_contact_point_tells_mask_and_reason(client: Client, head: Staff, customer: Customer) -> None:
    point = ContactPointFactory.create(customer=customer, value=PHONE)
    operations.remove_contact_point(point=point, reason="停机", actor=head, at=datetime.now(UTC))
    client.force_login(head)
    assert rows(client, customer) == [[head.name, "手机", "168****5678", "—", "停机"]]


def test_changes_of_companies_by_a_file_name_nobody(client: Client, head: Staff) -> None:
    company = CompanyFactory.create(employees=10)
    Company.objects.filter(pk=company.pk).update(employees=25)
    client.force_login(head)
    assert rows(client, company.customer) == [["文件导入", "员工人数", "10", "25", ""]]


def test_a_row_that_went_away_is_told(client: Client, head: Staff, customer: Customer) -> None:
    Person.objects.create(customer=customer, employer="市中医院").delete()
    client.force_login(head)
    assert ["文件导入", "工作单位", "市中医院", "—", ""] in rows(client, customer)


def test_showing_a_value_is_no_change(client: Client, manager: Staff, customer: Customer) -> None:
    point = ContactPointFactory.create(customer=customer, value=PHONE)
    operations.reveal(
        customer=customer, field=f"contact.{point.pk}", actor=manager, reason="回访", at=datetime.now(UTC)
    )
    client.force_login(manager)
    assert Entry.objects.filter(action="customers.reveal").exists()
    assert rows(client, customer) == []


def test_no_sealed_value_is_ever_told(client: Client, head: Staff, customer: Customer) -> None:
    change(customer, head, contacts={"mobile": PHONE})
    change(customer, head, facts={"id_kind": "resident", "id_number": "11010519491231002X"})
    change(customer, head, facts={"emergency_name": "林芳", "emergency_phone": "13900001111"})
    change(customer, head, facts={"emergency_phone": "13900002222"})
    client.force_login(head)
    for name in ("customer-changes", "customer-timeline"):
        content = client.get(reverse(name, args=[customer.pk])).content.decode()
        assert not re.search("16812345678|11010519491231002X|1390000(1111|2222)", content)


def test_parts_follow_each_other_without_gap_or_repeat(manager: Staff, customer: Customer) -> None:
    for number in range(9):
        Customer.objects.filter(pk=customer.pk).update(occupation=f"职业{number}", education=f"学历{number}")
    spread(customer)
    customer.refresh_from_db()
    whole = all_changes(customer, before=LATER, limit=1000)
    parts, before = [], LATER
    while found := all_changes(customer, before=before, limit=3):
        parts += found
        before = found[-1].at
    assert len(whole) == 18
    assert parts == whole


def test_the_timeline_comes_in_parts(client: Client, manager: Staff, customer: Customer) -> None:
    for number in range(25):
        Customer.objects.filter(pk=customer.pk).update(occupation=f"职业{number}")
    spread(customer)
    client.force_login(manager)
    first = client.get(reverse("customer-timeline", args=[customer.pk])).content.decode()
    url = re.search(r'hx-get="([^"]+before=[^"]+)"', first)
    assert url is not None
    rest = client.get(url[1].replace("&amp;", "&")).content.decode()
    assert "<ul" not in rest
    assert (first + rest).count("→ 职业") == 25
    assert "更早" not in rest


@pytest.mark.parametrize("before", ["", "yesterday", "2026-11-22", "9999-99-99"])
def test_an_instant_that_is_none_is_now(client: Client, manager: Staff, customer: Customer, before: str) -> None:
    client.force_login(manager)
    for name in ("customer-changes", "customer-timeline"):
        assert client.get(reverse(name, args=[customer.pk]), {"before": before}).status_code == 200


def test_an_archive_that_is_closed_tells_no_changes(client: Client, head: Staff, customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(confidentiality=3, occupation="医生")
    head.role.permissions = ["customers.view"]
    head.role.save()
    client.force_login(head)
    assert "医生" not in client.get(reverse("customer-changes", args=[customer.pk])).content.decode()


@pytest.mark.parametrize("kind", ["person", "company"])
def test_screen_1_the_page_takes_few_queries(
    client: Client, manager: Staff, make_customer: MakeCustomer, kind: str
) -> None:
    customer = make_customer(2_000_000, 1_000_000, owner=manager, kind=kind)
    for number in range(3):
        ContactPointFactory.create(customer=customer, value=f"1681234567{number}")
    for reader in (manager, StaffFactory.create(), StaffFactory.create(scope=DataScope.SUBTREE)):
        client.force_login(reader)
        client.get(reverse("customer", args=[customer.pk]))  # rules of the tiers are parsed once a process
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("customer", args=[customer.pk])).status_code == 200
        assert len(queries) <= MOST_QUERIES, "\n".join(query["sql"][:150] for query in queries)


def test_every_part_of_the_page_takes_no_more_queries_for_more_rows(
    client: Client, manager: Staff, customer: Customer
) -> None:
    client.force_login(manager)
    page = client.get(reverse("customer", args=[customer.pk])).content.decode()
    parts = set(re.findall(r'hx-get="(/[^"]+)"', page))
    counts: dict[str, list[int]] = {}
    for round_ in range(2):
        for number in range(2):
            Customer.objects.filter(pk=customer.pk).update(occupation=f"职业{round_}{number}")
            Entry.objects.create(
                at=datetime.now(UTC) - timedelta(minutes=1),
                action="customers.classify",
                target_type="customers.customer",
                target_id=customer.pk,
                actor_name="林",
            )
            ContactPoint.objects.create(
                customer=customer, kind="mobile", value=PHONE, value_index=b"%d%d" % (round_, number), value_tail=1
            )
        for url in parts:
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200, url
            counts.setdefault(url, []).append(len(queries))
    assert {url: found for url, found in counts.items() if found[1] > found[0]} == {}
