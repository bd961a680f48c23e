"""A copy as a file: PDF to read, Excel to sort, JSON to take elsewhere (PIPL 45); each says who made it and when."""

import json
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from openpyxl import Workbook

from keheng.common.clock import SHANGHAI
from keheng.customers.enums import FileForm
from keheng.customers.privacy.copies import Table
from keheng.ui.excel import excel_cell

MEDIA_TYPES = {
    FileForm.PDF: "application/pdf",
    FileForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileForm.JSON: "application/json",
}


def render(form: FileForm, *, title: str, watermark: str, tables: Sequence[Table], at: datetime) -> bytes:
    """The file's content."""
    match form:
        case FileForm.PDF:
            from keheng.customers.privacy.pdf import pdf  # slow to load

            return pdf(title, watermark, tables)
        case FileForm.XLSX:
            return _workbook(watermark, tables)
        case FileForm.JSON:
            return _json(title, watermark, tables, at)


def _workbook(watermark: str, tables: Sequence[Table]) -> bytes:
    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.title[:31].replace("/", " "))
        sheet.append([excel_cell(sheet, watermark, italic=True)])
        sheet.append([excel_cell(sheet, header, bold=True) for header in table.headers])
        for row in table.rows:
            sheet.append([excel_cell(sheet, text) for text in row])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _json(title: str, watermark: str, tables: Sequence[Table], at: datetime) -> bytes:
    content = {
        "title": title,
        "made": f"{at.astimezone(SHANGHAI):%Y-%m-%dT%H:%M:%S%z}",
        "mark": watermark,
        "sections": [
            {"title": table.title, "rows": [dict(zip(table.headers, row, strict=True)) for row in table.rows]}
            for table in tables
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
