"""The holdings that mature soon."""

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.common import clock
from keheng.customers.privacy.exports import CustomerRows
from keheng.desk.queries.overview import maturing_holdings
from keheng.desk.queries.rows import add_tiers
from keheng.org.acting import acting
from keheng.portfolio.models import Holding
from keheng.ui.lists import DayColumn, EmptyState, Table, TierColumn, WanColumn


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


class MaturingList(CustomerRows):
    """What matures within thirty days, the soonest first."""

    permission = "portfolio.view"
    key = "maturing"
    title = gettext_lazy("Maturing within 30 days")
    unit = pgettext_lazy("measure word for holdings", "holdings")
    table_class = MaturingTable
    default_sort = "matures_on"

    def get_queryset(self) -> QuerySet[Holding]:
        return maturing_holdings(acting(self.request), clock.today()).order_by()

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer__branch", "customer__owner", "product")

    def decorate(self, rows: list[Any]) -> list[Any]:
        add_tiers([holding.customer for holding in rows])
        return rows

    def row_url(self, record: Holding) -> str:
        return reverse("customer", args=[record.customer_id])

    def empty_state(self) -> EmptyState:
        return EmptyState(_("Nothing matures within 30 days"), icon="calendar-check")
