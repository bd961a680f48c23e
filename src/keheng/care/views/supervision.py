"""Leading people: the team's board, checks of the contact log, the summaries of the day."""

from datetime import timedelta
from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.care.enums.reports import CheckKind, CheckState, DayState
from keheng.care.models import DayReport, LogCheck, LogCheckItem
from keheng.care.operations.checks import draw_check, step_check
from keheng.care.operations.day import begin_day_report, read_day_report, save_day_report
from keheng.care.permissions.contacts import COMPLIANCE, LOG, VIEW, can_read_note
from keheng.care.queries.rules import outcome_rules
from keheng.care.queries.supervision import team_board
from keheng.common import clock
from keheng.customers.privacy.exports import CustomerRows
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff
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
_DAY_TONES: dict[str, str] = {DayState.DRAFT: "", DayState.HANDED_IN: "near", DayState.READ: "met"}


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


# -- the team's board -------------------------------------------------------------------------------------------------


class PeriodForm(forms.Form):
    """The period of the board."""

    starts_on = forms.DateField(label=gettext_lazy("From day"), widget=_day())
    ends_on = forms.DateField(label=gettext_lazy("to"), widget=_day())


class TeamBoard(PermissionMixin):
    """Planned, done, overdue and quality by person and outlet; each number opens its list."""

    permission = COMPLIANCE

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        usual = {"starts_on": today - timedelta(days=today.weekday()), "ends_on": today}
        form = PeriodForm(request.GET if "starts_on" in request.GET else usual)
        period = form.cleaned_data if form.is_valid() else usual
        members = team_board(acting(request), period["starts_on"], period["ends_on"], today)
        outlets: dict[str, list[Any]] = {}
        for member in members:
            outlets.setdefault(member.branch, []).append(member)
        context = {
            "form": form,
            "period": period,
            "outlets": [(name, people, _sums(people)) for name, people in outlets.items()],
            "total": _sums(members),
            "people": len(members),
        }
        return render(request, "care/supervision/board.html", context)


def _sums(people: list[Any]) -> dict[str, Any]:
    names = ("planned", "done", "skipped", "lapsed", "overdue", "contacts", "reached", "faults")
    sums: dict[str, Any] = {name: sum(getattr(one, name) for one in people) for name in names}
    noted = [one.noted * one.contacts for one in people if one.noted is not None]
    sums["rate"] = sums["done"] / sums["planned"] if sums["planned"] else None
    sums["noted"] = round(sum(noted) / sums["contacts"]) if sums["contacts"] else None
    return sums


# -- checks of the contact log ----------------------------------------------------------------------------------------


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


class DrawForm(forms.Form):
    branch = forms.ModelChoiceField(Branch.objects.none(), label=gettext_lazy("Branch, and those below it"))
    starts_on = forms.DateField(label=gettext_lazy("Contacts from"), widget=_day())
    ends_on = forms.DateField(label=gettext_lazy("Contacts until"), widget=_day())

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branch: Any = self.fields["branch"]
        branch.queryset, branch.initial = Branch.objects.visible_to(actor).filter(is_active=True), actor.branch_id


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


class TextForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Remark"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


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


# -- summaries of the day ---------------------------------------------------------------------------------------------


class DayForm(forms.Form):
    """The words of the day."""

    summary = forms.CharField(
        label=gettext_lazy("Summary of the day"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9}),
    )
    plan = forms.CharField(
        label=gettext_lazy("Plan of the next day"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9}),
    )
    day = forms.DateField(widget=forms.HiddenInput)


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
        context = {"report": report, "form": form, "tone": _DAY_TONES[report.state]}
        return render(request, "care/supervision/my_day.html", context)


class DayTable(Table):
    staff = tables.Column(verbose_name=gettext_lazy("Staff"))
    day = DayColumn(verbose_name=gettext_lazy("Day"), orderable=True)
    contacts = NumberColumn(verbose_name=gettext_lazy("Contacts"), accessor="figures__contacts")
    reached = NumberColumn(verbose_name=gettext_lazy("Reached"), accessor="figures__reached")
    done = NumberColumn(verbose_name=gettext_lazy("Tasks done"), accessor="figures__done")
    left = NumberColumn(verbose_name=gettext_lazy("Tasks left"), accessor="figures__left")
    state = BadgeColumn(verbose_name=gettext_lazy("State"), tones=_DAY_TONES)
    comment = tables.Column(verbose_name=gettext_lazy("Comment"))
    fixed = ("staff",)

    class Meta(Table.Meta):
        model = DayReport
        fields = ("staff", "day", "contacts", "reached", "done", "left", "state", "comment")
        orderable = False


class DayFilter(FilterSet):
    state = django_filters.ChoiceFilter(choices=DayState, label=gettext_lazy("State"))
    day = django_filters.DateFilter(label=gettext_lazy("Day"), widget=_day())

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


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("Comment"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


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
        context = {"report": report, "form": form, "may_read": may_read, "tone": _DAY_TONES[report.state]}
        return render(request, "care/supervision/day.html", context)
