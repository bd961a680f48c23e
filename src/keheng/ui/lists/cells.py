"""The cells of a table, quickly: what a column needs is found out once for the table, not for every cell.

The library asks each cell anew which arguments its ``render`` method takes, and which field it shows; on a page of
twenty rows and a dozen columns that is most of the work.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from typing import Any, Literal

import django_tables2 as tables
from django.db.models import Model
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django_tables2.utils import signature

type Cell = Callable[[Any], Any]


def cells_of(table: tables.Table, columns: Iterable[Any], form: Literal["render", "value"]) -> list[Cell]:
    """One function a column: from a record to what the page shows (``render``) or the file gets (``value``)."""
    return [_cell(table, column, form) for column in columns]


def row_html(
    table: tables.Table, columns: Collection[Any], records: list[Any], urls: list[str]
) -> Iterator[SafeString]:
    """The ``<td>`` elements of each record, in one piece; the first cell is the link to ``url`` where there is one."""
    cells = cells_of(table, columns, "render")
    opened = [_opened(column.column.attrs.get("td", {}).get("class", "")) for column in columns]
    for record, url in zip(records, urls, strict=True):
        shown = [conditional_escape(cell(record)) for cell in cells]
        if shown and url and "<a " not in shown[0]:
            shown[0] = format_html('<a href="{}">{}</a>', url, shown[0])
        yield SafeString("".join(f"{tag}{cell}</td>" for tag, cell in zip(opened, shown, strict=True)))


def _opened(css: str) -> str:
    return f"<td{format_html_join('', ' {}="{}"', [('class', css)] if css else [])}>"


def _cell(table: tables.Table, bound: Any, form: Literal["render", "value"]) -> Cell:
    column = bound.column
    show = getattr(bound, form)
    if show == column.value and type(column).value is tables.Column.value:
        show = column.render  # what the library's own `value` comes to
    wanted, takes_all = _arguments(getattr(show, "__func__", show))
    given = {"column": column, "bound_column": bound, "table": table}
    fixed = {name: value for name, value in given.items() if takes_all or name in wanted}
    takes = [name for name in ("value", "record") if takes_all or name in wanted]
    link = bound.link if form == "render" else None
    default = bound.default if form == "render" else None
    empty = column.empty_values
    value_of = _reader(table, bound)

    def cell(record: Any) -> Any:
        value = value_of(record)
        if value in empty:
            return default
        found = {"value": value, "record": record}
        shown = show(**fixed, **{name: found[name] for name in takes})
        return link(shown, **given, **found) if link else shown

    return cell


@lru_cache(maxsize=1024)
def _arguments(function: Callable[..., Any]) -> tuple[Sequence[str], str | None]:
    """The names of a method's arguments, found out once a process."""
    names, rest = signature(function)
    return names, rest


def _reader(table: tables.Table, bound: Any) -> Cell:
    """How the value is read from a record; a field with choices gives its words.

    A table that names no model has its records asked for theirs, once each kind.
    """
    model: type[Model] | None = table._meta.model
    if model is not None:
        return _reader_of(bound.accessor, model)
    readers: dict[type[Any], Cell] = {}

    def read(record: Any) -> Any:
        kind = type(record)
        if kind not in readers:
            readers[kind] = _reader_of(bound.accessor, kind)
        return readers[kind](record)

    return read


def _reader_of(accessor: tables.A, model: type[Any]) -> Cell:
    field: Any = accessor.get_field(model)
    read = partial(accessor.resolve, quiet=True)
    if not getattr(field, "choices", None):
        return read
    words = {value: str(label) for value, label in field.flatchoices}

    def told(record: Any) -> Any:
        value = read(record)
        return words.get(value, value)

    return told
