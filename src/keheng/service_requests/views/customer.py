"""The tab at the customer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.service_requests import permissions
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.queries.countdown import countdowns
from keheng.service_requests.tables import TONES
from keheng.ui.views import require

_SHOWN = 50


def customer_tab(request: HttpRequest, pk: int) -> HttpResponse:
    """What the customer has asked for, newest first."""
    require(request, permissions.VIEW)
    staff = acting(request)
    customer = get_object_or_404(Customer.objects.visible_to(staff), pk=pk)
    visible = ServiceRequest.objects.visible_to(staff).filter(customer=customer)
    found = list(visible.select_related("assignee").order_by("-opened_at")[:_SHOWN])
    running = countdowns(found, clock.now())
    rows = [(row, running.get(row.pk), TONES.get(row.state, "")) for row in found]
    context = {"customer": customer, "rows": rows, "may_open": staff.can(permissions.HANDLE)}
    return render(request, "service_requests/customer_tab.html", context)
