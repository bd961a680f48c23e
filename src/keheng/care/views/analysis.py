"""The month group analysis: the list, writing it, reviewing it, printing it."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.care.enums.reports import AnalysisState
from keheng.care.models import MonthAnalysis
from keheng.care.models.analysis import SECTIONS
from keheng.care.operations.analysis import can_review, review_analysis, write_analysis
from keheng.care.permissions.contacts import COMPLIANCE, VIEW
from keheng.care.queries.analysis import draft_sections, group_figures, names_of
from keheng.common import clock
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.lists import BadgeColumn, DayColumn, EmptyState, FilterSet, ListView, PresetView, Table
from keheng.ui.views import PermissionMixin

_TONES: dict[str, str] = {
    AnalysisState.DRAFT: "info",
    AnalysisState.HANDED_IN: "near",
    AnalysisState.RETURNED: "over",
    AnalysisState.APPROVED: "met",
}


class MonthColumn(DayColumn):
    """A month by its first day: ``2026-10``."""

    def render(self, value: Any) -> str:
        return f"{value:%Y-%m}"


class AnalysisTable(Table):
    staff = tables.Column(verbose_name=gettext_lazy("Written by"))
    branch = tables.Column(verbose_name=gettext_lazy("Branch"))
    month = MonthColumn(verbose_name=gettext_lazy("Month"), orderable=True)
    state = BadgeColumn(verbose_name=gettext_lazy("State"), tones=_TONES)
    write_by = DayColumn(verbose_name=gettext_lazy("To be handed in by"))
    review_by = DayColumn(verbose_name=gettext_lazy("To be reviewed by"))
    reviewed_by = tables.Column(verbose_name=gettext_lazy("Reviewed by"))
    comment = tables.Column(verbose_name=gettext_lazy("Comment"))
    fixed = ("staff",)

    class Meta(Table.Meta):
        model = MonthAnalysis
        fields = ("staff", "branch", "month", "state", "write_by", "review_by", "reviewed_by", "comment")
        orderable = False


class AnalysisFilter(FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=AnalysisState, label=gettext_lazy("State"))
    late = django_filters.ChoiceFilter(
        choices=[("yes", gettext_lazy("Overdue"))], method="overdue", label=gettext_lazy("Due")
    )

    class Meta:
        model = MonthAnalysis
        fields: list[str] = []

    def overdue(self, queryset: "QuerySet[Any]", _name: str, _value: str) -> "QuerySet[Any]":
        today = clock.today()
        unwritten = Q(state__in=[AnalysisState.DRAFT, AnalysisState.RETURNED], write_by__lt=today)
        return queryset.filter(unwritten | Q(state=AnalysisState.HANDED_IN, review_by__lt=today))


class AnalysisList(ListView):
    """The analyses in scope, the newest month first."""

    permission = VIEW
    key = "analyses"
    title = gettext_lazy("Month group analyses")
    table_class = AnalysisTable
    filterset_class = AnalysisFilter
    default_sort = "-month"
    export_permission = COMPLIANCE
    preset_views = (
        PresetView(gettext_lazy("To be reviewed"), "state=handed-in"),
        PresetView(gettext_lazy("Overdue"), "late=yes"),
    )

    def get_queryset(self) -> QuerySet[MonthAnalysis]:
        return MonthAnalysis.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("staff", "branch", "reviewed_by")

    def row_url(self, record: Any) -> str:
        return reverse("care:analysis", args=[record.pk])

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No analysis yet"),
            _("On the first day of each month one is begun for everybody who looks after customers."),
            "report-analytics",
        )


class SectionsForm(forms.ModelForm[MonthAnalysis]):
    """The sections of the form, each a few lines."""

    class Meta:
        model = MonthAnalysis
        fields = SECTIONS
        widgets = {name: forms.Textarea(attrs={"rows": 3, "maxlength": 2000}) for name in SECTIONS}


class ReviewForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("Comment"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class AnalysisPage(PermissionMixin):
    """One analysis with its figures: its writer writes, whoever leads them reviews, everybody in scope reads."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        analysis = self._analysis(request, pk)
        return self._page(request, analysis, self._form(analysis), ReviewForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        analysis, act = self._analysis(request, pk), request.POST.get("act", "")
        given: Any = {"actor": acting(request), "at": clock.now()}
        form, review = self._form(analysis), ReviewForm()
        if act in {"keep", "hand-in"}:
            form = SectionsForm(request.POST)
            if form.is_valid():
                words, hand_in = form.cleaned_data, act == "hand-in"
                done = carry_out(
                    form, lambda: write_analysis(analysis=analysis, sections=words, hand_in=hand_in, **given)
                )
                if done:
                    messages.success(request, _("Handed in to be reviewed.") if hand_in else _("Kept."))
                    return redirect("care:analysis", pk)
        elif act in {"approve", "return"}:
            review = ReviewForm(request.POST)
            if review.is_valid():
                comment, approve = review.cleaned_data["comment"], act == "approve"
                done = carry_out(
                    review, lambda: review_analysis(analysis=analysis, approve=approve, comment=comment, **given)
                )
                if done:
                    messages.success(request, _("The writer is told."))
                    return redirect("care:analyses")
        return self._page(request, analysis, form, review)

    def _analysis(self, request: HttpRequest, pk: int) -> MonthAnalysis:
        visible = MonthAnalysis.objects.visible_to(acting(request)).select_related("staff", "branch", "reviewed_by")
        return get_object_or_404(visible, pk=pk)

    def _form(self, analysis: MonthAnalysis) -> SectionsForm:
        """The words as they are; where nothing is written yet, the draft from the data."""
        written = {name: getattr(analysis, name) or "" for name in SECTIONS}
        if not any(written.values()):
            written = draft_sections(self._figures(analysis))
        return SectionsForm(initial=written)

    @staticmethod
    def _figures(analysis: MonthAnalysis) -> dict[str, Any]:
        return analysis.figures or group_figures(analysis.staff, analysis.month)

    def _page(
        self, request: HttpRequest, analysis: MonthAnalysis, form: SectionsForm, review: ReviewForm
    ) -> HttpResponse:
        staff, figures = acting(request), self._figures(analysis)
        names = names_of(figures)
        state = AnalysisState(analysis.state)
        context = {
            "analysis": analysis,
            "figures": figures,
            "falls": [(key, names[key], amount) for key, amount in figures["falls"] if key in names],
            "rises": [(key, names[key], amount) for key, amount in figures["rises"] if key in names],
            "form": form,
            "review": review,
            "tone": _TONES[state],
            "late": analysis.is_late(clock.today()),
            "sections": [(form.fields[name].label, getattr(analysis, name)) for name in SECTIONS],
            "may_write": analysis.staff_id == staff.pk and state in {AnalysisState.DRAFT, AnalysisState.RETURNED},
            "may_review": state == AnalysisState.HANDED_IN and can_review(staff, analysis),
        }
        template = "care/analysis/print.html" if request.GET.get("format") == "print" else "care/analysis/page.html"
        return render(request, template, context)
