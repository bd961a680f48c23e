"""The adoption market: who is free and open for adoption, and whether somebody may take one more (A3)."""

from datetime import datetime

from django.db.models import Q, QuerySet

from keheng.care.enums.ownership import Part, Source
from keheng.care.models import Ownership
from keheng.care.policies.assignment import AssignmentRules
from keheng.care.policies.ownership import Adopting
from keheng.care.queries.assignment import rules_in_force
from keheng.common.clock import SHANGHAI
from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.tiering.models import Scheme, Standing


def market(staff: Staff) -> "QuerySet[Customer]":
    """Customers whom nobody owns, of tiers open for adoption, kept by the branch of the member of staff or below it."""
    free = Customer.objects.filter(owner__isnull=True).exclude(status=CustomerStatus.CLOSED)
    if staff.scope != DataScope.ALL:
        free = free.filter(branch__in=Branch.objects.subtree_of(staff.branch))
    return free.filter(_open_tiers(rules_in_force().rules))


def taken(staff: Staff, at: datetime) -> tuple[int, int]:
    """How many customers somebody has adopted and still owns, and how many they took in the calendar month."""
    month = at.astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    adopted = Ownership.objects.filter(staff=staff, part=Part.OWNER, source=Source.ADOPTED)
    return adopted.current().count(), adopted.filter(period__startswith__gte=month).count()


def adopting(customer: Customer, actor: Staff, at: datetime) -> Adopting:
    """What decides whether somebody may adopt a customer."""
    rules = rules_in_force().rules
    held, this_month = taken(actor, at)
    return Adopting(
        role_may=actor.role.code in rules.adoption.roles,
        tier_open=Customer.objects.filter(_open_tiers(rules), pk=customer.pk).exists(),
        near=actor.scope == DataScope.ALL or customer.branch.path.startswith(actor.branch.path),
        held=held,
        most=rules.adoption.most,
        this_month=this_month,
        most_a_month=rules.adoption.most_a_month,
    )


def _open_tiers(rules: AssignmentRules) -> Q:
    primary = set(Scheme.objects.filter(is_primary=True).values_list("code", flat=True))
    condition = Q(pk__in=[])
    for kind, code in rules.schemes.items():
        tiers = [rule.tier for rule in rules.tiers if rule.scheme == code and rule.adopt]
        if not tiers:
            continue
        if code in primary:
            condition |= Q(kind=kind, tier__in=tiers)
        else:
            standing = Standing.objects.filter(scheme__code=code, tier__in=tiers)
            condition |= Q(kind=kind, pk__in=standing.values("customer"))
    return condition
