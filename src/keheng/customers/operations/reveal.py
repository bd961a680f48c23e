"""Showing a sealed value whole: always asked for with a reason, always in the trail, also when refused."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from keheng.audit.enums import Outcome
from keheng.audit.operations import record
from keheng.customers import permissions
from keheng.customers.models import Customer, KeyContact, Person, Relation
from keheng.org.models import Staff


class UnknownFieldError(LookupError):
    """The customer has no such value."""


def reveal(*, customer: Customer, field: str, actor: Staff, reason: str, at: datetime) -> str:
    """Return a sealed value of a customer in the clear.

    Args:
        field: ``id_number``, ``emergency_phone``, or ``contact.12`` for the contact point with that key;
            ``key_contact.12`` and ``outsider.12`` for the phones of a key contact and of somebody a relation names.
        reason: why; the page asks once per customer and session.

    Raises:
        UnknownFieldError: the customer has no such value.
        PermissionDenied: with the reason in words; the attempt stands in the trail.
    """
    kind, value = _find(customer, field)
    refusal = permissions.why_not_reveal(actor, customer, field)
    record(
        "customers.reveal",
        actor=actor,
        at=at,
        target=customer,
        reason=reason,
        outcome=Outcome.REFUSED if refusal else Outcome.DONE,
        detail={"field": kind},
    )
    if refusal:
        raise PermissionDenied(refusal)
    return value


def _find(customer: Customer, field: str) -> tuple[str, str]:
    if field == "id_number" and customer.id_number:
        return field, customer.id_number
    if field == "emergency_phone":
        person = Person.objects.filter(pk=customer.pk).first()
        if person is not None and person.emergency_phone:
            return field, person.emergency_phone
    kind, _, key = field.partition(".")
    if kind == "contact" and key.isdecimal():
        point = customer.contact_points.filter(pk=key).first()
        if point is not None and point.value:
            return point.kind, point.value
    sealed = _SEALED.get(kind)
    value = sealed(customer, int(key)) if sealed and key.isdecimal() else None
    if value:
        return kind, value
    raise UnknownFieldError(field)


def _key_contact(customer: Customer, key: int) -> str | None:
    return KeyContact.objects.filter(customer=customer, pk=key).values_list("phone", flat=True).first()


def _outsider(customer: Customer, key: int) -> str | None:
    return Relation.objects.filter(customer=customer, pk=key).values_list("outsider_phone", flat=True).first()


_SEALED = {"key_contact": _key_contact, "outsider": _outsider}
