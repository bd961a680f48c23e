from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.approvals.conftest import MONDAY, Ask, Bank, ask, bank
from tests.factories import StaffFactory

from keheng.approvals import operations as approvals
from keheng.approvals.enums import Act
from keheng.approvals.models import Request
from keheng.notices import kinds, operations, queries
from keheng.notices.models import Notice
from keheng.org.models import Staff

__all__ = ["ask", "bank"]  # fixtures
pytestmark = pytest.mark.django_db

type Committed = Callable[..., Any]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    def now() -> datetime:
        return MONDAY + timedelta(hours=2)

    monkeypatch.setattr("keheng.common.clock.now", now)


def signed(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_bell_shows_and_opens_what_is_new() -> None:
    staff = StaffFactory.create(permissions=())
    operations.tell(staff_ids=[staff.pk], kind="trial", title="导入已完成", url="/notices/choices/", at=MONDAY)
    client = signed(staff)
    page = text(client.get(reverse("notices:list")))
    assert "导入已完成" in page
    assert "data-unread" in page
    assert "data-stream" not in page  # this server cannot hold a stream open
    assert "导入已完成" in text(client.get(reverse("notices:bell")))
    notice = Notice.objects.get()
    assert client.get(reverse("notices:open", args=[notice.pk])).headers["Location"] == "/notices/choices/"
    assert queries.unread_count(staff) == 0


def test_nobody_opens_anothers_notice_and_none_leads_outside() -> None:
    one, two = StaffFactory.create(), StaffFactory.create()
    operations.tell(staff_ids=[one.pk], kind="trial", title="好", url="//elsewhere.example/", at=MONDAY)
    url = reverse("notices:open", args=[Notice.objects.get().pk])
    assert signed(two).get(url).status_code == 404
    assert signed(one).get(url).headers["Location"] == reverse("notices:list")


def test_reading_some_and_all() -> None:
    staff = StaffFactory.create()
    for title in "一二三":
        operations.tell(staff_ids=[staff.pk], kind="trial", title=title, at=MONDAY)
    client = signed(staff)
    client.post(reverse("notices:read"), {"pk": [Notice.objects.filter(title="一").get().pk], "all": "0", "query": ""})
    assert queries.unread_count(staff) == 2
    client.post(reverse("notices:read-all"))
    assert queries.unread_count(staff) == 0


def test_people_choose_what_they_are_told() -> None:
    staff = StaffFactory.create()
    client = signed(staff)
    assert "有申请待我审批" in text(client.get(reverse("notices:choices")))
    wanted = [code for code in kinds.declared() if code != "approvals.asked"]
    client.post(reverse("notices:choices"), {"wanted": wanted})
    assert queries.muted_kinds(staff) == {"approvals.asked"}


def test_the_list_takes_no_more_queries_for_more_rows() -> None:
    staff = StaffFactory.create()
    counts = []
    for more in (1, 2):
        for _ in range(more):
            operations.tell(staff_ids=[staff.pk], kind="trial", title="好", at=MONDAY)
        client = signed(staff)
        client.get(reverse("notices:list"))
        with CaptureQueriesContext(connection) as captured:
            text(client.get(reverse("notices:list")))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_request_rings_the_bell_of_who_decides_then_of_who_asked(
    bank: Bank, ask: Ask, django_capture_on_commit_callbacks: Committed
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        request = ask(title="移交 12 位客户")
    assert [notice.title for notice in queries.newest(bank.outlet_head)] == ["待您审批：移交 12 位客户"]
    assert queries.unread_count(bank.branch_head) == 0
    with django_capture_on_commit_callbacks(execute=True):
        approvals.escalate_overdue(actor=bank.head_office, at=request.due_at)
    assert queries.newest(bank.branch_head)[0].title == "1件逾期申请已上报给您。"
    with django_capture_on_commit_callbacks(execute=True):
        approvals.decide_many(
            requests=Request.objects.all(), actor=bank.outlet_head, outcome=Act.RETURN, reason="缺材料", at=MONDAY
        )
    (answer,) = queries.newest(bank.manager)
    assert answer.title == "已退回：移交 12 位客户"
    assert answer.url == request.get_absolute_url()
