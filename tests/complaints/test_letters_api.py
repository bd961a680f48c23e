"""Letters, deliveries, compensation, lessons and links over HTTP: the operations and rights of the pages (A7)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.complaints.conftest import MONDAY
from tests.factories import CustomerFactory

from keheng.approvals.enums import Act as Answer
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.common import clock
from keheng.complaints.enums import Outcome
from keheng.complaints.models import Complaint
from keheng.complaints.operations.forms import settle
from keheng.complaints.operations.intake import Complaining
from keheng.org.models import Branch, Role, Staff

ROOT = "/api/v1/complaints"
Made = Callable[..., Complaint]


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(minutes=10))


class Caller:
    """A program that acts as somebody."""

    def __init__(self, staff: Staff) -> None:
        Role.objects.filter(pk=staff.role_id).update(permissions=[*staff.role.permissions, "api.use"])
        self.client = Client()
        self.client.force_login(Staff.objects.get(pk=staff.pk))

    def get(self, path: str) -> Any:
        return self.client.get(f"{ROOT}{path}")

    def post(self, path: str, **values: Any) -> Any:
        return self.client.post(f"{ROOT}{path}", values, content_type="application/json")

    def put(self, path: str, **values: Any) -> Any:
        return self.client.put(f"{ROOT}{path}", values, content_type="application/json")


@pytest.fixture
def replying(classified: Made, officer: Staff) -> Complaint:
    made = classified(complaining=[Complaining(name="李国强", phone="13857712345")])
    return settle(complaint=made, outcome=Outcome.JUSTIFIED, finding="当场致歉并更正", actor=officer, at=MONDAY)


def test_a_reply_from_the_draft_to_the_delivery(
    replying: Complaint, officer: Staff, reviewer: Staff, teller: Staff, django_capture_on_commit_callbacks: Any
) -> None:
    caller, at = Caller(officer), clock.now()
    path = f"/{replying.pk}/letters"
    asked = {"template": "reply-founded", "outcome": "justified", "finding": "已更正"}
    assert Caller(teller).post(path, **asked).status_code == 403
    made = caller.post(path, **asked)
    assert made.status_code == 201, made.content.decode()
    letter = made.json()
    assert (letter["number"], letter["state"], letter["missing"]) == (1, "draft", [])
    assert caller.post(path, **asked).status_code == 422
    one = f"{path}/{letter['id']}"
    assert caller.put(one, subject="答复", body="您可以申请仲裁。").json()["missing"] == ["review", "mediation", "suit"]
    refused = caller.post(f"{one}/submit")
    assert refused.status_code == 422
    assert "诉讼" in refused.content.decode()
    assert caller.put(one, subject="答复", body=letter["body"]).status_code == 200
    submitted = caller.post(f"{one}/submit").json()
    assert submitted["state"] == "asked"
    with django_capture_on_commit_callbacks(execute=True):
        decide(
            request=Request.objects.get(pk=submitted["request"]),
            outcome=Answer.APPROVE,
            actor=reviewer,
            reason="同意",
            at=at,
        )
    assert caller.get(one).json()["approved_by"] == reviewer.username
    assert caller.get(f"{one}/pdf").getvalue().startswith(b"%PDF")
    assert caller.post(f"{one}/deliver", way="post", to="李国强").status_code == 422
    sent = caller.post(f"{one}/deliver", way="post", to="李国强", reference="SF1001")
    assert (sent.status_code, sent.json()["state"], "to" in sent.json()) == (201, "sent", False)
    assert caller.get(f"/{replying.pk}").json()["replied_at"] is not None
    settled = caller.post(f"/{replying.pk}/deliveries/{sent.json()['id']}", arrived=True).json()
    assert settled["state"] == "delivered"
    assert [row["reference"] for row in caller.get(f"/{replying.pk}/deliveries").json()] == ["SF1001"]
    assert "body" not in caller.get(path).json()[0]


def test_a_draft_is_dropped_with_a_reason(replying: Complaint, officer: Staff) -> None:
    caller = Caller(officer)
    asked = {"template": "reply-founded", "outcome": "justified", "finding": "已更正"}
    letter = caller.post(f"/{replying.pk}/letters", **asked).json()
    one = f"/{replying.pk}/letters/{letter['id']}"
    assert caller.post(f"{one}/drop", reason="").status_code == 422
    assert caller.post(f"{one}/drop", reason="重写").json()["state"] == "dropped"
    assert caller.get(f"/{replying.pk + 999}/letters").status_code == 404


def test_compensation_is_asked_for_within_the_limit_and_paid_by_another(
    replying: Complaint, officer: Staff, head: Staff, reviewer: Staff, django_capture_on_commit_callbacks: Any
) -> None:
    caller, path = Caller(officer), f"/{replying.pk}/compensations"
    assert caller.post(path, form="refund", amount="5000.01", reason="x").status_code == 422
    assert caller.post(path, form="refund", amount="-1", reason="x").status_code == 422
    made = caller.post(path, form="refund", amount="200.00", reason="退还手续费")
    assert made.status_code == 201, made.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        decide(
            request=Request.objects.get(pk=made.json()["request"]),
            outcome=Answer.APPROVE,
            actor=head,
            reason="同意",
            at=clock.now(),
        )
    pay = f"{path}/{made.json()['id']}/pay"
    assert caller.post(pay, voucher="PZ1").status_code == 403
    assert Caller(reviewer).post(pay, voucher="PZ1").json()["state"] == "paid"
    assert [row["voucher"] for row in caller.get(path).json()] == ["PZ1"]


def test_lessons_are_published_and_read_with_a_receipt(
    replying: Complaint, reviewer: Staff, officer: Staff, teller: Staff, branch: Branch
) -> None:
    asked = {"branch": branch.code, "title": "利率", "happened": "利息少计", "learned": "录入后由第二人复核"}
    assert Caller(officer).post(f"/{replying.pk}/lessons", **asked).status_code == 403
    judge = Caller(reviewer)
    named = judge.post(f"/{replying.pk}/lessons", **{**asked, "happened": "李国强的利息少计"})
    assert named.status_code == 422
    made = judge.post(f"/{replying.pk}/lessons", **asked)
    assert made.status_code == 201, made.content.decode()
    reader, one = Caller(teller), f"/lessons/{made.json()['id']}"
    assert [row["title"] for row in reader.get("/lessons").json()["items"]] == ["利率"]
    assert reader.get(one).json()["read"] is False
    assert reader.post(f"{one}/read").json()["read_by"] == 1
    assert reader.post(f"{one}/read").json()["read_by"] == 1


def test_similar_ones_are_offered_and_linked(classified: Made, officer: Staff, teller: Staff, outlet: Branch) -> None:
    record = classified()
    other = classified(customer=CustomerFactory.create(branch=outlet), complaining=[])
    caller = Caller(officer)
    offered = caller.get(f"/{record.pk}/similar").json()
    assert [(row["id"], row["reasons"]) for row in offered] == [(other.pk, ["cause", "unit", "words"])]
    assert Caller(teller).post(f"/{record.pk}/links", other=other.pk).status_code == 403
    assert caller.post(f"/{record.pk}/links", other=record.pk).status_code == 422
    assert caller.post(f"/{record.pk}/links", other=other.pk).json() == []
