"""The summaries of the day: written, handed in, read."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.care.enums.reports import DayState
from keheng.care.forms.supervision import CommentForm, DayForm, day_field
from keheng.care.models import DayReport
from keheng.care.operations.day import begin_day_report, read_day_report, save_day_report
from keheng.care.permissions.contacts import COMPLIANCE, LOG, VIEW
from keheng.common import clock
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.lists import (
    BadgeColumn,
    DayColumn,
    EmptyState,
    FilterSet,
    ListView,
    NumberColumn,
    PageAction,
    PresetView,
    Table,
)
from keheng.ui.views import PermissionMixin

_TONES: dict[str, str] = {DayState.DRAFT: "", DayState.HANDED_IN: "near", DayState.READ: "met"}


class MyDay(PermissionMixin):
    """Write today's summary and tomorrow's plan, begun from the day's data."""

    permission = LOG

    def get(self, request: HttpRequest) -> HttpResponse:
        report = begin_day_report(actor=acting(request), at=clock.now())
        initial = {"summary": report.summary, "plan": report.plan, "day": report.day}
        return self._page(request, report, DayForm(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form, hand_in = DayForm(request.POST), request.POST.get("act") == "hand-in"
        if form.is_valid():
            given: Any = {**form.cleaned_data, "hand_in": hand_in, "actor": acting(request), "at": clock.now()}
            if carry_out(form, lambda: save_day_report(**given)):
                done = _("Handed in to whoever leads you.") if hand_in else _("Kept; hand it in when it is ready.")
                messages.success(request, done)
                return redirect("care:my-day")
        return self._page(request, begin_day_report(actor=acting(request), at=clock.now()), form)

    def _page(self, request: HttpRequest, report: DayReport, form: DayForm) -> HttpResponse:
        context = {"report": report, "form": form, "tone": _TONES[report.state]}
        return render(request, "care/supervision/my_day.html", context)


class DayTable(Table):
    staff = tables.Column(verbose_name=gettext_lazy("Staff"))
    day = DayColumn(verbose_name=gettext_lazy("Day"), orderable=True)
    contacts = NumberColumn(verbose_name=gettext_lazy("Contacts"), accessor="figures__contacts")
    reached = NumberColumn(verbose_name=gettext_lazy("Reached"), accessor="figures__reached")
    done = NumberColumn(verbose_name=gettext_lazy("Tasks done"), accessor="figures__done")
    left = NumberColumn(verbose_name=gettext_lazy("Tasks left"), accessor="figures__left")
    state = BadgeColumn(verbose_name=gettext_lazy("State"), tones=_TONES)
    comment = tables.Column(verbose_name=gettext_lazy("Comment"))
    fixed = ("staff",)

    class Meta(Table.Meta):
        model = DayReport
        fields = ("staff", "day", "contacts", "reached", "done", "left", "state", "comment")
        orderable = False


class DayFilter(FilterSet):
    state = django_filters.ChoiceFilter(choices=DayState, label=gettext_lazy("State"))
    day = django_filters.DateFilter(label=gettext_lazy("Day"), widget=day_field())

    class Meta:
        model = DayReport
        fields: list[str] = []


class DayList(ListView):
    """One's own summaries, and those that one's people have handed in."""

    permission = VIEW
    key = "day-reports"
    title = gettext_lazy("Summaries of the day")
    table_class = DayTable
    filterset_class = DayFilter
    default_sort = "-day"
    preset_views = (PresetView(gettext_lazy("To be read"), "state=handed-in"),)

    def get_queryset(self) -> QuerySet[DayReport]:
        return DayReport.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("staff", "branch")

    def row_url(self, record: Any) -> str:
        return reverse("care:day-report", args=[record.pk])

    def page_actions(self) -> list[PageAction]:
        if not acting(self.request).can(LOG):
            return []
        return [PageAction(_("Sum up my day"), reverse("care:my-day"), "edit", primary=True)]

    def empty_state(self) -> EmptyState:
        return EmptyState(_("No summary yet"), _("They are handed in at the end of the day."), "sunset")


class DayPage(PermissionMixin):
    """One summary: reading it, and saying something about it."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._report(request, pk), CommentForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        report, form = self._report(request, pk), CommentForm(request.POST)
        if form.is_valid():
            given: Any = {"comment": form.cleaned_data["comment"], "actor": acting(request), "at": clock.now()}
            if carry_out(form, lambda: read_day_report(report=report, **given)):
                messages.success(request, _("The writer is told."))
                return redirect("care:day-reports")
        return self._page(request, report, form)

    def _report(self, request: HttpRequest, pk: int) -> DayReport:
        visible = DayReport.objects.visible_to(acting(request)).select_related("staff", "branch", "read_by")
        return get_object_or_404(visible, pk=pk)

    def _page(self, request: HttpRequest, report: DayReport, form: CommentForm) -> HttpResponse:
        staff = acting(request)
        may_read = staff.can(COMPLIANCE) and report.staff_id != staff.pk and report.state == DayState.HANDED_IN
        context = {"report": report, "form": form, "may_read": may_read, "tone": _TONES[report.state]}
        return render(request, "care/supervision/day.html", context)
