"""Accounts by their number: whole, or by its last four and more digits (A1); within scope, never a number in full."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import AccountFactory, BranchFactory, CustomerFactory, StaffFactory

from keheng.customers.enums import Disclosure
from keheng.customers.models import Customer
from keheng.customers.queries import matching, search
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.portfolio.models import Account
from keheng.portfolio.queries import accounts_numbered, customers_by_account

pytestmark = pytest.mark.django_db
NUMBER = "6228480402564890018"


@pytest.fixture
def account() -> Account:
    AccountFactory.create(number="6228480402564899999")
    return AccountFactory.create(customer=CustomerFactory.create(name="陈大海", aum=5), number=NUMBER)


@pytest.fixture
def reader() -> Staff:
    return StaffFactory.create()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0018", True),
        ("００１８", True),
        ("90018", True),
        ("4890018", True),
        ("2564 890018", True),
        ("02564890018", True),  # as long as a phone
        ("228480402564890018", True),  # as long as a document number
        (NUMBER, True),
        ("6228 4804 0256 4890 018", True),
        ("018", False),
        ("80018", False),
        ("1890018", False),
        ("6228480402564890", False),  # its beginning says nothing
        ("0" + NUMBER, False),
        ("陈0018", False),
        ("", False),
    ],
)
def test_a1_the_end_of_an_account_number_finds_its_customer(
    account: Account, reader: Staff, text: str, found: bool
) -> None:
    expected = [account.customer] if found else []
    assert [hit.customer for hit in accounts_numbered(reader, text, 8)] == expected
    assert list(customers_by_account(reader, text)) == [customer.pk for customer in expected]
    if text and found:
        assert search(reader, text) == expected
        assert list(matching(Customer.objects.all(), text, reader=reader)) == expected


def test_letters_in_a_number_count(reader: Staff) -> None:
    account = AccountFactory.create(number="NRA12345678")
    assert accounts_numbered(reader, "nra12345678", 8) == [account]
    letters = AccountFactory.create(number="8800AB12CD")
    assert accounts_numbered(reader, "8800ab12cd", 8) == [letters]


def test_the_largest_customers_come_first_and_only_so_many(reader: Staff) -> None:
    for aum in (1, 3, 2):
        AccountFactory.create(customer=CustomerFactory.create(aum=aum), number=f"62284804025648{aum}0018")
    assert [hit.customer.aum for hit in accounts_numbered(reader, "0018", 2)] == [3, 2]
    assert [hit.customer.aum for hit in accounts_numbered(reader, "30018", 2)] == [3]


@pytest.mark.parametrize("text", ["0018", "4890018", NUMBER])
def test_nobody_is_found_outside_scope_right_or_confidentiality(account: Account, text: str) -> None:
    customer = account.customer
    owner = StaffFactory.create(scope=DataScope.OWN)
    stranger = StaffFactory.create(branch=BranchFactory.create(), scope=DataScope.SUBTREE)
    without = StaffFactory.create(permissions=("customers.view",))
    for reader in (owner, stranger, without):
        assert customers_by_account(reader, text) == set()
        assert search(reader, text) == []
        assert accounts_numbered(reader, text, 8) == []
    Customer.objects.filter(pk=customer.pk).update(owner=owner)
    assert customers_by_account(owner, text) == {customer.pk}


def test_what_the_rules_hide_is_not_found(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = StaffFactory.create(permissions=("customers.view", "portfolio.view"))
    assert customers_by_account(reader, "0018") == {account.customer_id}
    monkeypatch.setattr("keheng.customers.policies.disclose", lambda *_args, **_named: Disclosure.HIDDEN)
    assert customers_by_account(StaffFactory.create(permissions=("customers.view", "portfolio.view")), "0018") == set()


@pytest.mark.parametrize("text", ["0018", "4890018"])
def test_it_takes_one_statement_by_the_index_of_tails(account: Account, reader: Staff, text: str) -> None:
    customers_by_account(reader, text)  # the rules of confidentiality are read once
    with CaptureQueriesContext(connection) as queries:
        assert customers_by_account(reader, text) == {account.customer_id}
    assert len(queries) == 1
    statement = queries[0]["sql"]
    assert NUMBER not in statement
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {statement}")
        assert any("portfolio_by_account_tail" in line for (line,) in cursor.fetchall())


def test_the_box_and_the_list_show_it_masked_and_no_address_tells_the_digits(client: Client, account: Account) -> None:
    client.force_login(StaffFactory.create())
    box = client.post(reverse("search"), {"q": "890018"}).content.decode()
    assert f"{reverse('customer', args=[account.customer_id])}?tab=assets" in box
    assert "****0018" in box
    assert NUMBER not in box
    answer = client.post(reverse("customers"), {"action": "find", "q": "890018"})
    assert answer.status_code == 302
    assert "890018" not in answer["Location"]
    page = client.get(answer["Location"]).content.decode()
    assert "陈大海" in page
    assert NUMBER not in page


def test_the_interface_finds_it_as_well(client: Client, account: Account) -> None:
    client.force_login(StaffFactory.create())
    sent = client.post("/api/v1/customers/search", {"text": "890018"}, content_type="application/json")
    assert [found["id"] for found in sent.json()] == [account.customer_id]
