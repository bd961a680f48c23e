"""Completeness: the report, the list behind its numbers, the card of one customer."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.customers import permissions, queries, tasks
from keheng.customers.archive.catalogue import section_of
from keheng.customers.archive.tiers import add_tiers
from keheng.customers.enums import ContactKind, CustomerKind, ItemState, PairState, RuleTopic
from keheng.customers.models import ArchiveScore, Customer, DuplicatePair, InspectionItem
from keheng.customers.privacy.exports import CustomerRows
from keheng.customers.quality.completeness import Field
from keheng.customers.views.quality.lists import OfCustomers, OfTierColumn, WordsColumn, field_choices
from keheng.org.acting import acting
from keheng.ui.lists import EmptyState, NumberColumn, PresetView, Table
from keheng.ui.views import PermissionMixin, require

OWNERS_SHOWN = 40


def overview(request: HttpRequest) -> HttpResponse:
    """有效资料完备率 by outlet and owner, findings by check, duplicates, inspections; every number opens its list."""
    require(request, permissions.QUALITY)
    staff = acting(request)
    pairs = DuplicatePair.objects.visible_to(staff).filter(state=PairState.OPEN)
    items = InspectionItem.objects.visible_to(staff).exclude(state=ItemState.CLOSED)
    report = queries.completeness_report(staff)
    context = {
        "report": report,
        "owners": report.owners[:OWNERS_SHOWN],
        "checks": queries.findings_by_check(staff),
        "pairs": pairs.count(),
        "items": items.count(),
        "last": {topic.value: queries.last_run(topic) for topic in (RuleTopic.COMPLETENESS, RuleTopic.DUPLICATES)},
        "may_refresh": permissions.can_change_rules(staff),
    }
    return render(request, "customers/quality/overview.html", context)


class Refresh(PermissionMixin):
    """Start the nightly refresh now."""

    permission = permissions.RULES

    def post(self, request: HttpRequest) -> HttpResponse:
        permissions.check_rules(acting(request))
        if tasks.refresh_quality_soon():
            messages.success(request, _("The refresh has been handed to the worker; figures follow in a minute or so."))
        else:
            messages.info(request, _("A refresh is waiting already."))
        return redirect("quality:overview")


class ScoreTable(Table):
    customer = tables.Column(accessor="customer__name", verbose_name=gettext_lazy("Customer"))
    number = tables.Column(accessor="customer__number", verbose_name=gettext_lazy("Customer number"))
    tier = OfTierColumn()
    branch = tables.Column(accessor="customer__branch", verbose_name=gettext_lazy("Branch"))
    owner = tables.Column(accessor="customer__owner", verbose_name=gettext_lazy("Relationship manager"))
    score = NumberColumn(verbose_name=gettext_lazy("Complete, %"), orderable=True)
    missing_words = WordsColumn(verbose_name=gettext_lazy("Missing"))
    fixed = ("customer",)
    optional = ("number",)

    class Meta(Table.Meta):
        model = ArchiveScore
        fields = ("customer", "number", "tier", "branch", "owner", "score", "missing_words")
        orderable = False


class ScoreFilter(OfCustomers):
    missing = django_filters.MultipleChoiceFilter(choices=field_choices, method="lacks", label=gettext_lazy("Missing"))
    score = django_filters.RangeFilter(label=gettext_lazy("Complete, %"))
    is_effective = django_filters.BooleanFilter(label=gettext_lazy("Effective customer"))
    kind = django_filters.ChoiceFilter(choices=CustomerKind, field_name="customer__kind", label=gettext_lazy("Kind"))

    class Meta:
        model = ArchiveScore
        fields: list[str] = []

    def lacks(self, queryset: "QuerySet[Any]", _name: str, codes: list[str]) -> "QuerySet[Any]":
        """Archives that lack all of the fields."""
        return queryset.filter(missing__contains=codes) if codes else queryset


class ArchiveList(CustomerRows):
    """Archives with what they lack."""

    permission = permissions.QUALITY
    key = "archive-scores"
    title = gettext_lazy("Completeness of archives")
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = ScoreTable
    filterset_class = ScoreFilter
    default_sort = "score"
    preset_views = (
        PresetView(gettext_lazy("Effective, incomplete"), "is_effective=true&score_max=79"),
        PresetView(gettext_lazy("No mobile number"), "is_effective=true&missing=mobile"),
        PresetView(gettext_lazy("Empty cards and dormant passbooks"), "is_effective=false"),
    )

    def get_queryset(self) -> QuerySet[ArchiveScore]:
        return ArchiveScore.objects.visible_to(acting(self.request))

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer__branch", "customer__owner__role")

    def decorate(self, rows: list[Any]) -> list[Any]:
        known = queries.weighable_fields()
        add_tiers(row.customer for row in rows)
        for row in rows:
            row.missing_words = [label for _field, label in queries.missing_words(row.missing, known)]
        return rows

    def row_url(self, record: Any) -> str:
        return reverse("customer", args=[record.customer_id])

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No archive has been scored yet"),
            _("Scores are made every night, and with every edit."),
            "clipboard-data",
        )


def filled_in(field: Field, customer: Customer) -> tuple[str, str]:
    """Where a missing field is filled in: the panel to be opened, or else the page to go to."""
    code = field.fills or field.code
    if code in ContactKind.values:
        return f"{reverse('archive:contact-add', args=[customer.pk])}?kind={code}", ""
    if section := field.section or section_of(code):
        return reverse("archive:section", args=[customer.pk, section]), ""
    return "", f"{reverse('customer', args=[customer.pk])}?tab={field.tab}" if field.tab else ""


class CompletenessCard(PermissionMixin):
    """How complete the archive of one customer is, and where to fill what is missing."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = get_object_or_404(Customer.objects.visible_to(acting(request)), pk=pk)
        score = ArchiveScore.objects.filter(customer=customer).first()
        may_edit = permissions.can_edit(acting(request), customer)
        lacks = queries.missing_words(score.missing if score else [])
        missing = [(label, *(filled_in(field, customer) if may_edit else ("", ""))) for field, label in lacks]
        context = {
            "customer": customer,
            "score": score,
            "missing": missing,
            "tone": ("over", "near", "met")[(score.score >= 60) + (score.score >= 80)] if score else "",
            "sees_quality": acting(request).can(permissions.QUALITY),
            "findings": queries.findings_of(customer),
        }
        return render(request, "customers/quality/card.html", context)
