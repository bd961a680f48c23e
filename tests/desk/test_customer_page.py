from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests.desk.conftest import MakeCustomer
from tests.factories import AccountFactory, ContactPointFactory

from keheng.audit.models import Entry
from keheng.customers.models import Customer
from keheng.desk.queries.customer import age_on
from keheng.org.models import Staff

ID_NUMBER = "11010519491231002X"
PHONE = "16812345678"


@pytest.fixture
def customer(make_customer: MakeCustomer, manager: Staff) -> Customer:
    customer = make_customer(
        2_123_500,
        2_000_000,
        name="黄雅琴",
        owner=manager,
        tier="T4",
        tier_rank=4,
        id_number=ID_NUMBER,
        id_kind="resident",
        birth_date=date(1974, 11, 22),
    )
    ContactPointFactory.create(customer=customer, value=PHONE)
    return customer


@pytest.mark.parametrize(("day", "age"), [(date(2026, 11, 21), 51), (date(2026, 11, 22), 52), (date(2027, 1, 1), 52)])
def test_age_in_whole_years(day: date, age: int) -> None:
    assert age_on(date(1974, 11, 22), day) == age
    assert age_on(None, day) is None


def test_head_strip_and_facts_are_masked(client: Client, manager: Staff, customer: Customer) -> None:
    client.force_login(manager)
    content = client.get(reverse("customer", args=[customer.pk])).content.decode()

    assert "212.35万" in content
    assert "+6.2%" in content
    assert "白金" in content
    assert "1101************2X" in content
    assert "168****5678" in content
    assert ID_NUMBER not in content
    assert PHONE not in content


def test_head_strip_offers_what_the_reader_may_do(
    client: Client, head: Staff, manager: Staff, customer: Customer, make_customer: MakeCustomer
) -> None:
    log, take_in = f"{reverse('care:log')}?customer={customer.pk}", f"{reverse('service_requests:new')}?customer="
    client.force_login(head)
    content = client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert f'hx-get="{log}" hx-target="#side-body"' in content
    assert f'href="{take_in}{customer.pk}"' in content
    left = make_customer(0, name="已离开", status="closed")
    assert take_in not in client.get(reverse("customer", args=[left.pk])).content.decode()
    client.force_login(manager)
    content = client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert log not in content
    assert take_in not in content


def test_reveal_asks_a_reason_and_is_logged(client: Client, manager: Staff, customer: Customer) -> None:
    client.force_login(manager)
    url = reverse("customer-reveal", args=[customer.pk])

    assert client.post(url, {"field": "id_number"}).status_code == 428
    answer = client.post(url, {"field": "id_number", "reason": "核实身份"})
    assert answer.content.decode() == ID_NUMBER
    entry = Entry.objects.get(action="customers.reveal")
    assert (entry.actor_id, entry.target_id, entry.reason) == (manager.pk, customer.pk, "核实身份")
    assert client.post(url, {"field": "password", "reason": "核实身份"}).status_code == 404


def test_other_peoples_customers_are_not_found(client: Client, manager: Staff, make_customer: MakeCustomer) -> None:
    other = make_customer(1, name="陈大海")
    client.force_login(manager)
    for name in ("customer", "customer-timeline", "customer-assets"):
        assert client.get(reverse(name, args=[other.pk])).status_code == 404
    assert (
        client.post(
            reverse("customer-reveal", args=[other.pk]), {"field": "id_number", "reason": "核实身份"}
        ).status_code
        == 404
    )


def test_strict_archive_hides_its_facts(client: Client, head: Staff, customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(confidentiality=3, occupation="鞋业企业主")
    head.role.permissions = ["customers.view", "customers.reveal", "portfolio.view"]
    head.role.save()
    client.force_login(head)

    content = client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert "鞋业企业主" not in content
    assert "按保密级别" in content
    refused = client.post(reverse("customer-reveal", args=[customer.pk]), {"field": "id_number", "reason": "核实身份"})
    assert refused.status_code == 403
    assert ID_NUMBER not in refused.content.decode()


@pytest.mark.parametrize("text", ["黄雅琴", "hyq", "5678", PHONE, ID_NUMBER, "002X"])
def test_search_box_finds_by_post_only(client: Client, manager: Staff, customer: Customer, text: str) -> None:
    client.force_login(manager)
    assert client.get(reverse("search"), {"q": text}).status_code == 405
    content = client.post(reverse("search"), {"q": text}).content.decode()
    assert reverse("customer", args=[customer.pk]) in content


def test_search_box_keeps_to_the_scope(client: Client, manager: Staff, make_customer: MakeCustomer) -> None:
    make_customer(1, name="陈大海")
    client.force_login(manager)
    assert "陈大海" not in client.post(reverse("search"), {"q": "陈大"}).content.decode().replace("“陈大”", "")


def test_account_number_opens_with_a_reason_and_stands_in_the_trail(
    client: Client, head: Staff, customer: Customer, make_customer: MakeCustomer
) -> None:
    account = AccountFactory.create(customer=customer, number="6228480402564890018")
    client.force_login(head)
    tab = client.get(reverse("customer-assets", args=[customer.pk])).content.decode()
    assert "****0018" in tab
    assert "6228480402564890018" not in tab

    url, asked = (
        reverse("customer-reveal", args=[customer.pk]),
        {"field": f"account.{account.pk}", "reason": "核对账户"},
    )
    assert client.post(url, asked).content.decode() == "6228480402564890018"
    assert Entry.objects.filter(action="portfolio.reveal", reason="核对账户", target_id=customer.pk).count() == 1
    other = make_customer(1)
    assert client.post(reverse("customer-reveal", args=[other.pk]), asked).status_code == 404
