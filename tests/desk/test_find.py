"""The search box: every group within the reader's scope and rights, and never more queries for more rows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.desk.conftest import MakeCustomer
from tests.factories import AccountFactory, BranchFactory, StaffFactory

from keheng.org.enums import DataScope
from keheng.org.models import Staff


def found(client: Client, staff: Staff, text: str) -> str:
    client.force_login(staff)
    return client.post(reverse("search"), {"q": text}).content.decode()


def test_persons_and_companies_stand_in_groups(client: Client, head: Staff, make_customer: MakeCustomer) -> None:
    make_customer(2, name="鑫恒", pinyin="xinheng", initials="xh")
    make_customer(1, name="鑫恒鞋业", kind="company")
    content = found(client, head, "鑫恒")
    assert content.index('aria-label="客户"') < content.index('aria-label="公司客户"')


@pytest.mark.parametrize("text", ["尉迟", "yuchi", "ycj", "rm042", "尉迟敬"])
def test_staff_by_name_spelling_initials_and_user_name(client: Client, head: Staff, text: str) -> None:
    member = StaffFactory.create(name="尉迟敬", username="rm042")
    assert reverse("org:member", args=[member.pk]) in found(client, head, text)


def test_staff_only_in_scope_and_for_those_who_view_them(client: Client) -> None:
    branch = BranchFactory.create()
    far = StaffFactory.create(name="尉迟敬", branch=BranchFactory.create())
    near = StaffFactory.create(name="尉迟恭", branch=branch)
    reader = StaffFactory.create(branch=branch, scope=DataScope.SUBTREE, permissions=("org.view",))
    content = found(client, reader, "yuchi")
    assert reverse("org:member", args=[near.pk]) in content
    assert reverse("org:member", args=[far.pk]) not in content
    stranger = StaffFactory.create(branch=branch, scope=DataScope.SUBTREE, permissions=("customers.view",))
    assert reverse("org:member", args=[near.pk]) not in found(client, stranger, "yuchi")


@pytest.mark.parametrize("text", ["审计", "shenji", "sjrz"])
def test_pages_by_label_and_spelling(client: Client, head: Staff, text: str) -> None:
    assert f'href="{reverse("audit:list")}"' in found(client, head, text)
    assert f'href="{reverse("audit:list")}"' not in found(client, StaffFactory.create(permissions=()), text)


def test_branches_by_name(client: Client, head: Staff) -> None:
    branch = BranchFactory.create(name="清溪支行")
    assert reverse("org:branch", args=[branch.pk]) in found(client, head, "清溪")


def test_an_account_by_its_whole_number_masked(
    client: Client, head: Staff, manager: Staff, make_customer: MakeCustomer
) -> None:
    account = AccountFactory.create(customer=make_customer(1, name="陈大海"), number="6228480402564890018")
    content = found(client, head, "6228 4804 0256 4890 018")
    assert f"{reverse('customer', args=[account.customer_id])}?tab=assets" in content
    assert "****0018" in content
    assert "6228480402564890018" not in content.replace("“6228480402564890018”", "")
    assert "陈大海" not in found(client, manager, "6228480402564890018")


def test_more_rows_take_no_more_queries(client: Client, head: Staff, make_customer: MakeCustomer) -> None:
    counts = []
    for _ in range(2):
        make_customer(1, name="张三")
        StaffFactory.create(name="张四")
        with CaptureQueriesContext(connection) as queries:
            found(client, head, "张")
        counts.append(len(queries))
    assert counts[1] <= counts[0]


def test_nothing_is_asked_for_an_empty_text(client: Client, head: Staff) -> None:
    assert found(client, head, "  ").strip() == ""
