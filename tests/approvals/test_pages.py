import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.approvals.conftest import KIND, MONDAY, Ask, Bank
from tests.factories import StaffFactory

from keheng.approvals import operations, queries
from keheng.approvals.enums import Act, State
from keheng.approvals.models import Request
from keheng.org.models import Staff

type Signed = Callable[[Staff], Client]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    def now() -> datetime:
        return MONDAY + timedelta(hours=2)

    monkeypatch.setattr("keheng.common.clock.now", now)


@pytest.fixture
def signed() -> Signed:
    def sign_in(staff: Staff) -> Client:
        client = Client()
        client.force_login(staff)
        return client

    return sign_in


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_inbox_shows_what_waits_and_counts_it_in_the_navigation(bank: Bank, ask: Ask, signed: Signed) -> None:
    ask(title="移交 12 位客户")
    page = text(signed(bank.outlet_head).get(reverse("approvals:inbox")))
    assert "移交 12 位客户" in page
    assert "试行事项" in page
    counts = text(signed(bank.outlet_head).get(reverse("navigation-counts")))
    assert re.search(r'<b id="[^"]*approvals[^"]*inbox[^"]*"[^>]*>1</b>', counts)
    assert "没有待您审批的申请" in text(signed(bank.branch_head).get(reverse("approvals:inbox")))


@pytest.mark.parametrize("name", ["approvals:inbox", "approvals:mine", "approvals:all"])
def test_lists_take_no_more_queries_for_more_rows(bank: Bank, ask: Ask, signed: Signed, name: str) -> None:
    person = bank.manager if name == "approvals:mine" else bank.outlet_head
    counts = []
    for more in (1, 2):
        for _ in range(more):
            ask()
        client = signed(person)
        client.get(reverse(name))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            text(client.get(reverse(name)))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_answer_on_the_page(bank: Bank, ask: Ask, signed: Signed) -> None:
    request = ask(payload={"evidence": [["月日均", "48.2万"]]})
    client = signed(bank.outlet_head)
    page = text(client.get(request.get_absolute_url()))
    assert "48.2万" in page
    assert "可以吗？" in page
    refused = client.post(request.get_absolute_url(), {"outcome": "refuse", "reason": ""})
    assert "请说明原因" in text(refused)
    client.post(request.get_absolute_url(), {"outcome": "return", "reason": "缺材料"})
    request.refresh_from_db()
    assert (request.state, request.answer) == (State.RETURNED, "缺材料")
    own = signed(bank.manager)
    assert "缺材料" in text(own.get(reverse("approvals:mine")))
    own.post(reverse("approvals:resubmit", args=[request.pk]), {"reason": "已补充"})
    own.post(reverse("approvals:withdraw", args=[request.pk]), {"reason": ""})
    request.refresh_from_db()
    assert request.state == State.WITHDRAWN


def test_whoever_comes_second_reads_who_was_first(bank: Bank, ask: Ask, signed: Signed) -> None:
    request = ask()
    client = signed(bank.branch_head)
    operations.decide(request=request, actor=bank.outlet_head, outcome=Act.APPROVE, reason="", at=MONDAY)
    answer = client.post(request.get_absolute_url(), {"outcome": "refuse", "reason": "不行"}, follow=True)
    assert "黄瑞已批准此申请" in text(answer)


def test_the_page_is_for_those_whom_it_concerns(bank: Bank, ask: Ask, signed: Signed) -> None:
    url = ask().get_absolute_url()
    stranger = bank.member("relationship-manager", bank.other, "无关")
    seen = {
        person: signed(person).get(url).status_code for person in (bank.manager, bank.outlet_head, bank.branch_head)
    }
    assert set(seen.values()) == {200}
    assert signed(stranger).get(url).status_code == signed(bank.other_head).get(url).status_code == 404
    assert signed(StaffFactory.create(permissions=())).get(url).status_code == 403


def test_many_are_answered_from_the_bulk_bar(bank: Bank, ask: Ask, signed: Signed) -> None:
    mine = [ask(amount=Decimal(100_000)) for _ in range(2)]
    beyond = ask(amount=Decimal(9_000_000))
    client = signed(bank.outlet_head)
    ticked = {"pk": [mine[0].pk, beyond.pk], "all": "0", "query": ""}
    look = text(client.post(reverse("approvals:return-many"), ticked))
    assert "退回1件申请" in look  # what is beyond the limits is not in the inbox
    refused = text(client.post(reverse("approvals:return-many"), {**ticked, "outcome": "return", "reason": ""}))
    assert "请说明原因" in refused
    everything = {"all": "1", "query": "", "outcome": "approve", "reason": "月末统一审批"}
    answer = client.post(reverse("approvals:approve-many"), everything, follow=True)
    assert "已批准2件申请" in text(answer)
    assert set(Request.objects.filter(state=State.APPROVED).values_list("pk", flat=True)) == {one.pk for one in mine}
    assert "均已不在待审批状态" in text(client.post(reverse("approvals:approve-many"), ticked))


def test_limits_are_shown_and_set(bank: Bank, signed: Signed) -> None:
    admin = bank.member("administrator", bank.branch, "管理员")
    client = signed(admin)
    page = text(client.get(reverse("approvals:limits")))
    assert "网点主任" in page
    assert "50万" in page
    url = reverse("approvals:limits-of", args=[KIND.code])
    text(client.get(url))
    form = {"limit-TOTAL_FORMS": "1", "limit-INITIAL_FORMS": "0", "limit-0-level": "1", "limit-0-scope": "subtree"}
    form |= {"limit-0-role": str(bank.branch_head.role_id), "limit-0-max_amount": "300", "due_days": "1"}
    assert "必填" in text(client.post(url, form)) or "这个字段" in text(client.post(url, form))
    client.post(url, {**form, "note": "总行文件〔2026〕8号"})
    table = queries.table_on(KIND.code, MONDAY.date())
    assert table is not None
    assert table.limits.get().max_amount == Decimal(3_000_000)
    assert "总行文件〔2026〕8号" in text(client.get(url))
    assert signed(bank.branch_head).post(url, form).status_code == 403
    assert client.get(reverse("approvals:limits-of", args=["no.such"])).status_code == 404


def test_requests_that_nobody_may_decide_are_told_to_the_administrator(bank: Bank, ask: Ask, signed: Signed) -> None:
    ask(amount=Decimal(20_000_000))
    bank.head_office.is_active = False
    bank.head_office.save()
    page = text(signed(bank.member("administrator", bank.branch, "管理员")).get(reverse("approvals:limits")))
    assert "有1件待审批申请没有可审批的人员" in page
