"""Service requests over HTTP: the same operations, rights and refusals as the desk."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories import StaffFactory
from tests.service_requests.conftest import HANDLER, MONDAY, SUPERVISOR

from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.service_requests.models import PenaltySheet, ServiceRequest
from keheng.service_requests.operations import closing, handling
from keheng.service_requests.operations.ticking import tick
from keheng.webhooks.models import Delivery
from keheng.webhooks.operations import subscribe

ROOT = "/api/v1/service-requests"
JSON: Any = {"content_type": "application/json"}
Opened = Callable[..., ServiceRequest]


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(minutes=2))


def program(outlet: Branch, name: str, permissions: list[str] = HANDLER) -> tuple[Staff, Client]:
    staff = StaffFactory.create(
        branch=outlet, scope=DataScope.SUBTREE, permissions=[*permissions, "api.use"], name=name
    )
    client = Client()
    client.force_login(staff)
    return staff, client


@pytest.fixture
def api(outlet: Branch) -> Client:
    return program(outlet, "接口")[1]


def act(api: Client, pk: int, path: str, **values: Any) -> Any:
    answer = api.post(f"{ROOT}/{pk}/{path}", values, **JSON)
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def test_a_request_goes_its_way_over_http(api: Client, customer: Customer) -> None:
    sent = {"customer": customer.pk, "business": "authorisation-code", "channel": "online", "subject": "要授权码"}
    made = api.post(ROOT, sent, **JSON)
    assert made.status_code == 201
    pk = made.json()["id"]
    assert (made.json()["state"], made.json()["number"]) == ("waiting", "261123-0001")
    assert [(row["kind"], row["limit"]) for row in made.json()["clocks"]] == [("response", "3m"), ("handling", "15m")]
    claimed = act(api, pk, "claim")
    assert (claimed["state"], claimed["missing"]) == ("working", ["检查“身份核验”"])
    act(api, pk, "advance", stage="execution", note="一致")
    assert act(api, pk, "pause", reason="customer")["state"] == "paused"
    assert act(api, pk, "resume")["state"] == "working"
    assert act(api, pk, "notes", words="内部")["steps"][-1]["note"] == "内部"
    assert act(api, pk, "checks", codes=["identity"])["checked"] == ["identity"]
    assert act(api, pk, "resolve", words="已发放")["state"] == "resolved"
    closed = act(api, pk, "reply", words="您好")
    assert (closed["state"], closed["reply"]) == ("closed", "您好")
    assert [row["met"] for row in closed["clocks"]] == [True, True, True]
    assert act(api, pk, "reopen", words="未收到")["reopened"] == 1
    assert act(api, pk, "cancel", words="撤回")["state"] == "cancelled"


def test_refusals_name_the_field_and_the_reason(api: Client, customer: Customer, opened: Opened) -> None:
    sent = {"customer": customer.pk, "business": "transfer-account", "channel": "phone"}
    answer = api.post(ROOT, sent, **JSON)
    assert answer.status_code == 422
    assert [flaw["field"] for flaw in answer.json()["errors"]] == ["answer-target"]
    assert api.post(ROOT, {**sent, "customer": 0}, **JSON).status_code == 404
    assert api.post(ROOT, {**sent, "channel": "moon"}, **JSON).status_code == 422
    taken = opened(take=True)
    assert api.post(f"{ROOT}/{taken.pk}/claim", {}, **JSON).status_code == 422
    assert api.post(f"{ROOT}/{taken.pk}/resolve", {"words": "x"}, **JSON).status_code == 403
    assert api.post(f"{ROOT}/{taken.pk}/assign", {"to": "x"}, **JSON).status_code == 403


def test_hand_overs_documents_and_supervision(outlet: Branch, customer: Customer) -> None:
    (giver, api), (taker, second) = program(outlet, "甲"), program(outlet, "乙")
    head, boss = program(outlet, "丙", SUPERVISOR)
    sent = {"customer": customer.pk, "business": "close-account", "channel": "counter", "answers": {"reason": "迁居"}}
    pk = api.post(ROOT, {**sent, "take": True}, **JSON).json()["id"]
    upload = SimpleUploadedFile("申请.txt", "销户申请".encode())
    answer = api.post(f"{ROOT}/{pk}/documents", {"document": "form", "file": upload})
    assert answer.status_code == 200, answer.content.decode()
    refused = api.post(f"{ROOT}/{pk}/documents", {"document": "form", "file": SimpleUploadedFile("a.exe", b"MZ\0\0")})
    assert refused.status_code == 422
    act(api, pk, "hand-overs", to=taker.username, reason="外出")
    assert act(second, pk, "hand-overs/answer", accept=True)["assignee"] == taker.username
    assert act(boss, pk, "assign", to=giver.username)["assignee"] == giver.username
    assert act(boss, pk, "priority", is_priority=True)["is_priority"]
    other = api.post(ROOT, {**sent, "take": True}, **JSON).json()["id"]
    act(api, other, "links", other=pk)
    assert act(api, other, "merge", other=pk)["merged_into_id"] == pk
    part = api.post(ROOT, {**sent, "parent": pk}, **JSON).json()
    assert (part["parent_id"], act(api, pk, "escalate", words="请看")["state"]) == (pk, "working")
    assert head.pk != giver.pk


def test_questions_are_scoped_and_paged(api: Client, opened: Opened, stranger: Staff, customer: Customer) -> None:
    first, second = opened(take=True), opened("activation", at=MONDAY + timedelta(minutes=1))
    page = api.get(f"{ROOT}?limit=1").json()
    assert [row["id"] for row in page["items"]] == [second.pk]
    assert [row["id"] for row in api.get(f"{ROOT}?after={page['next']}").json()["items"]] == [first.pk]
    for query, found in (
        ("state=working", [first.pk]),
        ("open=false", []),
        ("business=activation", [second.pk]),
        (f"customer={customer.pk}", [second.pk, first.pk]),
        (f"assignee={first.assignee.username}", [first.pk]),  # type: ignore[union-attr]
        ("opened_from=2026-11-24", []),
        ("opened_from=2026-11-23&opened_to=2026-11-23", [second.pk, first.pk]),
        ("late=true", []),
    ):
        assert [row["id"] for row in api.get(f"{ROOT}?{query}").json()["items"]] == found, query
    stranger.role.permissions = [*stranger.role.permissions, "api.use"]
    stranger.role.save()
    outside = Client()
    outside.force_login(stranger)
    assert outside.get(ROOT).json()["items"] == []
    assert outside.get(f"{ROOT}/{first.pk}").status_code == 404
    businesses = api.get(f"{ROOT}/catalogue").json()["businesses"]
    assert next(row for row in businesses if row["code"] == "transfer-account")["limits"]["handling"] == ["1d", "30m"]


def test_penalty_sheets(outlet: Branch, opened: Opened, teller: Staff, django_capture_on_commit_callbacks: Any) -> None:
    request = opened(take=True)
    handling.check(request=request, codes=["identity"], actor=teller, at=MONDAY)
    with django_capture_on_commit_callbacks(execute=True):
        closing.resolve(request=request, resolution="好", actor=teller, at=MONDAY + timedelta(minutes=23))
    boss, own = program(outlet, "丙", SUPERVISOR)[1], program(outlet, "丁")[1]
    sheet = PenaltySheet.objects.get()
    page = boss.get("/api/v1/penalty-sheets?month=2026-11-15").json()
    assert [(row["staff"], row["total"]) for row in page["items"]] == [(teller.username, "-1.00")]
    entry = boss.get(f"/api/v1/penalty-sheets/{sheet.pk}").json()["entries"][0]
    assert (entry["request_id"], entry["points"], entry["stands"]) == (request.pk, "-1.00", True)
    assert own.get("/api/v1/penalty-sheets").json()["items"] == []
    assert own.get(f"/api/v1/penalty-sheets/{sheet.pk}").status_code == 404


def test_webhooks_are_told_of_acts_and_marks_without_personal_data(
    opened: Opened, outlet: Branch, teller: Staff, customer: Customer
) -> None:
    manager = StaffFactory.create(permissions=["webhooks.manage"])
    both = ["service_requests.changed", "service_requests.mark"]
    subscribe(name="OA", url="https://a.example.com/", kinds=both, branch=outlet, actor=manager, at=MONDAY)
    request = opened(subject="搬家")
    handling.claim(request=request, actor=teller, at=MONDAY + timedelta(minutes=1))
    tick(actor=teller, at=MONDAY + timedelta(minutes=8))
    told = list(Delivery.objects.order_by("pk").values_list("kind", "data"))
    assert [(kind, data.get("act"), data.get("mark")) for kind, data in told] == [
        ("service_requests.changed", "opened", None),
        ("service_requests.changed", "claimed", None),
        ("service_requests.mark", None, "half"),
    ]
    assert told[1][1] == {
        "id": request.pk,
        "number": "261123-0001",
        "business": "authorisation-code",
        "branch": outlet.code,
        "customer_id": customer.pk,
        "act": "claimed",
        "state": "working",
        "is_late": False,
    }
