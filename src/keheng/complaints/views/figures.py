"""Figures about complaints, the quarterly return, the checklist. Every number leads to its list."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.enums import ClockKind, RuleSet
from keheng.complaints.filters import NO_TIER
from keheng.complaints.operations.returns import make_return
from keheng.complaints.queries import figures
from keheng.complaints.queries.figures import Period
from keheng.complaints.queries.iso import checklist
from keheng.complaints.queries.regulator import quarter_of
from keheng.files.responses import download
from keheng.org.acting import acting
from keheng.service_requests.queries.names import tier_names
from keheng.ui.charts import Chart, Series
from keheng.ui.views import require

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DAYS = 90
_BARS = 12
_TRACKS = ("open", "overdue", "done", "failed")
_SPANS = {
    "list": ("registered_at_after", "registered_at_before"),
    "lessons": ("published_at_after", "published_at_before"),
    "figures": ("first", "last"),
}
"""How the address of a page names the first and the last day of a period."""


def figures_page(request: HttpRequest) -> HttpResponse:
    """The last ninety days, or the period that the address names."""
    require(request, permissions.VIEW)
    staff, today = acting(request), clock.today()
    period = _period(request, today)
    shares = figures.pareto(staff, period)
    found = figures.rates(staff, period)
    names = tier_names()
    context = {
        "period": period,
        "summary": figures.summary(staff, period, clock.now()),
        "links": {
            "registered": _list(period),
            "repeats": _list(period, is_repeat="true"),
            "regulator": _list(period, channel="regulator"),
            "major": _list(period, grade="2"),
            "open": reverse("complaints:list"),
        },
        "chart": _pareto_chart(shares[:_BARS], period),
        "shares": [(share, _list(period, cause=share.key) if share.key else _list(period)) for share in shares],
        "sets": [_set(found, rule_set, period) for rule_set in RuleSet],
        "repeaters": [(row, _list(period, customer=row["customer"])) for row in figures.repeaters(staff, period)],
        "tracks": {name: f"{reverse('complaints:list')}?when=any&measures={name}" for name in _TRACKS},
        "tracker": figures.measures(staff, today),
        "measures": figures.open_measures(staff),
        "today": today,
        "tiers": [
            (names.get(row.key, row.key) or _("no tier"), row, _list(period, tier=row.key or NO_TIER))
            for row in figures.by_tier(staff, period)
        ],
        "branches": [(row, _list(period, about=row.key)) for row in figures.by_branch(staff, period)],
        "may_export": staff.can(permissions.SUPERVISE),
    }
    return render(request, "complaints/figures.html", context)


def return_of_quarter(request: HttpRequest) -> HttpResponse:
    """The quarterly return as a workbook; the quarter of ``last``, which is the present one by default."""
    require(request, permissions.SUPERVISE)
    period = quarter_of(_day(request.GET.get("last"), clock.today()))
    content = make_return(period=period, actor=acting(request), at=clock.now())
    quarter = (period.first.month + 2) // 3
    return download(content, _XLSX, f"complaints-{period.first.year}Q{quarter}.xlsx")


def checklist_page(request: HttpRequest) -> HttpResponse:
    """The checklist of ISO 10002 over the last ninety days, or the period that the address names."""
    require(request, permissions.VIEW)
    period = _period(request, clock.today())
    points = [(point, _where(point.page, period)) for point in checklist(acting(request), period, clock.now())]
    return render(request, "complaints/checklist.html", {"points": points, "period": period})


def _set(found: list[figures.Rate], rule_set: RuleSet, period: Period) -> dict[str, Any]:
    """One set of rules: all its clocks together, then each, with the lists of what was judged and what was met."""
    rows = [figures.rate_of(found, rule_set), *(row for row in found if row.rule_set == rule_set)]
    return {
        "label": rule_set.label,
        "rows": [
            (
                str(ClockKind(row.kind).label) if row.kind else "",
                row,
                _judged(row, period),
                _judged(row, period, met=True),
            )
            for row in rows
        ],
    }


def _judged(row: figures.Rate, period: Period, *, met: bool = False) -> str:
    span = {"stopped_after": period.first.isoformat(), "stopped_before": period.last.isoformat()}
    clock_ = f"{row.rule_set}.{row.kind}" if row.kind else row.rule_set
    asked = {"when": "any", "judged": clock_, **({"met": "true"} if met else {}), **span}
    return f"{reverse('complaints:list')}?{urlencode(asked)}"


def _pareto_chart(shares: list[figures.Share], period: Period) -> Chart:
    return Chart(
        key="pareto",
        title=_("What are complaints about?"),
        kind="bar",
        categories=[share.name or _("not classified yet") for share in shares],
        series=[
            Series(
                _("Complaints"),
                [share.number for share in shares],
                links=[_list(period, cause=share.key) if share.key else _list(period) for share in shares],
                labels=True,
            )
        ],
        category_name=pgettext("complaint", "cause"),
        note=_("number of complaints, the most frequent causes"),
        tall=True,
    )


def _where(page: str, period: Period) -> str:
    """Where a point of the checklist is looked at: over its period, where the page has one."""
    if page == "list":
        return _list(period)
    address = reverse(f"complaints:{page}")
    return f"{address}?{urlencode(_span(page, period))}" if page in _SPANS else address


def _list(period: Period, **more: Any) -> str:
    return f"{reverse('complaints:list')}?{urlencode({'when': 'any', **more, **_span('list', period)})}"


def _span(page: str, period: Period) -> dict[str, str]:
    first, last = _SPANS[page]
    return {first: period.first.isoformat(), last: period.last.isoformat()}


def _period(request: HttpRequest, today: date) -> Period:
    last = _day(request.GET.get("last"), today)
    return Period(min(_day(request.GET.get("first"), last - timedelta(days=_DAYS - 1)), last), last)


def _day(text: str | None, default: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return default
