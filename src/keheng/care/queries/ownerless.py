"""Customers whom nobody owns: for whom the rules ask for an owner by name, and since when there is none (A3)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest, TruncDate

from keheng.care.models import Ownership
from keheng.care.queries.assignment import rules_in_force
from keheng.common.clock import SHANGHAI
from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.tiering.models import Scheme, Standing


def needs_name() -> Q:
    """Customers of tiers that the rules in force give to one person by name, in the scheme that decides for them."""
    rules = rules_in_force().rules
    schemes = {scheme.code: scheme for scheme in Scheme.objects.filter(code__in=rules.schemes.values())}
    needed = Q(pk__in=())
    for kind, code in rules.schemes.items():
        tiers = [rule.tier for rule in rules.tiers if rule.scheme == code and rule.by_name]
        scheme = schemes.get(code)
        if scheme is None or scheme.is_primary:
            needed |= Q(kind=kind, tier__in=tiers)
        else:
            standing = Standing.objects.filter(scheme=scheme, customer=OuterRef("pk"), tier__in=tiers)
            needed |= Q(kind=kind) & Q(Exists(standing))
    return needed


def without_name() -> "QuerySet[Customer]":
    """Customers who need an owner by name and have none."""
    return Customer.objects.filter(needs_name(), owner__isnull=True).exclude(status=CustomerStatus.CLOSED)


def lasting(customers: "QuerySet[Any]", days: int, today: date) -> "QuerySet[Any]":
    """Those of ownerless customers who have needed an owner for at least so many days.

    Since they became known, their last owner's period ended, or their tier began, whatever was last.
    """
    schemes = Scheme.objects.filter(code__in=rules_in_force().rules.schemes.values())
    ended = Ownership.objects.owners().filter(customer=OuterRef("pk"), period__upper_inf=False).order_by()
    standing = Standing.objects.filter(scheme__in=schemes, customer=OuterRef("pk")).order_by()
    last_end = ended.values("customer").annotate(last=Max("period__endswith")).values("last")
    since = Greatest(
        TruncDate("created_at", tzinfo=SHANGHAI),
        TruncDate(Subquery(last_end), tzinfo=SHANGHAI),
        Subquery(standing.values("customer").annotate(last=Max("since")).values("last")),
    )
    found: QuerySet[Any] = customers.annotate(since=since).filter(since__lte=today - timedelta(days=days))
    return found


def lasting_by_place(days: int, today: date) -> Mapping[str, int]:
    """How many customers have needed an owner by name for so many days, by the path of their branch; one query."""
    found = lasting(without_name(), days, today).order_by().values_list("branch__path").annotate(number=Count("pk"))
    return dict(found)
