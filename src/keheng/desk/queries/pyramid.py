"""Customers and AUM by tier in a scope."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Count, Sum

from keheng.customers.enums import CustomerKind, CustomerStatus
from keheng.customers.models import Customer
from keheng.desk.queries.kept import kept
from keheng.org.models import Staff
from keheng.tiering.queries.schemes import TierLabel, tier_definitions


@dataclass(frozen=True)
class Step:
    """One tier of the pyramid; the share is of the AUM of all tiered customers."""

    tier: TierLabel
    customers: int
    aum: Decimal
    aum_share: float


@dataclass(frozen=True)
class Upper:
    """The upper tiers together; ``query`` is the customer list that shows them."""

    name: str
    customers: int
    aum_share: float
    query: str


UPPER_STEP = 4
"""From this step of the colour ramp on a tier counts as upper: 白金 and above in the retail preset."""


def upper(steps: list[Step]) -> Upper | None:
    """Sum the upper tiers up; ``None`` while nobody has a tier."""
    chosen = [step for step in steps if step.tier.step >= UPPER_STEP]
    if not chosen:
        return None
    return Upper(
        name=chosen[-1].tier.name,
        customers=sum(step.customers for step in chosen),
        aum_share=sum(step.aum_share for step in chosen),
        query=urlencode([("kind", CustomerKind.PERSON), *(("tier", step.tier.code) for step in chosen)]),
    )


def pyramid(staff: Staff, kind: CustomerKind = CustomerKind.PERSON) -> list[Step]:
    """The tiers that customers of ``kind`` show, best first, counted over whoever has not left."""
    labels = tier_definitions(kind)
    counted = kept(staff, f"pyramid.{kind}", lambda: _counted(staff, kind))
    all_aum = sum((amount for _, amount in counted.values()), Decimal(0)) or Decimal(1)
    return [
        Step(label, number, amount, float(amount / all_aum))
        for code, label in labels.items()
        for number, amount in [counted.get(code, (0, Decimal(0)))]
    ]


def _counted(staff: Staff, kind: CustomerKind) -> dict[str, tuple[int, Decimal]]:
    rows = (
        Customer.objects.visible_to(staff)
        .filter(kind=kind)
        .exclude(status=CustomerStatus.CLOSED)
        .exclude(tier="")
        .order_by()
        .values_list("tier")
        .annotate(number=Count("pk"), amount=Sum("aum"))
    )
    return {tier: (number, amount) for tier, number, amount in rows}
