"""Protected customers: the protection of one, and rows in words."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import pgettext

from keheng.customers.models import Customer
from keheng.tiering.enums import ProtectionState
from keheng.tiering.models import Protected, Scheme
from keheng.tiering.queries.schemes import tier_label, tiers_by_kind


def protection_of(customer: Customer, scheme: Scheme, on: date) -> Protected | None:
    """What protects the customer from downgrades of a scheme on a date, or waits for approval to do so."""
    standing = [ProtectionState.IN_FORCE, ProtectionState.WAITING]
    return Protected.objects.filter(scheme=scheme, customer=customer, until__gte=on, state__in=standing).first()


def protections_in_words(protections: Sequence[Protected], today: date) -> list[Protected]:
    """Set ``tier_of`` (label) and ``state_text``: what has run out says so."""
    labels = tiers_by_kind()
    for held in protections:
        lapsed = held.state == ProtectionState.IN_FORCE and held.until < today
        held.tier_of = tier_label(held.customer, labels)  # type: ignore[attr-defined]
        held.state_text = (  # type: ignore[attr-defined]
            pgettext("protection", "Run out") if lapsed else held.get_state_display()
        )
    return list(protections)
