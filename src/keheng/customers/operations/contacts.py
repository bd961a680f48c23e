"""Contact points: set the moment they are known, each with its source."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.customers import permissions
from keheng.customers.enums import ContactKind, Source
from keheng.customers.events import CustomerChanged
from keheng.customers.models import ContactPoint, Customer
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
    """Add a contact point, or change how the customer wants to be reached by one that is known.

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
def remove_contact_point(*, point: ContactPoint, reason: str, actor: Staff, at: datetime) -> None:
    """Remove a contact point that no longer reaches the customer."""
    customer = point.customer
    permissions.check_edit(actor, customer)
    detail = {"kind": point.kind, "value": masked_contact(point)}
    point.delete()
    note_sources(customer, [point.kind], source=Source.MANAGER, by=actor.name, at=at)  # no feed brings it back
    record("customers.remove_contact", actor=actor, at=at, target=customer, reason=reason, detail=detail)
    follow_up([customer.pk], at=at)
    publish(CustomerChanged(customer.pk, ("contact",), at, actor.pk))


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
