"""The machinery that every list page stands on. See the README of this module for how to make one."""

from keheng.ui.lists.columns import (
    BadgeColumn,
    DayColumn,
    MomentColumn,
    NumberColumn,
    PercentColumn,
    Table,
    TierColumn,
    WanColumn,
)
from keheng.ui.lists.filters import DayRangeFilter, FilterSet, WanRangeFilter
from keheng.ui.lists.parts import BulkAction, EmptyState, PageAction, PresetView
from keheng.ui.lists.totals import Total
from keheng.ui.lists.view import ListView

__all__ = [
    "BadgeColumn",
    "BulkAction",
    "DayColumn",
    "DayRangeFilter",
    "EmptyState",
    "FilterSet",
    "ListView",
    "MomentColumn",
    "NumberColumn",
    "PageAction",
    "PercentColumn",
    "PresetView",
    "Table",
    "TierColumn",
    "Total",
    "WanColumn",
    "WanRangeFilter",
]
