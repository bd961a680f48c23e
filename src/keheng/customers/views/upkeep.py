"""Keeping archives fresh, as lists: what is due for review, and which values wait for a decision (A1)."""

from datetime import date
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.common import clock
from keheng.customers.archive import triggers
from keheng.customers.archive.catalogue import custom_labels, label_of
from keheng.customers.enums import ArchiveClass, Source
from keheng.customers.filters import RowsOfCustomersFilter
from keheng.customers.models import Review, Suggestion
from keheng.customers.queries.reviews import due_reviews
from keheng.customers.queries.suggestions import open_suggestions
from keheng.customers.views.dossier_lists import OfCustomer
from keheng.org.acting import acting
from keheng.ui.lists import DayColumn, EmptyState, MomentColumn, PresetView, Table
from keheng.ui.templatetags import keheng as words


class ReviewFilter(RowsOfCustomersFilter):
    archive_class = django_filters.ChoiceFilter(choices=ArchiveClass, label=gettext_lazy("Archive class"))
    trigger = django_filters.ChoiceFilter(choices=triggers.names, label=gettext_lazy("Reason"))
    overdue = django_filters.BooleanFilter(method="late", label=gettext_lazy("Overdue"))
    at_counter = django_filters.BooleanFilter(label=gettext_lazy("Remind at the counter"))

    class Meta:
        model = Review
        fields: list[str] = []

    def late(self, queryset: "QuerySet[Review]", _name: str, overdue: bool) -> "QuerySet[Review]":
        today = clock.today()
        return queryset.filter(due_on__lt=today) if overdue else queryset.filter(due_on__gte=today)


class ReviewTable(Table):
    customer = tables.Column(verbose_name=gettext_lazy("Customer"))
    archive_class = tables.Column(verbose_name=gettext_lazy("Archive class"), accessor="get_archive_class_display")
    reason = tables.Column(verbose_name=gettext_lazy("Reason"))
    note = tables.Column(verbose_name=gettext_lazy("Remarks"))
    due_on = DayColumn(verbose_name=gettext_lazy("Due on"), orderable=True)
    owner = tables.Column(verbose_name=gettext_lazy("Relationship manager"), accessor="customer__owner")
    branch = tables.Column(verbose_name=gettext_lazy("Branch"), accessor="customer__branch")

    fixed = ("customer",)

    class Meta(Table.Meta):
        model = Review
        fields = ()
        orderable = False

    def render_due_on(self, value: date) -> SafeString:
        return format_html('<span class="{}">{}</span>', "over" if value < clock.today() else "", words.day(value))


class ReviewList(OfCustomer):
    """待更新档案: every open review in scope with its reason, the most urgent first."""

    key = "archive-reviews"
    title = gettext_lazy("Archives to update")
    tab = "archive"
    table_class = ReviewTable
    filterset_class = ReviewFilter
    default_sort = "due_on"
    preset_views = (
        PresetView(gettext_lazy("Overdue"), "overdue=true"),
        PresetView(gettext_lazy("At the counter"), "at_counter=true"),
        PresetView(gettext_lazy("Risk assessment expires"), "trigger=risk_expiry"),
    )

    def get_queryset(self) -> "QuerySet[Review]":
        return due_reviews(acting(self.request))

    def empty_state(self) -> EmptyState:
        return EmptyState(_("No archive is due"), _("Reviews open by period and occasion; see the rules of reviews."))


class SuggestionFilter(RowsOfCustomersFilter):
    source = django_filters.ChoiceFilter(choices=Source, label=gettext_lazy("Source"))

    class Meta:
        model = Suggestion
        fields: list[str] = []


class SuggestionTable(Table):
    customer = tables.Column(verbose_name=gettext_lazy("Customer"))
    label = tables.Column(verbose_name=gettext_lazy("Field"), empty_values=())
    source = tables.Column(verbose_name=gettext_lazy("Source"), accessor="get_source_display")
    by = tables.Column(verbose_name=gettext_lazy("Told by"))
    note = tables.Column(verbose_name=gettext_lazy("Note"))
    at = MomentColumn(verbose_name=gettext_lazy("Told at"), orderable=True)
    owner = tables.Column(verbose_name=gettext_lazy("Relationship manager"), accessor="customer__owner")
    branch = tables.Column(verbose_name=gettext_lazy("Branch"), accessor="customer__branch")

    fixed = ("customer",)

    class Meta(Table.Meta):
        model = Suggestion
        fields = ()
        orderable = False


class SuggestionList(OfCustomer):
    """更新建议: what waits for a decision in scope; the values stand on the page of the customer."""

    key = "archive-suggestions"
    title = gettext_lazy("Suggested updates")
    tab = "archive"
    table_class = SuggestionTable
    filterset_class = SuggestionFilter
    default_sort = "-at"
    preset_views = (
        PresetView(gettext_lazy("From the core system"), "source=feed"),
        PresetView(gettext_lazy("From visits"), "source=visit"),
    )

    def get_queryset(self) -> "QuerySet[Suggestion]":
        return open_suggestions(acting(self.request))

    def decorate(self, rows: list[Any]) -> list[Any]:
        labels = custom_labels(row.field for row in rows)
        for row in rows:
            row.label = label_of(row.field, labels)
        return rows

    def row_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return super().row_queryset(queryset).defer("value", "customer__id_number")

    def empty_state(self) -> EmptyState:
        return EmptyState(_("No suggestion waits"), _("Feeds and visit notes suggest values that people have set."))
