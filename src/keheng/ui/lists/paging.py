"""One page of a list: first the keys by an index of the bare table, then those rows with what belongs to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, QuerySet
from django.db.models.expressions import OrderBy

from keheng.ui.lists.totals import Total

_GAP = 0


@dataclass(frozen=True)
class Page:
    """Where the list stands. ``last`` is known only of an exact total."""

    number: int
    size: int
    rows: int
    total: Total

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last_row(self) -> int:
        return (self.number - 1) * self.size + self.rows

    @property
    def last(self) -> int | None:
        return max(-(-self.total.value // self.size), 1) if self.total.exact else None

    @property
    def has_next(self) -> bool:
        return self.number < self.last if self.last is not None else self.rows == self.size

    @property
    def numbers(self) -> Iterator[int]:
        """The page numbers to offer, 0 standing for a gap."""
        near = {1, max(self.number - 1, 1), self.number}
        if self.has_next:
            near |= {self.number + 1, self.last or self.number + 1}
        previous = 0
        for number in sorted(near):
            if number > previous + 1:
                yield _GAP
            yield number
            previous = number


def ordering(queryset: QuerySet[Any], fields: tuple[str, ...]) -> list[OrderBy]:
    """Order by ``fields`` and, so that no row appears twice, by the key in the direction of the last field.

    Nullable columns sort their gaps last in both directions.
    """
    columns = [*fields, f"{'-' if fields and fields[-1].startswith('-') else ''}pk"]
    return [_order(queryset.model, column) for column in columns]


def _order(model: type[Model], column: str) -> OrderBy:
    name = column.removeprefix("-")
    nulls_last = True if _nullable(model, name) else None
    return F(name).desc(nulls_last=nulls_last) if column.startswith("-") else F(name).asc(nulls_last=nulls_last)


def _nullable(model: type[Model], path: str) -> bool:
    """Tell whether the column (or a key on the way to it) may be empty. An annotation counts as never empty."""
    here: Any = model
    for part in path.split("__"):
        names = {field.name: field for field in here._meta.get_fields()} if here is not None else {}
        field = names.get(part)
        if field is None:
            return False
        if field.null:
            return True
        here = field.related_model
    return False


def page_keys(queryset: QuerySet[Any], order: list[OrderBy], number: int, size: int) -> list[Any]:
    """The keys of one page, in order."""
    start = (number - 1) * size
    return list(queryset.order_by(*order).values_list("pk", flat=True)[start : start + size])


def in_order(queryset: QuerySet[Any], keys: list[Any]) -> list[Any]:
    """The rows of ``keys`` in the order of the keys, in one query."""
    if not keys:
        return []
    found = {row.pk: row for row in queryset.filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]
