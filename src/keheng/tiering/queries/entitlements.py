"""What a tier entitles to: other modules ask here, by the codes of privileges (A2, decision 13)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from keheng.customers.models import Customer
from keheng.tiering.errors import TieringError
from keheng.tiering.models import Scheme, in_language
from keheng.tiering.policies.definition import Tier
from keheng.tiering.queries.schemes import version_on

PRIORITY = "priority_service"


@dataclass(frozen=True)
class Entitlements:
    """The privileges of one tier by code with their names, and the roles that may maintain its customers (A3)."""

    tier: str
    privileges: dict[str, str]
    maintainers: tuple[str, ...]

    def grants(self, privilege: str) -> bool:
        return privilege in self.privileges

    @property
    def is_priority(self) -> bool:
        """Whether the shorter time limits of big customers hold (decision 13)."""
        return self.grants(PRIORITY)


NOTHING = Entitlements("", {}, ())


def entitlements_of(customer: Customer, on: date) -> Entitlements:
    """What the customer's tier in the primary scheme of their kind entitles to on a date; one or two queries."""
    return entitlements(on).get((customer.kind, customer.tier), NOTHING)


def entitlements(on: date) -> dict[tuple[str, str], Entitlements]:
    """What every tier of the primary schemes entitles to, by kind of customer and code of the tier."""
    found: dict[tuple[str, str], Entitlements] = {}
    for scheme in Scheme.objects.filter(is_primary=True):
        try:
            version = version_on(scheme, on)
        except TieringError:  # no version in force: nobody is entitled to anything
            continue
        for tier in version.rules.tiers:
            found[scheme.kind, tier.code] = _of(tier)
    return found


def entitled(customers: "QuerySet[Customer]", privilege: str, on: date) -> "QuerySet[Customer]":
    """Those of the customers whose tier grants a privilege: a condition on the list, nobody is looked at one by one."""
    tiers: dict[str, list[str]] = defaultdict(list)
    for (kind, tier), granted in entitlements(on).items():
        if granted.grants(privilege):
            tiers[kind].append(tier)
    condition = Q(pk__in=[])
    for kind, codes in tiers.items():
        condition |= Q(kind=kind, tier__in=codes)
    return customers.filter(condition)


def _of(tier: Tier) -> Entitlements:
    roles = tuple(dict.fromkeys(role for part in tier.upkeep for role in part.roles))
    return Entitlements(tier.code, {held.code: in_language(held) for held in tier.privileges}, roles)
