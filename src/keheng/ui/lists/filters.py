"""Filters of lists. The filter named ``q`` is the list's own search box; all others are chips."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any, ClassVar

import django_filters
from django import forms
from django.contrib.admin.utils import lookup_spawns_duplicates
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import DateRangeWidget, RangeWidget

from keheng.common.money import WAN, short_wan
from keheng.ui.lists.state import SEARCH


class FilterSet(django_filters.FilterSet):  # type: ignore[misc]
    """A filter whose value cannot be read is left out and named to the reader; the others still hold.

    ``filters`` and ``form`` hold those that the address names, and the search: a page shows no more than the label of
    the others, and to make them all is most of the work of a list that has many.

    Attributes:
        quiet: filters that only figures lead to: their chips show while they are set.
    """

    quiet: ClassVar[Collection[str]] = ()
    base_filters: dict[str, Any]

    def __init__(self, data: Any = None, *args: Any, also: Collection[str] = (), **kwargs: Any) -> None:
        """``also``: filters that are made though the address does not name them."""
        self.base_filters = {  # what the library copies
            name: found
            for name, found in type(self).base_filters.items()
            if name == SEARCH or name in also or _is_named(name, data or ())
        }
        super().__init__(data, *args, **kwargs)
        for found in self.filters.values():  # the library asks for distinct rows wherever several choices may be ticked
            found.distinct &= lookup_spawns_duplicates(self.queryset.model._meta, found.field_name)

    @classmethod
    def labels(cls) -> dict[str, Any]:
        """All filters by name, as people call them."""
        return {name: found.label for name, found in cls.base_filters.items()}

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for name, value in self.form.cleaned_data.items():
            queryset = self.filters[name].filter(queryset, value)
        return queryset


def _is_named(name: str, parameters: Iterable[str]) -> bool:
    """Does an address give the filter a value, or one of the two that make up a range?"""
    return any(given == name or given.startswith(f"{name}_") for given in parameters)


class WanRangeFilter(django_filters.RangeFilter):  # type: ignore[misc]
    """An amount from … up to (not including) …, entered in 万."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", RangeWidget(attrs={"placeholder": _("in 万"), "inputmode": "decimal"}))
        super().__init__(*args, **kwargs)

    def filter(self, queryset: QuerySet[Any], value: slice | None) -> QuerySet[Any]:
        if value and value.start is not None:
            queryset = queryset.filter(**{f"{self.field_name}__gte": Decimal(value.start) * WAN})
        if value and value.stop is not None:
            queryset = queryset.filter(**{f"{self.field_name}__lt": Decimal(value.stop) * WAN})
        return queryset

    def words(self, bound: Any) -> str:
        """A bound as the chip says it."""
        return short_wan(Decimal(bound) * WAN)


class DayRangeFilter(django_filters.DateFromToRangeFilter):  # type: ignore[misc]
    """A date from … to …, both included."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("widget", DateRangeWidget(attrs={"type": "date"}))
        super().__init__(*args, **kwargs)


def parameter_names(field: forms.BoundField) -> list[str]:
    """The URL parameters that one filter reads (a range reads two)."""
    widget = field.field.widget
    if isinstance(widget, django_filters.widgets.SuffixedMultiWidget):
        return [widget.suffixed(field.html_name, suffix) for suffix in widget.suffixes]
    return [field.html_name]
