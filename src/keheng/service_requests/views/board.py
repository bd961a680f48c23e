"""The board beside the list: what is open, a column a state, with live countdowns."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keheng.common import clock
from keheng.org.acting import acting
from keheng.service_requests import permissions
from keheng.service_requests.filters import RequestFilter
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.queries import board as queries
from keheng.service_requests.queries.countdown import countdowns
from keheng.service_requests.queries.names import add_tiers
from keheng.service_requests.tables import TONES
from keheng.service_requests.views.desk import taking
from keheng.ui.views import require


def board(request: HttpRequest) -> HttpResponse:
    """What is open in scope, narrowed to one of the views."""
    require(request, permissions.VIEW)
    staff, at = acting(request), clock.now()
    views = {
        "": pgettext("view of the service desk", "All open"),
        "who=me": _("In my hands"),
        "who=nobody": _("In nobody's hands"),
        "when=over": _("Over the limit"),
        "when=soon": _("Due within 10 minutes"),
        "is_priority=true": _("Priority customers"),
    }
    chosen = request.GET.urlencode()
    chosen = chosen if chosen in views else ""
    asked = RequestFilter(QueryDict(chosen), queryset=ServiceRequest.objects.visible_to(staff), request=request)
    asked.is_valid()
    columns = queries.columns(asked.qs)
    shown = [row for column in columns for row in column.rows]
    add_tiers([row.customer for row in shown])
    running = countdowns(shown, at)
    desk = reverse("service_requests:desk")
    context = {
        "views": [(label, f"?{query}" if query else request.path, query == chosen) for query, label in views.items()],
        "columns": [
            {
                "column": column,
                "tone": TONES.get(column.state, ""),
                "url": f"{desk}?state={column.state}{'&' if chosen else ''}{chosen}",
                "cards": [(row, running.get(row.pk)) for row in column.rows],
            }
            for column in columns
        ],
        "total": sum(column.number for column in columns),
        "actions": taking(staff),
    }
    return render(request, "service_requests/board.html", context)
