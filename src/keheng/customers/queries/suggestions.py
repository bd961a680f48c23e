"""Reads of suggested updates."""

from dataclasses import dataclass

from django.db.models import QuerySet

from keheng.customers.archive.catalogue import BETWEEN, label_of
from keheng.customers.enums import ContactKind, Disclosure, SuggestionState
from keheng.customers.models import Customer, Suggestion
from keheng.customers.queries.archive import Archive, Disclose
from keheng.customers.values.masks import mask_contact, masked_contact
from keheng.org.models import Staff


@dataclass(frozen=True)
class Proposal:
    """A suggestion beside what the archive says; sealed values masked."""

    suggestion: Suggestion
    label: str
    present: str
    suggested: str


def open_suggestions_of(customer: Customer, archive: Archive, disclose: Disclose) -> list[Proposal]:
    """What waits for a decision with a customer, of the fields the reader is shown, newest first; one query."""
    return [
        Proposal(row, _label(row.field, archive), _present(row.field, archive), _suggested(row, archive))
        for row in Suggestion.objects.filter(customer=customer, state=SuggestionState.OPEN)
        if disclose(row.field) >= (Disclosure.MASKED if is_sealed(row.field, archive) else Disclosure.OPEN)
    ]


def open_suggestions(staff: Staff) -> "QuerySet[Suggestion]":
    """What waits for a decision in the scope of ``staff``."""
    visible = Customer.objects.visible_to(staff).order_by()
    return Suggestion.objects.filter(state=SuggestionState.OPEN, customer__in=visible.values("pk"))


def is_sealed(code: str, archive: Archive) -> bool:
    """Is the suggested value shown as a mask?"""
    return code in ContactKind.values or (code in archive.fields and archive.fields[code].is_sealed)


def _label(code: str, archive: Archive) -> str:
    field = archive.fields.get(code)
    return field.label if field else label_of(code)


def _present(code: str, archive: Archive) -> str:
    if code in ContactKind.values:
        return BETWEEN.join(masked_contact(point) for point in archive.points if point.kind == code)
    return archive.text(code) if code in archive.fields else ""


def _suggested(row: Suggestion, archive: Archive) -> str:
    text = row.value or ""
    if row.field in ContactKind.values:
        return mask_contact(row.field, text)
    field = archive.fields.get(row.field)
    return field.told(field.decode(text)) if field else ""
