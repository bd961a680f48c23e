"""客户分层维护季度统计: how the maintained customers developed, and the list behind every number (A3 [004b])."""

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.care.operations.quarter import take_quarter
from keheng.care.permissions.contacts import COMPLIANCE
from keheng.care.queries.quarter import (
    NO_TIER,
    TITLES,
    Quarter,
    Row,
    What,
    customers_of,
    development,
    grouped,
    labels,
    last_quarters,
    quarter_of,
    summed,
)
from keheng.care.views.ownership.pool import PoolFilter, PoolTable, add_tiers
from keheng.common import clock
from keheng.customers.privacy.exports import CustomerRows
from keheng.files.responses import download
from keheng.org.acting import acting
from keheng.org.models import Role
from keheng.ui.lists import EmptyState
from keheng.ui.views import PermissionMixin

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ALL = "all"


class QuarterPage(PermissionMixin):
    """The statistics of one quarter by band, position and branch; each number of customers opens its list."""

    permission = COMPLIANCE

    def get(self, request: HttpRequest) -> HttpResponse:
        reader, today = acting(request), clock.today()
        quarter = quarter_of(request.GET.get("quarter", ""), today)
        if request.GET.get("format") == "xlsx":
            content = take_quarter(quarter=quarter, actor=reader, at=clock.now())
            return download(content, _XLSX, f"customers-{quarter.code}.xlsx")
        cells, names = development(reader, quarter), labels()
        roles = {role.code: str(role) for role in Role.objects.all()}
        bands = grouped(cells, lambda cell: (f"tier-{cell.tier}", _band(cell.tier, names)))
        order = [f"tier-{code}" for code in names]
        positions = grouped(cells, lambda cell: (f"role-{cell.role}", roles.get(cell.role, cell.role)))
        branches = grouped(cells, lambda cell: (f"branch-{cell.branch_id}", cell.branch))
        context = {
            "quarter": quarter,
            "quarters": last_quarters(today),
            "total": Row(_ALL, _("Together"), summed(cells)),
            "tables": [
                (_("By band"), sorted(bands, key=lambda row: order.index(row.key) if row.key in order else len(order))),
                (_("By position of whoever maintains them"), positions),
                (_("By branch"), branches),
            ]
            if cells
            else [],
        }
        return render(request, "care/quarter/page.html", context)


def _band(tier: str, names: dict[str, Any]) -> str:
    return _("no tier") if tier == NO_TIER else str(getattr(names.get(tier), "name", tier))


class QuarterTable(PoolTable):
    owner = tables.Column(verbose_name=gettext_lazy("Owner"))

    class Meta(PoolTable.Meta):
        sequence = ("name", "number", "kind", "tier", "aum", "branch", "owner", "opened_on")


class QuarterFilter(PoolFilter):
    by_name = None


class QuarterCustomers(CustomerRows):
    """The customers behind a number of the statistics, the largest first."""

    permission = COMPLIANCE
    key = "care-quarter"
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = QuarterTable
    filterset_class = QuarterFilter
    default_sort = "-aum"

    @property
    def title(self) -> str:  # type: ignore[override]
        return _("%(what)s, %(quarter)s") % {"what": TITLES[self._what()], "quarter": self._quarter().code}

    def get_queryset(self) -> "QuerySet[Any]":
        return customers_of(acting(self.request), self._quarter(), self._what(), **self._part())

    def row_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.select_related("branch", "owner")

    def decorate(self, rows: list[Any]) -> list[Any]:
        return add_tiers(rows)

    def row_url(self, record: Any) -> str:
        return f"{reverse('customer', args=[record.pk])}?tab=owners"

    def empty_state(self) -> EmptyState:
        return EmptyState(_("Nobody of your scope is counted here"), _("Choose another number."), "chart-bar")

    def _quarter(self) -> Quarter:
        return quarter_of(self.kwargs["code"], clock.today())

    def _what(self) -> What:
        try:
            return What(self.kwargs["what"])
        except ValueError as error:
            raise Http404 from error

    def _part(self) -> dict[str, Any]:
        kind, _dash, value = self.kwargs["part"].partition("-")
        match kind:
            case "branch" if value.isdecimal() and len(value) < 12:
                return {"branch_id": int(value)}
            case "role" | "tier":
                return {kind: value}
            case "all":
                return {}
        raise Http404
