"""Companies by type, size and class: the page with the tree, and the list behind every figure."""

from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.customers import permissions
from keheng.customers.privacy.exports import CustomerRows
from keheng.org.acting import acting
from keheng.tiering.filters.companies import CompanyFilter
from keheng.tiering.models import Standing, StrategicList
from keheng.tiering.permissions import VIEW
from keheng.tiering.policies.value import Population
from keheng.tiering.queries import companies as queries
from keheng.tiering.queries import labels_of, scheme_named
from keheng.tiering.tables.companies import CompanyTable
from keheng.tiering.wording import layers, population_words, type_words
from keheng.ui.lists import EmptyState
from keheng.ui.views import PermissionMixin


def companies_url(**query: Any) -> str:
    """The list of companies behind a figure."""
    return f"{reverse('tiering-company-list')}?{urlencode(query, doseq=True)}"


class CompaniesPage(PermissionMixin):
    """The tree of types with counts and amounts, the sizes, the marketing classes."""

    permission = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        staff = acting(request)
        tree = queries.type_tree(staff)
        context = {
            "tree": [(row, companies_url(type=row.node.code), self._parts(row)) for row in tree],
            "customers": sum(row.customers for row in tree if row.node.depth == 0),
            "sizes": self._sizes(request),
            "classes": self._classes(request),
            "standards": queries.standards(),
            "strategic": StrategicList.objects.exclude(in_force_since=None).first(),
        }
        return render(request, "tiering/companies.html", context)

    def _parts(self, row: queries.TypeRow) -> list[tuple[int, str]]:
        """Existing and target customers of a node, each with its list."""
        numbers = {Population.EXISTING: row.existing, Population.TARGET: row.customers - row.existing}
        return [
            (number, companies_url(type=row.node.code, population=population.value))
            for population, number in numbers.items()
        ]

    def _sizes(self, request: HttpRequest) -> list[tuple[Any, int, Any, str]]:
        rows = queries.companies(acting(request)).order_by().values_list("tier").annotate(Count("pk"), Sum("aum"))
        counted = {tier: (number, aum) for tier, number, aum in rows}
        return [
            (label, *counted.get(label.code, (0, None)), companies_url(tier=label.code))
            for label in layers().values()
            if label.code in counted or label.code != "-"
        ]

    def _classes(self, request: HttpRequest) -> list[tuple[Any, int, Any, str]]:
        scheme = scheme_named(queries.CLASS_SCHEME)
        rows = (
            Standing.objects.visible_to(acting(request))
            .filter(scheme=scheme)
            .order_by()
            .values_list("tier")
            .annotate(Count("customer_id"), Sum("customer__aum"))
        )
        counted = {tier: (number, aum) for tier, number, aum in rows}
        return [
            (label, *counted.get(label.code, (0, None)), companies_url(klass=label.code))
            for label in labels_of(scheme).values()
        ]


class CompanyList(CustomerRows):
    permission = VIEW
    key = "companies"
    title = gettext_lazy("Companies by type and size")
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = CompanyTable
    filterset_class = CompanyFilter
    default_sort = "-aum"
    summed = (gettext_lazy("AUM"), "aum")
    template_name = "tiering/company_list.html"

    def get_queryset(self) -> QuerySet[Any]:
        found = queries.standards()
        return queries.classified(queries.companies(acting(self.request)), found.table if found else None)

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = queries.standards()
        rows = queries.classified(queryset, found.table if found else None)
        return rows.select_related("branch", "owner__role", "company", "figures")

    def decorate(self, rows: list[Any]) -> list[Any]:
        labels = layers()
        for row in rows:
            row.type_name = type_words(row.company_type)
            row.population_name = population_words(row.population)
            row.size = labels.get(row.tier or "-")
            if not permissions.can_see(acting(self.request), row, "industry"):
                row.company = None  # its facts are closed to the reader; the figures of the core system are not
        return rows

    def row_url(self, record: Any) -> str:
        return reverse("customer", args=[record.pk])

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("There is no company in your scope yet"), _("The core system's file brings companies."), "building"
        )
