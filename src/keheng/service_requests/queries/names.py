"""Tiers of customers, for badges."""

from collections.abc import Iterable

from keheng.customers.models import Customer
from keheng.tiering.queries.schemes import tier_label, tiers_by_kind


def add_tiers(customers: Iterable[Customer]) -> None:
    """Set ``tier_name`` and ``tier_step`` (the step of the colour ramp; -1 without a tier); one query for all."""
    known = tiers_by_kind()
    for customer in customers:
        label = tier_label(customer, known)
        customer.tier_name = label.name if label else ""  # type: ignore[attr-defined]
        customer.tier_step = label.step if label else -1  # type: ignore[attr-defined]


def tier_names() -> dict[str, str]:
    """The name of every tier of the primary schemes, by its code."""
    return {code: label.name for labels in tiers_by_kind().values() for code, label in labels.items()}
