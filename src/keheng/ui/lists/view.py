"""The list page: one view, one template, its htmx fragment, its Excel file and its print."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from keheng.common import clock
from keheng.common.events import publish
from keheng.ui import operations
from keheng.ui.events import ListExported
from keheng.ui.lists import chips, export, paging
from keheng.ui.lists.cells import row_html
from keheng.ui.lists.columns import Table
from keheng.ui.lists.parts import (
    BulkAction,
    ColumnOption,
    EmptyState,
    Header,
    PageAction,
    PresetView,
    Tab,
    Text,
)
from keheng.ui.lists.state import PAGE_SIZES, ListState
from keheng.ui.lists.tabs import bound_tabs
from keheng.ui.lists.totals import COUNT_LIMIT, QUICK_LIMIT, Total, total_of
from keheng.ui.models import ColumnChoice, SavedView
from keheng.ui.views import PermissionMixin, require

_TAB_COUNT_LIMIT = 9_999


class ListView(PermissionMixin):
    """A list of records.

    Attributes:
        key: names the list in saved views, chosen columns and the audit trail.
        default_sort: the column sorted by when the address names none: ``"-aum"``.
        unit: the measure word of the rows, such as 位 for customers.
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
    preset_views: ClassVar[Sequence[PresetView]] = ()
    bulk_actions: ClassVar[Sequence[BulkAction]] = ()
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

    def sub(self, total: Total) -> str:
        """The words beside the title."""
        return f"{total} {self.unit}"

    def page_actions(self) -> Sequence[PageAction]:
        """The buttons of the page head, the primary one last."""
        return ()

    def empty_state(self) -> EmptyState:
        """What an empty list says while no filter is set."""
        return EmptyState(_("Nothing here yet"))

    def detour(self, rows: int) -> str:  # noqa: ARG002  # for overriding
        """Where so many rows are asked for instead of being handed out at once; empty: they may go."""
        return ""

    # -- answering ------------------------------------------------------------------------------------------------

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        match request.GET.get("format"):
            case "xlsx":
                return self._excel()
            case "print":
                return self._print()
        match request.GET.get("part"):
            case "counts":
                return self._counts()
            case "filter":
                return self._filter_panel(request.GET.get("name", ""))
        htmx: Any = request.htmx  # type: ignore[attr-defined]
        context = self._context()
        if htmx and htmx.target == "list":
            response = render(request, "ui/list.html#list", {**context, "oob": True})
        else:
            response = render(request, self.template_name, context)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Keep a view or a choice of columns, then come back to the list as it was."""
        owner_id = self._owner_id
        back = ListState.of(QueryDict(request.POST.get("query", ""))).query
        match request.POST.get("action"):
            case "save-view":
                try:
                    operations.save_view(
                        owner_id=owner_id, list_key=self.key, name=request.POST.get("name", "").strip(), query=back
                    )
                except ValidationError as error:
                    messages.error(request, " ".join(error.messages))
            case "delete-view" if request.POST.get("view", "").isdecimal():
                operations.delete_view(owner_id=owner_id, list_key=self.key, view_id=int(request.POST["view"]))
                back = ""
            case "columns":
                wanted = request.POST.getlist("column")
                names = [option.name for option in self._column_options if option.name in wanted]
                operations.choose_columns(owner_id=owner_id, list_key=self.key, columns=names)
            case "reset-columns":
                operations.choose_columns(owner_id=owner_id, list_key=self.key, columns=None)
            case _:
                raise BadRequest
        return HttpResponseRedirect(f"{request.path}?{back}" if back else request.path)

    @classmethod
    def selection(cls, request: HttpRequest) -> QuerySet[Any]:
        """The rows that a bulk action was posted for: those ticked, or all that match the list's filters."""
        view = cls()
        view.setup(request)
        if request.POST.get("all") == "1":
            return view._filtered(QueryDict(request.POST.get("query", "")))
        keys = [key for key in request.POST.getlist("pk") if key.isdecimal()]
        return view.get_queryset().filter(pk__in=keys)

    # -- outside a request ----------------------------------------------------------------------------------------

    @classmethod
    def for_user(cls, user: Any, query: str) -> Self:
        """The list as the user sees it under a query, for work that is done without a request."""
        request = HttpRequest()
        request.method, request.GET, request.user = "GET", QueryDict(query), user
        view = cls()
        view.setup(request)
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

    def workbook(self, columns: Sequence[str], limit: int, watermark: Callable[[str, int], str]) -> tuple[bytes, int]:
        """The rows as an Excel file with these columns, and how many they are.

        Args:
            watermark: filters in words and number of rows → the line above them.

        Raises:
            TooManyRowsError: more rows than ``limit`` match.
        """
        number = self.count_up_to(limit)
        if number > limit:
            raise export.TooManyRowsError(limit)
        hidden = [option.name for option in self._column_options if option.name not in columns]
        made = export.Export(
            title=str(self.title),
            watermark=watermark(self.filters_in_words, number),
            headers=[str(column.header) for column in self._bare_table.columns if column.name not in hidden],
            records=export.batches(self.row_queryset(self._queryset).order_by(*self._order), self.decorate),
            table=self.table_class([], exclude=tuple(hidden)),
        )
        return export.excel_bytes(made), number

    # -- the page -------------------------------------------------------------------------------------------------

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

    def _filterset_of(self, query: QueryDict) -> Any:
        if self.filterset_class is None:
            return None
        filterset = self.filterset_class(query, queryset=self.get_queryset(), request=self.request)
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

    def _context(self) -> dict[str, Any]:
        state, queryset = self._state, self._queryset
        total = self.total(queryset, QUICK_LIMIT)
        number = state.page
        if total.exact:
            number = min(number, max(-(-total.value // state.size), 1))
        keys = paging.page_keys(queryset, self._order, number, state.size)
        page = paging.Page(number, state.size, len(keys), total)
        filterset, tabs = self._filterset, self._tabs(counted=False)
        return {
            "list": self,
            "state": state,
            "page": page,
            "total": total,
            "sub_text": self.sub(total),
            "headers": self._headers(),
            "rows": self._rows(self.decorate(paging.in_order(self._page_queryset(), keys))),
            "chips": [] if filterset is None else chips.chips(filterset, state),
            "search": chips.search_field(filterset),
            "problems": [] if filterset is None else chips.problems(filterset),
            "tabs": tabs,
            "can_save": bool(state.query) and not any(tab.active for tab in tabs),
            "columns": self._column_options,
            "sizes": PAGE_SIZES,
            "bulk": self._bulk,
            "may_export": self._may_export,
            "empty": self.empty_state(),
            "sort": self._sort,
        }

    def _counts(self) -> HttpResponse:
        """What is counted once the page is there: the views, and the rows where that took too long before."""
        context: dict[str, Any] = {"tabs": self._tabs(counted=True)}
        if not self.total(self._queryset, QUICK_LIMIT).exact:
            total = self.total(self._queryset, COUNT_LIMIT)
            context |= {"total": total, "sub_text": self.sub(total), "oob": True}
        return render(self.request, "ui/list_counts.html", context)

    def _filter_panel(self, name: str) -> HttpResponse:
        """The controls of one filter, loaded when its chip is opened."""
        filterset = self._filterset
        if filterset is None or name not in filterset.filters or name == chips.SEARCH:
            raise Http404
        panel = chips.panel(filterset, name, self.facet(name, self.get_queryset()))
        return render(self.request, "ui/list.html#panel", {"panel": panel})

    def _page_queryset(self) -> QuerySet[Any]:
        model: type[Model] = self._queryset.model
        return self.row_queryset(model._default_manager.all())

    @cached_property
    def _bulk(self) -> list[tuple[BulkAction, str]]:
        user: Any = self.request.user
        return [
            (action, reverse(action.url_name))
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

    def _headers(self) -> list[Header]:
        return [self._header(column) for column in self._bare_table.columns if column.name not in self._hidden]

    def _header(self, column: Any) -> Header:
        name, css = column.name, column.column.attrs.get("th", {}).get("class", "")
        if not column.orderable:
            return Header(str(column.header), css)
        direction = {name: "ascending", f"-{name}": "descending"}.get(self._sort, "")
        first = f"-{name}" if column.column.initial_sort_descending else name
        following = first if not direction else (f"-{name}" if direction == "ascending" else name)
        return Header(str(column.header), css, self._state.url(sort=following), direction)

    def _rows(self, records: list[Any]) -> list[dict[str, Any]]:
        table = self.table_class(records, exclude=self._hidden)
        urls = [self.row_url(record) for record in records]
        return [
            {"pk": record.pk, "label": str(record), "url": url, "cells": cells}
            for record, url, cells in zip(records, urls, row_html(table, records, urls), strict=True)
        ]

    # -- views as tabs --------------------------------------------------------------------------------------------

    @cached_property
    def _saved_views(self) -> list[SavedView]:
        return list(SavedView.objects.filter(owner_id=self._owner_id, list_key=self.key))

    def _tabs(self, *, counted: bool) -> list[Tab]:
        views = [
            (str(self.all_label), "", None),
            *((str(preset.label), preset.query, None) for preset in self.preset_views),
            *((view.name, view.query, view.pk) for view in self._saved_views),
        ]
        count_of = self._tab_count if counted else lambda _query: ""
        return bound_tabs(views, self.request.path, self._state.query, count_of)

    def _tab_count(self, query: str) -> str:
        if not query:
            return str(self.total(self._filtered(QueryDict()), COUNT_LIMIT))
        number = self._filtered(QueryDict(query)).order_by()[: _TAB_COUNT_LIMIT + 1].count()
        return f"{number:,}" if number <= _TAB_COUNT_LIMIT else f"{_TAB_COUNT_LIMIT:,}+"

    # -- out of the system ----------------------------------------------------------------------------------------

    def _export(self, form: str, limit: int) -> "export.Export":
        if not self.export_permission:
            raise PermissionDenied(_("This list is not for export."))
        require(self.request, self.export_permission)
        number = self._queryset.order_by()[: limit + 1].count()
        if number > limit:
            raise export.TooManyRowsError(limit)
        user: Any = self.request.user
        filters, at = self.filters_in_words, clock.now()
        kept = "" if self._filterset is None else chips.in_words(self._filterset, for_trail=True)
        publish(ListExported(actor=user, list_key=self.key, form=form, rows=number, filters=kept, at=at))
        return export.Export(
            title=str(self.title),
            watermark=export.watermark(user.name, user.username, at, filters, number),
            headers=[header.label for header in self._headers()],
            records=export.batches(self.row_queryset(self._queryset).order_by(*self._order), self.decorate),
            table=self.table_class([], exclude=self._hidden),
        )

    def _detour(self, limit: int) -> HttpResponse | None:
        """To where the rows are asked for, where the list has such a place for so many."""
        if not self._may_export:
            return None
        url = self.detour(self.count_up_to(limit))
        return HttpResponseRedirect(url) if url else None

    def _excel(self) -> HttpResponseBase:
        if elsewhere := self._detour(export.EXCEL_LIMIT):
            return elsewhere
        try:
            made = self._export("xlsx", export.EXCEL_LIMIT)
        except export.TooManyRowsError as error:
            return self._refused(str(error))
        return export.excel_response(made, f"{self.title}-{clock.today():%Y%m%d}.xlsx")

    def _print(self) -> HttpResponse:
        if elsewhere := self._detour(export.PRINT_LIMIT):
            return elsewhere
        try:
            made = self._export("print", export.PRINT_LIMIT)
        except export.TooManyRowsError as error:
            return self._refused(str(error))
        rows = [row for batch in made.records for row in self._rows(batch)]
        return render(self.request, "ui/list_print.html", {"export": made, "headers": self._headers(), "rows": rows})

    def _refused(self, reason: str) -> HttpResponse:
        messages.error(self.request, reason)
        return HttpResponseRedirect(f"{self.request.path}{self._state.url()}")
