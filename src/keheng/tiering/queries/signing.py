"""Who of the private-bank tier has signed: the agreement lies in the customer's file (A2 [004j] 私人银行签约)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from keheng.customers.enums import DocumentKind
from keheng.customers.models import Customer, Document
from keheng.customers.permissions import can_see
from keheng.org.models import Staff


@dataclass(frozen=True)
class Signing:
    """Whether a customer of a tier that is asked to sign has done so, and when; ``source``: on paper or as a file."""

    signed: bool
    on: date | None = None
    source: str = ""


def has_signed(customer: str = "pk") -> Exists:
    """The condition, for a query in which ``customer`` names the customer's key."""
    return Exists(_agreements().filter(customer_id=OuterRef(customer)))


def signed_in(rows: "QuerySet[Any]", path: str, tiers: Collection[str]) -> dict[str, tuple[int, int]]:
    """Signed and all customers of each tier, over rows as of :func:`~.goals.customers_of`; one query."""
    key = "customer_id" if path else "pk"
    counted = (
        rows.filter(tier__in=tiers)
        .values("tier")
        .annotate(customers=Count("*"), signed=Count(key, filter=has_signed(key)))
    )
    return {row["tier"]: (row["signed"], row["customers"]) for row in counted}


def signing_of(customer: Customer, reader: Staff) -> Signing | None:
    """What the page of a customer of such a tier tells; ``None`` where the reader may not see documents."""
    if not can_see(reader, customer, "document"):
        return None
    found = _agreements().filter(customer=customer).order_by("-issued_on", "-pk").first()
    if found is None:
        return Signing(signed=False)
    return Signing(signed=True, on=found.issued_on or found.added_at.date(), source=found.note)


def _agreements() -> "QuerySet[Document]":
    return Document.objects.filter(kind=DocumentKind.PRIVATE_BANKING)
