"""The tables of tiering."""

from typing import Any, ClassVar

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.common.money import in_wan
from keheng.customers.models import Customer
from keheng.tiering.enums import Direction
from keheng.tiering.models import Proposal, Protected
from keheng.tiering.queries import TierLabel
from keheng.ui.lists import BadgeColumn, DayColumn, Table, WanColumn
from keheng.ui.templatetags.keheng import dash, tier_badge

_STATES: dict[str, str] = {"open": "info", "approved": "met", "refused": "over", "returned": "near", "pending": "info"}
_TONES: dict[str, str] = {Direction.UP: "met", Direction.DOWN: "over", Direction.NEW: "info"}


class BadgeOfTier(tables.Column):  # type: ignore[misc]
    """The badge of a :class:`TierLabel` that the view has put on the row."""

    def render(self, value: TierLabel) -> str:
        return tier_badge(value.step, value.name)

    def value(self, value: TierLabel) -> str:
        return value.name


class _MoveColumns(Table):
    """What a move shows, made or tried."""

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
    fixed = ("customer",)
    optional: ClassVar[tuple[str, ...]] = ("number", "metric_name")

    class Meta(Table.Meta):
        orderable = False

    def render_reason(self, value: str) -> str:
        return format_html('<span class="soft" title="{}">{}</span>', value, dash(value))

    def value_reason(self, value: str) -> str:
        return value


class MoveTable(_MoveColumns):
    effective_on = DayColumn()
    optional = ("number", "owner", "metric_name", "effective_on")


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


class TrialTable(_MoveColumns):
    """Who would move in a dry run, or wait."""

    aum = WanColumn(verbose_name=_("AUM"))
    fate_text = tables.Column(verbose_name=_("What would happen"))

    class Meta(_MoveColumns.Meta):
        sequence = (
            *("customer", "number", "branch", "owner", "direction", "before", "after", "fate_text", "aum"),
            *("metric_name", "value_text", "threshold_text", "reason"),
        )


class PassedTable(Table):
    """The customers of a cell of the migration matrix."""

    name = tables.Column(verbose_name=_("Customer"))
    tier_of = BadgeOfTier(verbose_name=_("Present tier"))
    since = DayColumn(verbose_name=_("Since"))
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
        verbose_name=_("Value"),
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


class ProposalTable(Table):
    """Moves that need approval, each with what it rests on."""

    customer = tables.Column(accessor="customer__name", verbose_name=_("Customer"))
    branch = tables.Column(accessor="customer__branch", verbose_name=_("Branch"))
    owner = tables.Column(accessor="customer__owner", verbose_name=_("Relationship manager"))
    direction = BadgeColumn(verbose_name=_("Direction"), tones=_TONES)
    before = BadgeOfTier(verbose_name=pgettext_lazy("tier move", "From"))
    after = BadgeOfTier(verbose_name=pgettext_lazy("tier move", "To"))
    aum = WanColumn(verbose_name=_("AUM (month average)"))
    evidence = tables.Column(verbose_name=pgettext_lazy("tier move", "What was observed"))
    state = BadgeColumn(verbose_name=_("State"), tones=_STATES)
    proposed_on = DayColumn(verbose_name=pgettext_lazy("tier move", "Proposed on"))
    decided_on = DayColumn(verbose_name=pgettext_lazy("tier move", "Decided on"))
    effective_on = DayColumn(verbose_name=pgettext_lazy("tier move", "In effect from"))
    fixed = ("customer",)
    optional = ("owner", "decided_on", "effective_on")

    class Meta(Table.Meta):
        model = Proposal
        fields = ()
        orderable = False


class ProtectedTable(Table):
    """Whom no downgrade touches."""

    customer = tables.Column(accessor="customer__name", verbose_name=_("Customer"))
    number = tables.Column(accessor="customer__number", verbose_name=_("Customer number"))
    branch = tables.Column(accessor="customer__branch", verbose_name=_("Branch"))
    owner = tables.Column(accessor="customer__owner", verbose_name=_("Relationship manager"))
    tier_of = BadgeOfTier(verbose_name=_("Tier"))
    reason = tables.Column(verbose_name=_("Reason"))
    until = DayColumn(verbose_name=pgettext_lazy("protection", "until"))
    state_text = tables.Column(verbose_name=_("State"))
    set_by = tables.Column(verbose_name=pgettext_lazy("protection", "by"))
    source = tables.Column(verbose_name=pgettext_lazy("protection", "from the list"))
    fixed = ("customer",)
    optional = ("number", "source")

    class Meta(Table.Meta):
        model = Protected
        fields = ()
        orderable = False
