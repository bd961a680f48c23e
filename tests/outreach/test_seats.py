"""Seats: confirmed within capacity, waiting list, moving up, two at once for the last one; the door (A4)."""

from datetime import timedelta
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from tests.outreach.conftest import AT, STARTS, MakeCustomer, MakeEvent, confirmed, listed

from keheng.care.enums.tasks import TaskState
from keheng.care.models import Task
from keheng.notices.models import Notice
from keheng.outreach.enums import GuestAct, GuestState, SignedBy
from keheng.outreach.models import Event, Guest
from keheng.outreach.operations.answering import answer, sign_in, undo_sign_in
from keheng.outreach.operations.planning import cancel_event, change_event


def test_who_confirms_without_a_seat_waits_and_moves_up_by_turn(
    bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent
) -> None:
    event = salon(2)
    first, second, third, fourth = listed(event, bank.head, *(make() for _ in range(4)))
    states = [confirmed(guest, bank.manager) for guest in (first, second, third, fourth)]
    assert states == [GuestState.CONFIRMED] * 2 + [GuestState.WAITING] * 2
    answer(guest=first, act=GuestAct.DECLINE, actor=bank.manager, at=AT + timedelta(hours=1), said="临时出差")
    for guest in (first, third, fourth):
        guest.refresh_from_db()
    assert (first.state, first.answer) == (GuestState.DECLINED, "临时出差")
    assert (third.state, third.waiting_since) == (GuestState.CONFIRMED, None)
    assert fourth.state == GuestState.WAITING
    event.refresh_from_db()
    assert event.taken == 2
    assert Notice.objects.filter(staff=bank.manager, kind="outreach.moved_up").count() == 1
    assert not Task.objects.open().filter(customer=third.customer_id).exists()


def test_a_party_that_does_not_fit_lets_a_smaller_one_pass(
    bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent
) -> None:
    event = salon(3)
    pair, trio, single = listed(event, bank.head, *(make() for _ in range(3)))
    assert confirmed(pair, bank.manager, 2) == GuestState.CONFIRMED
    assert confirmed(trio, bank.manager, 3) == GuestState.WAITING
    assert confirmed(single, bank.manager, 1) == GuestState.CONFIRMED
    change_event(event=event, values={"capacity": 6}, actor=bank.head, at=AT)
    trio.refresh_from_db()
    assert trio.state == GuestState.CONFIRMED
    assert Event.objects.get().free == 0


def test_seats_are_bounded(bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent) -> None:
    event = salon(15)
    (guest,) = listed(event, bank.head, make())
    with pytest.raises(ValidationError, match="1 至 4"):
        confirmed(guest, bank.manager, 5)
    confirmed(guest, bank.manager, 4)
    with pytest.raises(ValidationError, match="已确认 4 个席位"):
        change_event(event=event, values={"capacity": 3}, actor=bank.head, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(taken=16)


@pytest.mark.django_db(transaction=True)
def test_two_confirm_the_last_seat_at_once_and_one_gets_it(
    bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent
) -> None:
    event = salon(1)
    guests = listed(event, bank.head, make(), make())
    ready, states = Barrier(2), []

    def go(guest: Guest) -> None:
        try:
            ready.wait(5)
            states.append(confirmed(guest, bank.manager))
        finally:
            connection.close()

    threads = [Thread(target=go, args=[guest]) for guest in guests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(states) == [GuestState.CONFIRMED, GuestState.WAITING]
    event.refresh_from_db()
    assert event.taken == 1


def test_only_whoever_invites_or_manages_notes_an_answer(
    bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent
) -> None:
    (guest,) = listed(salon(), bank.head, make())
    for actor in (bank.second, bank.stranger, bank.auditor):
        with pytest.raises(PermissionDenied):
            confirmed(guest, actor)
    assert confirmed(guest, bank.head) == GuestState.CONFIRMED
    with pytest.raises(ValidationError, match="已确认"):
        confirmed(guest, bank.manager)


def test_at_the_door(bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent) -> None:
    event = salon(2)
    expected, unexpected, late = listed(event, bank.head, *(make() for _ in range(3)))
    confirmed(expected, bank.manager)
    came = sign_in(guest=expected, actor=bank.teller, at=STARTS, how=SignedBy.CODE)
    assert (came.state, came.signed_in_by, came.signed_how) == (GuestState.CAME, bank.teller, "code")
    with pytest.raises(ValidationError, match="已签到"):
        sign_in(guest=expected, actor=bank.teller, at=STARTS)
    sign_in(guest=unexpected, actor=bank.teller, at=STARTS)
    with pytest.raises(ValidationError, match="2 个席位已满"):
        sign_in(guest=late, actor=bank.teller, at=STARTS)
    with pytest.raises(PermissionDenied):
        sign_in(guest=late, actor=bank.stranger, at=STARTS)
    assert undo_sign_in(guest=expected, actor=bank.teller, at=STARTS).state == GuestState.CONFIRMED
    assert Event.objects.get().taken == 2


def test_a_cancelled_event_tells_whoever_has_guests(
    bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent
) -> None:
    event = salon()
    guest, _other = listed(event, bank.head, make(), make())
    confirmed(guest, bank.manager)
    with pytest.raises(ValidationError, match="原因"):
        cancel_event(event=event, reason=" ", actor=bank.head, at=AT)
    cancel_event(event=event, reason="台风", actor=bank.head, at=AT)
    assert Notice.objects.filter(staff=bank.manager, kind="outreach.cancelled").count() == 1
    assert set(Task.objects.values_list("state", flat=True)) == {TaskState.DONE}
    with pytest.raises(ValidationError, match="已取消"):
        confirmed(guest, bank.manager)
