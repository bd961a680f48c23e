"""Customers, as the search box finds them."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.customers.enums import CustomerKind
from keheng.customers.models import Customer
from keheng.customers.queries import search
from keheng.desk.queries.rows import add_tiers
from keheng.org.acting import acting
from keheng.ui.search import Hit, HitGroup


def customers(request: HttpRequest, text: str) -> Sequence[HitGroup]:
    """The largest persons and companies in scope that the text may mean."""
    found = search(acting(request), text)
    add_tiers(found)
    persons = [_hit(customer) for customer in found if customer.kind == CustomerKind.PERSON]
    companies = [_hit(customer) for customer in found if customer.kind == CustomerKind.COMPANY]
    return [HitGroup(_("Customers"), persons), HitGroup(_("Companies"), companies)]


def _hit(customer: Customer) -> Hit:
    return Hit(
        title=customer.name,
        url=reverse("customer", args=[customer.pk]),
        detail=f"{customer.number} · {customer.branch}",
        icon="user" if customer.kind == CustomerKind.PERSON else "building",
        tier_rank=customer.tier_step,  # type: ignore[attr-defined]
        tier_name=customer.tier_name,  # type: ignore[attr-defined]
    )
