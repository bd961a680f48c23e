"""The contact log: logging one contact, many at once, correcting, withdrawing (A1, A4, decision 17)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.contacts import Channel, Direction, Origin
from keheng.care.enums.tasks import TaskKind, TaskState
from keheng.care.events import ContactLogged, ContactsLogged
from keheng.care.models import Contact, ContactVersion, Task
from keheng.care.operations.settling import settle
from keheng.care.operations.tasks import add_task
from keheng.care.permissions import contacts as permissions
from keheng.care.policies.outcomes import Outcome, lacks_next_step, pairs
from keheng.care.queries.rules import outcome_rules
from keheng.common.clock import SHANGHAI
from keheng.common.events import publish
from keheng.common.keys import key_ring
from keheng.customers.models import Customer
from keheng.customers.queries.consent import objection, without_objection
from keheng.notices.operations import wake
from keheng.org.models import Staff

_CORRECTED = ("channel", "direction", "purpose", "at", "outcome", "note", "next_step", "next_on")
_CONSENT_CHANNELS = {
    Channel.PHONE: "phone",
    Channel.VIDEO: "phone",
    Channel.SMS: "sms",
    Channel.WECHAT: "wechat",
    Channel.QQ: "wechat",
    Channel.EMAIL: "email",
    Channel.VISIT: "visit",
}
"""The channels of the privacy rules; what happens at the outlet or at an event asks for none of them."""


@dataclass(frozen=True)
class LoggedMany:
    """What became of a contact logged for many: rows written, and customers left out because of what they asked for."""

    count: int
    left_out: int


def log_contact(
    *,
    customer: Customer,
    channel: str,
    outcome: str,
    actor: Staff,
    at: datetime,
    direction: str = Direction.OUT,
    purpose: str = "service",
    took_place: datetime | None = None,
    note: str = "",
    next_step: str = "",
    next_on: date | None = None,
    task: Task | None = None,
    origin: str = Origin.PERSON,
) -> Contact:
    """Log one contact: duties and tasks follow at once, a next step becomes a task of its own.

    Args:
        took_place: when it took place; as a rule now.
        task: the planned task that it did; one that merely tried leaves it open, with one more attempt.

    Raises:
        ValidationError: by field, in words: no channel, a time ahead, a step without its date, what the customer
            does not want (:func:`keheng.customers.queries.consent.objection`).
        PermissionDenied: the customer lies outside the actor's scope.
    """
    permissions.check_log(actor, customer)
    values: dict[str, Any] = {
        "channel": channel,
        "direction": direction,
        "purpose": purpose,
        "at": took_place or at,
        "outcome": outcome,
        "note": note,
        "next_step": next_step,
        "next_on": next_on,
    }
    meaning, number = _checked(values, at)
    _check_wanted(customer, values)
    if task is not None and (task.customer_id != customer.pk or task.state != TaskState.OPEN):
        raise ValidationError({"task": _("This task belongs to another customer, or is closed already.")})
    with transaction.atomic():
        contact = Contact(
            customer=customer,
            staff=actor,
            role=actor.role.code,
            branch_id=customer.branch_id,
            counts=meaning.counts,
            rules=number,
            words=_words(values["note"]),
            task=task,
            origin=origin,
            logged_at=at,
            **values,
        )
        contact.save()
        settle([contact.pk], [customer.pk])
        if contact.next_on:
            _follow_up(contact, actor=actor, at=at)
        detail = {"channel": channel, "outcome": outcome}
        record("care.log_contact", actor=actor, at=at, target=customer, detail=detail)
        publish(ContactLogged(contact.pk, customer.pk, contact.counts, at))
        wake([actor.pk])  # the figures of the day, on whatever other page of theirs is open
    return contact


def log_contacts(
    *,
    customers: "QuerySet[Customer]",
    channel: str,
    outcome: str,
    actor: Staff,
    at: datetime,
    event: str = "",
    purpose: str = "service",
    took_place: datetime | None = None,
    note: str = "",
    made_by: Mapping[int, int] | None = None,
) -> LoggedMany:
    """Log the same contact with many customers, such as the guests of an event; one statement a table.

    Customers out of scope, and those who do not want such a contact, are left out and counted.

    Args:
        made_by: who made the contact, by customer, where that is not the actor: a visit counts for whoever made it,
            not for whoever writes it down (decision 17).

    Raises:
        ValidationError: as for one; also when nobody is left.
    """
    permissions.check_log_some(actor)
    values: dict[str, Any] = {
        "channel": channel,
        "direction": Direction.OUT,
        "purpose": purpose,
        "at": took_place or at,
        "outcome": outcome,
        "note": note,
        "next_step": "",
        "next_on": None,
    }
    meaning, number = _checked(values, at)
    asked = customers.order_by().values("pk")
    wanted = Customer.objects.in_scope_of(actor).filter(pk__in=asked)
    unopposed = without_objection(wanted, purpose, _CONSENT_CHANNELS.get(Channel(channel), ""))
    sealed = key_ring().encrypt(values["note"], "care.note") if values["note"] else None
    with transaction.atomic():
        row = values | {
            "staff": actor.pk,
            "role": actor.role.code,
            "note": sealed,
            "words": _words(values["note"]),
            "counts": meaning.counts,
            "rules": number,
            "origin": Origin.BULK,
            "event": event.strip(),
            "logged_at": at,
        }
        rows = _insert_many(unopposed, row, made_by or {})
        if not rows:
            raise ValidationError(_("None of these customers may be contacted this way. Look at scope and consent."))
        keys = [key for key, _customer in rows]
        settle(keys, [customer for _key, customer in rows])
        detail = {"channel": channel, "outcome": outcome, "count": len(rows), "event": event.strip()}
        record("care.log_contacts", actor=actor, at=at, detail=detail)
        publish(ContactsLogged(tuple(keys), at))
    return LoggedMany(len(rows), asked.count() - len(rows))


def correct_contact(*, contact: Contact, values: Mapping[str, Any], reason: str, actor: Staff, at: datetime) -> Contact:
    """Put right what was logged; how it stood before, and why it changed, stays on record.

    Args:
        values: any of channel, direction, purpose, at, outcome, note, next_step, next_on.

    Raises:
        ValidationError: as for logging; also without a reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the log is corrected.")})
    with transaction.atomic():
        held = Contact.objects.select_for_update(of=("self",)).select_related("customer").get(pk=contact.pk)
        permissions.check_correct(actor, held)
        before = {name: getattr(held, name) for name in _CORRECTED}
        after = before | {name: values[name] for name in _CORRECTED if name in values}
        meaning, number = _checked(after, at, held.outcome)
        if after == before | {"note": before["note"] or ""}:
            return held
        _check_wanted(held.customer, after)
        _keep_version(held, before, reason, actor, at)
        for name, value in after.items():
            setattr(held, name, value)
        held.words = _words(after["note"])
        held.corrected_at = at
        if after["outcome"] != before["outcome"]:  # else it keeps what it meant when it was logged
            held.counts, held.rules = meaning.counts, number
        held.save()
        settle([held.pk], [held.customer_id])
        if held.next_on and held.next_on != before["next_on"]:
            _follow_up(held, actor=actor, at=at)
        told = {"changed": sorted(name for name in _CORRECTED if after[name] != before[name])}
        record("care.correct_contact", actor=actor, at=at, target=held.customer, reason=reason.strip(), detail=told)
        publish(ContactLogged(held.pk, held.customer_id, held.counts, at))
    return held


def withdraw_contact(*, contact: Contact, reason: str, actor: Staff, at: datetime) -> Contact:
    """Take a contact out of the log that was written by mistake; it stays on record and counts no longer.

    Raises:
        ValidationError: no reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the contact is withdrawn.")})
    with transaction.atomic():
        held = Contact.objects.select_for_update(of=("self",)).select_related("customer").get(pk=contact.pk)
        permissions.check_correct(actor, held)
        _keep_version(held, {name: getattr(held, name) for name in _CORRECTED}, reason, actor, at)
        held.withdrawn_at = at
        held.save(update_fields=["withdrawn_at"])
        settle([held.pk], [held.customer_id])
        record("care.withdraw_contact", actor=actor, at=at, target=held.customer, reason=reason.strip())
        publish(ContactLogged(held.pk, held.customer_id, counts=False, at=at))
    return held


def _checked(values: dict[str, Any], at: datetime, held: str = "") -> tuple[Outcome, int]:
    """Put the values in order, and say what the outcome means under which version of the codes.

    Args:
        held: an outcome that stays though it can be chosen no longer.
    """
    number, rules = outcome_rules()
    wrong: dict[str, str] = {}
    if values["channel"] not in Channel.values:
        wrong["channel"] = _("Say by which channel the customer was contacted.")
    if values["direction"] not in Direction.values:
        wrong["direction"] = _("Say who sought the other.")
    outcome = rules.outcome(values["outcome"])
    if outcome is None or not (outcome.active or outcome.code == held):
        wrong["outcome"] = _("Choose the result of the contact.")
    if values["at"] > at:
        moment = formats.date_format(timezone.localtime(values["at"]), "m-d H:i")
        wrong["at"] = _("%(moment)s lies ahead. A contact is logged after it took place; plan a task instead.") % {
            "moment": moment
        }
    values["note"] = (values["note"] or "").strip() or None
    values["next_step"] = values["next_step"].strip()
    if outcome and lacks_next_step(outcome, values["next_step"], values["next_on"]):
        wrong["next_on"] = _("“%(outcome)s” asks for a next step and its date.") % {"outcome": outcome.name}
    elif values["next_on"] and not values["next_step"]:
        wrong["next_step"] = _("Say what is to be done on that date.")
    elif values["next_on"] and values["next_on"] < values["at"].astimezone(SHANGHAI).date():
        wrong["next_on"] = _("The next step comes after the contact.")
    if wrong:
        raise ValidationError(wrong)
    assert outcome is not None
    return outcome, number


def _check_wanted(customer: Customer, values: Mapping[str, Any]) -> None:
    if values["direction"] != Direction.OUT:
        return
    reason = objection(customer, values["purpose"], _CONSENT_CHANNELS.get(Channel(values["channel"]), ""))
    if reason:
        raise ValidationError(
            {"purpose": _("%(reason)s Contacts that serve the contract are logged as service.") % {"reason": reason}}
        )


def _words(note: str | None) -> list[int]:
    return note_words(note) if note else []


def note_words(text: str) -> list[int]:
    """The keyed numbers by which a note with this text is found."""
    found = key_ring().blind_index_many(pairs(text), "care.note.words")
    return [int.from_bytes(index[:4], signed=True) for index in found if index]


def _keep_version(contact: Contact, before: Mapping[str, Any], reason: str, actor: Staff, at: datetime) -> None:
    facts = {name: str(value) if isinstance(value, date) else value for name, value in before.items() if name != "note"}
    ContactVersion.objects.create(
        contact=contact,
        facts=facts,
        note=before["note"],
        reason=reason.strip(),
        replaced_by=actor,
        replaced_at=at,
    )


def _follow_up(contact: Contact, *, actor: Staff, at: datetime) -> None:
    """The next step as a task on its date; a corrected date moves the task that is still open."""
    assert contact.next_on is not None
    today = at.astimezone(SHANGHAI).date()
    cause = f"contact:{contact.pk}:next"
    moved = Task.objects.open().filter(cause=cause)
    if moved.update(due_on=contact.next_on, opens_on=min(today, contact.next_on), text=contact.next_step):
        return
    if contact.next_on >= today:
        add_task(
            staff=contact.staff,
            customer=contact.customer,
            kind=TaskKind.FOLLOW_UP,
            cause=cause,
            text=contact.next_step,
            due_on=contact.next_on,
            actor=actor,
            at=at,
        )


def _insert_many(
    customers: "QuerySet[Customer]", row: Mapping[str, Any], made_by: Mapping[int, int]
) -> Sequence[tuple[int, int]]:
    """The same row for each customer, in one statement; keys and customers of the rows written."""
    chosen, params = customers.order_by().values_list("pk", "branch_id").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            insert into care_contact
                   (staff_id, role, channel, direction, purpose, at, outcome, counts, rules, note, words, next_step,
                    origin, event, logged_at, customer_id, branch_id)
            select coalesce(maker.staff_id, %s), coalesce(maker.role, %s),
                   %s, %s, %s, %s, %s, %s, %s, %s, %s::int[], '', %s, %s, %s, chosen.id, chosen.branch_id
              from ({chosen}) chosen (id, branch_id)
              left join (select one.customer_id, staff.id as staff_id, role.code as role
                           from unnest(%s::bigint[], %s::bigint[]) as one (customer_id, staff_id)
                           join org_staff staff on staff.id = one.staff_id
                           join org_role role on role.id = staff.role_id) maker on maker.customer_id = chosen.id
            returning id, customer_id
            """,
            [
                *(row[name] for name in ("staff", "role", "channel", "direction", "purpose", "at", "outcome")),
                *(row[name] for name in ("counts", "rules", "note", "words", "origin", "event", "logged_at")),
                *params,
                list(made_by),
                list(made_by.values()),
            ],
        )
        rows: list[tuple[int, int]] = cursor.fetchall()
    return rows
