"""Requests from intake to the reply: who may, what follows, what is refused."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from tests.factories import CustomerFactory, StaffFactory
from tests.service_requests.conftest import MONDAY, moment

from keheng.approvals.enums import Act as Answer
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.audit.models import Entry
from keheng.customers.models import Customer
from keheng.notices.models import Notice
from keheng.org.models import Staff
from keheng.service_requests.enums import Channel, ClockKind, SlaEventKind, Stage, State, StepKind
from keheng.service_requests.models import ServiceRequest, SlaEvent, Step
from keheng.service_requests.operations import closing, following, hand_over, handling
from keheng.service_requests.operations.opening import open_request

pytestmark = pytest.mark.usefixtures("english")
Opened = Callable[..., ServiceRequest]


def events(request: ServiceRequest) -> list[tuple[str, str]]:
    return list(SlaEvent.objects.filter(request=request).values_list("clock__kind", "kind"))


def test_the_way_of_a_request(opened: Opened, teller: Staff, other: Staff) -> None:
    request = opened()
    assert request.number == "261123-0001"
    assert (request.state, request.assignee, request.opened_by) == (State.WAITING, None, teller)
    assert request.due_at == moment("11-23 09:03")  # the response is due first
    request = handling.claim(request=request, actor=other, at=moment("11-23 09:02"))
    assert (request.state, request.stage, request.assignee) == (State.WORKING, Stage.ANALYSIS, other)
    assert request.due_at == moment("11-23 09:15")
    handling.check(request=request, codes=["identity"], actor=other, at=moment("11-23 09:05"))
    request = closing.resolve(request=request, resolution="已发放", actor=other, at=moment("11-23 09:10"))
    assert (request.state, request.due_kind, request.due_at) == (State.RESOLVED, "feedback", moment("11-23 14:40"))
    request = closing.reply(request=request, words="您好，已办结", actor=other, at=moment("11-23 09:12"))
    assert (request.state, request.due_at, request.is_late) == (State.CLOSED, None, False)
    assert events(request) == [
        ("response", "started"),
        ("handling", "started"),
        ("response", "met"),
        ("handling", "met"),
        ("feedback", "started"),
        ("feedback", "met"),
    ]
    kinds = [StepKind.OPENED, StepKind.CLAIMED, StepKind.CHECKED, StepKind.RESOLVED, StepKind.REPLIED]
    assert list(request.steps.values_list("kind", flat=True)) == kinds
    assert [entry.action for entry in Entry.objects.order_by("pk")] == [f"service_requests.{kind}" for kind in kinds]


def test_numbers_of_a_day_follow_each_other(opened: Opened) -> None:
    numbers = [opened().number, opened().number, opened(at=moment("11-24 09:00")).number]
    assert numbers == ["261123-0001", "261123-0002", "261124-0001"]


@pytest.mark.django_db(transaction=True)
def test_two_claim_and_one_gets_it(opened: Opened, teller: Staff, other: Staff) -> None:
    request, together = opened(), Barrier(2)
    told: list[str] = []

    def run(actor: Staff) -> None:
        together.wait()
        try:
            handling.claim(request=request, actor=actor, at=moment("11-23 09:01"))
            told.append("got it")
        except ValidationError as error:
            told.append(error.messages[0])
        finally:
            connection.close()

    threads = [Thread(target=run, args=(actor,)) for actor in (teller, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    request.refresh_from_db()
    assert told.count("got it") == 1
    assert f"{request.assignee}" in next(sentence for sentence in told if sentence != "got it")
    assert Step.objects.filter(kind=StepKind.CLAIMED).count() == 1


def test_the_next_one_is_the_priority_customers(opened: Opened, big_customer: Customer, other: Staff) -> None:
    usual, quick = opened(), opened(customer=big_customer, at=MONDAY + timedelta(minutes=2))
    keys = [usual.pk, quick.pk]
    assert handling.claim_next(candidates=keys, actor=other, at=moment("11-23 09:03")) == quick
    assert handling.claim_next(candidates=keys, actor=other, at=moment("11-23 09:03")) == usual
    assert handling.claim_next(candidates=keys, actor=other, at=moment("11-23 09:03")) is None


def test_pause_moves_what_is_due_and_ends_by_itself(opened: Opened, teller: Staff) -> None:
    request = opened(take=True)
    handling.pause(request=request, reason="customer", note="等客户", actor=teller, at=moment("11-23 09:05"))
    request = handling.resume(request=request, actor=teller, at=moment("11-23 09:35"))
    assert request.due_at == moment("11-23 09:45")
    with pytest.raises(ValidationError, match="Once is enough"):
        handling.pause(request=request, reason="customer", note="", actor=teller, at=moment("11-23 09:36"))
    handling.pause(request=request, reason="system", note="", actor=teller, at=moment("11-23 09:40"))
    following.tick(actor=teller, at=moment("11-23 14:09"))
    request.refresh_from_db()
    assert request.state == State.PAUSED
    following.tick(actor=teller, at=moment("11-23 15:11"))  # the reason allows four hours of service
    request.refresh_from_db()
    assert (request.state, request.due_at) == (State.WORKING, moment("11-23 15:15"))


def test_closing_needs_checks_documents_and_a_second_person(
    opened: Opened, teller: Staff, head: Staff, django_capture_on_commit_callbacks: Any
) -> None:
    request = opened("transfer-account", take=True)
    with pytest.raises(ValidationError) as caught:
        closing.resolve(request=request, resolution="完成", actor=teller, at=moment("11-23 10:00"))
    assert "Check: " in caught.value.messages[0]
    assert "Document: " in caught.value.messages[0]
    for document in ("identity", "form"):
        upload = SimpleUploadedFile("x.txt", "转户申请".encode())
        handling.attach(request=request, upload=upload, document=document, actor=teller, at=moment("11-23 10:00"))
    codes = ["identity", "restrictions", "confirmed", "unknown"]
    handling.check(request=request, codes=codes, actor=teller, at=moment("11-23 10:00"))
    request = closing.resolve(request=request, resolution="完成", actor=teller, at=moment("11-23 10:01"))
    assert request.state == State.APPROVAL
    asked = Request.objects.get(kind=closing.CLOSING)
    with django_capture_on_commit_callbacks(execute=True):
        decide(request=asked, outcome=Answer.RETURN, actor=head, reason="缺签字", at=moment("11-23 10:02"))
    request.refresh_from_db()
    assert request.state == State.WORKING
    closing.resolve(request=request, resolution="完成", actor=teller, at=moment("11-23 10:03"))
    with django_capture_on_commit_callbacks(execute=True):
        again = Request.objects.exclude(pk=asked.pk).get(kind=closing.CLOSING)
        decide(request=again, outcome=Answer.APPROVE, actor=head, reason="", at=moment("11-23 10:04"))
    request.refresh_from_db()
    assert (request.state, request.resolved_at) == (State.RESOLVED, moment("11-23 10:04"))


def test_hand_over_waits_for_acceptance(opened: Opened, teller: Staff, other: Staff, stranger: Staff) -> None:
    request = opened(take=True)
    offered = hand_over.offer(request=request, to=other, reason="外出", actor=teller, at=MONDAY)
    request.refresh_from_db()
    assert request.assignee == teller
    with pytest.raises(ValidationError, match="offered to somebody already"):
        hand_over.offer(request=request, to=other, reason="外出", actor=teller, at=MONDAY)
    with pytest.raises(PermissionDenied):
        hand_over.answer(offered=offered, accept=True, actor=stranger, at=MONDAY)
    with pytest.raises(ValidationError):
        hand_over.answer(offered=offered, accept=False, actor=other, at=MONDAY)
    hand_over.answer(offered=offered, accept=True, actor=other, at=MONDAY)
    request.refresh_from_db()
    assert request.assignee == other
    assert Notice.objects.filter(staff=teller, title__contains="has taken over").exists()


def test_reopening_has_a_limit(opened: Opened, teller: Staff) -> None:
    request = opened(take=True)
    handling.check(request=request, codes=["identity"], actor=teller, at=MONDAY)
    for minute in (1, 3):
        closing.resolve(request=request, resolution="好", actor=teller, at=MONDAY + timedelta(minutes=minute))
        closing.reopen(request=request, reason="未好", actor=teller, at=MONDAY + timedelta(minutes=minute + 1))
    request = closing.resolve(request=request, resolution="好", actor=teller, at=moment("11-23 09:10"))
    with pytest.raises(ValidationError, match="reopened 2 times already"):
        closing.reopen(request=request, reason="未好", actor=teller, at=moment("11-23 09:11"))


def test_reopening_is_over_after_some_working_days(opened: Opened, teller: Staff) -> None:
    request = opened(take=True)
    handling.check(request=request, codes=["identity"], actor=teller, at=MONDAY)
    closing.resolve(request=request, resolution="好", actor=teller, at=MONDAY)
    with pytest.raises(ValidationError, match="more than 5 working days ago"):
        closing.reopen(request=request, reason="未好", actor=teller, at=moment("11-30 09:01"))


def test_merge_links_and_parts(opened: Opened, teller: Staff, customer: Customer) -> None:
    first, second, part = opened(take=True), opened(take=True), None
    handling.link(request=first, other=second, actor=teller, at=MONDAY)
    handling.merge(request=second, into=first, actor=teller, at=MONDAY)
    second.refresh_from_db()
    assert (second.state, second.merged_into, second.due_at) == (State.MERGED, first, None)
    assert not second.clocks.filter(stopped_at=None).exists()
    part = opened(parent=first)
    handling.check(request=first, codes=["identity"], actor=teller, at=MONDAY)
    with pytest.raises(ValidationError, match="Parts of it"):
        closing.resolve(request=first, resolution="好", actor=teller, at=MONDAY)
    with pytest.raises(ValidationError, match="A part belongs"):
        opened(parent=part)
    stranger = opened(customer=CustomerFactory.create(branch=customer.branch), take=True)
    with pytest.raises(ValidationError, match="same customer"):
        handling.merge(request=stranger, into=first, actor=teller, at=MONDAY)


def test_a_customer_rates_once(opened: Opened, teller: Staff) -> None:
    request = opened(take=True)
    with pytest.raises(ValidationError, match="not done yet"):
        closing.rate(request=request, rating=5, note="", at=MONDAY)
    handling.check(request=request, codes=["identity"], actor=teller, at=MONDAY)
    closing.resolve(request=request, resolution="好", actor=teller, at=MONDAY)
    with pytest.raises(ValidationError):
        closing.rate(request=request, rating=6, note="", at=MONDAY)
    closing.rate(request=request, rating=5, note="很快", at=MONDAY)
    request.refresh_from_db()
    assert (request.rating, request.rating_note) == (5, "很快")
    with pytest.raises(ValidationError, match="rated already"):
        closing.rate(request=request, rating=1, note="", at=MONDAY)


def test_a_change_of_priority_is_computed_anew_and_kept(opened: Opened, head: Staff, teller: Staff) -> None:
    request = opened("activation", take=True)
    assert request.due_at == moment("11-24 09:00")
    request = handling.change_priority(
        request=request, is_priority=True, cause="hand", actor=head, at=moment("11-23 16:00")
    )
    assert request.due_at == moment("11-23 14:30")  # four hours from the opening: passed already
    change = SlaEvent.objects.get(request=request, kind=SlaEventKind.RECOMPUTED)
    assert (change.detail["limit"], change.detail["before"][0], change.detail["cause"]) == ("4h", "1d", "hand")
    with pytest.raises(PermissionDenied):
        handling.change_priority(request=request, is_priority=False, cause="hand", actor=teller, at=MONDAY)


def test_a_change_of_tier_is_followed(opened: Opened, customer: Customer) -> None:
    request = opened("activation")
    Customer.objects.filter(pk=customer.pk).update(tier="T5", tier_rank=5)
    assert following.follow_tiers(customer_ids=[customer.pk], at=moment("11-23 10:00")) == 1
    request.refresh_from_db()
    assert request.is_priority
    assert request.clocks.get(kind=ClockKind.HANDLING).due_at == moment("11-23 14:30")


def test_a_change_of_calendar_is_followed(opened: Opened, teller: Staff) -> None:
    from keheng.org.enums import DayKind
    from keheng.org.models import CalendarDay

    request = opened("activation", take=True)
    CalendarDay.objects.create(date="2026-11-24", kind=DayKind.HOLIDAY, name="停电")
    assert following.follow_calendars(at=moment("11-23 10:00")) == 1
    request.refresh_from_db()
    assert request.due_at == moment("11-25 09:00")
    assert following.follow_calendars(at=moment("11-23 10:00")) == 0


def test_events_of_clocks_are_only_added(opened: Opened) -> None:
    opened()
    for change in (
        lambda: SlaEvent.objects.update(told_late=True),
        lambda: SlaEvent.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_who_may(opened: Opened, customer: Customer, teller: Staff, other: Staff, stranger: Staff) -> None:
    reader = StaffFactory.create(permissions=["service_requests.view", "customers.view"])
    with pytest.raises(PermissionDenied):
        opened(actor=reader)
    with pytest.raises(PermissionDenied):
        opened(actor=stranger)  # another branch's customer
    request = opened()
    with pytest.raises(PermissionDenied):
        handling.claim(request=request, actor=stranger, at=MONDAY)
    request = handling.claim(request=request, actor=other, at=MONDAY)
    for actor in (teller, reader, stranger):
        with pytest.raises(PermissionDenied):
            closing.resolve(request=request, resolution="好", actor=actor, at=MONDAY)
    seen = {actor.name: request in ServiceRequest.objects.visible_to(actor) for actor in (teller, other, stranger)}
    assert seen == {"王倩": True, "赵敏": True, "孙磊": False}


def test_bad_input_is_told_at_its_field(opened: Opened, customer: Customer, teller: Staff) -> None:
    with pytest.raises(ValidationError) as caught:
        open_request(customer=customer, business="moon", channel=Channel.PHONE, actor=teller, at=MONDAY)
    assert "business" in caught.value.message_dict
    with pytest.raises(ValidationError) as caught:
        opened("transfer-account", answers={"reason": "搬家"})
    assert list(caught.value.message_dict) == ["answer-target"]
    assert not ServiceRequest.objects.exists()


def test_a_request_is_taken_in_with_few_statements(
    opened: Opened, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    asked = {"business": "field-service", "answers": {"equipment": "终端"}}
    opened(**asked)  # what a process reads once has been read
    with django_assert_max_num_queries(15):  # eight of them write
        found = opened(**asked)
    stored = ServiceRequest.objects.get(pk=found.pk)
    first = found.clocks.earliest("due_at")
    assert (stored.due_at, stored.due_kind) == (first.due_at, first.kind)
    assert found.clocks.count() == 3
