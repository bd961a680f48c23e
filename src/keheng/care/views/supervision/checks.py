"""Checks of the contact log: drawn, looked through, answered."""

from datetime import timedelta
from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.care.enums.reports import CheckKind, CheckState
from keheng.care.forms.supervision import DrawForm, TextForm
from keheng.care.models import LogCheck, LogCheckItem
from keheng.care.operations.checks import draw_check, step_check
from keheng.care.permissions.contacts import COMPLIANCE, VIEW, can_read_note
from keheng.care.queries.rules import outcome_rules
from keheng.common import clock
from keheng.customers.privacy.exports import CustomerRows
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.lists import (
    BadgeColumn,
    DayColumn,
    EmptyState,
    FilterSet,
    ListView,
    MomentColumn,
    NumberColumn,
    PageAction,
    PresetView,
    Table,
)
from keheng.ui.views import PermissionMixin

_TONES: dict[str, str] = {
    CheckState.OPEN: "info",
    CheckState.FAULTY: "over",
    CheckState.ANSWERED: "near",
    CheckState.CLOSED: "met",
}


class CheckTable(Table):
    title = tables.Column(verbose_name=gettext_lazy("Check"), accessor="told")
    kind = tables.Column(verbose_name=gettext_lazy("Kind"))
    starts_on = DayColumn(verbose_name=gettext_lazy("Contacts from"))
    ends_on = DayColumn(verbose_name=gettext_lazy("Contacts until"), orderable=True)
    due_on = DayColumn(verbose_name=gettext_lazy("Due on"))
    drawn = NumberColumn(verbose_name=gettext_lazy("Contacts"))
    faults = NumberColumn(verbose_name=gettext_lazy("With faults"))
    left = NumberColumn(verbose_name=gettext_lazy("Not closed"))
    fixed = ("title",)

    class Meta(Table.Meta):
        model = LogCheck
        fields = ("title", "kind", "starts_on", "ends_on", "due_on", "drawn", "faults", "left")
        orderable = False


class CheckFilter(FilterSet):
    kind = django_filters.ChoiceFilter(choices=CheckKind, label=gettext_lazy("Kind"))
    state = django_filters.ChoiceFilter(
        choices=[("open", gettext_lazy("Under way")), ("overdue", gettext_lazy("Overdue"))],
        method="standing",
        label=gettext_lazy("State"),
    )

    class Meta:
        model = LogCheck
        fields: list[str] = []

    def standing(self, queryset: "QuerySet[Any]", _name: str, value: str) -> "QuerySet[Any]":
        late = queryset.filter(closed_at=None)
        return late.filter(due_on__lt=clock.today()) if value == "overdue" else late


class CheckList(ListView):
    """The checks in scope, the newest first."""

    permission = VIEW
    key = "log-checks"
    title = gettext_lazy("Checks of the contact log")
    table_class = CheckTable
    filterset_class = CheckFilter
    default_sort = "-ends_on"
    preset_views = (
        PresetView(gettext_lazy("Under way"), "state=open"),
        PresetView(gettext_lazy("Overdue"), "state=overdue"),
    )

    def get_queryset(self) -> QuerySet[LogCheck]:
        return LogCheck.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        shown: QuerySet[Any] = queryset.select_related("branch").annotate(
            drawn=Count("items"),
            faults=Count("items", filter=~Q(items__finding="")),
            left=Count("items", filter=~Q(items__state=CheckState.CLOSED)),
        )
        return shown

    def decorate(self, rows: list[Any]) -> list[Any]:
        for row in rows:
            row.told = str(row)
        return rows

    def row_url(self, record: Any) -> str:
        return reverse("care:check", args=[record.pk])

    def page_actions(self) -> list[PageAction]:
        if not acting(self.request).can(COMPLIANCE):
            return []
        return [PageAction(_("Draw a check"), reverse("care:draw-check"), "plus", primary=True)]

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No check yet"), _("Every evening a sample of the contacts of each outlet is drawn."), "clipboard-check"
        )


class CheckItemTable(Table):
    customer = tables.Column(accessor="contact__customer__name", verbose_name=gettext_lazy("Customer"))
    staff = tables.Column(verbose_name=gettext_lazy("Logged by"))
    at = MomentColumn(accessor="contact__at", verbose_name=gettext_lazy("Time"))
    channel = tables.Column(accessor="contact__get_channel_display", verbose_name=gettext_lazy("Channel"))
    state = BadgeColumn(verbose_name=gettext_lazy("State"), tones=_TONES)
    finding = tables.Column(verbose_name=gettext_lazy("What is wrong"))
    answer_by = DayColumn(verbose_name=gettext_lazy("To be answered by"))
    answer = tables.Column(verbose_name=gettext_lazy("Answer"))
    fixed = ("customer",)

    class Meta(Table.Meta):
        model = LogCheckItem
        fields = ("customer", "staff", "at", "channel", "state", "finding", "answer_by", "answer")
        orderable = False


class CheckItemFilter(FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=CheckState, label=gettext_lazy("State"))

    class Meta:
        model = LogCheckItem
        fields: list[str] = []


class CheckPage(CustomerRows):
    """The contacts of one check."""

    permission = VIEW
    export_permission = COMPLIANCE
    key = "log-check-items"
    title = gettext_lazy("Check of the contact log")
    table_class = CheckItemTable
    filterset_class = CheckItemFilter
    preset_views = (
        PresetView(gettext_lazy("To be checked"), "state=open"),
        PresetView(pgettext_lazy("check", "Answered"), "state=answered"),
    )

    def get_queryset(self) -> QuerySet[LogCheckItem]:
        return LogCheckItem.objects.visible_to(acting(self.request)).filter(check_run=self.kwargs["pk"])

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("contact__customer", "staff")

    def row_url(self, record: Any) -> str:
        return reverse("care:check-item", args=[record.pk])


class DrawCheck(PermissionMixin):
    """Start a periodic check by hand."""

    permission = COMPLIANCE

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        initial = {"starts_on": today - timedelta(days=7), "ends_on": today}
        return self._page(request, DrawForm(actor=acting(request), initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DrawForm(request.POST, actor=acting(request))
        if form.is_valid():
            given: Any = {**form.cleaned_data, "actor": acting(request), "at": clock.now()}
            made = carry_out(form, lambda: draw_check(kind=CheckKind.PERIODIC, **given))
            if made is not None:
                return redirect("care:check", made.pk)
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: DrawForm) -> HttpResponse:
        return render(request, "care/supervision/draw.html", {"form": form})


class CheckItemPage(PermissionMixin):
    """One checked contact: what was logged, what was found, what was answered, what is next."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._item(request, pk), TextForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        item, form, act = self._item(request, pk), TextForm(request.POST), request.POST.get("act", "")
        if form.is_valid() and act in {"pass", "fault", "answer", "close"}:
            given: Any = {"text": form.cleaned_data["text"], "actor": acting(request), "at": clock.now()}
            if carry_out(form, lambda: step_check(item=item, act=act, **given)):
                messages.success(request, _("Recorded."))
                return redirect("care:check", item.check_run_id)
        return self._page(request, item, form)

    def _item(self, request: HttpRequest, pk: int) -> LogCheckItem:
        visible = LogCheckItem.objects.visible_to(acting(request)).select_related(
            "check_run__branch", "contact__customer__branch", "staff", "checked_by"
        )
        return get_object_or_404(visible, pk=pk)

    def _page(self, request: HttpRequest, item: LogCheckItem, form: TextForm) -> HttpResponse:
        staff = acting(request)
        outcome = outcome_rules().rules.outcome(item.contact.outcome)
        context = {
            "item": item,
            "form": form,
            "tone": _TONES[item.state],
            "outcome": outcome.name if outcome else item.contact.outcome,
            "note_open": can_read_note(staff, item.contact),
            "may_check": staff.can(COMPLIANCE) and item.staff_id != staff.pk and item.state != CheckState.CLOSED,
            "may_answer": item.staff_id == staff.pk and item.state == CheckState.FAULTY,
        }
        return render(request, "care/supervision/item.html", context)
