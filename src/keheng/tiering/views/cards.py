"""What tiering adds to the page of a customer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.tiering import queries
from keheng.tiering.permissions import VIEW, can_protect
from keheng.tiering.queries.goals import table_in_force
from keheng.tiering.queries.signing import signing_of
from keheng.ui.views import PermissionMixin


class WhyCard(PermissionMixin):
    """Why a customer is in their tier, what the next one needs, what the tier grants, what protects it."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = get_object_or_404(Customer.objects.visible_to(acting(request)), pk=pk)
        why = queries.why(customer, clock.now())
        asked = why is not None and table_in_force(why.scheme).of(why.tier.code).signed is not None
        context = {
            "customer": customer,
            "why": why,
            "signing": signing_of(customer, acting(request)) if asked else None,
            "granted": queries.entitlements_of(customer, clock.today()),
            "may_protect": can_protect(acting(request), customer),
        }
        return render(request, "tiering/why.html", context)
