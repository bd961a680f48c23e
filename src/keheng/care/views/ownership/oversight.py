"""管户督导: absences that nobody covers, customers without care, the load of people and outlets."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.care.permissions import ownership as permissions
from keheng.care.permissions.contacts import COMPLIANCE
from keheng.care.queries.oversight import (
    AHEAD,
    MISSING,
    SHOWN,
    Missing,
    OutletLoad,
    beyond_capacity,
    cover_gaps,
    heaviest,
    missing_counts,
    outlet_loads,
    told_why,
    without_care,
)
from keheng.care.queries.ownerless import lasting
from keheng.care.views.ownership.pool import Choose, PoolFilter, PoolTable, add_tiers
from keheng.common import clock
from keheng.customers.privacy.exports import CustomerRows
from keheng.org.acting import acting
from keheng.ui.charts import Chart, Series, Tone
from keheng.ui.lists import BulkAction, EmptyState, PresetView
from keheng.ui.views import PermissionMixin


class Oversight(PermissionMixin):
    """Where care is missing, and who carries too much; each figure opens its list."""

    permission = COMPLIANCE

    def get(self, request: HttpRequest) -> HttpResponse:
        reader, today = acting(request), clock.today()
        gaps, people, outlets = cover_gaps(reader, today), heaviest(reader), outlet_loads(reader)
        context = {
            "gaps": gaps,
            "away": len({gap.staff_id for gap in gaps}),
            "ahead": AHEAD,
            "missing": missing_counts(reader, today),
            "over": beyond_capacity(reader),
            "by_person": _by_person(people),
            "by_outlet": _by_outlet(outlets),
            "may_cover": reader.can(permissions.COVER),
            "may_assign": reader.can(permissions.ASSIGN),
            "may_rules": reader.can(permissions.VIEW),
        }
        return render(request, "care/ownership/oversight.html", context)


def _by_person(people: Any) -> Chart:
    tones: list[Tone] = ["over" if one.capacity is not None and one.load > one.capacity else "accent" for one in people]
    return Chart(
        key="load-people",
        title=_("Who carries the most?"),
        kind="bar",
        categories=[f"{one.name} · {one.branch}" for one in people],
        series=[
            Series(
                _("Customers"),
                [one.load for one in people],
                links=[reverse("care:person", args=[one.pk]) for one in people],
                tones=tones,
                labels=True,
            )
        ],
        category_name=_("Member of staff"),
        note=_("customers, the first %(n)d; red: beyond the capacity of the role") % {"n": SHOWN},
        empty=_("Nobody of your scope owns customers yet"),
        tall=True,
    )


def _by_outlet(outlets: list[OutletLoad]) -> Chart:
    shown = outlets[:SHOWN]
    return Chart(
        key="load-outlets",
        title=_("Which outlet carries the most a person?"),
        kind="bar",
        categories=[one.name for one in shown],
        series=[
            Series(
                _("Customers a person"),
                [one.each for one in shown],
                links=[f"{reverse('care:load')}?branch={one.branch_id}" for one in shown],
                labels=True,
            )
        ],
        category_name=_("Branch"),
        note=_("customers for each person who owns any"),
        empty=_("Nobody of your scope owns customers yet"),
        tall=True,
    )


_TONES = {Missing.OWNER: "over", Missing.AWAY: "over", Missing.COUNTER: ""}


class OrphanFilter(PoolFilter):
    by_name = None
    missing = django_filters.MultipleChoiceFilter(choices=list(MISSING.items()), label=gettext_lazy("Why"))
    lasting = django_filters.NumberFilter(
        method="for_days", min_value=0, label=gettext_lazy("Without an owner for so many days")
    )

    def for_days(self, queryset: "QuerySet[Any]", _name: str, days: Any) -> "QuerySet[Any]":
        return lasting(queryset.filter(missing=Missing.OWNER), int(days), clock.today())


class OrphanTable(PoolTable):
    owner = tables.Column(verbose_name=gettext_lazy("Owner"), empty_values=())
    missing = tables.Column(verbose_name=gettext_lazy("Why"))

    class Meta(PoolTable.Meta):
        sequence = ("name", "number", "kind", "tier", "aum", "branch", "owner", "missing", "opened_on")

    def render_owner(self, record: Any) -> str:
        if record.owner is None:
            return _("nobody")
        return _("%(name)s, nobody acts") % {"name": record.owner.name}

    def render_missing(self, value: str) -> SafeString:
        return format_html('<span class="flag {}">{}</span>', _TONES[Missing(value)], self.value_missing(value))

    def value_missing(self, value: str) -> str:
        return str(MISSING[Missing(value)])


class Orphans(CustomerRows):
    """Customers for whom nobody acts by name today, the largest first; which of them are a gap stands beside them."""

    permission = COMPLIANCE
    key = "care-orphans"
    title = gettext_lazy("Customers without care")
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = OrphanTable
    filterset_class = OrphanFilter
    default_sort = "-aum"
    preset_views = (
        PresetView(gettext_lazy("Gaps"), "missing=owner&missing=away"),
        *(PresetView(label, f"missing={one}") for one, label in MISSING.items()),
    )
    bulk_actions = (BulkAction(gettext_lazy("Assign …"), "care:choose-orphans", "user-plus", permissions.ASSIGN),)

    def get_queryset(self) -> "QuerySet[Any]":
        return without_care(acting(self.request), clock.today())

    def row_queryset(self, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return told_why(queryset.select_related("branch", "owner"))

    def decorate(self, rows: list[Any]) -> list[Any]:
        return add_tiers(rows)

    def row_url(self, record: Any) -> str:
        return f"{reverse('customer', args=[record.pk])}?tab=owners"

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("Somebody acts for every customer of your scope"),
            _("Customers appear here when nobody owns them, or the owner is away or gone without cover."),
            "user-check",
        )


class ChooseOrphans(Choose):
    """Take what was ticked among customers without care to the page of the assignment."""

    def chosen(self, request: HttpRequest) -> "QuerySet[Any]":
        return Orphans.selection(request)
