"""Inspections: the lists, one list with its archives (printable), one archive's way, drawing an irregular sample."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.common import clock
from keheng.customers import operations, permissions, queries
from keheng.customers.archive.tiers import add_tiers, choices
from keheng.customers.enums import InspectionKind, ItemState
from keheng.customers.models import Inspection, InspectionItem
from keheng.customers.privacy.exports import CustomerRows
from keheng.customers.views.quality.lists import OfCustomers, OfTierColumn
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff
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

_TONES: dict[str, str] = {
    ItemState.OPEN: "info",
    ItemState.FAULTY: "over",
    ItemState.ANSWERED: "near",
    ItemState.CLOSED: "met",
}


class InspectionTable(Table):
    title = tables.Column(verbose_name=gettext_lazy("Inspection"), accessor="name")
    kind = tables.Column(verbose_name=gettext_lazy("Kind"))
    branch = tables.Column(verbose_name=gettext_lazy("Outlet"))
    drawn_on = DayColumn(verbose_name=gettext_lazy("Drawn on"), orderable=True)
    due_on = DayColumn(verbose_name=gettext_lazy("Due on"))
    drawn = NumberColumn(verbose_name=gettext_lazy("Archives"))
    faults = NumberColumn(verbose_name=gettext_lazy("With faults"))
    left = NumberColumn(verbose_name=gettext_lazy("Not closed"))
    progress = tables.Column(verbose_name=gettext_lazy("State"), accessor="told")
    fixed = ("title",)

    class Meta(Table.Meta):
        model = Inspection
        fields = ("title", "kind", "branch", "drawn_on", "due_on", "drawn", "faults", "left", "progress")
        orderable = False

    def render_progress(self, value: str, record: Inspection) -> SafeString:
        tone = "met" if record.closed_at else "over" if record.is_overdue(clock.today()) else "near"
        return format_html('<span class="flag {}">{}</span>', tone, value)


class InspectionFilter(FilterSet):
    kind = django_filters.ChoiceFilter(choices=InspectionKind, label=gettext_lazy("Kind"))
    state = django_filters.ChoiceFilter(
        choices=[
            ("open", gettext_lazy("Under way")),
            ("overdue", gettext_lazy("Overdue")),
            ("closed", pgettext_lazy("inspection", "Closed")),
        ],
        method="standing",
        label=gettext_lazy("State"),
    )

    class Meta:
        model = Inspection
        fields: list[str] = []

    def standing(self, queryset: "QuerySet[Any]", _name: str, value: str) -> "QuerySet[Any]":
        if value == "closed":
            return queryset.filter(closed_at__isnull=False)
        late = queryset.filter(closed_at=None)
        return late.filter(due_on__lt=clock.today()) if value == "overdue" else late


class InspectionList(ListView):
    """The inspections in scope, the newest first."""

    permission = permissions.VIEW
    key = "inspections"
    title = gettext_lazy("Inspections of archives")
    unit = pgettext_lazy("measure word for inspections", "inspections")
    table_class = InspectionTable
    filterset_class = InspectionFilter
    default_sort = "-drawn_on"
    preset_views = (
        PresetView(gettext_lazy("Under way"), "state=open"),
        PresetView(gettext_lazy("Overdue"), "state=overdue"),
    )

    def get_queryset(self) -> QuerySet[Inspection]:
        return Inspection.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        shown: QuerySet[Any] = queryset.select_related("branch").annotate(
            drawn=Count("items"),
            faults=Count("items", filter=~Q(items__finding="")),
            left=Count("items", filter=~Q(items__state=ItemState.CLOSED)),
        )
        return shown

    def decorate(self, rows: list[Any]) -> list[Any]:
        for row in rows:
            row.name, row.told = str(row), _standing(row)
        return rows

    def row_url(self, record: Any) -> str:
        return reverse("quality:inspection", args=[record.pk])

    def page_actions(self) -> list[PageAction]:
        if not permissions.can_inspect(acting(self.request)):
            return []
        return [PageAction(_("Draw an irregular check"), reverse("quality:draw"), "plus", primary=True)]

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No inspection yet"), _("Every Friday morning a sample of each outlet is drawn."), "clipboard-check"
        )


class ItemTable(Table):
    customer = tables.Column(accessor="customer__name", verbose_name=gettext_lazy("Customer"))
    number = tables.Column(accessor="customer__number", verbose_name=gettext_lazy("Customer number"))
    tier = OfTierColumn()
    owner = tables.Column(verbose_name=gettext_lazy("Relationship manager"))
    score = NumberColumn(verbose_name=gettext_lazy("Complete, %"))
    state = BadgeColumn(verbose_name=gettext_lazy("State"), tones=_TONES)
    finding = tables.Column(verbose_name=gettext_lazy("What is wrong"))
    fix_by = DayColumn(verbose_name=gettext_lazy("To be put right by"))
    answer = tables.Column(verbose_name=gettext_lazy("Answer"))
    inspected_by = tables.Column(verbose_name=gettext_lazy("Inspector"))
    fixed = ("customer",)
    optional = ("number",)

    class Meta(Table.Meta):
        model = InspectionItem
        fields = (
            "customer",
            "number",
            "tier",
            "owner",
            "score",
            "state",
            "finding",
            "fix_by",
            "answer",
            "inspected_by",
        )
        orderable = False


class ItemFilter(OfCustomers):
    state = django_filters.MultipleChoiceFilter(choices=ItemState, label=gettext_lazy("State"))

    class Meta:
        model = InspectionItem
        fields: list[str] = []


class InspectionPage(CustomerRows):
    """The archives of one inspection; printed, it is the inspector's sheet."""

    permission = permissions.VIEW
    export_permission = permissions.QUALITY
    key = "inspection-items"
    title = gettext_lazy("Inspection of archives")
    unit = pgettext_lazy("measure word for archives", "archives")
    table_class = ItemTable
    filterset_class = ItemFilter
    template_name = "customers/quality/inspection.html"
    preset_views = (
        PresetView(gettext_lazy("To be inspected"), "state=open"),
        PresetView(gettext_lazy("To be put right"), "state=faulty"),
        PresetView(gettext_lazy("Answered"), "state=answered"),
    )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            visible = Inspection.objects.visible_to(acting(request)).select_related("branch", "drawn_by")
            self.inspection = get_object_or_404(visible, pk=kwargs["pk"])

    def get_queryset(self) -> QuerySet[InspectionItem]:
        return InspectionItem.objects.visible_to(acting(self.request)).filter(inspection=self.inspection)

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer", "owner", "inspected_by")

    def decorate(self, rows: list[Any]) -> list[Any]:
        add_tiers(row.customer for row in rows)
        return rows

    def row_url(self, record: Any) -> str:
        return reverse("quality:item", args=[record.pk])

    def standing(self) -> tuple[str, str]:
        """Where the inspection stands, in words and tone."""
        tone = "met" if self.inspection.closed_at else "over" if self.inspection.is_overdue(clock.today()) else "near"
        return _standing(self.inspection), tone


class ItemForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Remark"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ItemPage(PermissionMixin):
    """One inspected archive: what the inspector found, what the owner answered, and what is to be done next."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._page(request, self._item(request, pk), ItemForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        item, form = self._item(request, pk), ItemForm(request.POST)
        act = request.POST.get("act", "")
        if form.is_valid() and act in {"pass", "fault", "close", "answer"}:
            given: Any = {"text": form.cleaned_data["text"], "actor": acting(request), "at": clock.now()}
            if act == "answer":
                done = carry_out(form, lambda: operations.answer_item(item=item, **given))
            else:
                done = carry_out(form, lambda: operations.inspect_item(item=item, act=act, **given))
            if done:
                messages.success(request, _("Recorded."))
                return redirect("quality:inspection", item.inspection_id)
        return self._page(request, item, form)

    def _item(self, request: HttpRequest, pk: int) -> InspectionItem:
        visible = InspectionItem.objects.visible_to(acting(request)).select_related(
            "inspection__branch", "customer__branch", "owner", "inspected_by"
        )
        return get_object_or_404(visible, pk=pk)

    def _page(self, request: HttpRequest, item: InspectionItem, form: ItemForm) -> HttpResponse:
        staff = acting(request)
        context = {
            "item": item,
            "form": form,
            "tone": _TONES[item.state],
            "may_inspect": permissions.can_inspect_item(staff, item) and item.state != ItemState.CLOSED,
            "may_answer": item.state == ItemState.FAULTY and permissions.can_edit(staff, item.customer),
            "overdue": item.fix_by is not None and item.state == ItemState.FAULTY and item.fix_by < clock.today(),
            "missing": [label for _field, label in queries.missing_of(item.customer)],
            "findings": queries.findings_of(item.customer),
        }
        return render(request, "customers/quality/item.html", context)


class DrawForm(forms.Form):
    """A filter for an irregular check."""

    branch = forms.ModelChoiceField(Branch.objects.none(), label=gettext_lazy("Branch, and those below it"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120, required=False)
    due_on = forms.DateField(label=gettext_lazy("Due on"), widget=forms.DateInput(attrs={"type": "date"}))
    count = forms.IntegerField(label=gettext_lazy("How many archives"), min_value=1, max_value=500, initial=20)
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Tiers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None: all."),
    )
    score_below = forms.IntegerField(
        label=gettext_lazy("Completeness below, %"), min_value=1, max_value=100, required=False
    )

    def __init__(self, *args: Any, actor: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branch: Any = self.fields["branch"]
        branch.queryset, branch.initial = Branch.objects.visible_to(actor).filter(is_active=True), actor.branch_id
        self.fields["tiers"].choices = choices()  # type: ignore[attr-defined]


class Draw(PermissionMixin):
    """Start an irregular check by hand."""

    permission = permissions.INSPECT

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, DrawForm(actor=acting(request)))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = DrawForm(request.POST, actor=acting(request))
        if form.is_valid():
            values: Any = {**form.cleaned_data, "tiers": tuple(form.cleaned_data["tiers"])}
            made = carry_out(form, lambda: operations.draw_irregular(**values, actor=acting(request), at=clock.now()))
            if made is not None:
                return redirect("quality:inspection", made.pk)
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: DrawForm) -> HttpResponse:
        return render(request, "customers/quality/draw.html", {"form": form})


def _standing(inspection: Inspection) -> str:
    if inspection.closed_at:
        return _("closed")
    return _("overdue") if inspection.is_overdue(clock.today()) else _("under way")
