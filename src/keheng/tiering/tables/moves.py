"""The lists of moves: made, proposed, tried, and of those whom none touches."""

from typing import ClassVar

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.tiering.enums import Direction
from keheng.tiering.tables.columns import BadgeOfTier, ReasonColumn
from keheng.ui.lists import BadgeColumn, DayColumn, Table, WanColumn

_STATES: dict[str, str] = {"open": "info", "approved": "met", "refused": "over", "returned": "near", "pending": "info"}
_TONES: dict[str, str] = {Direction.UP: "met", Direction.DOWN: "over", Direction.NEW: "info"}


class _AboutCustomer(Table):
    """Whom a row is about."""

    customer = tables.Column(accessor="customer__name", verbose_name=_("Customer"))
    number = tables.Column(accessor="customer__number", verbose_name=_("Customer number"))
    branch = tables.Column(accessor="customer__branch", verbose_name=_("Branch"))
    owner = tables.Column(accessor="customer__owner", verbose_name=_("Relationship manager"))
    fixed = ("customer",)
    optional: ClassVar[tuple[str, ...]] = ("number",)

    class Meta(Table.Meta):
        orderable = False


class _MoveColumns(_AboutCustomer):
    """What a move shows, made or tried."""

    direction = BadgeColumn(verbose_name=_("Direction"), tones=_TONES)
    before = BadgeOfTier(verbose_name=pgettext_lazy("tier move", "From"))
    after = BadgeOfTier(verbose_name=pgettext_lazy("tier move", "To"))
    metric_name = tables.Column(verbose_name=_("Metric"))
    value_text = tables.Column(
        verbose_name=pgettext_lazy("metric", "Value"), attrs={"td": {"class": "num"}, "th": {"class": "num"}}
    )
    threshold_text = tables.Column(verbose_name=_("Limit"), attrs={"td": {"class": "num"}, "th": {"class": "num"}})
    reason = ReasonColumn(verbose_name=_("Reason"))
    optional: ClassVar[tuple[str, ...]] = ("number", "metric_name")


class MoveTable(_MoveColumns):
    effective_on = DayColumn()
    optional: ClassVar[tuple[str, ...]] = ("number", "owner", "metric_name", "effective_on")

    class Meta(_AboutCustomer.Meta):
        """Of the class itself: a table does not inherit it."""


class TrialTable(_MoveColumns):
    """Who would move in a dry run, or wait."""

    aum = WanColumn(verbose_name=_("AUM"))
    fate_text = tables.Column(verbose_name=_("What would happen"))

    class Meta(_AboutCustomer.Meta):
        sequence = (
            *("customer", "number", "branch", "owner", "direction", "before", "after", "fate_text", "aum"),
            *("metric_name", "value_text", "threshold_text", "reason"),
        )


class ProposalTable(_AboutCustomer):
    """Moves that need approval, each with what it rests on."""

    direction = BadgeColumn(verbose_name=_("Direction"), tones=_TONES)
    before = BadgeOfTier(verbose_name=pgettext_lazy("tier move", "From"))
    after = BadgeOfTier(verbose_name=pgettext_lazy("tier move", "To"))
    aum = WanColumn(verbose_name=_("AUM (month average)"))
    evidence = tables.Column(verbose_name=pgettext_lazy("tier move", "What was observed"))
    state = BadgeColumn(verbose_name=_("State"), tones=_STATES)
    proposed_on = DayColumn(verbose_name=pgettext_lazy("tier move", "Proposed on"))
    decided_on = DayColumn(verbose_name=pgettext_lazy("tier move", "Decided on"))
    effective_on = DayColumn(verbose_name=pgettext_lazy("tier move", "In effect from"))
    optional: ClassVar[tuple[str, ...]] = ("number", "owner", "decided_on", "effective_on")

    class Meta(_AboutCustomer.Meta):
        """Of the class itself: a table does not inherit it."""


class ProtectedTable(_AboutCustomer):
    """Whom no downgrade touches."""

    tier_of = BadgeOfTier(verbose_name=_("Tier"))
    reason = tables.Column(verbose_name=_("Reason"))
    until = DayColumn(verbose_name=pgettext_lazy("protection", "until"))
    state_text = tables.Column(verbose_name=_("State"))
    set_by = tables.Column(verbose_name=pgettext_lazy("protection", "by"))
    source = tables.Column(verbose_name=pgettext_lazy("protection", "from the list"))
    optional: ClassVar[tuple[str, ...]] = ("number", "source")

    class Meta(_AboutCustomer.Meta):
        """Of the class itself: a table does not inherit it."""
