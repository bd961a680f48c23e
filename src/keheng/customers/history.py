"""What changed in an archive: read from the row history that the database keeps, also of changes by bulk SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import models
from django.utils import formats

from keheng.common.fields import EncryptedTextField
from keheng.common.masking import mask_id_number
from keheng.customers.models import Customer
from keheng.customers.models import CustomerEvent as _Event  # type: ignore[attr-defined]  # made by pghistory

_DERIVED = {"id", "pinyin", "initials", "id_index", "id_tail", "created_at", "source"}


@dataclass(frozen=True)
class Change:
    """One change of one fact, in words; sealed values stay masked. ``actor`` is empty for a feed."""

    at: datetime
    actor: str
    field: str
    label: str
    before: str
    after: str


def changes_of(customer: Customer, *, before: datetime | None = None, limit: int = 50) -> list[Change]:
    """The newest changes of a customer's facts, newest first; two queries and one a page of names."""
    return list(islice(_changes(customer, before), limit))


def _changes(customer: Customer, before: datetime | None) -> Iterator[Change]:
    events = _Event.objects.filter(pgh_obj=customer).select_related("pgh_context", "branch", "owner")
    if before is not None:
        events = events.filter(pgh_created_at__lt=before)
    newer: Any = customer if before is None else _state_at(customer, before)
    for event in events.order_by("-pgh_id"):
        for field in _facts():
            old, new = getattr(event, field.attname), getattr(newer, field.attname)
            if old != new:
                yield Change(
                    at=event.pgh_created_at,
                    actor=(event.pgh_context.metadata or {}).get("name", "") if event.pgh_context else "",
                    field=field.name,
                    label=str(field.verbose_name),
                    before=_told(field, event),
                    after=_told(field, newer),
                )
        newer = event


def _state_at(customer: Customer, instant: datetime) -> Any:
    """The customer as of an instant: the row that the next change found, or the present one."""
    later = _Event.objects.filter(pgh_obj=customer, pgh_created_at__gte=instant).order_by("pgh_id")
    return later.select_related("branch", "owner").first() or customer


def _facts() -> list[Any]:
    names = {field.name for field in _Event._meta.concrete_fields}
    return [field for field in Customer._meta.concrete_fields if field.name in names and field.name not in _DERIVED]


def _told(field: models.Field[Any, Any], row: Any) -> str:
    value = getattr(row, field.name)
    if value is None or value == "":
        return ""
    if isinstance(field, EncryptedTextField):
        return mask_id_number(value)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    return str(formats.localize(value))
