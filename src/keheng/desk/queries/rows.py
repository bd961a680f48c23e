"""What a row of the customer list shows beside the customer's own columns."""

from collections.abc import Sequence
from datetime import date

from keheng.common.masking import mask_phone
from keheng.customers.archive.marks import marks_of
from keheng.customers.enums import ContactKind, Disclosure
from keheng.customers.models import ContactPoint, Customer
from keheng.customers.permissions import disclosure
from keheng.customers.values.masks import masked_document, told
from keheng.desk.queries.changes import aum_at, last_month_end, ratio
from keheng.org.models import Staff
from keheng.portfolio.models import CurrentFigures
from keheng.tiering.queries.schemes import TierLabel, tier_label, tiers_by_kind

type TiersByKind = dict[str, dict[str, TierLabel]]


def add_tiers(customers: Sequence[Customer], known: TiersByKind | None = None) -> None:
    """Set ``tier_name`` and ``tier_step`` (the step of the colour ramp; -1 without a tier)."""
    known = tiers_by_kind() if known is None else known
    for customer in customers:
        label = tier_label(customer, known)
        customer.tier_name = label.name if label else ""  # type: ignore[attr-defined]
        customer.tier_step = label.step if label else -1  # type: ignore[attr-defined]


def add_details(customers: Sequence[Customer], staff: Staff, today: date) -> Sequence[Customer]:
    """Set tier, change of AUM, figures, marks and masked phone on each customer; a fixed number of queries for all.

    A phone that the confidentiality rules hide from the reader is left out.
    """
    keys = [customer.pk for customer in customers]
    add_tiers(customers)
    before = aum_at(keys, last_month_end(today))
    figures = CurrentFigures.objects.in_bulk(keys)
    phones = {
        point.customer_id: mask_phone(point.value or "")
        for point in ContactPoint.objects.filter(customer_id__in=keys, kind=ContactKind.MOBILE, is_primary=True)
    }
    marks = marks_of(customers, staff, today, in_lists=True)
    for customer in customers:
        customer.marks = marks[customer.pk]  # type: ignore[attr-defined]
        customer.change = ratio(customer.aum, before.get(customer.pk))  # type: ignore[attr-defined]
        customer.current = figures.get(customer.pk)  # type: ignore[attr-defined]
        shown = customer.pk in phones and disclosure(staff, customer, ContactKind.MOBILE) > Disclosure.HIDDEN
        customer.phone = phones[customer.pk] if shown else ""  # type: ignore[attr-defined]
    return customers


def add_whole_values(customers: Sequence[Customer], reader: Staff) -> None:
    """Set document and mobile as an approved export shows them: whole where the reader could have each shown."""
    keys = [customer.pk for customer in customers]
    points = ContactPoint.objects.filter(customer_id__in=keys, kind=ContactKind.MOBILE, is_primary=True)
    phones = {point.customer_id: point.value or "" for point in points}
    for customer in customers:
        phone, document = phones.get(customer.pk, ""), customer.id_number or ""
        customer.whole_phone = told(  # type: ignore[attr-defined]
            disclosure(reader, customer, ContactKind.MOBILE), phone, mask_phone(phone) if phone else ""
        )
        customer.document = told(  # type: ignore[attr-defined]
            disclosure(reader, customer, "id_number"), document, masked_document(customer)
        )
