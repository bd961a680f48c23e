"""Rows that leave a list: as an Excel file or on paper, at once or, where there are many, after being asked for."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from keheng.common.clock import SHANGHAI
from keheng.common.events import publish
from keheng.ui.events import ListExported
from keheng.ui.lists import chips, export
from keheng.ui.lists.rows import ListRows
from keheng.ui.views import require


class LeavingRows(ListRows):
    """The part of a list that hands its rows out; each time is told as ``ListExported``."""

    def detour(self, rows: int) -> str:  # noqa: ARG002  # for overriding
        """Where so many rows are asked for instead of being handed out at once; empty: they may go."""
        return ""

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

    def _export(self, form: str, limit: int, at: datetime) -> "export.Export":
        if not self.export_permission:
            raise PermissionDenied(_("This list is not for export."))
        require(self.request, self.export_permission)
        number = self._queryset.order_by()[: limit + 1].count()
        if number > limit:
            raise export.TooManyRowsError(limit)
        user: Any = self.request.user
        filters = self.filters_in_words
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

    def _excel(self, at: datetime) -> HttpResponseBase:
        if elsewhere := self._detour(export.EXCEL_LIMIT):
            return elsewhere
        try:
            made = self._export("xlsx", export.EXCEL_LIMIT, at)
        except export.TooManyRowsError as error:
            return self._refused(str(error))
        return export.excel_response(made, f"{self.title}-{at.astimezone(SHANGHAI):%Y%m%d}.xlsx")

    def _print(self, at: datetime) -> HttpResponse:
        if elsewhere := self._detour(export.PRINT_LIMIT):
            return elsewhere
        try:
            made = self._export("print", export.PRINT_LIMIT, at)
        except export.TooManyRowsError as error:
            return self._refused(str(error))
        rows = [row for batch in made.records for row in self._rows(batch)]
        return render(self.request, "ui/list_print.html", {"export": made, "headers": self._headers(), "rows": rows})

    def _refused(self, reason: str) -> HttpResponse:
        messages.error(self.request, reason)
        return HttpResponseRedirect(f"{self.request.path}{self._state.url()}")
