"""What changed in an archive, who changed it and when: from the row history that the database keeps, also of changes by
bulk SQL, and from the trail, for what has no row history.

A model beside the customer that pghistory tracks (``UpdateEvent`` and ``DeleteEvent`` with the row as it was) joins in
by a line of its module's ``navigation.py``:

    history.register(Sheet)
    history.register(ContactPoint, kinds=ContactKind, deletions=False)  # told by the trail, with their reason
    history.leave_out("portfolio.reveal")  # an act on customers that changes nothing
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from itertools import islice, takewhile
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import formats
from django.utils.translation import pgettext

from keheng.audit import words
from keheng.audit.models import Entry
from keheng.audit.queries import history_of as trail_of
from keheng.common.fields import EncryptedTextField
from keheng.common.masking import mask_id_number, mask_phone
from keheng.customers import permissions
from keheng.customers.enums import ContactKind, Disclosure
from keheng.customers.models import Customer
from keheng.customers.privacy.fields import UnknownFieldError
from keheng.customers.privacy.veil import MASK, SEALED, topic_of
from keheng.customers.values.masks import mask_contact
from keheng.org.models import Staff

_DERIVED = frozenset(
    {"id", "customer", "pinyin", "initials", "id_index", "id_tail", "created_at", "updated_at", "source"}
)


@dataclass(frozen=True)
class Change:
    """One change of one fact, in words; sealed values stay masked. ``actor`` is empty for a feed.

    Of an act that the trail knows without single values, ``field`` is the act's code and ``after`` its details.
    """

    at: datetime
    actor: str
    field: str
    label: str
    before: str
    after: str
    reason: str = ""


@dataclass(frozen=True)
class _Tracked:
    """A model whose rows have a history; ``key`` is the column of its events that holds the customer."""

    model: type[models.Model]
    events: Any
    key: str
    fields: tuple[models.Field[Any, Any], ...]
    kinds: type[models.TextChoices] | None
    deletions: bool

    @property
    def related(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.is_relation)


_tracked: dict[str, _Tracked] = {}
_left_out: set[str] = set()


def register(
    model: type[models.Model],
    *,
    customer: str = "customer",
    hidden: Sequence[str] = (),
    kinds: type[models.TextChoices] | None = None,
    deletions: bool = True,
) -> None:
    """Let the changes of a tracked model appear; a second call replaces the first.

    Args:
        customer: the field that names the customer.
        hidden: fields that are not told, beside those that follow from others.
        kinds: of rows that each hold one ``value`` of a ``kind``: the kind is then the field that has changed.
        deletions: are rows that went away told from here? Else the trail tells them.
    """
    events: Any = apps.get_model(model._meta.app_label, f"{model.__name__}Event")
    known = {field.name for field in events._meta.concrete_fields}
    fields = tuple(
        field
        for field in model._meta.concrete_fields
        if field.name in known and field.name not in _DERIVED | {customer, *hidden, *(["kind"] if kinds else [])}
    )
    key = "pgh_obj_id" if model is Customer else f"{customer}_id"
    _tracked[model._meta.label_lower] = _Tracked(model, events, key, fields, kinds, deletions)


def leave_out(*actions: str) -> None:
    """Name audited acts on customers that change nothing, such as showing a value."""
    _left_out.update(actions)


def changes_of(customer: Customer, *, before: datetime | None = None, limit: int = 50) -> list[Change]:
    """The newest changes of a customer's facts, newest first; one query a model, two more where it has changed.

    About ``limit``: what was done in one stroke is not torn apart, so that the next part begins before the last one.
    """
    return _part([_changes(tracked, customer, before) for tracked in _tracked.values()], limit)


def all_changes(customer: Customer, *, before: datetime, limit: int = 50) -> list[Change]:
    """Facts and acts together, newest first; ``limit`` as of :func:`changes_of`."""
    facts = [_changes(tracked, customer, before) for tracked in _tracked.values()]
    return _part([*facts, _acts(customer, before, limit)], limit)


def _part(told: Sequence[Iterator[Change]], limit: int) -> list[Change]:
    together = merge(*told, key=_at, reverse=True)
    part = list(islice(together, limit))
    return part + list(takewhile(lambda change: change.at == part[-1].at, together)) if part else part


def disclosed(changes: Sequence[Change], customer: Customer, reader: Staff) -> list[Change]:
    """What the reader may be told by the rules of confidentiality: hidden fields go, masked ones lose their values."""
    told = []
    for change in changes:
        try:
            shown = permissions.disclosure(reader, customer, change.field)
        except UnknownFieldError:  # an act, or a field of this institution's own
            shown = Disclosure.OPEN if change.field.count(".") else permissions.disclosure(reader, customer, "custom")
        if shown == Disclosure.OPEN or (shown != Disclosure.HIDDEN and change.field in SEALED):
            told.append(change)
        elif shown != Disclosure.HIDDEN:
            told.append(replace(change, before=MASK if change.before else "", after=MASK if change.after else ""))
    return told


def _at(change: Change) -> datetime:
    return change.at


# -- row history ----------------------------------------------------------------------------------------------------


def _changes(tracked: _Tracked, customer: Customer, before: datetime | None) -> Iterator[Change]:
    events = tracked.events.objects.filter(**{tracked.key: customer.pk}).select_related("pgh_context", *tracked.related)
    earlier = events if before is None else events.filter(pgh_created_at__lt=before)
    newer: dict[Any, Any] | None = None
    for event in earlier.order_by("-pgh_created_at", "-pgh_id"):
        if newer is None:
            newer = _states_at(tracked, customer, events, before)
        following = None if event.pgh_label == "delete" else newer.get(event.pgh_obj_id)
        if following is not None or tracked.deletions:
            yield from _differences(tracked, event, following)
        newer[event.pgh_obj_id] = event


def _states_at(tracked: _Tracked, customer: Customer, events: Any, before: datetime | None) -> dict[Any, Any]:
    """The rows as of an instant: as the next change found them, or as they are."""
    if tracked.model is Customer:
        states: dict[Any, Any] = {customer.pk: customer}
    else:
        rows: Any = tracked.model._default_manager.filter(**{tracked.key: customer.pk})
        states = {row.pk: row for row in (rows.select_related(*tracked.related) if tracked.related else rows)}
    if before is not None:
        for event in events.filter(pgh_created_at__gte=before).order_by("-pgh_created_at", "-pgh_id"):
            states[event.pgh_obj_id] = event
    return states


def _differences(tracked: _Tracked, event: Any, following: Any) -> Iterator[Change]:
    for field in tracked.fields:
        old, new = getattr(event, field.attname), following and getattr(following, field.attname)
        if old != new and not (following is None and _is_nothing(old)):
            yield Change(
                at=event.pgh_created_at,
                actor=(event.pgh_context.metadata or {}).get("name", "") if event.pgh_context else "",
                field=event.kind if tracked.kinds else field.name,
                label=_label(tracked, field, event),
                before=_told(field, event),
                after=_told(field, following) if following else "",
            )


def _label(tracked: _Tracked, field: models.Field[Any, Any], event: Any) -> str:
    if tracked.kinds is None:
        return str(field.verbose_name)
    kind = str(tracked.kinds(event.kind).label)
    return kind if field.name == "value" else f"{kind} · {field.verbose_name}"


def _told(field: models.Field[Any, Any], row: Any) -> str:
    value = getattr(row, field.name)
    if _is_nothing(value):
        return ""
    if isinstance(field, EncryptedTextField):
        return _mask(field.name, row, value)
    if isinstance(field, ArrayField):
        choices = {str(code): str(label) for code, label in field.base_field.flatchoices}
        return "、".join(choices.get(str(item), str(item)) for item in value)
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(value, bool):
        return pgettext("a fact", "Yes") if value else pgettext("a fact", "No")
    return str(formats.localize(value))


def _mask(name: str, row: Any, value: str) -> str:
    if name == "value":
        return mask_contact(row.kind, value)
    return mask_id_number(value) if name == "id_number" else mask_phone(value)


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", [])


# -- the trail ------------------------------------------------------------------------------------------------------


def _acts(customer: Customer, before: datetime, limit: int) -> Iterator[Change]:
    """What the trail knows and no row history does: contact points, facts of other tables, and what was done."""
    rows = {field.name for tracked in _tracked.values() for field in tracked.fields}
    for entry in trail_of(customer, before=before).exclude(action__in=_left_out)[:limit]:
        single = [*_points(entry), *_facts(entry, rows)]
        yield from single
        if not single and not words.fields_of(entry):
            details = "; ".join(f"{name}: {value}" for name, value in words.details_of(entry))
            topic = topic_of(entry)
            code = f"{topic}.{entry.action}" if topic else entry.action
            yield _change(entry, code, words.action_of(entry), "", details)


def _facts(entry: Entry, rows: set[str]) -> Iterator[Change]:
    topic = topic_of(entry)
    for code, told in zip(words.fields_of(entry), words.changes_of(entry), strict=True):
        if topic or code not in rows:
            yield _change(
                entry,
                f"{topic}.{code}" if topic else code,
                told.field,
                *("" if text == "—" else text for text in (told.before, told.after)),
            )


def _points(entry: Entry) -> Iterator[Change]:
    """Contact points that an act set or removed; the trail keeps their masks."""
    for code, label in ContactKind.choices:
        if code in entry.detail:
            yield _change(entry, code, str(label), "", str(entry.detail[code]))
        elif entry.detail.get("kind") == code and "value" in entry.detail:
            mask = str(entry.detail["value"])
            is_gone = entry.action == "customers.remove_contact"
            yield _change(entry, code, str(label), mask if is_gone else "", "" if is_gone else mask)


def _change(entry: Entry, field: str, label: str, before: str, after: str) -> Change:
    return Change(entry.at, entry.actor_name, field, label, before, after, entry.reason)
