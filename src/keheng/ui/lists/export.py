"""Rows leave as an Excel file or on paper, each bearing who took them, when and what was asked."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import batched
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _
from openpyxl import Workbook

from keheng.common import clock
from keheng.ui.excel import excel_cell
from keheng.ui.lists.cells import cells_of
from keheng.ui.lists.columns import Table

EXCEL_LIMIT = 50_000
PRINT_LIMIT = 1_000
_BATCH = 1_000
_EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class TooManyRowsError(Exception):
    """More rows than one export carries."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            _("More than %(limit)s rows match. Narrow the filters and export again.") % {"limit": f"{limit:,}"}
        )


@dataclass(frozen=True)
class Export:
    """What is to be written: the rows come in batches, ``table`` says what of them."""

    title: str
    watermark: str
    headers: Sequence[str]
    records: Iterable[list[Any]]
    table: Table


def watermark(name: str, username: str, at: datetime, filters: str, rows: int) -> str:
    """The line that goes with every export."""
    return _("Exported by %(name)s (%(username)s) at %(at)s · filters: %(filters)s · %(rows)s rows") % {
        "name": name,
        "username": username,
        "at": f"{at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}",
        "filters": filters or _("none"),
        "rows": f"{rows:,}",
    }


def batches(queryset: QuerySet[Any], decorate: Callable[[list[Any]], list[Any]]) -> Iterator[list[Any]]:
    """The rows in lists of a thousand, read by a cursor on the server."""
    for batch in batched(queryset.iterator(chunk_size=_BATCH), _BATCH, strict=False):
        yield decorate(list(batch))


def excel_response(export: Export, filename: str) -> FileResponse:
    """Write the workbook to a temporary file, row by row, and send it."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  # the response closes it
    _workbook(export).save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=filename, content_type=_EXCEL_TYPE)


def excel_bytes(export: Export) -> bytes:
    """The workbook as a whole, for the worker to keep."""
    buffer = BytesIO()
    _workbook(export).save(buffer)
    return buffer.getvalue()


def _workbook(export: Export) -> Workbook:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(export.title[:31])
    sheet.freeze_panes = "A3"
    sheet.append([excel_cell(sheet, export.watermark, italic=True)])
    sheet.append([excel_cell(sheet, header, bold=True) for header in export.headers])
    cells = cells_of(export.table, export.table.columns, "value")
    for records in export.records:
        for record in records:
            sheet.append([excel_cell(sheet, cell(record)) for cell in cells])
    return book
