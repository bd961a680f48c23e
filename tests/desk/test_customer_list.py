import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.desk.conftest import MakeCustomer

from keheng.org.models import Staff


def listed(client: Client, query: str = "") -> list[str]:
    response = client.get(reverse("customers") + query, follow=True)
    assert response.status_code == 200
    return [row["label"] for row in response.context["rows"]]


def test_the_largest_come_first_and_each_row_leads_to_its_page(
    client: Client, head: Staff, make_customer: MakeCustomer
) -> None:
    small, large = make_customer(1_000, name="王小明"), make_customer(3_000_000, name="陈大海")
    client.force_login(head)

    assert listed(client) == ["陈大海", "王小明"]
    content = client.get(reverse("customers")).content.decode()
    assert reverse("customer", args=[small.pk]) in content
    assert reverse("customer", args=[large.pk]) in content
    assert "300.00万" in content


def test_a_manager_sees_only_their_own(client: Client, manager: Staff, make_customer: MakeCustomer) -> None:
    make_customer(100, name="王小明", owner=manager)
    make_customer(200, name="陈大海")
    client.force_login(manager)

    assert listed(client) == ["王小明"]


def test_tier_filter_offers_the_tiers_in_force(client: Client, head: Staff, make_customer: MakeCustomer) -> None:
    make_customer(100, name="王小明", tier="T1", tier_rank=1)
    make_customer(900_000, name="陈大海", tier="T4", tier_rank=4)
    client.force_login(head)

    assert listed(client, "?tier=T4") == ["陈大海"]
    assert "白金" in client.get(reverse("customers")).content.decode()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("黄雅", ["黄雅琴"]),
        ("hyq", ["黄雅琴"]),
        ("huangya", ["黄雅琴"]),
        ("shanx", ["单雄信"]),
        ("贸易", ["温州宏达贸易有限公司"]),
        ("330000", ["温州宏达贸易有限公司"]),
        ("不存在", []),
    ],
)
def test_search_box_of_the_list(
    client: Client, head: Staff, make_customer: MakeCustomer, text: str, found: list[str]
) -> None:
    make_customer(3, name="黄雅琴", number="100001")
    make_customer(2, name="单雄信", number="100002")
    make_customer(1, name="温州宏达贸易有限公司", kind="company", number="330000001")
    client.force_login(head)

    assert listed(client, f"?q={text}") == found


def test_change_since_the_last_month_end(client: Client, head: Staff, make_customer: MakeCustomer) -> None:
    make_customer(690_000, 1_000_000, name="钟丽华")
    client.force_login(head)

    content = client.get(reverse("customers")).content.decode()
    assert "−31.0%" in content
    assert "资产下降" in content


def test_queries_do_not_grow_with_rows(client: Client, head: Staff, make_customer: MakeCustomer) -> None:
    client.force_login(head)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("customers"))
        return len(captured)

    make_customer(1, 1, owner=head)
    count()  # the first answer fills what a process keeps
    one = count()
    make_customer(2, 1, owner=head)
    make_customer(3, 1, owner=head)
    assert count() == one


def test_empty_list_says_what_to_do(client: Client, head: Staff, manager: Staff) -> None:
    client.force_login(head)
    assert "从核心系统的文件导入客户" in client.get(reverse("customers")).content.decode()
    client.force_login(manager)
    assert "请联系网点主任" in client.get(reverse("customers")).content.decode()


def test_refusal_names_the_permission(client: Client, manager: Staff) -> None:
    manager.role.permissions = []
    manager.role.save()
    client.force_login(manager)
    refused = client.get(reverse("customers"))
    assert refused.status_code == 403
    assert manager.role.name in refused.content.decode()
