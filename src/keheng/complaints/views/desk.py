"""The list of complaints with both countdowns, and the same as a board."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.enums import State
from keheng.complaints.filters import ComplaintFilter
from keheng.complaints.models import Complaint
from keheng.complaints.queries.countdown import countdowns
from keheng.complaints.tables import ComplaintTable
from keheng.org.acting import acting
from keheng.service_requests.queries.board import of_all
from keheng.ui.lists import EmptyState, ListView, PageAction, PresetView
from keheng.ui.lists.totals import Total
from keheng.ui.views import require

_JOINED = ("customer", "cause", "handler", "about_branch", "branch")
_SHOWN = (
    "number",
    "calendar",
    "channel",
    "state",
    "grade",
    "is_repeat",
    "registered_at",
    "internal_due_at",
    "regulatory_due_at",
    "customer__name",
    "cause__name",
    "cause__name_en",
    "handler__name",
    "about_branch__name",
    "branch__name",
)
_IN_A_COLUMN = 8


class ComplaintList(ListView):
    """Complaints in scope; those that are open, the regulatory limit that is due first at the top."""

    permission = permissions.VIEW
    key = "complaints"
    title = gettext_lazy("Complaints")
    unit = pgettext_lazy("measure word of complaints", "complaints")
    table_class = ComplaintTable
    filterset_class = ComplaintFilter
    usual_filters = ("when", "who", "state", "kind", "grade", "cause", "branch", "registered_at")
    template_name = "complaints/list.html"
    default_sort = "regulatory_due_at"
    all_label = pgettext_lazy("view of complaints", "All open")
    search_hint = gettext_lazy("Number, or name of the customer")
    preset_views = (
        PresetView(gettext_lazy("In my hands"), "who=me"),
        PresetView(gettext_lazy("For my unit"), "who=unit"),
        PresetView(gettext_lazy("First review"), "state=registered"),
        PresetView(gettext_lazy("Over an internal limit"), "when=internal"),
        PresetView(gettext_lazy("Regulatory limit within 3 days"), "when=soon"),
        PresetView(pgettext_lazy("complaint", "Ended"), "when=ended&sort=-registered_at"),
    )

    def get_queryset(self) -> "QuerySet[Complaint]":
        return Complaint.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related(*_JOINED).only(*_SHOWN)

    def decorate(self, rows: list[Any]) -> list[Any]:
        found = countdowns(rows, clock.now())
        for row in rows:
            row.clocks_left = found[row.pk]
        return rows

    def sub(self, total: Total) -> str:  # noqa: ARG002  # what is late is told instead
        seen = Complaint.objects.visible_to(acting(self.request)).open()
        told = seen.aggregate(
            open=Count("pk"),
            internal=Count("pk", filter=Q(internal_due_at__lte=Now())),
            regulatory=Count("pk", filter=Q(regulatory_due_at__lte=Now())),
        )
        return _("%(open)d open · %(internal)d over an internal limit · %(regulatory)d over a regulatory limit") % told

    def page_actions(self) -> Sequence[PageAction]:
        board_action = PageAction(_("Board"), reverse("complaints:board"), "layout-kanban")
        if not acting(self.request).can(permissions.REGISTER):
            return (board_action,)
        return (
            board_action,
            PageAction(_("Register a complaint"), reverse("complaints:new"), "plus", primary=True),
        )

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No complaint is open"),
            _("Whoever hears a complaint registers it here, at any hour; both limits run from then on."),
            "message-report",
            _("Register a complaint"),
            reverse("complaints:new"),
        )


def board(request: HttpRequest) -> HttpResponse:
    """Open complaints by state: in each column those whose regulatory limit is due first; three queries a page."""
    require(request, permissions.VIEW)
    seen = Complaint.objects.visible_to(acting(request)).open()
    counts = dict(seen.order_by().values_list("state").annotate(Count("pk")))
    tops = [
        seen.filter(state=state).order_by("regulatory_due_at", "pk").values_list("pk", flat=True)[:_IN_A_COLUMN]
        for state in counts
    ]
    joined = Complaint.objects.filter(pk__in=of_all(tops)).select_related(*_JOINED).only(*_SHOWN)
    rows = list(joined.order_by("regulatory_due_at", "pk"))
    left = countdowns(rows, clock.now())
    columns = [
        {
            "state": state,
            "count": counts[state],
            "more": max(counts[state] - _IN_A_COLUMN, 0),
            "cards": [(row, left[row.pk]) for row in rows if row.state == state],
            "url": f"{reverse('complaints:list')}?state={state}",
        }
        for state in State
        if counts.get(state, 0)
    ]
    return render(request, "complaints/board.html", {"columns": columns, "total": sum(counts.values())})
