"""The columns that several lists have."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html

from keheng.tiering.queries import TierLabel
from keheng.ui.templatetags.keheng import dash, tier_badge


class BadgeOfTier(tables.Column):  # type: ignore[misc]
    """The badge of a :class:`TierLabel` that the view has put on the row."""

    def render(self, value: TierLabel) -> str:
        return tier_badge(value.step, value.name)

    def value(self, value: TierLabel) -> str:
        return value.name


class ReasonColumn(tables.Column):  # type: ignore[misc]
    """Why: a sentence that is cut to the column, whole at the pointer and in files."""

    def render(self, value: Any) -> str:
        return format_html('<span class="soft" title="{}">{}</span>', value, dash(value))

    def value(self, value: str) -> str:
        return value
