"""The queue of a lobby: giving out tickets, recognising who came, calling the next, closing."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.lobby import LobbyService, TicketState
from keheng.care.models import LobbyTicket, Referral
from keheng.care.operations.referring import refer
from keheng.care.permissions.lobby import check_work_lobby
from keheng.care.policies.lobby import Waiting, call_order
from keheng.care.queries.rules import lobby_rules
from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.customers.permissions import check_view
from keheng.notices.operations import tell
from keheng.org.models import Branch, Staff
from keheng.tiering.queries.entitlements import entitlements_of

ARRIVED = "care.arrived"


@transaction.atomic
def take_ticket(*, branch: Branch, service: LobbyService, actor: Staff, at: datetime) -> LobbyTicket:
    """Give out the next number of the outlet's day."""
    check_work_lobby(actor, branch)
    _lock(branch)
    day = at.astimezone(SHANGHAI).date()
    last = LobbyTicket.objects.filter(branch=branch, day=day).aggregate(last=Max("number"))["last"] or 0
    return LobbyTicket.objects.create(branch=branch, day=day, number=last + 1, service=service, taken_at=at)


@transaction.atomic
def recognise(*, ticket: LobbyTicket, customer: Customer, actor: Staff, at: datetime) -> LobbyTicket:
    """Say who the ticket is; large customers get priority (decision 13), and whoever looks after them is told.

    Raises:
        ValidationError: the ticket is closed already.
    """
    check_work_lobby(actor, ticket.branch)
    check_view(actor, customer)
    held = LobbyTicket.objects.select_for_update().get(pk=ticket.pk)
    if held.finished_at is not None:
        raise ValidationError(_("%(ticket)s is closed already.") % {"ticket": held.label})
    held.customer = customer
    held.is_priority = entitlements_of(customer, held.day).is_priority
    held.save(update_fields=["customer", "is_priority"])
    record("care.recognise", actor=actor, at=at, target=customer, detail={"ticket": held.label})
    if customer.owner_id and customer.owner_id != actor.pk:
        title = _("%(customer)s is in the lobby of %(branch)s (%(ticket)s)") % {
            "customer": customer.name,
            "branch": held.branch.name,
            "ticket": held.label,
        }
        url = reverse("customer", args=[customer.pk])
        tell(staff_ids=[customer.owner_id], kind=ARRIVED, title=title, url=url, at=at)
    return held


@transaction.atomic
def refer_on(
    *, ticket: LobbyTicket, taker: Staff, need: str, passes_on: bool = False, actor: Staff, at: datetime
) -> Referral:
    """Refer whoever was recognised to a manager 输送/转介, who is told where the customer is (A3 [004a]).

    Raises:
        ValidationError: nobody was recognised, the ticket is closed, or :func:`referring.refer` refuses.
    """
    check_work_lobby(actor, ticket.branch)
    held = LobbyTicket.objects.select_for_update(of=("self",)).select_related("customer", "branch").get(pk=ticket.pk)
    if held.customer is None:
        raise ValidationError(_("Say who %(ticket)s is before you refer them.") % {"ticket": held.label})
    if held.finished_at is not None:
        raise ValidationError(_("%(ticket)s is closed already.") % {"ticket": held.label})
    if not need.strip():
        raise ValidationError({"need": _("Say what the customer needs, so that the other one can prepare.")})
    place = _("%(need)s (in the lobby of %(branch)s, %(ticket)s)") % {
        "need": need.strip(),
        "branch": held.branch.name,
        "ticket": held.label,
    }
    return refer(customer=held.customer, taker=taker, need=place[:200], passes_on=passes_on, actor=actor, at=at)


@transaction.atomic
def call_next(
    *, branch: Branch, window: str, actor: Staff, at: datetime, ticket: LobbyTicket | None = None
) -> LobbyTicket | None:
    """Call the next of the queue, or the ticket named, to a window; ``None`` when nobody waits.

    Whoever was served by the actor is done. Two who call at once never get the same ticket.

    Raises:
        ValidationError: the ticket named has been called meanwhile.
    """
    check_work_lobby(actor, branch)
    _lock(branch)
    day = at.astimezone(SHANGHAI).date()
    waiting = LobbyTicket.objects.filter(branch=branch, day=day, state=TicketState.WAITING)
    if ticket is None:
        standing = [Waiting(*row) for row in waiting.order_by("taken_at").values_list("pk", "taken_at", "is_priority")]
        order = call_order(standing, lobby_rules(), at)
        if not order:
            return None
        held = waiting.get(pk=order[0])
    else:
        found = waiting.filter(pk=ticket.pk).first()
        if found is None:
            raise ValidationError(_("%(ticket)s has been called meanwhile.") % {"ticket": ticket.label})
        held = found
    LobbyTicket.objects.filter(called_by=actor, state=TicketState.SERVING).update(
        state=TicketState.SERVED, finished_at=at
    )
    held.state, held.called_at, held.called_by, held.window = TicketState.SERVING, at, actor, window.strip()
    held.save(update_fields=["state", "called_at", "called_by", "window"])
    return held


@transaction.atomic
def close_ticket(*, ticket: LobbyTicket, came: bool, actor: Staff, at: datetime) -> LobbyTicket:
    """Close a ticket: served, or gone without having been served.

    Raises:
        ValidationError: it is closed already, or nobody has called the one who is said to be served.
    """
    check_work_lobby(actor, ticket.branch)
    held = LobbyTicket.objects.select_for_update().get(pk=ticket.pk)
    if held.finished_at is not None:
        raise ValidationError(_("%(ticket)s is closed already.") % {"ticket": held.label})
    if came and held.called_at is None:
        raise ValidationError(_("%(ticket)s has not been called yet.") % {"ticket": held.label})
    held.state, held.finished_at = TicketState.SERVED if came else TicketState.LEFT, at
    held.save(update_fields=["state", "finished_at"])
    return held


def _lock(branch: Branch) -> None:
    """One at a time numbers and calls in an outlet."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('care.lobby'), %s::int)", [branch.pk])
