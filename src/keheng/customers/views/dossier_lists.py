"""What companies and documents have in common across customers: projects and checks, business, expiries."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.archive.rulebook import document_rules, health_rules
from keheng.customers.enums import CooperationState, DocumentKind, HealthGrade, ProjectState
from keheng.customers.filters import RowsOfCustomersFilter
from keheng.customers.models import Cooperation, Document, Project
from keheng.customers.privacy.exports import CustomerRows
from keheng.customers.queries.documents import expires_within, expiring_for, filed
from keheng.customers.queries.dossier import cooperation_for, projects_for
from keheng.org.acting import acting
from keheng.ui.lists import (
    BadgeColumn,
    DayColumn,
    EmptyState,
    NumberColumn,
    PresetView,
    Table,
    WanColumn,
)

GRADE_TONES = {HealthGrade.SOUND.value: "met", HealthGrade.WATCH.value: "near", HealthGrade.REPAIR.value: "over"}


class OfCustomer(CustomerRows):
    """Rows that belong to a customer each: they lead to a tab of that customer's page."""

    permission = permissions.VIEW
    tab: str

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer__branch", "customer__owner").defer("customer__id_number")

    def row_url(self, record: Any) -> str:
        return f"{reverse('customer', args=[record.customer_id])}?tab={self.tab}"


class DueFilter(RowsOfCustomersFilter):
    """``due``: within so many days from today, overdue ones included; ``0``: overdue."""

    field: str

    def within(self, queryset: QuerySet[Any], _name: str, days: str) -> QuerySet[Any]:
        today = clock.today()
        if days == "0":
            return queryset.filter(**{f"{self.field}__lt": today})
        return queryset.filter(**{f"{self.field}__lte": expires_within(int(days), today)})


def _within(days: int) -> Promise:
    return format_lazy(gettext_lazy("Within {n} days"), n=days)


def _bands(days: tuple[int, ...]) -> list[tuple[str, Any]]:
    words = [(str(band), _within(band)) for band in days]
    return [("0", gettext_lazy("Overdue")), *words]


class ProjectFilter(DueFilter):
    field = "next_check_on"
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=gettext_lazy("Project"))
    due = django_filters.ChoiceFilter(
        choices=lambda: _bands((health_rules().due,)), method="within", label=gettext_lazy("Next check")
    )
    grade = django_filters.MultipleChoiceFilter(choices=HealthGrade, label=gettext_lazy("Health"))
    state = django_filters.MultipleChoiceFilter(choices=ProjectState, label=gettext_lazy("State"))

    class Meta:
        model = Project
        fields: list[str] = []


class ProjectTable(Table):
    name = tables.Column(verbose_name=gettext_lazy("Project"))
    customer = tables.Column(verbose_name=gettext_lazy("Customer"))
    state = tables.Column(verbose_name=gettext_lazy("State"))
    grade = BadgeColumn(verbose_name=gettext_lazy("Health"), tones=GRADE_TONES)
    next_check_on = DayColumn(verbose_name=gettext_lazy("Next check"))
    amount = WanColumn(verbose_name=gettext_lazy("Contract amount"))
    place = tables.Column(verbose_name=gettext_lazy("Place"))
    warranty_until = DayColumn(verbose_name=gettext_lazy("Warranty until"))
    branch = tables.Column(verbose_name=gettext_lazy("Branch"), accessor="customer__branch")
    owner = tables.Column(verbose_name=gettext_lazy("Relationship manager"), accessor="customer__owner")

    fixed = ("name", "customer")
    optional = ("warranty_until",)

    class Meta(Table.Meta):
        model = Project
        fields = ()

    def render_next_check_on(self, value: Any, column: DayColumn) -> SafeString | str:
        shown = column.render(value)
        return format_html('<span class="over">{}</span>', shown) if value < clock.today() else shown


class ProjectList(OfCustomer):
    """The project library 工程信息库 with what its health handbooks say."""

    key = "projects"
    title = gettext_lazy("Project library")
    unit = pgettext_lazy("measure word for projects", "projects")
    table_class = ProjectTable
    filterset_class = ProjectFilter
    default_sort = "next_check_on"
    all_label = gettext_lazy("All projects")
    preset_views = (
        PresetView(gettext_lazy("Checks due"), f"due={health_rules().due}"),
        PresetView(gettext_lazy("Checks overdue"), "due=0"),
        PresetView(gettext_lazy("To be repaired"), f"grade={HealthGrade.REPAIR}"),
    )
    tab = "dossier"

    def get_queryset(self) -> QuerySet[Project]:
        return projects_for(acting(self.request)).order_by()

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No project yet"), _("Add one on the page of a company, under “Company dossier”."), "building-factory-2"
        )


class CooperationFilter(RowsOfCustomersFilter):
    q = django_filters.CharFilter(field_name="product", lookup_expr="icontains", label=gettext_lazy("Product"))
    state = django_filters.MultipleChoiceFilter(choices=CooperationState, label=gettext_lazy("State"))

    class Meta:
        model = Cooperation
        fields: list[str] = []


class CooperationTable(Table):
    product = tables.Column(verbose_name=gettext_lazy("Product"))
    customer = tables.Column(verbose_name=gettext_lazy("Customer"))
    state = tables.Column(verbose_name=gettext_lazy("State"))
    amount = WanColumn(verbose_name=gettext_lazy("Amount"))
    margin = NumberColumn(verbose_name=gettext_lazy("Margin in %"))
    likelihood = NumberColumn(verbose_name=gettext_lazy("Likelihood in %"))
    starts_on = DayColumn(verbose_name=gettext_lazy("Begins on"))
    ends_on = DayColumn(verbose_name=gettext_lazy("Ends on"))
    branch = tables.Column(verbose_name=gettext_lazy("Branch"), accessor="customer__branch")
    owner = tables.Column(verbose_name=gettext_lazy("Relationship manager"), accessor="customer__owner")

    fixed = ("product", "customer")

    class Meta(Table.Meta):
        model = Cooperation
        fields = ()


class CooperationList(OfCustomer):
    """Past, current and expected cooperation with companies."""

    key = "cooperation"
    title = gettext_lazy("Cooperation")
    unit = pgettext_lazy("measure word for cooperation", "entries")
    table_class = CooperationTable
    filterset_class = CooperationFilter
    default_sort = "-amount"
    all_label = gettext_lazy("All cooperation")
    preset_views = (
        PresetView(gettext_lazy("Expected"), f"state={CooperationState.EXPECTED}"),
        PresetView(gettext_lazy("Current"), f"state={CooperationState.CURRENT}"),
    )
    tab = "dossier"

    def get_queryset(self) -> QuerySet[Cooperation]:
        return cooperation_for(acting(self.request)).order_by()

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No cooperation yet"), _("Add some on the page of a company, under “Company dossier”."), "heart-handshake"
        )


class ExpiringFilter(DueFilter):
    field = "expires_on"
    due = django_filters.ChoiceFilter(
        choices=lambda: _bands(document_rules().bands), method="within", label=gettext_lazy("Expires")
    )
    kind = django_filters.MultipleChoiceFilter(choices=DocumentKind, label=gettext_lazy("Kind of document"))

    class Meta:
        model = Document
        fields: list[str] = []


class ExpiringTable(Table):
    kind = tables.Column(verbose_name=gettext_lazy("Kind of document"))
    customer = tables.Column(verbose_name=gettext_lazy("Customer"))
    expires_on = DayColumn(verbose_name=gettext_lazy("Expires on"))
    days = tables.Column(verbose_name=gettext_lazy("Days left"), accessor="expires_on", orderable=False)
    issued_on = DayColumn(verbose_name=gettext_lazy("Issued on"))
    copies = NumberColumn(verbose_name=gettext_lazy("Copies"))
    version = NumberColumn(verbose_name=gettext_lazy("Version"))
    branch = tables.Column(verbose_name=gettext_lazy("Branch"), accessor="customer__branch")
    owner = tables.Column(verbose_name=gettext_lazy("Relationship manager"), accessor="customer__owner")

    fixed = ("kind", "customer")

    class Meta(Table.Meta):
        model = Document
        fields = ()

    def render_days(self, record: Document) -> SafeString:
        standing = filed(record, clock.today())
        return format_html('<span class="flag {}">{}</span>', standing.tone, _days_left(standing.days or 0))

    def value_days(self, record: Document) -> str:
        return _days_left(filed(record, clock.today()).days or 0)


class ExpiringList(OfCustomer):
    """Documents that expire 证件到期: overdue, within 30, 60, 90 days."""

    key = "expiring"
    title = gettext_lazy("Documents expiring")
    unit = pgettext_lazy("measure word for documents", "documents")
    table_class = ExpiringTable
    filterset_class = ExpiringFilter
    default_sort = "expires_on"
    all_label = gettext_lazy("All with an expiry")
    preset_views = (
        PresetView(gettext_lazy("Overdue"), "due=0"),
        *(PresetView(_within(band), f"due={band}") for band in document_rules().bands),
    )
    tab = "documents"

    def get_queryset(self) -> QuerySet[Document]:
        return expiring_for(acting(self.request)).order_by()

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No document expires"), _("Documents with an expiry date are added on a customer's page."), "id"
        )


def _days_left(days: int) -> str:
    if days < 0:
        return _("%(n)d days ago") % {"n": -days}
    return _("today") if days == 0 else _("in %(n)d days") % {"n": days}
