"""The search box of every page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keheng.customers.queries import search as search_customers
from keheng.desk.queries.rows import add_tiers
from keheng.org.acting import acting
from keheng.ui.search import Hit, HitGroup


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Customers that the text may mean, as results under the box. By POST: a typed number stays out of the logs."""
    staff, text = acting(request), request.POST.get("q", "").strip()[:60]
    groups = []
    if text and staff.can("customers.view"):
        customers = search_customers(staff, text)
        add_tiers(customers)
        hits = [
            Hit(
                title=customer.name,
                url=reverse("customer", args=[customer.pk]),
                detail=f"{customer.number} · {customer.branch}",
                tier_rank=customer.tier_step,  # type: ignore[attr-defined]
                tier_name=customer.tier_name,  # type: ignore[attr-defined]
            )
            for customer in customers
        ]
        if hits:
            groups.append(HitGroup(_("Customers"), hits))
    return render(request, "ui/search_results.html", {"groups": groups, "query": text})
