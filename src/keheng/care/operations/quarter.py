"""The quarterly statistics as a workbook; every one that is taken stands in the trail."""

from datetime import datetime
from io import BytesIO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook

from keheng.audit.operations import record
from keheng.care.queries.quarter import COLUMNS, Cell, Quarter, development, labels
from keheng.org.models import Role, Staff
from keheng.tiering.queries.schemes import TierLabel
from keheng.ui.excel import excel_cell
from keheng.ui.lists.export import watermark


def take_quarter(*, quarter: Quarter, actor: Staff, at: datetime) -> bytes:
    """One row a branch, position and band of the actor's scope, with who took it and when; no personal data."""
    cells, names = development(actor, quarter), labels()
    roles = {role.code: str(role) for role in Role.objects.all()}
    book = Workbook(write_only=True)
    sheet = book.create_sheet(quarter.code)
    sheet.freeze_panes = "A3"
    taken = watermark(actor.name, actor.username, at, quarter.code, len(cells))
    sheet.append([excel_cell(sheet, taken, italic=True)])
    heads = [_("Branch"), pgettext("of staff", "Position"), _("Band"), *COLUMNS.values()]
    sheet.append([excel_cell(sheet, str(head), bold=True) for head in heads])
    for cell in cells:
        sheet.append([excel_cell(sheet, value) for value in _values(cell, roles, names)])
    buffer = BytesIO()
    book.save(buffer)
    record("care.take_quarter", actor=actor, at=at, detail={"day": quarter.until.isoformat()})
    return buffer.getvalue()


def _values(cell: Cell, roles: dict[str, str], names: dict[str, TierLabel]) -> list[object]:
    band = names[cell.tier].name if cell.tier in names else cell.tier
    words = [cell.branch, roles.get(cell.role, cell.role), band]
    return [*words, *(getattr(cell, name) for name in COLUMNS)]
