"""The holdings that mature soon."""

from datetime import timedelta
from typing import Any

import django_filters
import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.common import clock
from keheng.customers.filters import RowsOfCustomersFilter
from keheng.customers.privacy.exports import CustomerRows
from keheng.desk.filters import shown_tiers
from keheng.desk.queries.overview import maturing_holdings
from keheng.desk.queries.rows import add_tiers
from keheng.org.acting import acting
from keheng.portfolio.models import Holding
from keheng.ui.lists import DayColumn, EmptyState, PresetView, Table, TierColumn, WanColumn, WanRangeFilter

DAYS = 90
_BANDS = [(str(days), format_lazy(gettext_lazy("Within {n} days"), n=days)) for days in (7, 30)]


class MaturingTable(Table):
    matures_on = DayColumn(verbose_name=gettext_lazy("Matures on"))
    customer = tables.Column(verbose_name=gettext_lazy("Customer"))
    tier = TierColumn(
        verbose_name=gettext_lazy("Tier"),
        accessor="customer__tier_step",
        name_of=lambda holding: holding.customer.tier_name,
        orderable=False,
    )
    product = tables.Column(verbose_name=gettext_lazy("Product"))
    risk = tables.Column(verbose_name=gettext_lazy("Risk grade"), accessor="product__risk")
    amount = WanColumn(verbose_name=gettext_lazy("Market value"))
    starts_on = DayColumn(verbose_name=gettext_lazy("Starts on"))
    branch = tables.Column(verbose_name=gettext_lazy("Branch"), accessor="customer__branch")
    owner = tables.Column(verbose_name=gettext_lazy("Relationship manager"), accessor="customer__owner")

    fixed = ("matures_on", "customer")

    class Meta(Table.Meta):
        model = Holding
        fields = ()


class MaturingFilter(RowsOfCustomersFilter):
    within = django_filters.ChoiceFilter(choices=_BANDS, method="soon", label=gettext_lazy("Matures"))
    tier = django_filters.MultipleChoiceFilter(
        choices=shown_tiers, field_name="customer__tier", label=gettext_lazy("Tier")
    )
    amount = WanRangeFilter(label=gettext_lazy("Market value"))

    class Meta:
        model = Holding
        fields: list[str] = []

    def soon(self, queryset: "QuerySet[Holding]", _name: str, days: str) -> "QuerySet[Holding]":
        """A week or a month ahead (A4)."""
        return queryset.filter(matures_on__lte=clock.today() + timedelta(days=int(days)))


class MaturingList(CustomerRows):
    """What matures within three months, the soonest first."""

    permission = "portfolio.view"
    key = "maturing"
    title = gettext_lazy("Maturities")
    all_label = format_lazy(gettext_lazy("Within {n} days"), n=DAYS)
    unit = pgettext_lazy("measure word for holdings", "holdings")
    table_class = MaturingTable
    filterset_class = MaturingFilter
    default_sort = "matures_on"
    usual_filters = ("within", "tier", "amount", "branch", "owner")
    summed = (gettext_lazy("Market value"), "amount")
    preset_views = tuple(PresetView(words, f"within={days}") for days, words in _BANDS)

    def get_queryset(self) -> QuerySet[Holding]:
        return maturing_holdings(acting(self.request), clock.today(), DAYS).order_by()

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer__branch", "customer__owner", "product")

    def decorate(self, rows: list[Any]) -> list[Any]:
        add_tiers([holding.customer for holding in rows])
        return rows

    def row_url(self, record: Holding) -> str:
        return reverse("customer", args=[record.customer_id])

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("Nothing matures within %(n)d days") % {"n": DAYS},
            _("Holdings with a last day come with the files of the core system."),
            "calendar-check",
        )
