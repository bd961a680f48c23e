"""Whom customers may be given to, and how loaded people are (A3, screen 3)."""

from typing import Any

from django.db.models import Case, Count, DecimalField, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from keheng.care.models import CustomerNeed, StaffSkill
from keheng.care.queries.assignment import rules_in_force
from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


def colleagues(actor: Staff) -> "QuerySet[Staff]":
    """Whom somebody may pass customers to: people of the branches under the same branch as their own, or in scope."""
    people = Staff.objects.people().filter(is_active=True).order_by("branch__path", "role__order", "name")
    if actor.scope == DataScope.ALL:
        return people
    above = actor.branch.parent or actor.branch
    if above.parent is None:  # right below the head office: not the whole bank
        above = actor.branch
    return people.filter(branch__in=Branch.objects.subtree_of(above)) | people.filter(pk=actor.pk)


def takers(actor: Staff) -> "QuerySet[Staff]":
    """Colleagues in a role that the rules let own customers."""
    rules = rules_in_force().rules
    roles = {role for rule in rules.tiers for role in rule.owner.roles}
    roles |= {role for rule in rules.tiers if rule.older for role in rule.older.roles}
    return colleagues(actor).filter(role__code__in=roles | set(rules.adoption.roles))


def skills_of(member: Staff) -> list[str]:
    """What somebody can, by the names of the rules of assignment."""
    held = set(StaffSkill.objects.filter(staff=member).values_list("skill", flat=True))
    return [name for code, name in rules_in_force().rules.skills.items() if code in held]


def needs_of(customer: Customer) -> list[str]:
    """What whoever looks after a customer should be able to do, by the same names."""
    held = set(CustomerNeed.objects.filter(customer=customer).values_list("skill", flat=True))
    return [name for code, name in rules_in_force().rules.skills.items() if code in held]


def loaded(people: "QuerySet[Staff]") -> "QuerySet[Any]":
    """Annotate ``load`` (customers who are not closed), ``owned`` (their AUM), ``capacity`` and ``spare``."""
    open_ones = Customer.objects.filter(owner=OuterRef("pk")).exclude(status=CustomerStatus.CLOSED).order_by()
    owned = open_ones.values("owner")
    capacity = [When(role__code=role, then=Value(number)) for role, number in rules_in_force().rules.capacity.items()]
    return people.annotate(
        load=Coalesce(Subquery(owned.annotate(n=Count("pk")).values("n")), 0),
        owned=Coalesce(
            Subquery(owned.annotate(s=Sum("aum")).values("s")), Value(0), output_field=DecimalField(decimal_places=2)
        ),
        capacity=Case(*capacity, default=None, output_field=IntegerField()),
    ).annotate(spare=F("capacity") - F("load"))
