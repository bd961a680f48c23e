"""The tab at the customer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.enums import RiskReason
from keheng.complaints.models import Complaint
from keheng.complaints.queries.countdown import countdowns
from keheng.complaints.queries.flags import care_after, standing
from keheng.complaints.tables import tone_of
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.ui.views import require

_SHOWN = 50


def customer_tab(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether the customer may leave and what is done about it; what they have complained about, newest first."""
    require(request, permissions.VIEW)
    staff = acting(request)
    customer = get_object_or_404(Customer.objects.visible_to(staff), pk=pk)
    visible = Complaint.objects.visible_to(staff).filter(customer=customer).defer("statement", "wish", "finding")
    found = list(visible.select_related("cause", "handler").order_by("-registered_at")[:_SHOWN])
    left = countdowns(found, clock.now())
    rows = [(row, left[row.pk], tone_of(row)) for row in found]
    flag = standing(staff, clock.today()).filter(customer=customer).first()
    context = {
        "customer": customer,
        "rows": rows,
        "risks": [RiskReason(reason).label for reason in flag.reasons] if flag else [],
        "care": care_after(found) if flag and flag.reasons else [],
        "may_register": staff.can(permissions.REGISTER),
    }
    return render(request, "complaints/customer_tab.html", context)
