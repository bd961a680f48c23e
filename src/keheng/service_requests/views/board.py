"""Figures of the desk: in time by business, tier, person, outlet; arrivals. Every number leads to its list."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff
from keheng.service_requests import permissions
from keheng.service_requests.queries import reports
from keheng.service_requests.queries.catalogue import catalogue_on
from keheng.service_requests.queries.names import tier_names
from keheng.ui.views import require

_HOURS = range(8, 18)
_DAYS = 30


def board(request: HttpRequest) -> HttpResponse:
    """The last thirty days, or the period that the address names."""
    require(request, permissions.VIEW)
    staff, last = acting(request), _day(request.GET.get("last"), clock.today())
    first = min(_day(request.GET.get("first"), last - timedelta(days=_DAYS - 1)), last)
    by = request.GET.get("by", "business")
    by = by if by in reports.PATHS else "business"
    rows = reports.in_time(staff, by, first, last)
    found = {(weekday, hour): number for weekday, hour, number in reports.arrivals(staff, first, last)}
    most = max(found.values(), default=0)
    context = {
        "first": first,
        "last": last,
        "by": by,
        "ways": [
            ("business", _("Business")),
            ("tier", _("Tier")),
            ("assignee", _("Handled by")),
            ("branch", _("Outlet")),
        ],
        "rows": [(name, row, url) for row, (name, url) in zip(rows, _told(by, rows, first, last), strict=True)],
        "summary": reports.summary(staff, first, last),
        "hours": _HOURS,
        "heat": [
            (name, [(found.get((number, hour), 0), _shade(found.get((number, hour), 0), most)) for hour in _HOURS])
            for number, name in enumerate((_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")), 1)
        ],
        "all_url": _list(first, last, when="any"),
    }
    return render(request, "service_requests/board.html", context)


def _told(by: str, rows: list[reports.Row], first: date, last: date) -> list[tuple[str, str]]:
    """The name of each row, and the address of its list where the list has such a filter."""
    keys = [row.key for row in rows]
    names: dict[str, str]
    match by:
        case "business":
            language = get_language() or ""
            names = {about.code: about.told(language) for about in catalogue_on(clock.today()).businesses.values()}
        case "tier":
            names = tier_names()
        case "assignee":
            names = {str(member.pk): member.name for member in Staff.objects.filter(pk__in=[k for k in keys if k])}
        case _:
            names = {str(branch.pk): branch.name for branch in Branch.objects.filter(pk__in=keys)}
    return [
        (
            names.get(key, key) or _("nobody"),
            _list(first, last, when="any", **{by: key}) if key and by != "tier" else _list(first, last, when="any"),
        )
        for key in keys
    ]


def _list(first: date, last: date, **more: Any) -> str:
    period = {"opened_at_min": first.isoformat(), "opened_at_max": last.isoformat()}
    return f"{reverse('service_requests:desk')}?{urlencode({**more, **period})}"


def _shade(number: int, most: int) -> int:
    """From 0, nobody, to 5, the busiest hour."""
    return -(-5 * number // most) if most else 0


def _day(text: str | None, default: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return default
