"""What becomes of guests: told, confirmed or waiting, declined, taken off, signed in. Seats go under one lock."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.operations.giving import settle_causes
from keheng.common.events import publish
from keheng.notices import operations as notices
from keheng.org.models import Staff
from keheng.outreach.enums import GuestAct, GuestState, SignedBy
from keheng.outreach.events import GuestsMovedUp
from keheng.outreach.models import Event, Guest
from keheng.outreach.operations.parts import check_open, invite_cause, locked
from keheng.outreach.permissions import check_answer, check_sign_in
from keheng.outreach.policies.states import GUESTS, HOLDS_SEAT, moves_up, seated
from keheng.outreach.queries.rules import rules_in_force


@transaction.atomic
def answer(
    *, guest: Guest, act: GuestAct, actor: Staff, at: datetime, seats: int | None = None, said: str = ""
) -> Guest:
    """Note what became of an invitation: told, confirmed, declined, taken off the list.

    Whoever confirms while no seat is left stands on the waiting list. Seats that become free are given at once to
    those who wait.

    Raises:
        ValidationError: the event is not open, this cannot be done any more, or too many seats at once.
        PermissionDenied: somebody else invites this guest.
    """
    check_answer(actor, guest)
    if act in (GuestAct.SIGN_IN, GuestAct.UNDO):
        raise ValidationError(_("Guests are signed in at the door."))
    event, held = _locked(guest)
    held_seats = held.seats if held.state in HOLDS_SEAT else 0
    state = _next_state(held, act)
    wanted = seats or held.seats
    most = rules_in_force().rules.seats_at_most
    if not 1 <= wanted <= most:
        raise ValidationError({"seats": _("A guest has 1 to %(most)d seats.") % {"most": most}})
    if act == GuestAct.CONFIRM:
        held.seats = wanted
        if not seated(capacity=event.capacity, taken=event.taken, seats=wanted):
            state = GuestState.WAITING
    held.state = state
    held.waiting_since = at if state == GuestState.WAITING else None
    if act == GuestAct.TELL:
        held.told_at = at
    else:
        held.told_at, held.answered_at = held.told_at or at, at
        held.answer = said.strip() or held.answer
    held.save()
    _take(event, (held.seats if state in HOLDS_SEAT else 0) - held_seats)
    settle_causes(causes=[invite_cause(event.pk, held.customer_id)], actor=actor, at=at)
    record(f"outreach.{act.value}", actor=actor, at=at, target=held.customer, detail={"event": event.title})
    fill_seats(event, at=at)
    return held


@transaction.atomic
def sign_in(*, guest: Guest, actor: Staff, at: datetime, how: SignedBy = SignedBy.SEARCH) -> Guest:
    """Sign a guest in at the door, also one who had not confirmed as long as seats are left.

    Raises:
        ValidationError: signed in already, no seat left, or the event is not open.
    """
    check_sign_in(actor, guest.event)
    event, held = _locked(guest)
    if held.state == GuestState.CAME:
        raise ValidationError(_("This guest has been signed in already."))
    state = _next_state(held, GuestAct.SIGN_IN)
    more = 0 if held.state in HOLDS_SEAT else held.seats
    if not seated(capacity=event.capacity, taken=event.taken, seats=more):
        raise ValidationError(
            _("All %(count)d seats are taken. Raise the number of seats of the event, or turn to its organiser.")
            % {"count": event.capacity}
        )
    held.state, held.waiting_since = state, None
    held.signed_in_at, held.signed_in_by, held.signed_how = at, actor, how
    held.save()
    _take(event, more)
    settle_causes(causes=[invite_cause(event.pk, held.customer_id)], actor=actor, at=at)
    record("outreach.sign-in", actor=actor, at=at, target=held.customer, detail={"event": event.title})
    return held


@transaction.atomic
def undo_sign_in(*, guest: Guest, actor: Staff, at: datetime) -> Guest:
    """Take a sign-in back that was a mistake; the guest keeps the seat."""
    check_sign_in(actor, guest.event)
    event, held = _locked(guest)
    held.state = _next_state(held, GuestAct.UNDO)
    held.signed_in_at, held.signed_in_by, held.signed_how = None, None, ""
    held.save()
    record("outreach.undo", actor=actor, at=at, target=held.customer, detail={"event": event.title})
    return held


def fill_seats(event: Event, *, at: datetime) -> list[int]:
    """Give the free seats of a locked event to those who wait, the longest waiting first; tell whoever invited them."""
    waiting = list(
        Guest.objects.filter(event=event, state=GuestState.WAITING)
        .order_by("waiting_since", "pk")
        .values_list("pk", "seats")
    )
    chosen = moves_up(waiting, event.free)
    if not chosen:
        return []
    Guest.objects.filter(pk__in=chosen).update(state=GuestState.CONFIRMED, waiting_since=None)
    _take(event, sum(seats for key, seats in waiting if key in chosen))
    inviters = Guest.objects.filter(pk__in=chosen).values_list("inviter", flat=True)
    notices.tell(
        staff_ids=inviters,
        kind="outreach.moved_up",
        title=_("A guest of yours has a seat at “%(title)s” now: call them.") % {"title": event.title},
        url=f"{reverse('outreach:event', args=[event.pk])}?tab=guests",
        at=at,
    )
    publish(GuestsMovedUp(event.pk, tuple(chosen), at))
    return chosen


def _locked(guest: Guest) -> tuple[Event, Guest]:
    """The event, then the guest: one order for everybody."""
    event = locked(guest.event)
    check_open(event)
    held = Guest.objects.select_for_update(of=("self",)).select_related("customer").get(pk=guest.pk)
    held.event = event
    return event, held


def _next_state(held: Guest, act: GuestAct) -> GuestState:
    state = GUESTS.get((GuestState(held.state), act))
    if state is None:
        raise ValidationError(
            _("This cannot be done: the guest is “%(state)s”. Load the page anew.")
            % {"state": held.get_state_display()}
        )
    return state


def _take(event: Event, seats: int) -> None:
    if seats:
        event.taken += seats
        event.save(update_fields=["taken"])
