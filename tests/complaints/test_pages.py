"""Pages and HTTP: what they show, who may, and that their queries do not grow with their rows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.complaints.conftest import MONDAY
from tests.factories import CustomerFactory, StaffFactory, as_

from keheng.approvals.enums import Act as Answer
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.approvals.queries import evidence
from keheng.common import clock
from keheng.complaints.enums import RuleSet
from keheng.complaints.models import Complaint, RuleVersion
from keheng.complaints.operations import rules
from keheng.customers.models import Customer
from keheng.org.models import Branch, Role, Staff

Made = Callable[..., Complaint]
ROOT = "/api/v1/complaints"


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(minutes=10))


@pytest.mark.parametrize("name", ["list", "board"])
def test_queries_of_list_and_board_do_not_grow(classified: Made, officer: Staff, outlet: Branch, name: str) -> None:
    client = as_(officer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(f"complaints:{name}")).status_code == 200
        return len(captured)

    classified()
    queries()
    one = queries()
    for number in range(2):
        customer = CustomerFactory.create(branch=outlet)
        classified(customer=customer, complaining=[], about_branch=None, cause="waiting" if number else "attitude")
    assert queries() == one


def test_the_list_shows_both_countdowns(classified: Made, officer: Staff) -> None:
    classified()
    page = as_(officer).get(reverse("complaints:list")).content.decode()
    for words in ("李国强", "服务态度", "待发处理单", "14 天", "50 分", "郑敏", "在办 1"):
        assert words in page, words


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 1), ("who=me", 1), ("when=ended", 0), ("state=routing", 1), ("q=ts261123", 1), ("q=王", 0)],
)
def test_filters_of_the_list(classified: Made, officer: Staff, query: str, found: int) -> None:
    classified()
    page = as_(officer).get(f"{reverse('complaints:list')}?{query}", follow=True).content.decode()
    assert page.count("TS261123-0001") >= found
    assert ("TS261123-0001" in page) is bool(found)


def test_the_page_masks_people_and_tells_why_somebody_cannot_act(
    classified: Made, officer: Staff, unit_head: Staff
) -> None:
    complaint = classified()
    page = as_(officer).get(complaint.get_absolute_url()).content.decode()
    assert "13857712345" not in page
    assert "138****2345" in page
    assert "发出处理单" in page
    complaint.responsible = unit_head
    complaint.save()
    page = as_(unit_head).get(complaint.get_absolute_url()).content.decode()
    assert "由他人办理" in page


def test_intake_shows_what_the_bank_has(customer: Customer, officer: Staff, registered: Made) -> None:
    registered()
    client = as_(officer)
    page = client.get(reverse("complaints:new") + f"?customer={customer.pk}").content.decode()
    assert "本行已有哪些材料" in page
    given = {"customer": customer.pk, "statement": "柜员态度恶劣，等候时间太长"}
    beside = client.post(reverse("complaints:beside"), given).content.decode()
    assert "疑似同一事项" in beside
    assert "服务态度" in beside


def test_rules_are_changed_by_two_people(
    branch: Branch, head: Staff, registered: Made, django_capture_on_commit_callbacks: Any
) -> None:
    before = registered()
    proposer = StaffFactory.create(role=Role.objects.get(code="administrator"), name="管理员")
    second = StaffFactory.create(role=Role.objects.get(code="head-office-manager"), name="总行")
    client, at = as_(proposer), clock.now()
    page = client.get(reverse("complaints:settings")).content.decode()
    assert "15 个自然日" in page
    assert client.get(reverse("complaints:propose-rules", args=["internal"])).status_code == 200
    assert as_(head).get(reverse("complaints:propose-rules", args=["internal"])).status_code == 403
    asked = rules.propose(
        rule_set=RuleSet.INTERNAL,
        limits={"form": "30m"},
        numbers={"repeat_days": 30},
        note="试点",
        actor=proposer,
        at=at,
    )
    assert RuleVersion.objects.filter(rule_set="internal").count() == 1
    assert [words for _name, words in evidence(asked)] == ["1 小时 → 30 分钟", "90 → 30"]
    with django_capture_on_commit_callbacks(execute=True):
        decide(request=Request.objects.get(pk=asked.pk), outcome=Answer.APPROVE, actor=second, reason="", at=at)
    version = RuleVersion.objects.filter(rule_set="internal").latest("number")
    assert (version.number, version.proposed_by, version.set_by) == (2, proposer, second)
    after = registered(at=at)
    assert (before.internal_due_at, after.internal_due_at) == (MONDAY + timedelta(hours=1), at + timedelta(minutes=30))


def test_http_registers_asks_and_acts(officer: Staff, outlet: Branch, unit_head: Staff) -> None:
    Role.objects.filter(code="complaint-officer").update(permissions=[*officer.role.permissions, "api.use"])
    client = as_(Staff.objects.get(pk=officer.pk))

    def post(path: str, **values: Any) -> Any:
        return client.post(f"{ROOT}{path}", values, content_type="application/json")

    refused = post("", channel="phone", statement="态度不好", complaining=[{"phone": "13857712345"}])
    assert refused.status_code == 422
    given = {"channel": "web", "statement": "柜员态度不好", "complaining": [{"phone": "13857712345"}]}
    made = post("", **given, about_branch=outlet.code)
    assert made.status_code == 201, made.content.decode()
    pk = made.json()["id"]
    assert post("/suggestions", statement="柜员态度不好").json()[0]["cause"] == "attitude"
    assert post(f"/{pk}/classify", cause="attitude", grade=1).json()["state"] == "routing"
    issued = post(f"/{pk}/form", to_branch=outlet.code, to_staff=unit_head.username, task="查").json()
    assert (issued["state"], issued["responsible"]) == ("investigating", unit_head.username)
    assert post(f"/{pk}/close", words="满意").status_code == 422
    assert [row["id"] for row in client.get(ROOT).json()["items"]] == [pk]
    assert client.get(f"{ROOT}/{pk}").json()["acts"][:1] == ["find_cause"]
