"""The rows of a list: which they are, in what order and with which columns."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Self

from django.db.models import Model, QuerySet, Sum
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from keheng.common.money import in_wan
from keheng.ui.lists import chips, paging
from keheng.ui.lists.cells import row_html
from keheng.ui.lists.columns import Table
from keheng.ui.lists.parts import BulkAction, ColumnOption, EmptyState, Header, PageAction, PresetView, Text
from keheng.ui.lists.state import ListState, opened
from keheng.ui.lists.totals import COUNT_LIMIT, Total, total_of
from keheng.ui.models import ColumnChoice
from keheng.ui.views import PermissionMixin


class ListRows(PermissionMixin):
    """The rows of a list: which, in what order, with which columns; what an address asks for and a person has chosen.

    Attributes:
        key: names the list in saved views, chosen columns and the audit trail.
        default_sort: the column sorted by when the address names none: ``"-aum"``.
        unit: the measure word of the rows, such as 位 for customers.
        usual_filters: the filters that stand in the row of chips, in this order; all others wait behind "more".
        summed: label and field of the amount whose sum over the rows is told beside their number, once the page is
            there; of more than :data:`~keheng.ui.lists.totals.COUNT_LIMIT` rows none is told.
        export_permission: what it takes to take the rows out; empty: nobody may.
    """

    key: ClassVar[str]
    title: ClassVar[Text]
    table_class: ClassVar[type[Table]]
    filterset_class: ClassVar[Any] = None
    default_sort: ClassVar[str] = ""
    unit: ClassVar[Text] = pgettext_lazy("measure word", "rows")
    all_label: ClassVar[Text] = pgettext_lazy("view of a list", "All")
    search_hint: ClassVar[Text] = ""
    usual_filters: ClassVar[Sequence[str]] = ()
    preset_views: ClassVar[Sequence[PresetView]] = ()
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
    summed: ClassVar[tuple[Text, str] | None] = None
    export_permission: ClassVar[str] = ""
    template_name: ClassVar[str] = "ui/list.html"

    # -- what a list decides --------------------------------------------------------------------------------------

    def get_queryset(self) -> QuerySet[Any]:
        """The rows that the user may see, bare: no ``select_related``, no order."""
        raise NotImplementedError

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Add what the shown rows need (``select_related``, annotations); runs for the rows of one page only."""
        return queryset

    def decorate(self, rows: list[Any]) -> list[Any]:
        """Attach figures to the rows of a page, for all of them by one query."""
        return rows

    def total(self, queryset: QuerySet[Any], limit: int) -> Total:
        """How many rows there are, exact up to ``limit``; override where a cheaper figure is at hand.

        Asked with a low limit for the page, and once more with a high one when the page is there.
        """
        return total_of(queryset, limit)

    def facet(self, name: str, queryset: QuerySet[Any]) -> Mapping[Any, int] | None:  # noqa: ARG002  # for overriding
        """Counts beside the choices of one filter: ``{"T3": 412, …}``; asked when its panel is opened.

        ``queryset`` holds all rows of the list, unfiltered.
        """
        return None

    def row_url(self, record: Any) -> str:
        """Where a row leads; empty: nowhere."""
        return str(record.get_absolute_url()) if hasattr(record, "get_absolute_url") else ""

    def bulk_url(self, action: BulkAction) -> str:
        """Where the selected rows are posted to; override where the address names more than the list."""
        return reverse(action.url_name)

    def sub(self, total: Total) -> str:
        """The words beside the title."""
        return f"{total} {self.unit}"

    def sum_text(self) -> str:
        """The sum of what the list is about, in words; empty where it tells none."""
        if self.summed is None or not self.total(self._queryset, COUNT_LIMIT).exact:
            return ""
        label, field = self.summed
        found = self._queryset.order_by().aggregate(sum=Sum(field))["sum"]
        return "" if found is None else f"{label} {in_wan(found)}"

    def page_actions(self) -> Sequence[PageAction]:
        """The buttons of the page head, the primary one last."""
        return ()

    def empty_state(self) -> EmptyState:
        """What an empty list says while no filter is set."""
        return EmptyState(_("Nothing here yet"))

    # -- outside a request ----------------------------------------------------------------------------------------

    @classmethod
    def for_user(cls, user: Any, query: str, **kwargs: Any) -> Self:
        """The list as the user sees it under a query, for work that is done without a request.

        Args:
            kwargs: what the address of the list names, such as the key of an inspection.
        """
        request = HttpRequest()
        request.method, request.GET, request.user = "GET", QueryDict(query), user
        view = cls()
        view.setup(request, **kwargs)
        return view

    @property
    def filters_in_words(self) -> str:
        """What the rows are filtered by."""
        return "" if self._filterset is None else chips.in_words(self._filterset)

    @property
    def shown_columns(self) -> list[str]:
        """The columns that the user has chosen to see."""
        return [option.name for option in self._column_options if option.shown]

    def count_up_to(self, limit: int) -> int:
        """How many rows match, ``limit`` + 1 at most."""
        return int(self._queryset.order_by()[: limit + 1].count())

    # -- what the address asks for --------------------------------------------------------------------------------

    @cached_property
    def _state(self) -> ListState:
        return ListState.of(self.request.GET)

    @property
    def _owner_id(self) -> int:
        owner_id: int = self.request.user.pk  # type: ignore[assignment]  # nobody anonymous gets here
        return owner_id

    @cached_property
    def _filterset(self) -> Any:
        return self._filterset_of(self.request.GET)

    def _filterset_of(self, query: QueryDict, *also: str) -> Any:
        if self.filterset_class is None:
            return None
        filterset = self.filterset_class(opened(query), queryset=self.get_queryset(), request=self.request, also=also)
        filterset.is_valid()
        return filterset

    def _filtered(self, query: QueryDict) -> QuerySet[Any]:
        filterset = self._filterset_of(query)
        return self.get_queryset() if filterset is None else filterset.qs

    @cached_property
    def _queryset(self) -> QuerySet[Any]:
        return self.get_queryset() if self._filterset is None else self._filterset.qs

    @cached_property
    def _sort(self) -> str:
        """The column sorted by, with its sign, if it may be sorted by; else the default."""
        wanted = self._state.sort
        name = wanted.removeprefix("-")
        columns = self._bare_table.columns
        return wanted if name in columns.names() and columns[name].orderable else self.default_sort

    @cached_property
    def _order(self) -> list[Any]:
        if not self._sort:
            return paging.ordering(self._queryset, ())
        paths = self._bare_table.columns[self._sort.removeprefix("-")].order_by
        paths = paths.opposite if self._sort.startswith("-") else paths
        return paging.ordering(self._queryset, tuple(str(path).replace(".", "__") for path in paths))

    def _page_queryset(self) -> QuerySet[Any]:
        model: type[Model] = self._queryset.model
        return self.row_queryset(model._default_manager.all())

    @cached_property
    def _bulk(self) -> list[tuple[BulkAction, str]]:
        user: Any = self.request.user
        return [
            (action, self.bulk_url(action))
            for action in self.bulk_actions
            if not action.permission or user.can(action.permission)
        ]

    @property
    def _may_export(self) -> bool:
        user: Any = self.request.user
        return bool(self.export_permission) and user.can(self.export_permission)

    # -- columns --------------------------------------------------------------------------------------------------

    @cached_property
    def _bare_table(self) -> Table:
        return self.table_class([])

    @cached_property
    def _column_options(self) -> list[ColumnOption]:
        chosen = (
            ColumnChoice.objects.filter(owner_id=self._owner_id, list_key=self.key)
            .values_list("columns", flat=True)
            .first()
        )
        options = []
        for column in self._bare_table.columns:
            fixed = column.name in self.table_class.fixed
            shown = column.name in chosen if chosen is not None else column.name not in self.table_class.optional
            options.append(ColumnOption(column.name, str(column.header), shown or fixed, fixed))
        return options

    @cached_property
    def _hidden(self) -> tuple[str, ...]:
        return tuple(option.name for option in self._column_options if not option.shown)

    @cached_property
    def _columns(self) -> list[Any]:
        """The columns that the page shows."""
        return [column for column in self._bare_table.columns if column.name not in self._hidden]

    def _headers(self) -> list[Header]:
        return [self._header(column) for column in self._columns]

    def _header(self, column: Any) -> Header:
        name, css = column.name, column.column.attrs.get("th", {}).get("class", "")
        if not column.orderable:
            return Header(str(column.header), css)
        direction = {name: "ascending", f"-{name}": "descending"}.get(self._sort, "")
        first = f"-{name}" if column.column.initial_sort_descending else name
        following = first if not direction else (f"-{name}" if direction == "ascending" else name)
        return Header(str(column.header), css, self._state.url(sort=following), direction)

    def _rows(self, records: list[Any]) -> list[dict[str, Any]]:
        urls = [self.row_url(record) for record in records]
        cells = row_html(self._bare_table, self._columns, records, urls)
        return [
            {"pk": record.pk, "label": str(record), "url": url, "cells": row}
            for record, url, row in zip(records, urls, cells, strict=True)
        ]
