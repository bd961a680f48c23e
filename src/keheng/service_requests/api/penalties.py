"""Penalty sheets over HTTP, for pay and appraisal systems (A6, decisions 10 and 11)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.org.acting import acting
from keheng.service_requests import permissions
from keheng.service_requests.enums import PenaltyKind, SheetState
from keheng.service_requests.models import PenaltySheet
from keheng.service_requests.queries.penalties import lines, with_sums

endpoints = Endpoints(_("Penalty sheets"))


class SheetOut(Schema):
    """A person's month in points."""

    id: int
    staff: str
    branch: str
    month: date
    state: SheetState
    deducted: Decimal
    offset: Decimal
    total: Decimal
    signed_at: datetime | None


class LineOut(Schema):
    """One entry; ``stands``: it has not been reversed."""

    id: int
    kind: PenaltyKind
    points: Decimal
    at: datetime
    request_id: int | None
    words: str
    stands: bool


class WholeSheetOut(SheetOut):
    """With every entry, the oldest first."""

    entries: list[LineOut]


class MonthQuestion(Schema):
    """The sheets of a month, named by any of its days."""

    month: date | None = None
    state: SheetState | None = None


@endpoints.get("", permission=permissions.VIEW, summary=_("Penalty sheets"), response=Page[SheetOut])
def sheets(request: HttpRequest, asked: Query[MonthQuestion], paging: Query[Paging]) -> dict[str, Any]:
    """One's own; for supervisors those of the branches in scope."""
    found = with_sums(PenaltySheet.objects.visible_to(acting(request)).select_related("staff", "branch"))
    if asked.month:
        found = found.filter(month=asked.month.replace(day=1))
    if asked.state:
        found = found.filter(state=asked.state)
    return page_of(found, paging, order=("-month", "-pk"), shape=lambda rows: [_sheet(row) for row in rows])


@endpoints.get("/{int:pk}", permission=permissions.VIEW, summary=_("One penalty sheet"), response=WholeSheetOut)
def sheet(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Every entry, explained."""
    visible = PenaltySheet.objects.visible_to(acting(request)).select_related("staff", "branch")
    found = get_object_or_404(with_sums(visible), pk=pk)
    entries = [
        {
            **{name: getattr(line.entry, name) for name in ("id", "kind", "points", "at", "request_id")},
            "words": line.words,
            "stands": line.stands,
        }
        for line in lines(found)
    ]
    return {**_sheet(found), "entries": entries}


def _sheet(row: Any) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("id", "month", "state", "signed_at")},
        "staff": row.staff.username,
        "branch": row.branch.code,
        "deducted": row.deducted or Decimal(0),
        "offset": row.offset_points or Decimal(0),
        "total": row.total or Decimal(0),
    }
