"""The contact log as pages read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest

from keheng.care.models import Contact, Duty
from keheng.care.operations.contacts import note_words
from keheng.care.permissions.contacts import can_correct, can_read_note
from keheng.care.queries.rules import cadence_rules, outcome_rules
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.ui.timeline import TimelineEntry


@dataclass(frozen=True)
class Row:
    """One contact with its words; ``note`` is empty where the reader may not read it."""

    contact: Contact
    outcome: str
    note: str
    has_note: bool
    may_correct: bool
    corrections: int


def rows_of(customer: Customer, reader: Staff, *, words: str = "", limit: int = 100) -> list[Row]:
    """The contacts of a customer, the newest first, those withdrawn among them; two queries.

    Args:
        words: only notes that hold these words, for readers who may read them.
    """
    contacts = Contact.objects.filter(customer=customer).select_related("staff", "customer")
    if words:
        contacts = contacts.filter(words__contains=note_words(words))
    rules = outcome_rules().rules
    rows = []
    for contact in contacts.prefetch_related("versions")[:limit]:
        outcome, readable = rules.outcome(contact.outcome), can_read_note(reader, contact)
        if words and not readable:
            continue
        rows.append(
            Row(
                contact,
                outcome.name if outcome else contact.outcome,
                (contact.note or "") if readable else "",
                bool(contact.note),
                can_correct(reader, contact),
                len(contact.versions.all()),
            )
        )
    return rows


def duties_of(customer: Customer, today: date) -> list[tuple[str, Duty]]:
    """What is owed to the customer now, with the name of the rule."""
    rules = cadence_rules().rules
    duties = Duty.objects.filter(customer=customer, starts_on__lte=today, ends_on__gte=today).select_related("staff")
    return [(rules.name_of(duty.rule), duty) for duty in duties.order_by("rule")]


def on_timeline(_request: HttpRequest, record: Any, before: datetime, limit: int) -> Sequence[TimelineEntry]:
    """The contacts of a customer on the timeline, without their notes."""
    rules = outcome_rules().rules
    contacts = Contact.objects.standing().filter(customer=record, at__lt=before).select_related("staff")[:limit]
    return [
        TimelineEntry(
            at=contact.at,
            kind=contact.get_channel_display(),
            text=" · ".join(filter(None, [outcome.name if outcome else contact.outcome, contact.next_step])),
            aside=contact.staff.name,
            tone="met" if contact.counts else "",
        )
        for contact in contacts
        for outcome in [rules.outcome(contact.outcome)]
    ]
