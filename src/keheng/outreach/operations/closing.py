"""After an event: who came, the contact log, what follows, what it cost, what became of it in thirty days (A4)."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.contacts import Channel
from keheng.care.operations.contacts import log_contacts
from keheng.care.operations.giving import Given, give_tasks, settle_causes
from keheng.common.clock import SHANGHAI
from keheng.common.events import publish
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.outreach.enums import EventAct, GuestState
from keheng.outreach.events import EventHeld
from keheng.outreach.models import Cost, Event, Guest
from keheng.outreach.operations.parts import follow_cause, invite_cause, locked, step
from keheng.outreach.permissions import check_manage
from keheng.outreach.queries.rules import rules_in_force


@transaction.atomic
def finish_event(*, event: Event, outcome: str, note: str, actor: Staff, at: datetime) -> Event:
    """Say that an event is over: the guests who came are logged as contacted by whoever invited them, both they and
    those who had confirmed and stayed away become tasks of the same people, and what all of them have is noted for the
    count afterwards.

    Args:
        outcome: a code of the contact log.

    Raises:
        ValidationError: it has not begun, or is over already.
    """
    check_manage(actor, event)
    held = locked(event)
    if at < held.starts_at:
        raise ValidationError(_("The event has not begun yet."))
    step(held, EventAct.HOLD)
    held.held_at = at
    held.save(update_fields=["state", "held_at"])
    guests = Guest.objects.filter(event=held)
    guests.filter(state=GuestState.CONFIRMED).update(state=GuestState.ABSENT)
    came = list(guests.filter(state=GuestState.CAME).values_list("customer", "inviter"))
    absent = list(guests.filter(state=GuestState.ABSENT).values_list("customer", "inviter"))
    if came:
        log_contacts(
            customers=Customer.objects.filter(pk__in=[customer for customer, _inviter in came]),
            channel=Channel.EVENT,
            outcome=outcome,
            event=held.title[:60],
            note=note,
            took_place=held.starts_at,
            made_by=dict(came),
            actor=actor,
            at=at,
        )
    causes = [invite_cause(held.pk, key) for key in guests.values_list("customer", flat=True)]
    settle_causes(causes=causes, actor=actor, at=at)
    _follow_up(held, came, absent, at)
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_AUM, {"event": held.pk, "dropped": GuestState.DROPPED})
    detail = {"came": len(came), "absent": len(absent)}
    record("outreach.finish", actor=actor, at=at, target=held, detail=detail)
    publish(EventHeld(held.pk, at))
    return held


@transaction.atomic
def close_event(*, event: Event, actor: Staff, at: datetime) -> Event:
    """Settle the costs of an event that was held.

    Raises:
        ValidationError: something has no actual cost yet.
    """
    check_manage(actor, event)
    held = locked(event)
    step(held, EventAct.CLOSE)
    if lacking := Cost.objects.filter(event=held, actual__isnull=True).count():
        raise ValidationError(_("%(count)d costs have no actual amount yet.") % {"count": lacking})
    held.closed_at = at
    held.save(update_fields=["state", "closed_at"])
    record("outreach.close", actor=actor, at=at, target=held)
    return held


@transaction.atomic
def measure(*, day: date) -> int:
    """Count what became of the guests of events whose days of conversion are not over; return of how many guests.

    Counted every night, the last time on the day on which they are over, so that the count stays as it then was.
    """
    days = rules_in_force().rules.conversion_days
    with connection.cursor() as cursor:
        cursor.execute(_MEASURE, {"day": day, "days": days, "dropped": GuestState.DROPPED})
        counted = int(cursor.rowcount)
        cursor.execute(_MEASURED, {"day": day, "days": days})
    return counted


def _follow_up(event: Event, came: list[tuple[int, int]], absent: list[tuple[int, int]], at: datetime) -> None:
    rules, today = rules_in_force().rules, at.astimezone(SHANGHAI).date()
    for guests, text, days in (
        (came, _("Came to “%(title)s”: ask how it was, and what they need"), rules.follow_up_days),
        (absent, _("Had confirmed for “%(title)s” and did not come: ask why"), rules.call_back_days),
    ):
        given = [Given(customer, inviter, follow_cause(event.pk, customer)) for customer, inviter in guests]
        give_tasks(
            given=given,
            text=text % {"title": event.title},
            due_on=today + timedelta(days=days),
            at=at,
            channel=Channel.PHONE,
            rule="outreach",
        )


_NOTE_AUM = """
    update outreach_guest guest set aum_before = coalesce(c.aum, 0), aum_after = coalesce(c.aum, 0)
      from customers_customer c
     where guest.event_id = %(event)s and guest.state <> %(dropped)s and c.id = guest.customer_id
"""
_DUE = """
    event.state in ('held', 'closed')
    and (event.measured_on is null
         or (event.measured_on < %(day)s
             and event.measured_on < (event.starts_at at time zone 'Asia/Shanghai')::date + %(days)s))
"""
_MEASURE = f"""
    with due as (
        select event.id, (event.starts_at at time zone 'Asia/Shanghai')::date as first from outreach_event event
         where {_DUE}
    ), counted as (
        select guest.id, coalesce(max(c.aum), 0) as aum, count(h.id) as number, coalesce(sum(h.amount), 0) as amount
          from due
          join outreach_guest guest on guest.event_id = due.id and guest.state <> %(dropped)s
          join customers_customer c on c.id = guest.customer_id
          left join portfolio_holding h
            on h.customer_id = guest.customer_id and h.starts_on between due.first and due.first + %(days)s
         group by guest.id
    )
    update outreach_guest guest
       set aum_after = counted.aum, bought = counted.number, bought_amount = counted.amount
      from counted where counted.id = guest.id
"""
_MEASURED = f"update outreach_event event set measured_on = %(day)s where {_DUE}"
