"""The copy of a data subject (PIPL 45): sections of what is known of a customer; modules register theirs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer

type Text = str | Promise


@dataclass(frozen=True)
class Table:
    """One part of a copy: a heading, the names of the columns, and rows of texts."""

    title: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Section:
    """What one module knows of a customer; ``rows`` are given whole, sealed values too: it is the person's own copy."""

    label: Text
    headers: Callable[[], Sequence[Text]]
    rows: Callable[[Customer], Iterable[Sequence[Any]]]
    order: int


_sections: dict[str, Section] = {}


def register_section(
    key: str,
    label: Text,
    headers: Callable[[], Sequence[Text]],
    rows: Callable[[Customer], Iterable[Sequence[Any]]],
    *,
    order: int = 100,
) -> None:
    """Add a section; the same key again replaces it."""
    _sections[key] = Section(label, headers, rows, order)


def register_record(key: str, model: type[models.Model], *, order: int = 100, path: str = "customer") -> None:
    """Add a section that tells all fields of the one row, or the rows, that a model has of a customer."""
    names = [field.name for field in model._meta.concrete_fields if _tells(field, path)]

    def headers() -> list[Text]:
        return [model._meta.get_field(name).verbose_name for name in names]  # type: ignore[union-attr]

    def rows(customer: Customer) -> Iterable[Sequence[Any]]:
        for row in model._default_manager.filter(**{path: customer}):
            yield [_value(row, name) for name in names]

    register_section(key, model._meta.verbose_name or key, headers, rows, order=order)


def copy_of(customer: Customer) -> list[Table]:
    """Everything that modules know of a customer, section by section; empty ones are left out."""
    found = []
    for section in sorted(_sections.values(), key=lambda section: section.order):
        rows = [[told(value) for value in row] for row in section.rows(customer)]
        if rows:
            found.append(Table(str(section.label), [str(header) for header in section.headers()], rows))
    return found


def told(value: Any) -> str:
    """A value in words: dates and instants of Shanghai, amounts with two decimals, nothing as an empty text."""
    match value:
        case bool():
            words = _("yes") if value else _("no")
        case datetime():
            words = f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        case date():
            words = f"{value:%Y-%m-%d}"
        case Decimal():
            words = str(formats.number_format(value, force_grouping=True))
        case list() | tuple():
            words = "、".join(told(part) for part in value)
        case _:
            words = "" if value is None else str(value)
    return words


def _tells(field: models.Field[Any, Any], path: str) -> bool:
    return field.editable and field.name != path and not field.primary_key


def _value(row: models.Model, name: str) -> Any:
    display = getattr(row, f"get_{name}_display", None)
    return display() if display else getattr(row, name)
