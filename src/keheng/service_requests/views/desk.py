"""The desk: the list of requests with live countdowns, and the panel beside it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.service_requests import permissions
from keheng.service_requests.filters import RequestFilter
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations import handling
from keheng.service_requests.queries import desk
from keheng.service_requests.queries.countdown import countdowns
from keheng.service_requests.queries.names import add_tiers
from keheng.service_requests.tables import RequestTable
from keheng.service_requests.views.parts import request_of
from keheng.service_requests.views.request import facts
from keheng.ui.lists import BulkAction, EmptyState, ListView, PageAction, PresetView
from keheng.ui.lists.totals import Total
from keheng.ui.templatetags.keheng import percent
from keheng.ui.views import require


class RequestList(ListView):
    """Requests in scope; those that are open, the first due at the top."""

    permission = permissions.VIEW
    key = "service-requests"
    title = gettext_lazy("Service desk")
    unit = pgettext_lazy("measure word of service requests", "requests")
    table_class = RequestTable
    filterset_class = RequestFilter
    usual_filters = ("when", "who", "state", "business", "branch", "opened_at")
    template_name = "service_requests/desk.html"
    default_sort = "due_at"
    all_label = pgettext_lazy("view of the service desk", "All open")
    search_hint = gettext_lazy("Number, or name of the customer")
    preset_views = (
        PresetView(gettext_lazy("In my hands"), "who=me"),
        PresetView(gettext_lazy("Waiting for a response"), "state=waiting"),
        PresetView(gettext_lazy("Over the limit"), "when=over"),
        PresetView(gettext_lazy("Due within 10 minutes"), "when=soon"),
        PresetView(gettext_lazy("Waiting for the customer"), "state=paused"),
        PresetView(gettext_lazy("Done"), "when=closed&sort=-opened_at"),
    )
    bulk_actions = (
        BulkAction(gettext_lazy("Claim"), "service_requests:claim-many", "hand-grab", permissions.HANDLE),
        BulkAction(gettext_lazy("Assign …"), "service_requests:assign-many", "user-plus", permissions.SUPERVISE),
        BulkAction(gettext_lazy("Pause …"), "service_requests:pause-many", "player-pause", permissions.HANDLE),
        BulkAction(gettext_lazy("Reply and close …"), "service_requests:close-many", "send", permissions.HANDLE),
        BulkAction(gettext_lazy("Internal note …"), "service_requests:note-many", "note", permissions.VIEW),
    )

    def get_queryset(self) -> "QuerySet[ServiceRequest]":
        return ServiceRequest.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer", "assignee", "branch")

    def decorate(self, rows: list[Any]) -> list[Any]:
        found = countdowns(rows, clock.now())
        add_tiers([row.customer for row in rows])
        for row in rows:
            row.countdown = found.get(row.pk)
        return rows

    def sub(self, total: Total) -> str:  # noqa: ARG002  # open and done are told instead
        shown = desk.figures(acting(self.request), clock.now())
        words = _("%(open)d open · %(done)d done today") % {"open": shown.open, "done": shown.done}
        if shown.in_time is None:
            return words
        return _("%(words)s · %(rate)s in time") % {"words": words, "rate": percent(shown.in_time)}

    def page_actions(self) -> Sequence[PageAction]:
        figures = PageAction(_("Figures"), reverse("service_requests:figures"), "chart-bar")
        board = PageAction(_("Board"), reverse("service_requests:board"), "layout-kanban", key="b")
        return (figures, board, *taking(acting(self.request)))

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("Nothing waits"),
            _("Whatever a customer asks for is taken in here, and runs against the hours of service of the branch."),
            "ticket",
            _("Take in a new request"),
            reverse("service_requests:new"),
        )


def taking(staff: Staff) -> Sequence[PageAction]:
    """The buttons of whoever takes requests in and on, at the desk and at the board."""
    if not staff.can(permissions.HANDLE):
        return ()
    return (
        PageAction(_("Take the next one"), reverse("service_requests:next"), "player-play", post=True, key="n"),
        PageAction(_("Take in a new request"), reverse("service_requests:new"), "plus", primary=True, key="i"),
    )


def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """A request beside the list: clocks, steps, what is missing, the next acts."""
    require(request, permissions.VIEW)
    return render(request, "service_requests/panel.html", facts(request, request_of(request, pk)))


@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a request; whoever comes second is told who was first."""
    require(request, permissions.HANDLE)
    found = request_of(request, pk)
    try:
        handling.claim(request=found, actor=acting(request), at=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("%(number)s is in your hands.") % {"number": found})
    return redirect(found)


@require_POST
def claim_next(request: HttpRequest) -> HttpResponse:
    """Take the most urgent request that one's post handles."""
    require(request, permissions.HANDLE)
    actor, at = acting(request), clock.now()
    taken = handling.claim_next(candidates=desk.free_for(actor, clock.today()), actor=actor, at=at)
    if taken is None:
        messages.info(request, _("Nothing waits for your post."))
        return redirect("service_requests:desk")
    messages.success(request, _("%(number)s is in your hands.") % {"number": taken})
    return redirect(taken)
