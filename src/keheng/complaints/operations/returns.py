"""The quarterly return as a workbook; every one that is made stands in the trail."""

from datetime import datetime
from io import BytesIO

from django.utils.translation import gettext as _
from openpyxl import Workbook

from keheng.audit.operations import record
from keheng.complaints.models import Complaint
from keheng.complaints.queries.figures import Period
from keheng.complaints.queries.regulator import single, totals
from keheng.org.models import Staff
from keheng.ui.excel import excel_cell


def make_return(*, period: Period, actor: Staff, at: datetime) -> bytes:
    """Two sheets, totals and single complaints, over what the actor sees; no personal data."""
    book = Workbook(write_only=True)
    for title, rows in ((_("Totals"), iter(totals(actor, period))), (_("Single complaints"), single(actor, period))):
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "A2"
        for place, row in enumerate(rows):
            sheet.append([excel_cell(sheet, value, bold=not place) for value in row])
    buffer = BytesIO()
    book.save(buffer)
    record(
        "complaints.export_register",
        actor=actor,
        at=at,
        detail={"first": period.first.isoformat(), "last": period.last.isoformat()},
    )
    return buffer.getvalue()


def note_print(*, complaint: Complaint, sheet: str, actor: Staff, at: datetime) -> None:
    """Note in the trail that somebody prints a sheet of a complaint."""
    record("complaints.print_sheet", actor=actor, at=at, target=complaint, detail={"sheet": sheet})
