"""Who is put on the list of an event, and who is not; what whoever invites gets to do (A4, PIPL 13)."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from tests.outreach.conftest import AT, STARTS, MakeCustomer, MakeEvent, listed

from keheng.care.enums.tasks import MessageState, TaskState
from keheng.care.models import Message, Task
from keheng.care.operations.contacts import log_contact
from keheng.care.operations.messages import close_message
from keheng.care.wording import message_text
from keheng.customers.models import Customer
from keheng.notices.models import Notice
from keheng.outreach.enums import GuestAct, GuestState, InviteBy, Obstacle
from keheng.outreach.models import Guest
from keheng.outreach.operations.answering import answer
from keheng.outreach.operations.inviting import invite, keep_out
from keheng.outreach.operations.planning import plan_event


def test_whoever_owns_a_customer_gets_the_call(bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent) -> None:
    mine, nobodys = make(), make(owner=None)
    event = salon()
    listed(event, bank.head, mine, nobodys)
    given = {guest.customer_id: guest.inviter for guest in Guest.objects.select_related("inviter")}
    assert given == {mine.pk: bank.manager, nobodys.pk: bank.head}
    task = Task.objects.get(customer=mine)
    assert (task.staff, task.state, task.channel) == (bank.manager, TaskState.OPEN, "phone")
    assert event.title in task.text
    assert task.due_on == event.reply_by
    assert Notice.objects.filter(staff=bank.manager, kind="outreach.to_invite").count() == 1


def test_messages_are_drafts_of_the_owner(bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent) -> None:
    customer = make(name="黄雅琴")
    event = salon()
    listed(event, bank.head, customer, channel=InviteBy.WECHAT)
    draft = Message.objects.select_related("customer", "staff__branch").get()
    assert (draft.staff, draft.state, draft.channel) == (bank.manager, MessageState.DRAFT, "wechat")
    assert all(words in message_text(draft) for words in ("黄雅琴", event.title, event.venue, "11-30 10:00"))
    assert not Task.objects.exists()


def test_each_obstacle_keeps_its_customers_out(bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent) -> None:
    earlier = salon(title="上周的沙龙")
    recent, wanted = make(), make()
    listed(earlier, bank.head, recent)
    staff = make()
    keep_out(customer=staff, reason="staff", actor=bank.head, at=AT)
    complaining = make()
    log_contact(
        customer=complaining,
        channel="phone",
        outcome="complaint",
        next_step="回电",
        next_on=AT.date() + timedelta(days=1),
        actor=bank.head,
        at=AT,
    )
    out = {
        make(do_not_disturb=True): Obstacle.DISTURBED,
        make("sms"): Obstacle.CONSENT,
        make(aum=999_999): Obstacle.BELOW,
        make(status="closed"): Obstacle.CLOSED,
        recent: Obstacle.RECENT,
        staff: Obstacle.KEPT_OUT,
        complaining: Obstacle.COMPLAINT,
    }
    event = salon(kind="banquet", least_aum=1_000_000)
    done = invite(event=event, customers=Customer.objects.all(), channel=InviteBy.PHONE, actor=bank.head, at=AT)
    assert done.left_out == dict.fromkeys(out.values(), 1)
    assert list(Guest.objects.filter(event=event).values_list("customer", flat=True)) == [wanted.pk]
    again = invite(event=event, customers=Customer.objects.all(), channel=InviteBy.PHONE, actor=bank.head, at=AT)
    assert (again.count, again.left_out[Obstacle.INVITED]) == (0, 1)


def test_a_month_later_one_is_invited_again(bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent) -> None:
    customer = make()
    listed(salon(), bank.head, customer)
    Guest.objects.update(listed_at=AT - timedelta(days=30))
    assert listed(salon(title="下月沙龙"), bank.head, customer)


def test_whoever_was_taken_off_can_be_listed_again(bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent) -> None:
    customer, event = make(), salon()
    (guest,) = listed(event, bank.head, customer)
    answer(guest=guest, act=GuestAct.DROP, actor=bank.head, at=AT)
    (again,) = listed(event, bank.head, customer)
    assert (again.pk, again.state) == (guest.pk, GuestState.LISTED)


def test_a_sent_message_and_a_logged_call_mark_the_guest_as_invited(
    bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent, django_capture_on_commit_callbacks: object
) -> None:
    written, called, event = make(), make(), salon()
    listed(event, bank.head, written, channel=InviteBy.SMS)
    listed(event, bank.head, called)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        close_message(message=Message.objects.get(), sent=True, actor=bank.manager, at=AT)
        task = Task.objects.get(customer=called)
        log_contact(customer=called, channel="phone", outcome="talked", task=task, actor=bank.manager, at=AT)
    assert set(Guest.objects.values_list("state", flat=True)) == {GuestState.TOLD}


def test_customers_out_of_scope_are_not_invited(bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent) -> None:
    elsewhere = make(branch=bank.other, owner=None)
    done = invite(event=salon(), customers=Customer.objects.all(), channel=InviteBy.PHONE, actor=bank.head, at=AT)
    assert done.count == 0
    assert not Guest.objects.filter(customer=elsewhere).exists()


def test_nobody_is_invited_to_a_plan(bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent) -> None:
    make()
    with pytest.raises(ValidationError, match="筹备中"):
        invite(
            event=salon(opened=False),
            customers=Customer.objects.all(),
            channel=InviteBy.PHONE,
            actor=bank.head,
            at=AT,
        )


@pytest.mark.parametrize(
    ("role", "may"),
    [("head", True), ("president", True), ("office", True), ("manager", False), ("teller", False),
     ("stranger", False), ("auditor", False)],
)  # fmt: skip
def test_who_invites(bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent, role: str, may: bool) -> None:
    customer, event, actor = make(), salon(), getattr(bank, role)
    if may:
        assert listed(event, actor, customer)
    else:
        with pytest.raises(PermissionDenied):
            listed(event, actor, customer)


def test_times_of_a_plan_are_checked(bank: SimpleNamespace, salon: MakeEvent) -> None:
    with pytest.raises(ValidationError) as refused:
        salon(starts_at=AT - timedelta(hours=1), ends_at=AT - timedelta(hours=2), reply_by=STARTS.date())
    assert set(refused.value.message_dict) == {"starts_at", "ends_at", "reply_by"}
    with pytest.raises(PermissionDenied):
        plan_event(branch=bank.branch, values={}, actor=bank.head, at=AT)
