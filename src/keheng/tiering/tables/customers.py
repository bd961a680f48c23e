"""The lists of customers: those of a scheme, of a cell of the matrix, near an edge."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.money import in_wan
from keheng.customers.models import Customer
from keheng.tiering.tables.columns import BadgeOfTier, ReasonColumn
from keheng.ui.lists import DayColumn, Table, WanColumn


class MemberTable(Table):
    name = tables.Column(verbose_name=_("Customer"))
    tier_of = BadgeOfTier(verbose_name=_("Tier"))
    since = DayColumn(verbose_name=pgettext_lazy("tier", "In the tier since"))
    reason = ReasonColumn(verbose_name=_("Reason"))
    aum = WanColumn(verbose_name=_("AUM (month average)"), orderable=True)
    fixed = ("name",)

    class Meta(Table.Meta):
        model = Customer
        fields = ("name", "number", "kind", "branch", "owner", "tier_of", "since", "reason", "aum")
        orderable = False


class PassedTable(Table):
    """The customers of a cell of the migration matrix."""

    name = tables.Column(verbose_name=_("Customer"))
    tier_of = BadgeOfTier(verbose_name=_("Present tier"))
    since = DayColumn(verbose_name=pgettext_lazy("tier", "In the tier since"))
    aum = WanColumn(verbose_name=_("AUM (month average)"))
    fixed = ("name",)

    class Meta(Table.Meta):
        model = Customer
        fields = ("name", "number", "branch", "owner", "tier_of", "since", "aum")
        orderable = False


class NearTable(Table):
    """Customers close to an edge."""

    name = tables.Column(verbose_name=_("Customer"))
    tier_of = BadgeOfTier(verbose_name=_("Tier"))
    goal = BadgeOfTier(verbose_name=_("Would be"))
    value_text = tables.Column(
        verbose_name=pgettext_lazy("metric", "Value"),
        attrs={"td": {"class": "num"}, "th": {"class": "num"}},
        order_by="amount",
        orderable=True,
        initial_sort_descending=True,
    )
    gap = tables.Column(
        verbose_name=_("Distance"), attrs={"td": {"class": "num"}, "th": {"class": "num"}}, orderable=True
    )
    growth = tables.Column(
        verbose_name=_("A month"), attrs={"td": {"class": "num"}, "th": {"class": "num"}}, orderable=True
    )
    expected = tables.Column(verbose_name=_("Expected in"), empty_values=())
    fixed = ("name",)
    optional = ("number",)

    class Meta(Table.Meta):
        model = Customer
        fields = ("name", "number", "branch", "owner", "tier_of", "goal", "value_text", "gap", "growth", "expected")
        orderable = False

    def render_gap(self, record: Any) -> str:
        tone = "over" if record.gap < 0 else "near" if record.falls else "met"
        return format_html('<span class="{}">{}</span>', tone, record.gap_text)

    def value_gap(self, value: Any) -> Any:
        return value

    def render_growth(self, value: Any) -> str:
        tone = "up" if value > 0 else "down" if value < 0 else "soft"
        sign = "+" if value > 0 else ""
        return format_html('<span class="{}">{}{}</span>', tone, sign, in_wan(value))

    def value_growth(self, value: Any) -> Any:
        return value

    def render_expected(self, record: Any) -> str:
        return str(record.expected_text)

    def value_expected(self, record: Any) -> str:
        return str(record.expected_text)
