"""Contact points: set the moment they are known, each with its source."""

from datetime import datetime

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.customers import permissions
from keheng.customers.enums import ContactKind, Source
from keheng.customers.events import CustomerChanged
from keheng.customers.models import ContactPoint, Customer
from keheng.customers.operations.entries import overtaken, precisely
from keheng.customers.operations.following import follow_up
from keheng.customers.operations.sources import note_sources
from keheng.customers.values import blind, identity
from keheng.customers.values.flaws import sentence
from keheng.customers.values.masks import masked_contact
from keheng.org.models import Staff


@transaction.atomic
def set_contact_point(
    *,
    customer: Customer,
    kind: ContactKind,
    value: str,
    is_primary: bool = True,
    preferred_time: str = "",
    told_by: Source = Source.MANAGER,
    actor: Staff,
    at: datetime,
) -> ContactPoint:
    """Add a contact point, or say anew how the customer wants to be reached by a value that is known.

    The first choice of a kind is one: the former one stays as a further choice.

    Raises:
        ValidationError: the value is no such thing; the sentence says what one looks like.
    """
    permissions.check_edit(actor, customer)
    point = write_contact(
        customer, kind, value, is_primary=is_primary, preferred_time=preferred_time, source=actor.name, at=at
    )
    note_sources(customer, [kind], source=told_by, by=actor.name, at=at)
    detail = {"kind": kind, "value": masked_contact(point)}
    record("customers.set_contact", actor=actor, at=at, target=customer, detail=detail)
    follow_up([customer.pk], at=at)
    publish(CustomerChanged(customer.pk, ("contact",), at, actor.pk))
    return point


@transaction.atomic
def change_contact_point(
    *,
    point: ContactPoint,
    value: str,
    is_primary: bool,
    preferred_time: str = "",
    told_by: Source = Source.MANAGER,
    seen: datetime | None = None,
    actor: Staff,
    at: datetime,
) -> None:
    """Change a contact point where it stands; the former value stays in the history of rows.

    Args:
        value: empty keeps the present one.
        seen: ``updated_at`` of what the editor saw. Left out, the change is made whatever stands there.

    Raises:
        ValidationError: by field, in words: no such value, known already, or changed by somebody since ``seen``.
    """
    customer = point.customer
    permissions.check_edit(actor, customer)
    present = _present(point, seen, value=value, is_primary=is_primary, preferred_time=preferred_time)
    found = identity.CONTACTS[point.kind](value or present.value or "")
    if found.error:
        raise ValidationError({"value": sentence(found.error, point.kind)})
    index, tail = blind.contact_keys(found.value)
    others = ContactPoint.objects.filter(customer=customer, kind=point.kind).exclude(pk=point.pk)
    if others.filter(value_index=index).exists():
        raise ValidationError({"value": _("Another contact point of the customer has this value already.")})
    given = {"is_primary": is_primary, "preferred_time": preferred_time, "value_index": index}
    if all(bytes(getattr(present, name)) == index if name == "value_index" else getattr(present, name) == told
           for name, told in given.items()):  # fmt: skip
        return
    if is_primary:
        others.filter(is_primary=True).update(is_primary=False, updated_at=at)
    given |= {"value_tail": tail, "source": actor.name, "updated_at": at}
    if bytes(present.value_index) != index:
        given["value"] = found.value
    for name, told in given.items():
        setattr(present, name, told)
    present.save(update_fields=list(given))
    note_sources(customer, [point.kind], source=told_by, by=actor.name, at=at)
    detail = {"kind": point.kind, "value": masked_contact(present)}
    record("customers.change_contact", actor=actor, at=at, target=customer, detail=detail)
    follow_up([customer.pk], at=at)
    publish(CustomerChanged(customer.pk, ("contact",), at, actor.pk))


@transaction.atomic
def remove_contact_point(
    *, point: ContactPoint, reason: str, seen: datetime | None = None, actor: Staff, at: datetime
) -> None:
    """Remove a contact point that no longer reaches the customer, unless somebody has changed it since ``seen``."""
    customer = point.customer
    permissions.check_edit(actor, customer)
    point = _present(point, seen)
    detail = {"kind": point.kind, "value": masked_contact(point)}
    point.delete()
    note_sources(customer, [point.kind], source=Source.MANAGER, by=actor.name, at=at)  # no feed brings it back
    record("customers.remove_contact", actor=actor, at=at, target=customer, reason=reason, detail=detail)
    follow_up([customer.pk], at=at)
    publish(CustomerChanged(customer.pk, ("contact",), at, actor.pk))


def _present(point: ContactPoint, seen: datetime | None, **mine: object) -> ContactPoint:
    """The contact point as it is now, locked; whoever comes second is told what differs, sealed values as masks.

    Raises:
        ValidationError: it has gone, or was changed since ``seen``: by field what stands there now.
    """
    present = ContactPoint.objects.select_for_update(of=("self",)).filter(pk=point.pk).first()
    if present is None:
        raise ValidationError(_("Somebody has removed this entry in the meantime. Close the panel."))
    if seen is None or precisely(present.updated_at) == precisely(seen):
        return present
    words = {
        "value": masked_contact(present),
        "is_primary": _("first choice") if present.is_primary else _("further choice"),
        "preferred_time": present.preferred_time or "—",
    }
    differing = {name: words[name] for name, told in mine.items() if getattr(present, name) != told}
    if not mine.get("value"):
        differing |= {"value": words["value"]} if mine else {}
    conflict: dict[str, list[str]] = {name: [_("Now: %(value)s") % {"value": now}] for name, now in differing.items()}
    raise ValidationError({**conflict, NON_FIELD_ERRORS: [overtaken(present.source, present.updated_at)]})


def write_contact(
    customer: Customer,
    kind: str,
    value: str,
    *,
    is_primary: bool,
    preferred_time: str = "",
    source: str,
    at: datetime,
) -> ContactPoint:
    """Examine and write one contact point; part of the operations of this module."""
    found = identity.CONTACTS[kind](value)
    if found.error:
        raise ValidationError({kind: sentence(found.error, kind)})
    index, tail = blind.contact_keys(found.value)
    if is_primary:
        ContactPoint.objects.filter(customer=customer, kind=kind, is_primary=True).exclude(value_index=index).update(
            is_primary=False, updated_at=at
        )
    point, _created = ContactPoint.objects.update_or_create(
        customer=customer,
        kind=kind,
        value_index=index,
        defaults={
            "value": found.value,
            "value_tail": tail,
            "is_primary": is_primary,
            "preferred_time": preferred_time,
            "source": source,
            "updated_at": at,
        },
    )
    return point
