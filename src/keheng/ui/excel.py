"""A cell of a workbook as every file that leaves the house writes it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.encoding import force_str
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from keheng.common import clock


def excel_cell(sheet: Any, value: Any, *, bold: bool = False, italic: bool = False) -> Any:
    """A cell that shows a value: instants in Shanghai's time, text never as a formula nor with control characters."""
    if isinstance(value, datetime):
        value = value.astimezone(clock.SHANGHAI).replace(tzinfo=None)
    elif value is not None and not isinstance(value, str | int | float | Decimal | date):
        value = force_str(value)
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # text stays text: a name that starts with "=" is no formula
    elif isinstance(value, Decimal):
        cell.number_format = "#,##0.00"
    if bold or italic:
        cell.font = Font(bold=bold, italic=italic)
    return cell
