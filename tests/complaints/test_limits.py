"""The time limits of A7 and of the regulation, each on its own; Monday, 23 November 2026 as the beginning."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from tests.complaints.conftest import MONDAY, moment

from keheng.approvals.enums import Act as Answer
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.complaints.enums import (
    Channel,
    ClockEventKind,
    ClockKind,
    Grade,
    Kind,
    Outcome,
    RuleSet,
    State,
    VisitFinding,
)
from keheng.complaints.models import ClockEvent, Complaint, ComplaintClock
from keheng.complaints.operations import closing, correction, forms, reviewing, ticking
from keheng.notices.models import Notice
from keheng.org.models import Branch, Staff
from keheng.org.queries import system_actor

pytestmark = pytest.mark.usefixtures("english")
Made = Callable[..., Complaint]


def clock(complaint: Complaint, kind: ClockKind) -> ComplaintClock:
    return complaint.clocks.filter(kind=kind).latest("pk")


def due(complaint: Complaint, kind: ClockKind) -> datetime:
    return clock(complaint, kind).due_at


def test_a7_the_form_is_issued_within_one_hour(registered: Made) -> None:
    assert due(registered(), ClockKind.FORM) == moment("11-23 10:00")
    assert due(registered(moment("11-23 11:00")), ClockKind.FORM) == moment("11-23 13:30")  # lunch does not count


def test_a7_an_interim_measure_of_a_major_complaint_within_eight_working_hours(classified: Made) -> None:
    complaint = classified(grade=Grade.MAJOR)
    assert due(complaint, ClockKind.INTERIM) == moment("11-24 10:30")  # six and a half hours a day
    minor = classified()
    assert not minor.clocks.filter(kind=ClockKind.INTERIM).exists()


def test_a7_the_permanent_measure_of_a_major_complaint_within_two_workdays(classified: Made) -> None:
    assert due(classified(grade=Grade.MAJOR), ClockKind.PERMANENT) == moment("11-25 09:00")
    friday = classified(grade=Grade.MAJOR, at=moment("11-27 15:00"))
    assert due(friday, ClockKind.PERMANENT) == moment("12-01 15:00")


def test_a7_a_minor_complaint_is_answered_within_three_workdays(classified: Made) -> None:
    complaint = classified()
    assert due(complaint, ClockKind.REPLY) == moment("11-26 09:00")
    assert not classified(grade=Grade.MAJOR).clocks.filter(kind=ClockKind.REPLY).exists()


def test_a7_the_customer_is_visited_within_two_workdays(classified: Made, officer: Staff) -> None:
    complaint = classified(kind=Kind.PROFESSIONAL, cause="wrong-entry")
    assert complaint.path == "k"
    assert due(complaint, ClockKind.VISIT) == moment("11-25 09:00")
    correction.visit(
        complaint=complaint, found=VisitFinding.USE, words="使用不当", actor=officer, at=moment("11-25 09:00")
    )
    assert clock(complaint, ClockKind.VISIT).met is True
    assert not classified().clocks.filter(kind=ClockKind.VISIT).exists()


def test_decision_14_the_decision_is_told_within_fifteen_calendar_days(registered: Made) -> None:
    complaint = registered()
    assert due(complaint, ClockKind.DECISION) == moment("12-08 09:00")
    night = registered(moment("11-28 23:30"))  # a Saturday night
    assert due(night, ClockKind.DECISION) == moment("12-13 23:30")
    assert complaint.regulatory_due_at == moment("12-08 09:00")
    assert complaint.internal_due_at == moment("11-23 10:00")


def test_decision_14_extended_to_thirty_days_with_reasons(classified: Made, officer: Staff) -> None:
    complaint = classified()
    closing.extend(complaint=complaint, reason="需调取监控与流水", actor=officer, at=moment("12-07 10:00"))
    complaint.refresh_from_db()
    assert due(complaint, ClockKind.DECISION) == complaint.regulatory_due_at == moment("12-23 09:00")
    assert complaint.clock_events.filter(kind=ClockEventKind.EXTENDED).count() == 1


def test_decision_14_thirty_days_more_by_approval(
    classified: Made, officer: Staff, head: Staff, django_capture_on_commit_callbacks: Any
) -> None:
    complaint = classified()
    closing.extend(complaint=complaint, reason="需调取流水", actor=officer, at=moment("12-07 10:00"))
    closing.extend(complaint=complaint, reason="司法鉴定未出", actor=officer, at=moment("12-20 10:00"))
    assert due(complaint, ClockKind.DECISION) == moment("12-23 09:00")  # until somebody consents
    with django_capture_on_commit_callbacks(execute=True):
        asked = Request.objects.get(kind=closing.EXTENSION)
        decide(request=asked, outcome=Answer.APPROVE, actor=head, reason="", at=moment("12-21 10:00"))
    assert due(complaint, ClockKind.DECISION) == moment("11-23 09:00").replace(month=1, day=22, year=2027)
    with pytest.raises(Exception, match="no further extension"):
        closing.extend(complaint=complaint, reason="再延", actor=officer, at=moment("12-22 10:00"))


def test_an_extension_comes_before_the_limit_has_passed(classified: Made, officer: Staff) -> None:
    with pytest.raises(Exception, match="has passed"):
        closing.extend(complaint=classified(), reason="晚了", actor=officer, at=moment("12-08 09:01"))


def test_a_transfer_of_the_regulator_is_handed_over_within_three_workdays(
    registered: Made, officer: Staff, deputy: Staff
) -> None:
    complaint = registered(channel=Channel.REGULATOR, external_number="浙银转〔2026〕118 号")
    assert due(complaint, ClockKind.HAND_OVER) == moment("11-26 09:00")
    assert not registered().clocks.filter(kind=ClockKind.HAND_OVER).exists()
    reviewing.assign(complaint=complaint, to=officer, actor=deputy, at=moment("11-24 09:00"))
    assert clock(complaint, ClockKind.HAND_OVER).met is True


def test_an_internal_review_is_decided_within_thirty_days(settled: Complaint, officer: Staff) -> None:
    closing.ask_review(complaint=settled, reason="不认可", actor=officer, at=moment("11-30 09:00"))
    assert due(settled, ClockKind.REVIEW) == moment("12-30 09:00")


def test_a_review_is_asked_for_within_thirty_days_of_the_reply(settled: Complaint, officer: Staff) -> None:
    late = moment("12-25 09:00")
    with pytest.raises(Exception, match="within 30 days"):
        closing.ask_review(complaint=settled, reason="不认可", actor=officer, at=late)


@pytest.fixture
def settled(classified: Made, officer: Staff) -> Complaint:
    """A minor complaint settled, answered and closed within a day."""
    complaint = classified()
    forms.settle(
        complaint=complaint, outcome=Outcome.JUSTIFIED, finding="已致歉", actor=officer, at=moment("11-23 09:30")
    )
    closing.reply(
        complaint=complaint,
        outcome=Outcome.JUSTIFIED,
        finding="已致歉并整改",
        remedies_told=True,
        actor=officer,
        at=moment("11-23 10:00"),
    )
    return closing.close(complaint=complaint, satisfied=True, words="满意", actor=officer, at=moment("11-23 10:30"))


def test_what_is_settled_at_once_needs_no_form_and_no_check(settled: Complaint) -> None:
    assert settled.state == State.CLOSED
    assert set(settled.clocks.values_list("kind", "met")) == {("form", True), ("reply", True), ("decision", True)}


def test_limits_count_from_the_receipt_also_after_a_late_first_review(registered: Made, officer: Staff) -> None:
    complaint = registered(at=moment("11-23 16:00"), received_at=MONDAY)
    assert due(complaint, ClockKind.FORM) == moment("11-23 10:00")
    ticking.tick(actor=system_actor(), at=moment("11-23 16:01"))
    complaint.refresh_from_db()
    assert (complaint.is_internal_late, complaint.is_regulatory_late) == (True, False)


def test_each_mark_is_told_once_and_never_to_whoever_is_complained_about(
    registered: Made, officer: Staff, teller: Staff, outlet: Branch
) -> None:
    registered(about_staff=teller)
    assert ticking.tick(actor=system_actor(), at=moment("11-23 09:47")) == 0
    assert ticking.tick(actor=system_actor(), at=moment("11-23 09:48")) == 1
    assert ticking.tick(actor=system_actor(), at=moment("11-23 09:50")) == 0
    assert ticking.tick(actor=system_actor(), at=moment("11-23 10:00")) == 1
    assert list(ClockEvent.objects.filter(kind=ClockEventKind.MARK).values_list("mark", flat=True)) == ["near", "due"]
    assert not Notice.objects.filter(staff=teller).exists()


def test_another_grade_drops_the_limits_that_do_not_concern_it(classified: Made, officer: Staff) -> None:
    complaint = classified()
    reviewing.classify(
        complaint=complaint,
        kind=Kind.SERVICE,
        cause=complaint.cause,  # type: ignore[arg-type]
        grade=Grade.MAJOR,
        actor=officer,
        at=moment("11-23 09:10"),
    )
    assert clock(complaint, ClockKind.REPLY).dropped
    running = complaint.clocks.filter(stopped_at=None, rule_set=RuleSet.INTERNAL).values_list("kind", flat=True)
    assert set(running) == {"form", "interim", "permanent"}
