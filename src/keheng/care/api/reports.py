"""What people hand in over HTTP: summaries of the day, month group analyses and their reviews (A4)."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.care.enums.reports import AnalysisState, DayState
from keheng.care.models import DayReport, MonthAnalysis
from keheng.care.models.analysis import SECTIONS
from keheng.care.operations.analysis import review_analysis, write_analysis
from keheng.care.operations.day import begin_day_report, save_day_report
from keheng.care.permissions.contacts import COMPLIANCE, LOG, VIEW
from keheng.care.queries.analysis import draft_sections, group_figures
from keheng.common import clock
from keheng.org.acting import acting

endpoints = Endpoints(_("Summaries and analyses"))
type Words = Annotated[str, Field(max_length=4000)]


class DayReportOut(Schema):
    """A summary of the day; ``figures`` are counts of that evening. No ``id``: begun from the data, not yet kept."""

    id: int | None
    staff: str
    day: date
    state: DayState
    figures: dict[str, Any]
    summary: str
    plan: str
    comment: str


class DayReportIn(Schema):
    """Today's words; ``hand_in``: to whoever leads the writer."""

    summary: Words
    plan: Words
    hand_in: bool = False


class AnalysisOut(Schema):
    """A month group analysis; ``late``: it should have been handed in, or reviewed, by now."""

    id: int
    staff: str
    branch: str
    month: date
    state: AnalysisState
    write_by: date
    review_by: date
    late: bool
    handed_in_at: datetime | None
    reviewed_at: datetime | None
    comment: str


class SectionsOut(AnalysisOut):
    """With its words by section, drafted from the data where nothing is written yet, and the figures behind them."""

    sections: dict[str, str]
    figures: dict[str, Any]


class AnalysisQuestion(Paging):
    """Which analyses; ``month``: any day of it."""

    month: date | None = None
    state: AnalysisState | None = None


class SectionsIn(Schema):
    """The words by section; sections that are left out are empty."""

    sections: dict[str, Annotated[str, Field(max_length=2000)]]
    hand_in: bool = False


class ReviewIn(Schema):
    """Approved, or returned with a comment."""

    approve: bool
    comment: Annotated[str, Field(max_length=400)] = ""


@endpoints.get("/days", permission=VIEW, summary=_("Summaries of the day"), response=Page[DayReportOut])
def days(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """One's own, and those that one's people have handed in, the newest first."""
    found = DayReport.objects.visible_to(acting(request)).select_related("staff")
    return page_of(found, paging, order=("-day", "-pk"), shape=lambda rows: [_day(row) for row in rows])


@endpoints.get("/days/today", permission=LOG, summary=_("My summary of today"), response=DayReportOut)
def today(request: HttpRequest) -> dict[str, Any]:
    """As it was kept, or begun from the day's data."""
    return _day(begin_day_report(actor=acting(request), at=clock.now()))


@endpoints.put("/days/today", permission=LOG, summary=_("Sum up my day"), response=DayReportOut)
def sum_up(request: HttpRequest, sent: DayReportIn) -> dict[str, Any]:
    """Kept, or handed in."""
    now = clock.now()
    return _day(save_day_report(day=clock.today(), actor=acting(request), at=now, **sent.model_dump()))


@endpoints.get("/analyses", permission=VIEW, summary=_("Month group analyses"), response=Page[AnalysisOut])
def analyses(request: HttpRequest, asked: Query[AnalysisQuestion]) -> dict[str, Any]:
    """Of oneself and of the people of one's scope, the newest first."""
    found = MonthAnalysis.objects.visible_to(acting(request)).select_related("staff", "branch")
    if asked.month:
        found = found.filter(month=asked.month.replace(day=1))
    if asked.state:
        found = found.filter(state=asked.state)
    return page_of(found, asked, order=("-month", "-pk"), shape=lambda rows: [_analysis(row) for row in rows])


@endpoints.get("/analyses/{int:pk}", permission=VIEW, summary=_("A month group analysis"), response=SectionsOut)
def analysis(request: HttpRequest, pk: int) -> dict[str, Any]:
    """With its words and figures."""
    return _sections(_visible(request, pk))


@endpoints.put("/analyses/{int:pk}", permission=LOG, summary=_("Write a month group analysis"), response=SectionsOut)
def write(request: HttpRequest, pk: int, sent: SectionsIn) -> dict[str, Any]:
    """By whoever looks after the customers."""
    given: dict[str, Any] = {"sections": sent.sections, "hand_in": sent.hand_in}
    return _sections(write_analysis(analysis=_visible(request, pk), actor=acting(request), at=clock.now(), **given))


@endpoints.post(
    "/analyses/{int:pk}/review", permission=COMPLIANCE, summary=_("Review a month group analysis"), response=AnalysisOut
)
def review(request: HttpRequest, pk: int, sent: ReviewIn) -> dict[str, Any]:
    """By whoever leads the writer; the writer is told."""
    given: dict[str, Any] = {"approve": sent.approve, "comment": sent.comment}
    return _analysis(review_analysis(analysis=_visible(request, pk), actor=acting(request), at=clock.now(), **given))


def _visible(request: HttpRequest, pk: int) -> MonthAnalysis:
    known = MonthAnalysis.objects.visible_to(acting(request)).select_related("staff", "branch")
    return get_object_or_404(known, pk=pk)


def _day(row: DayReport) -> dict[str, Any]:
    names = ("day", "state", "figures", "comment")
    words = {"summary": row.summary or "", "plan": row.plan or ""}
    return {"id": row.pk, "staff": row.staff.username, **words, **{name: getattr(row, name) for name in names}}


def _analysis(row: MonthAnalysis) -> dict[str, Any]:
    names = ("month", "state", "write_by", "review_by", "handed_in_at", "reviewed_at", "comment")
    shown = {name: getattr(row, name) for name in names}
    late = row.is_late(clock.today())
    return {"id": row.pk, "staff": row.staff.username, "branch": row.branch.name, "late": late, **shown}


def _sections(row: MonthAnalysis) -> dict[str, Any]:
    figures = row.figures or group_figures(row.staff, row.month)
    written = {name: getattr(row, name) or "" for name in SECTIONS}
    return {
        **_analysis(row),
        "figures": figures,
        "sections": written if any(written.values()) else draft_sections(figures),
    }
