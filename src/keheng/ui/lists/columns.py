"""Tables and column types. A column shows a value to people and gives the plain value to the Excel file."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

import django_tables2 as tables
from django.utils.html import format_html

from keheng.ui.templatetags import keheng as words

_NUMBER = {"td": {"class": "num"}, "th": {"class": "num"}}


class Table(tables.Table):  # type: ignore[misc]
    """The table of a list.

    Attributes:
        optional: columns that stay hidden until a person chooses them.
        fixed: columns that cannot be hidden.

    In ``Meta`` set ``orderable = False`` on large tables and let only the columns that an index serves be sorted by
    (``orderable=True`` on the column).
    """

    optional: ClassVar[tuple[str, ...]] = ()
    fixed: ClassVar[tuple[str, ...]] = ()

    class Meta:
        default = words.EMPTY


class NumberColumn(tables.Column):  # type: ignore[misc]
    """A whole number, right-aligned, with thousands separated."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"attrs": _NUMBER, "initial_sort_descending": True, **kwargs})

    def render(self, value: Any) -> str:
        return words.count(value)

    def value(self, value: Any) -> Any:
        return value


class WanColumn(NumberColumn):
    """An amount of CNY in 万/亿."""

    def render(self, value: Decimal) -> str:
        return words.wan(value)


class PercentColumn(NumberColumn):
    """A ratio as a percentage; with ``signed`` a change, green or red."""

    def __init__(self, *args: Any, signed: bool = False, **kwargs: Any) -> None:
        self.signed = signed
        super().__init__(*args, **kwargs)

    def render(self, value: Decimal) -> str:
        return words.signed_percent(value) if self.signed else words.percent(value)


class MomentColumn(tables.Column):  # type: ignore[misc]
    """An instant: ``11-22 周日 14:30``, relative within the last day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial_sort_descending": True, **kwargs})

    def render(self, value: Any) -> str:
        return words.moment(value)

    def value(self, value: Any) -> Any:
        return value


class DayColumn(MomentColumn):
    """A date."""

    def render(self, value: Any) -> str:
        return words.day(value)


class TierColumn(tables.Column):  # type: ignore[misc]
    """A tier's badge; ``name_of`` gives the name to a record, the column's own accessor its rank."""

    def __init__(self, *args: Any, name_of: Callable[[Any], str], **kwargs: Any) -> None:
        self.name_of = name_of
        super().__init__(*args, **{"initial_sort_descending": True, **kwargs})

    def render(self, value: int, record: Any) -> str:
        return words.tier_badge(value, self.name_of(record))

    def value(self, record: Any) -> str:
        return self.name_of(record)


class BadgeColumn(tables.Column):  # type: ignore[misc]
    """A state in a coloured flag: ``tones`` maps the stored value to ``met``, ``near``, ``over``, ``info``."""

    def __init__(self, *args: Any, tones: dict[str, str], **kwargs: Any) -> None:
        self.tones = tones
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any, bound_column: Any) -> str:
        stored = bound_column.accessor.resolve(record)
        return format_html('<span class="flag {}">{}</span>', self.tones.get(str(stored), ""), value)

    def value(self, value: Any) -> Any:
        return value
