"""Replies with their remedies, compensation within limits, responsibility with appeal, lessons with receipts (A7)."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from tests.complaints.conftest import MONDAY, person

from keheng.approvals.enums import Act
from keheng.approvals.operations import decide
from keheng.care.models import Task
from keheng.complaints.enums import (
    CompensationForm,
    CompensationState,
    ConclusionState,
    Degree,
    DeliveryState,
    DeliveryWay,
    Grade,
    LetterState,
    Outcome,
    Remedy,
    State,
)
from keheng.complaints.models import Complaint, Conclusion, CustomerFlag, Letter
from keheng.complaints.operations import compensation, consequences, lessons, letters, outbox, templates
from keheng.complaints.operations.forms import settle
from keheng.complaints.policies.consequences import at_risk
from keheng.complaints.policies.letters import fill, missing_remedies, unknown_fields
from keheng.notices.models import Notice
from keheng.org.models import Branch, Staff
from keheng.service_requests.models import PenaltyEntry

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def replying(classified: Callable[..., Complaint], officer: Staff) -> Complaint:
    """A minor complaint that was settled at once and waits for its reply."""
    made = classified(complaining=[_li()])
    return settle(complaint=made, outcome=Outcome.JUSTIFIED, finding="当场致歉并更正", actor=officer, at=MONDAY)


def _li() -> Any:
    from keheng.complaints.operations.intake import Complaining

    return Complaining(name="李国强", phone="13857712345", mail="li@example.cn")


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Any:
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def approved(replying: Complaint, officer: Staff, reviewer: Staff, commit: Any) -> Letter:
    made = drafted(replying, officer)
    letters.submit(letter=made, actor=officer, at=MONDAY)
    made.refresh_from_db()
    assert made.request is not None
    with commit():
        decide(request=made.request, outcome=Act.APPROVE, actor=reviewer, reason="同意", at=MONDAY)
    made.refresh_from_db()
    return made


def drafted(complaint: Complaint, officer: Staff) -> Letter:
    return letters.draft(
        complaint=complaint,
        code="reply-founded",
        outcome=Outcome.JUSTIFIED,
        finding="利息少计 12.50 元，已补入。",
        actor=officer,
        at=MONDAY,
    )


def test_a7_a_reply_names_review_mediation_arbitration_and_suit(replying: Complaint, officer: Staff) -> None:
    made = drafted(replying, officer)
    assert missing_remedies(made.body or "") == []
    assert "李国强" in (made.body or "")
    assert "利息少计 12.50 元" in (made.body or "")
    letters.edit(letter=made, subject="答复", body="您可以申请仲裁。", actor=officer, at=MONDAY)
    made.refresh_from_db()
    assert missing_remedies(made.body or "") == [Remedy.REVIEW, Remedy.MEDIATION, Remedy.SUIT]
    with pytest.raises(ValidationError, match="must name all remedies"):
        letters.submit(letter=made, actor=officer, at=MONDAY)
    with pytest.raises(ValidationError, match="a draft already"):
        drafted(replying, officer)


def test_an_approved_letter_is_kept_as_pdf_and_changes_no_more(approved: Letter, officer: Staff) -> None:
    assert approved.state == LetterState.APPROVED
    assert approved.approved_by != officer
    assert approved.file is not None
    assert approved.file.kind == "pdf"
    with pytest.raises(ValidationError, match="now"):
        letters.edit(letter=approved, subject="x", body="y", actor=officer, at=MONDAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        approved.delete()


def test_a_refused_letter_is_a_draft_again(replying: Complaint, officer: Staff, reviewer: Staff, commit: Any) -> None:
    made = drafted(replying, officer)
    letters.submit(letter=made, actor=officer, at=MONDAY)
    made.refresh_from_db()
    assert made.request is not None
    with commit():
        decide(request=made.request, outcome=Act.REFUSE, actor=reviewer, reason="措辞生硬", at=MONDAY)
    made.refresh_from_db()
    assert (made.state, made.request) == (LetterState.DRAFT, None)


def test_delivery_by_mail_is_the_reply_and_stops_the_clocks(approved: Letter, officer: Staff) -> None:
    with pytest.raises(ValidationError, match="complete e-mail"):
        letters.deliver(letter=approved, way=DeliveryWay.MAIL, to="li", actor=officer, at=MONDAY)
    made = letters.deliver(letter=approved, way=DeliveryWay.MAIL, to="li@example.cn", actor=officer, at=MONDAY)
    complaint = Complaint.objects.get(pk=approved.complaint_id)
    assert complaint.replied_at == MONDAY
    assert complaint.state in (State.VERIFYING, State.CLOSING)
    assert not complaint.clocks.filter(kind__in=["reply", "decision"], stopped_at=None).exists()
    assert outbox.send_waiting(at=MONDAY) == 1
    (sent,) = django_mail.outbox
    (name, content, kind) = sent.attachments[0]
    assert (name, kind, content[:5]) == (f"{complaint.number}.pdf", "application/pdf", b"%PDF-")
    made.refresh_from_db()
    assert made.state == DeliveryState.SENT


def test_post_needs_its_number_and_may_come_back(approved: Letter, officer: Staff) -> None:
    with pytest.raises(ValidationError, match="tracking number"):
        letters.deliver(letter=approved, way=DeliveryWay.POST, to="李国强", actor=officer, at=MONDAY)
    made = letters.deliver(
        letter=approved, way=DeliveryWay.POST, to="李国强", reference="EMS1", actor=officer, at=MONDAY
    )
    letters.confirm(delivery=made, arrived=False, words="无人签收", actor=officer, at=MONDAY)
    made.refresh_from_db()
    assert (made.state, made.failure) == (DeliveryState.FAILED, "无人签收")
    again = letters.deliver(
        letter=approved, way=DeliveryWay.HANDED, to="李国强", reference="签收单", actor=officer, at=MONDAY
    )
    assert again.state == DeliveryState.DELIVERED


def test_compensation_keeps_the_limit_of_its_grade_and_two_people(
    replying: Complaint, officer: Staff, head: Staff, reviewer: Staff, commit: Any
) -> None:
    given = {"complaint": replying, "form": CompensationForm.GOODWILL, "actor": officer, "at": MONDAY}
    with pytest.raises(ValidationError, match=r"5,000\.00"):
        compensation.ask_for(amount=Decimal("5000.01"), reason="致歉", **given)
    made = compensation.ask_for(amount=Decimal(4000), reason="致歉", **given)
    with pytest.raises(ValidationError, match=r"1,000\.00"):
        compensation.ask_for(amount=Decimal(1001), reason="再致歉", **given)
    assert made.request is not None
    with commit():
        decide(request=made.request, outcome=Act.APPROVE, actor=head, reason="同意", at=MONDAY)
    made.refresh_from_db()
    assert made.state == CompensationState.APPROVED
    with pytest.raises(PermissionDenied):
        compensation.pay(compensation=made, voucher="PZ1", actor=officer, at=MONDAY)
    compensation.pay(compensation=made, voucher="PZ1", actor=reviewer, at=MONDAY)
    with pytest.raises(ValidationError, match="now"):
        compensation.pay(compensation=made, voucher="PZ2", actor=reviewer, at=MONDAY)


@pytest.fixture
def concluded(replying: Complaint, reviewer: Staff, teller: Staff) -> Conclusion:
    return consequences.conclude(
        complaint=replying, staff=teller, degree=Degree.MAIN, words="未核对利率", actor=reviewer, at=MONDAY
    )


def test_a_conclusion_counts_after_the_appeal_is_over(concluded: Conclusion, teller: Staff) -> None:
    assert concluded.points == Decimal("-1.5")
    assert consequences.settle(at=MONDAY + timedelta(days=5)) == 0
    assert not PenaltyEntry.objects.exists()
    assert consequences.settle(at=MONDAY + timedelta(days=6)) == 1
    assert consequences.settle(at=MONDAY + timedelta(days=6)) == 0
    entry = PenaltyEntry.objects.get()
    assert (entry.sheet.staff, entry.points, entry.inspection) == (teller, Decimal("-1.5"), True)
    assert Notice.objects.filter(staff=teller).count() >= 2


def test_an_appeal_is_decided_by_a_third_person(
    concluded: Conclusion, teller: Staff, reviewer: Staff, head: Staff
) -> None:
    with pytest.raises(PermissionDenied):
        consequences.appeal(conclusion=concluded, reason="不是我", actor=reviewer, at=MONDAY)
    consequences.appeal(conclusion=concluded, reason="系统参数有误", actor=teller, at=MONDAY)
    with pytest.raises(PermissionDenied):
        consequences.decide_appeal(conclusion=concluded, grant=False, answer="维持", actor=reviewer, at=MONDAY)
    consequences.decide_appeal(conclusion=concluded, grant=True, answer="参数确有误", actor=head, at=MONDAY)
    concluded.refresh_from_db()
    assert concluded.state == ConclusionState.OVERTURNED
    assert not PenaltyEntry.objects.exists()
    with pytest.raises(ValidationError, match="now"):
        consequences.accept(conclusion=concluded, actor=teller, at=MONDAY)


def test_an_appeal_turned_down_and_an_acceptance_are_entered_once(
    concluded: Conclusion, teller: Staff, head: Staff
) -> None:
    with pytest.raises(ValidationError, match="possible until"):
        consequences.appeal(conclusion=concluded, reason="晚了", actor=teller, at=MONDAY + timedelta(days=7))
    consequences.accept(conclusion=concluded, actor=teller, at=MONDAY)
    with pytest.raises(ValidationError, match="now"):
        consequences.accept(conclusion=concluded, actor=teller, at=MONDAY)
    assert PenaltyEntry.objects.count() == 1


def test_nobody_concludes_about_themselves_and_tellers_not_at_all(
    replying: Complaint, reviewer: Staff, teller: Staff
) -> None:
    for actor, staff in ((reviewer, reviewer), (teller, reviewer)):
        with pytest.raises(PermissionDenied):
            consequences.conclude(
                complaint=replying, staff=staff, degree=Degree.MAIN, words="x", actor=actor, at=MONDAY
            )


def test_the_customer_is_flagged_and_called_on(replying: Complaint, officer: Staff, branch: Branch) -> None:
    owner = person(branch, "relationship-manager", "周正")
    customer = replying.customer
    assert customer is not None
    type(customer).objects.filter(pk=customer.pk).update(owner=owner)
    fresh = Complaint.objects.select_related("customer__owner").get(pk=replying.pk)
    consequences.follow(complaint=fresh, act="classified", at=MONDAY)
    assert CustomerFlag.objects.get().until is None
    Complaint.objects.filter(pk=fresh.pk).update(state=State.CLOSED, closed_at=MONDAY)
    for _again in range(2):
        fresh = Complaint.objects.select_related("customer__owner").get(pk=replying.pk)
        consequences.follow(complaint=fresh, act="closed", at=MONDAY)
    assert str(CustomerFlag.objects.get().until) == "2027-05-22"
    assert [(task.staff, task.customer) for task in Task.objects.all()] == [(owner, customer)]


def test_who_may_leave_over_a_complaint() -> None:
    usual = {"grade": Grade.MINOR, "channel": "phone", "is_repeat": False}
    assert at_risk(**usual, satisfied=None) == ()
    assert at_risk(**usual, satisfied=False) == ("unsatisfied",)
    assert at_risk(grade=Grade.MAJOR, channel="regulator", is_repeat=True, satisfied=True) == ()
    assert at_risk(grade=Grade.MAJOR, channel="regulator", is_repeat=True, satisfied=None) == (
        "major",
        "regulator",
        "repeated",
    )


def test_a_lesson_names_nobody_and_keeps_who_read_it(replying: Complaint, reviewer: Staff, teller: Staff) -> None:
    given = {"complaint": replying, "branch": reviewer.branch, "actor": reviewer, "at": MONDAY}
    with pytest.raises(ValidationError, match="李国强"):
        lessons.publish_lesson(title="利率", happened="李国强的利息少计", learned="复核", **given)
    made = lessons.publish_lesson(title="利率", happened="利息少计", learned="录入后由第二人复核", **given)
    assert made.readers >= 2
    assert Notice.objects.filter(staff=teller, kind="complaints.lesson").exists()
    for _again in range(2):
        lessons.read_lesson(lesson=made, actor=teller, at=MONDAY)
    assert made.readings.count() == 1
    stranger = person(Branch.objects.get(parent=None), "relationship-manager", "孙磊")
    with pytest.raises(PermissionDenied):
        lessons.read_lesson(lesson=made, actor=stranger, at=MONDAY)


def test_templates_change_by_versions_that_are_checked(branch: Branch) -> None:
    from keheng.org.queries import system_actor

    boss = system_actor()
    assert (unknown_fields("{name} {secret}"), fill("{name}", {"name": "{number}"})) == (["secret"], "{number}")
    given = {"subject": "救济途径", "reason": "更新", "actor": boss, "at": MONDAY}
    with pytest.raises(ValidationError, match="secret"):
        templates.change_template(code="reply-founded", body="{secret}", **given)
    with pytest.raises(ValidationError, match="Suit"):
        templates.change_template(code="remedies", body="核查、调解、仲裁", **given)
    made = templates.change_template(code="remedies", body="核查、调解、仲裁、诉讼", **given)
    assert made.number == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("complaint-officer", {"after": 200, "mail": 200, "lessons": 200, "settings": 403, "draft": 200, "judge": 403}),
        ("service-manager", {"after": 200, "mail": 200, "lessons": 200, "settings": 403, "draft": 200, "judge": 200}),
        ("auditor", {"after": 200, "mail": 403, "lessons": 200, "settings": 403, "draft": 403, "judge": 403}),
        ("administrator", {"after": 200, "mail": 403, "lessons": 200, "settings": 200, "draft": 403, "judge": 403}),
        ("researcher", {"after": 403, "mail": 403, "lessons": 403, "settings": 403, "draft": 404, "judge": 404}),
    ],
)
def test_who_sees_which_page(
    replying: Complaint, branch: Branch, client: Client, role: str, expected: dict[str, int]
) -> None:
    client.force_login(person(branch, role, "测试"))
    pages = {
        "after": reverse("complaints:after-tab", args=[replying.pk]),
        "mail": reverse("complaints:mail"),
        "lessons": reverse("complaints:lessons"),
        "settings": reverse("complaints:mail-settings"),
        "draft": reverse("complaints:draft-letter", args=[replying.pk]),
        "judge": reverse("complaints:conclude", args=[replying.pk]),
    }
    assert {name: client.get(address).status_code for name, address in pages.items()} == expected


def test_the_person_concerned_reads_their_conclusion_but_not_the_complaint(
    concluded: Conclusion, teller: Staff, client: Client
) -> None:
    Complaint.objects.filter(pk=concluded.complaint_id).update(about_staff=teller)
    client.force_login(teller)
    page = client.get(concluded.get_absolute_url())
    assert page.status_code == 200
    assert "未核对利率" in page.content.decode()
    assert client.get(concluded.complaint.get_absolute_url()).status_code == 404
