"""Putting customers on the list of an event, with a draft or a call for whoever looks after each (A4)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.contacts import Channel
from keheng.care.operations.giving import Given, draft_messages, give_tasks
from keheng.care.queries.ownership import with_responsible
from keheng.common.clock import SHANGHAI
from keheng.common.events import publish
from keheng.customers.models import Customer
from keheng.notices import operations as notices
from keheng.notices.operations import Message
from keheng.org.models import Staff
from keheng.outreach.enums import GuestState, InviteBy, KeptOutReason, Obstacle
from keheng.outreach.events import GuestsListed
from keheng.outreach.models import Event, Guest, KeptOut
from keheng.outreach.operations.parts import check_open, invite_cause, locked
from keheng.outreach.permissions import check_keep_out, check_manage
from keheng.outreach.queries.audience import PURPOSE, with_obstacle

MOST_AT_ONCE = 2_000
TEMPLATE = "event-invitation"


@dataclass(frozen=True)
class Listed:
    """How many came on the list, and how many did not, by what stands against it."""

    count: int
    left_out: dict[Obstacle, int]


@transaction.atomic
def invite(*, event: Event, customers: "QuerySet[Customer]", channel: InviteBy, actor: Staff, at: datetime) -> Listed:
    """Put customers of the actor's scope on the list. Those against whom something stands are left out and counted.

    Whoever acts for a customer today invites them; the organiser does where nobody does. They get a task to call, or
    a drafted message, each once.

    Raises:
        ValidationError: the event is not open, or too many at once.
    """
    check_manage(actor, event)
    held = locked(event)
    check_open(held)
    today = at.astimezone(SHANGHAI).date()
    chosen = Customer.objects.visible_to(actor).filter(pk__in=customers.order_by().values("pk"))
    asked = with_responsible(with_obstacle(chosen, held, today, channel), today).order_by("pk")
    found = list(asked.values_list("pk", "responsible_id", "obstacle")[: MOST_AT_ONCE + 1])
    if len(found) > MOST_AT_ONCE:
        raise ValidationError(
            _("Invite %(most)d customers at a time at most: narrow the list.") % {"most": MOST_AT_ONCE}
        )
    active = set(
        Staff.objects.filter(pk__in={key for _pk, key, _why in found if key}, is_active=True).values_list(
            "pk", flat=True
        )
    )
    inviters = {pk: key if key in active else held.organiser_id for pk, key, why in found if not why}
    _list(held, inviters, channel, at)
    if inviters:
        _hand_out(held, inviters, channel, at)
        publish(GuestsListed(held.pk, tuple(inviters), at))
    left_out = Counter(Obstacle(why) for _pk, _key, why in found if why)
    detail = {"count": len(inviters), "channel": channel.value}
    record("outreach.invite", actor=actor, at=at, target=held, detail=detail)
    return Listed(len(inviters), dict(left_out))


def _list(event: Event, inviters: dict[int, int], channel: InviteBy, at: datetime) -> None:
    """One statement; whoever was taken off the list before is on it again."""
    Guest.objects.bulk_create(
        [
            Guest(event=event, customer_id=pk, inviter_id=inviter, channel=channel, listed_at=at)
            for pk, inviter in inviters.items()
        ],
        update_conflicts=True,
        unique_fields=["event", "customer"],
        update_fields=["inviter", "channel", "state", "seats", "listed_at", "told_at", "answered_at"],
    )


def _hand_out(event: Event, inviters: dict[int, int], channel: InviteBy, at: datetime) -> None:
    given = [Given(pk, inviter, invite_cause(event.pk, pk)) for pk, inviter in inviters.items()]
    begins = timezone.localtime(event.starts_at, SHANGHAI)
    today = at.astimezone(SHANGHAI).date()
    when = f"{formats.date_format(begins, 'm-d')} {begins:%H:%M}"
    due_on = max(today, event.reply_by)
    words: dict[str, Any] = {"title": event.title, "event": event.title, "time": when, "place": event.venue}
    if channel == InviteBy.PHONE:
        text = _("Invite to “%(title)s”, %(time)s, %(place)s") % words
        give_tasks(given=given, text=text, due_on=due_on, at=at, channel=Channel.PHONE, rule="outreach")
    else:
        draft_messages(
            given=given,
            template=TEMPLATE,
            channel=Channel(channel.value),
            purpose=PURPOSE,
            facts=words,
            due_on=due_on,
            rule="outreach",
        )
    url = f"{reverse('outreach:event', args=[event.pk])}?tab=guests"
    messages = [
        Message(inviter, _("Invite %(count)d of your customers to “%(title)s”") % {"count": number, **words}, url)
        for inviter, number in Counter(inviters.values()).items()
    ]
    notices.tell_each(kind="outreach.to_invite", messages=messages, at=at)


def mark_told(*, causes: list[str], at: datetime) -> int:
    """The invitations of these causes have been made; return how many guests that tells. Answers are kept."""
    told = 0
    for cause in causes:
        _module, event_id, what, customer_id = cause.split(":")
        if what == "invite":
            told += Guest.objects.filter(
                event=int(event_id), customer=int(customer_id), state=GuestState.LISTED
            ).update(state=GuestState.TOLD, told_at=at)
    return told


@transaction.atomic
def keep_out(*, customer: Customer, reason: str, actor: Staff, at: datetime) -> None:
    """Never invite a customer, or, without a reason, invite them again."""
    check_keep_out(actor, customer)
    if reason:
        KeptOut.objects.update_or_create(
            customer=customer,
            defaults={"reason": KeptOutReason(reason), "noted_by": actor, "noted_at": at},
        )
    else:
        KeptOut.objects.filter(customer=customer).delete()
    record("outreach.keep_out", actor=actor, at=at, target=customer, detail={"reason": reason})
