"""The tables of tiering."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.customers.models import Customer
from keheng.tiering.enums import Direction
from keheng.tiering.models import Move
from keheng.tiering.queries import TierLabel
from keheng.ui.lists import BadgeColumn, DayColumn, Table, WanColumn
from keheng.ui.templatetags.keheng import dash, tier_badge

_TONES: dict[str, str] = {Direction.UP: "met", Direction.DOWN: "over", Direction.NEW: "info"}


class BadgeOfTier(tables.Column):  # type: ignore[misc]
    """The badge of a :class:`TierLabel` that the view has put on the row."""

    def render(self, value: TierLabel) -> str:
        return tier_badge(value.step, value.name)

    def value(self, value: TierLabel) -> str:
        return value.name


class MoveTable(Table):
    customer = tables.Column(accessor="customer__name", verbose_name=_("Customer"))
    number = tables.Column(accessor="customer__number", verbose_name=_("Customer number"))
    branch = tables.Column(accessor="customer__branch", verbose_name=_("Branch"))
    owner = tables.Column(accessor="customer__owner", verbose_name=_("Relationship manager"))
    direction = BadgeColumn(verbose_name=_("Direction"), tones=_TONES)
    before = BadgeOfTier(verbose_name=pgettext_lazy("tier move", "From"))
    after = BadgeOfTier(verbose_name=pgettext_lazy("tier move", "To"))
    metric_name = tables.Column(verbose_name=_("Metric"))
    value_text = tables.Column(verbose_name=_("Value"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    threshold_text = tables.Column(verbose_name=_("Limit"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    reason = tables.Column(verbose_name=_("Reason"))
    effective_on = DayColumn()
    fixed = ("customer",)
    optional = ("number", "owner", "metric_name", "effective_on")

    class Meta(Table.Meta):
        model = Move
        fields = ("customer", "number", "branch", "owner", "direction", "before", "after")
        sequence = ("...", "metric_name", "value_text", "threshold_text", "reason", "effective_on")
        orderable = False

    def render_reason(self, value: str) -> str:
        return format_html('<span class="soft" title="{}">{}</span>', value, dash(value))

    def value_reason(self, value: str) -> str:
        return value


class MemberTable(Table):
    name = tables.Column(verbose_name=_("Customer"))
    tier_of = BadgeOfTier(verbose_name=_("Tier"))
    since = DayColumn(verbose_name=_("Since"))
    reason = tables.Column(verbose_name=_("Reason"))
    aum = WanColumn(verbose_name=_("AUM (month average)"), orderable=True)
    fixed = ("name",)

    class Meta(Table.Meta):
        model = Customer
        fields = ("name", "number", "kind", "branch", "owner", "tier_of", "since", "reason", "aum")
        orderable = False

    def render_reason(self, value: Any) -> str:
        return format_html('<span class="soft" title="{}">{}</span>', value, dash(value))

    def value_reason(self, value: str) -> str:
        return value
