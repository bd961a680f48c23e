"""Planning an event: made, changed, its budget approved, opened, cancelled; its costs."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from keheng.approvals.operations import ask
from keheng.audit.operations import record
from keheng.care.operations.giving import settle_causes
from keheng.common.clock import SHANGHAI
from keheng.notices import operations as notices
from keheng.org.models import Branch, Staff
from keheng.outreach.enums import EventAct, EventState, GuestState
from keheng.outreach.models import Cost, Event, Guest
from keheng.outreach.operations.answering import fill_seats
from keheng.outreach.operations.parts import invite_cause, locked, step
from keheng.outreach.permissions import check_manage, check_plan
from keheng.outreach.queries.rules import rules_in_force

BUDGET = "outreach.budget"
FIELDS = ("kind", "title", "about", "venue", "starts_at", "ends_at", "reply_by", "capacity", "least_aum")


@transaction.atomic
def plan_event(*, branch: Branch, values: Mapping[str, Any], actor: Staff, at: datetime) -> Event:
    """Plan an event of a branch.

    Args:
        values: by the names in ``FIELDS``.

    Raises:
        ValidationError: by field, in words.
        PermissionDenied: the branch lies outside the actor's scope.
    """
    check_plan(actor, branch)
    number, rules = rules_in_force()
    if rules.kind(values["kind"]) is None:
        raise ValidationError({"kind": _("Choose a kind of event.")})
    event = Event(branch=branch, organiser=actor, made_at=at, rules=number, **{name: values[name] for name in FIELDS})
    _check_times(event, at)
    event.number = _next_number(at)
    event.save()
    record("outreach.plan", actor=actor, at=at, target=event, detail={"kind": event.kind})
    return event


@transaction.atomic
def change_event(*, event: Event, values: Mapping[str, Any], actor: Staff, at: datetime) -> Event:
    """Change what was planned; more seats let the waiting list move up.

    Raises:
        ValidationError: by field; also fewer seats than confirmed guests hold.
    """
    check_manage(actor, event)
    held = locked(event)
    if held.state not in (EventState.PLANNED, EventState.OPEN):
        raise ValidationError(_("An event is changed while it is prepared or inviting."))
    before = {name: getattr(held, name) for name in FIELDS}
    for name in FIELDS:
        if name in values:
            setattr(held, name, values[name])
    if held.state == EventState.OPEN and held.kind != before["kind"]:
        raise ValidationError({"kind": _("The kind stays once guests are being invited.")})
    if held.capacity < held.taken:
        raise ValidationError({"capacity": _("%(count)d seats are confirmed already.") % {"count": held.taken}})
    if any(values.get(name, before[name]) != before[name] for name in ("starts_at", "ends_at", "reply_by")):
        _check_times(held, at)
    held.save()
    changed = sorted(name for name in FIELDS if getattr(held, name) != before[name])
    record("outreach.change", actor=actor, at=at, target=held, detail={"changed": changed})
    if held.state == EventState.OPEN:
        fill_seats(held, at=at)
    return held


@transaction.atomic
def open_event(*, event: Event, actor: Staff, at: datetime) -> Event:
    """Begin to invite, or ask for the budget first where the rules of the kind want a second person.

    Raises:
        ValidationError: it has begun already, or nobody may approve.
    """
    check_manage(actor, event)
    held = locked(event)
    rules = rules_in_force().rules
    kind = rules.kind(held.kind)
    budget = Cost.objects.filter(event=held).aggregate(planned=Sum("planned"))["planned"] or Decimal(0)
    asks = kind is not None and kind.needs_approval(budget, held.capacity)
    step(held, EventAct.ASK if asks else EventAct.OPEN)
    held.save(update_fields=["state"])
    record("outreach.open", actor=actor, at=at, target=held, detail={"amount": str(budget)})
    if asks:
        ask(
            kind=BUDGET,
            subject=held,
            title=_("%(kind)s “%(title)s”: budget") % {"kind": rules.name_of(held.kind), "title": held.title},
            branch=held.branch,
            amount=budget,
            payload={
                "evidence": [
                    [_("Budget"), f"{budget:,.2f}"],
                    [_("Seats"), str(held.capacity)],
                    [_("Per head"), f"{budget / held.capacity:,.2f}"],
                ]
            },
            actor=actor,
            reason=held.about or held.title,
            at=at,
        )
    return held


@transaction.atomic
def settle_budget(*, event: Event, approved: bool, at: datetime) -> Event:
    """What the second person's answer means: guests are invited, or the plan is worked over."""
    held = locked(event)
    if held.state != EventState.ASKED:
        return held
    step(held, EventAct.APPROVE if approved else EventAct.REFUSE)
    held.save(update_fields=["state"])
    title = (
        _("The budget of “%(title)s” is approved: begin to invite.")
        if approved
        else _("The budget of “%(title)s” is not approved: change the plan.")
    )
    notices.tell(
        staff_ids=[held.organiser_id],
        kind="outreach.budget",
        title=title % {"title": held.title},
        url=held.get_absolute_url(),
        at=at,
    )
    return held


@transaction.atomic
def cancel_event(*, event: Event, reason: str, actor: Staff, at: datetime) -> Event:
    """Call an event off; whoever invited confirmed guests is told to call them.

    Raises:
        ValidationError: no reason, or it has been held.
    """
    check_manage(actor, event)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the event is cancelled.")})
    held = locked(event)
    step(held, EventAct.CANCEL)
    held.cancelled_because = reason.strip()
    held.save(update_fields=["state", "cancelled_because"])
    guests = Guest.objects.filter(event=held).exclude(state=GuestState.DROPPED)
    causes = [invite_cause(held.pk, key) for key in guests.values_list("customer", flat=True)]
    settle_causes(causes=causes, actor=actor, at=at, reason=held.cancelled_because)
    expecting = guests.filter(state__in=[GuestState.CONFIRMED, GuestState.WAITING])
    notices.tell(
        staff_ids=expecting.order_by("inviter").values_list("inviter", flat=True).distinct(),
        kind="outreach.cancelled",
        title=_("“%(title)s” is cancelled: call your guests.") % {"title": held.title},
        url=held.get_absolute_url(),
        body=held.cancelled_because,
        at=at,
    )
    record("outreach.cancel", actor=actor, at=at, target=held, reason=held.cancelled_because)
    return held


@transaction.atomic
def set_cost(
    *,
    event: Event,
    item: str,
    planned: Decimal,
    actual: Decimal | None,
    actor: Staff,
    at: datetime,
    note: str = "",
    cost: Cost | None = None,
) -> Cost:
    """Add a cost, or change one: what is planned until guests are invited, what it was until it is settled.

    Raises:
        ValidationError: the budget is fixed, or the costs are settled.
    """
    check_manage(actor, event)
    held = locked(event)
    if held.state in (EventState.CLOSED, EventState.CANCELLED):
        raise ValidationError(_("The costs of this event are settled."))
    before = cost.planned if cost else Decimal(0)
    if held.state != EventState.PLANNED and planned != before:
        raise ValidationError(
            {"planned": _("The budget is fixed since guests are invited; note what it really costs.")}
        )
    line = cost or Cost(event=held)
    line.item, line.note, line.planned, line.actual = item, note.strip(), planned, actual
    line.full_clean()
    line.save()
    record("outreach.cost", actor=actor, at=at, target=held, detail={"item": item, "amount": str(actual or planned)})
    return line


@transaction.atomic
def remove_cost(*, cost: Cost, actor: Staff, at: datetime) -> None:
    """Take a cost out of a plan.

    Raises:
        ValidationError: the budget is fixed.
    """
    check_manage(actor, cost.event)
    held = locked(cost.event)
    if held.state != EventState.PLANNED:
        raise ValidationError(_("The budget is fixed since guests are invited; note what it really costs."))
    cost.delete()
    record("outreach.cost", actor=actor, at=at, target=held, detail={"item": cost.item, "amount": "0"})


def _check_times(event: Event, at: datetime) -> None:
    wrong = {}
    if event.starts_at <= at:
        wrong["starts_at"] = _("An event is planned ahead.")
    if event.ends_at <= event.starts_at:
        wrong["ends_at"] = _("The end comes after the beginning.")
    if event.reply_by > event.starts_at.astimezone(SHANGHAI).date():
        wrong["reply_by"] = _("Guests answer before the event.")
    if wrong:
        raise ValidationError(wrong)


def _next_number(at: datetime) -> str:
    """The next number of the day that people can read out: ``H261122-01``."""
    prefix = f"H{at.astimezone(SHANGHAI):%y%m%d}-"
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('outreach.number'))")
    return f"{prefix}{Event.objects.filter(number__startswith=prefix).count() + 1:02d}"
