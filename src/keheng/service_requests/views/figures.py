"""Figures of the desk: in time, how long, first contact, reopened, backlog, arrivals. Every number has its list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff
from keheng.service_requests import permissions
from keheng.service_requests.filters import NO_TIER
from keheng.service_requests.queries import board, reports
from keheng.service_requests.queries.catalogue import catalogue_on
from keheng.service_requests.queries.handled import MINUTES, opened_when
from keheng.service_requests.queries.names import tier_names
from keheng.ui.views import require

_HOURS = range(8, 18)
_DAYS = 30
_SHADES = 5
_MINUTE = timedelta(minutes=1)
_AGE_NAMES: Sequence[Any] = (
    gettext_lazy("less than 1 hour"),
    gettext_lazy("1 to 4 hours"),
    gettext_lazy("4 to 24 hours"),
    gettext_lazy("1 to 3 days"),
    gettext_lazy("3 to 7 days"),
    gettext_lazy("a week and more"),
)
"""The classes of ``handled.AGES`` in words."""


@dataclass(frozen=True)
class Cell:
    """A number with its list; ``shade``: from 0, none, to 5, the most of its table or row."""

    number: int
    url: str
    shade: int = 0


@dataclass(frozen=True)
class _Period:
    """From ``first`` to ``last``, both included, and the addresses of lists over it."""

    first: date
    last: date

    def done(self, **more: Any) -> str:
        """Those whose handling ended in the period."""
        return _list(**more, **self._span("done_at"))

    def opened(self, **more: Any) -> str:
        """Those that came in the period."""
        return _list(**more, **self._span("opened_at"))

    def _span(self, name: str) -> dict[str, str]:
        return {f"{name}_after": self.first.isoformat(), f"{name}_before": self.last.isoformat()}


def figures(request: HttpRequest) -> HttpResponse:
    """The last thirty days, or the period that the address names."""
    require(request, permissions.VIEW)
    staff, at, today = acting(request), clock.now(), clock.today()
    last = _day(request.GET.get("last"), today)
    period = _Period(min(_day(request.GET.get("first"), last - timedelta(days=_DAYS - 1)), last), last)
    by = request.GET.get("by", "business")
    by = by if by in reports.PATHS else "business"
    rows = reports.in_time(staff, by, period.first, period.last)
    context = {
        "period": period,
        "by": by,
        "ways": [
            ("business", _("Business")),
            ("tier", _("Tier")),
            ("assignee", _("Handled by")),
            ("branch", _("Outlet")),
        ],
        "all": _in_time_row("", {}, reports.total(rows), period),
        "rows": _in_time_rows(by, rows, period),
        "summary": reports.summary(staff, period.first, period.last),
        "opened_url": period.opened(),
        "rated_url": period.opened(rating=range(1, 6)),
        "class_names": _class_names(),
        "spreads": _spreads(staff, period),
        "age_names": _AGE_NAMES,
        "backlog": _backlog(staff, at),
        **_heat(reports.arrivals(staff, period.first, period.last), period),
    }
    return render(request, "service_requests/figures.html", context)


def _in_time_rows(by: str, rows: list[reports.Row], period: _Period) -> list[dict[str, Any]]:
    keys = [row.key for row in rows]
    names: dict[str, str]
    match by:
        case "business":
            names = _businesses()
        case "tier":
            names = {**tier_names(), "": _("no tier")}
        case "assignee":
            names = {str(member.pk): member.name for member in Staff.objects.filter(pk__in=keys)}
        case _:
            names = {str(branch.pk): branch.name for branch in Branch.objects.filter(pk__in=keys)}
    asked = "outlet" if by == "branch" else by
    return [_in_time_row(names.get(row.key, row.key), {asked: row.key or NO_TIER}, row, period) for row in rows]


def _in_time_row(name: str, asked: dict[str, str], row: reports.Row, period: _Period) -> dict[str, Any]:
    """A row with a list behind each of its numbers."""
    return {
        "name": name,
        "row": row,
        "done": Cell(row.done, period.done(**asked)),
        "met": Cell(row.met, period.done(**asked, in_time="true")),
        "late": Cell(row.late, period.done(**asked, in_time="false")),
        "at_once": Cell(row.at_once, period.done(**asked, at_once="true")),
        "reopened": Cell(row.reopened, period.done(**asked, reopened="true")),
        "at_once_rate": row.at_once / row.done if row.done else None,
        "reopened_rate": row.reopened / row.done if row.done else None,
    }


def _spreads(staff: Staff, period: _Period) -> list[dict[str, Any]]:
    """Businesses with their quartiles, and a cell for each class of handling times."""
    names, edges = _businesses(), [0, *MINUTES, None]
    found = []
    for spread in reports.spreads(staff, period.first, period.last):
        asked = {"business": spread.key} if spread.key else {}
        most = max(spread.classes)
        found.append(
            {
                "name": names.get(spread.key, spread.key),
                "all": Cell(spread.number, period.done(**asked)),
                "quartiles": [
                    (quartile, period.done(**asked, took_max=f"{quartile / _MINUTE:.4f}"))
                    for quartile in spread.quartiles
                ],
                "cells": [
                    Cell(
                        number,
                        period.done(**asked, **_took(edges[place], edges[place + 1])),
                        _shade(number, most),
                    )
                    for place, number in enumerate(spread.classes)
                ],
            }
        )
    return found


def _took(low: int | None, high: int | None) -> dict[str, int]:
    return {**({"took_min": low} if low else {}), **({"took_max": high} if high else {})}


def _class_names() -> list[str]:
    """The classes of handling times in words: up to 5 minutes, … 15, …, more than 4 hours."""
    pairs = zip([0, *MINUTES], MINUTES, strict=False)
    between = [_("%(low)d to %(high)d min") % {"low": low, "high": high} for low, high in pairs]
    return [*between, _("from %(low)d min") % {"low": MINUTES[-1]}]


def _backlog(staff: Staff, at: datetime) -> list[tuple[str, Cell, list[Cell]]]:
    """States with how many are open, and for how long."""
    found = reports.backlog(staff, at)
    most = max(found.values(), default=0)
    places = range(len(_AGE_NAMES))
    rows = []
    for state in board.COLUMNS:
        numbers = [found.get((state, place), 0) for place in places]
        cells = [
            Cell(number, _list(state=state, **_opened(place, at)), _shade(number, most))
            for place, number in enumerate(numbers)
        ]
        rows.append((str(state.label), Cell(sum(numbers), _list(state=state)), cells))
    return rows


def _opened(place: int, at: datetime) -> dict[str, str]:
    """The instants of a class of ages, so that its list stays what was counted."""
    since, until = opened_when(place, at)
    return {
        **({"moment_after": since.isoformat()} if since else {}),
        **({"moment_before": until.isoformat()} if until else {}),
    }


def _heat(found: Sequence[tuple[int, int, int]], period: _Period) -> dict[str, Any]:
    """Weekdays and hours with their arrivals; hours outside of the usual ones only where somebody came."""
    numbers = {(weekday, hour): number for weekday, hour, number in found}
    came = [hour for _weekday, hour in numbers]
    hours = range(min([_HOURS.start, *came]), max([_HOURS.stop - 1, *came]) + 1)
    most = max(numbers.values(), default=0)
    days = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))

    def cell(weekday: int, hour: int) -> Cell:
        number = numbers.get((weekday, hour), 0)
        return Cell(number, period.opened(weekday=weekday, hour=hour), _shade(number, most))

    def whole_day(weekday: int) -> Cell:
        return Cell(sum(numbers.get((weekday, hour), 0) for hour in hours), period.opened(weekday=weekday))

    return {
        "hours": hours,
        "heat": [
            (name, [cell(weekday, hour) for hour in hours], whole_day(weekday)) for weekday, name in enumerate(days, 1)
        ],
    }


def _businesses() -> dict[str, str]:
    language = get_language() or ""
    return {about.code: about.told(language) for about in catalogue_on(clock.today()).businesses.values()}


def _list(**asked: Any) -> str:
    """The address of the request list; open and done ones unless asked otherwise."""
    return f"{reverse('service_requests:desk')}?{urlencode({'when': 'any', **asked}, doseq=True)}"


def _shade(number: int, most: int) -> int:
    """From 0, nobody, to 5, the most."""
    return -(-_SHADES * number // most) if most else 0


def _day(text: str | None, default: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return default
