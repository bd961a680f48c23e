"""Showing a sealed value whole: always asked for with a reason, always in the trail, also when refused."""

from datetime import datetime

from django.core.exceptions import PermissionDenied

from keheng.audit.enums import Outcome
from keheng.audit.operations import record
from keheng.customers import permissions
from keheng.customers.models import Customer
from keheng.org.models import Staff


class UnknownFieldError(LookupError):
    """The customer has no such value."""


def reveal(*, customer: Customer, field: str, actor: Staff, reason: str, at: datetime) -> str:
    """Return a sealed value of a customer in the clear.

    Args:
        field: ``id_number``, or ``contact.12`` for the contact point with that key.
        reason: why; the page asks once per customer and session.

    Raises:
        UnknownFieldError: the customer has no such value.
        PermissionDenied: with the reason in words; the attempt stands in the trail.
    """
    kind, value = _find(customer, field)
    refusal = permissions.why_not_reveal(actor, customer)
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
    kind, _, key = field.partition(".")
    if kind == "contact" and key.isdecimal():
        point = customer.contact_points.filter(pk=key).first()
        if point is not None and point.value:
            return point.kind, point.value
    raise UnknownFieldError(field)
