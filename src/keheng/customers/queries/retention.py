"""What stands against erasing a customer: the retention rules held against where the customer stands."""

from collections.abc import Callable
from datetime import date

from keheng.common.clock import SHANGHAI
from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.customers.models import CustomerEvent as _Event  # type: ignore[attr-defined]  # made by pghistory
from keheng.customers.policies.consent import Anchor
from keheng.customers.policies.rights import Anchored, Standing, standing_rules
from keheng.customers.queries.rules import privacy_rules

_anchors: dict[Anchor, Callable[[Customer], Anchored]] = {}


def register_anchor(anchor: Anchor, find: Callable[[Customer], Anchored]) -> None:
    """Say where customers stand with an anchor of retention rules; the module that knows registers it."""
    _anchors[anchor] = find


def retention_of(customer: Customer, today: date) -> tuple[Standing, ...]:
    """The rules that keep the customer's data from being erased today, the longest first; none: they may go."""
    anchors = {anchor: find(customer) for anchor, find in _anchors.items()}
    return standing_rules(privacy_rules().retention, anchors, today)


def _relationship(customer: Customer) -> Anchored:
    """The relationship ends when the customer is closed: the history knows the day, else the last change counts."""
    if customer.status != CustomerStatus.CLOSED:
        return Anchored(goes_on=True)
    before = _Event.objects.filter(pgh_obj=customer).exclude(status=CustomerStatus.CLOSED)
    closed_at = before.order_by("-pgh_id").values_list("pgh_created_at", flat=True).first() or customer.updated_at
    return Anchored(ended_on=closed_at.astimezone(SHANGHAI).date())


register_anchor(Anchor.RELATIONSHIP, _relationship)
