"""The service calendar: a year at a glance, its holidays and make-up days, the hours of service."""

from calendar import Calendar
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.org import operations, permissions, queries
from keheng.org.acting import acting
from keheng.org.enums import DayKind
from keheng.org.forms import SHORT_WEEKDAYS, WEEKDAYS, DayForm, HoursForm, ImportDaysForm
from keheng.org.models import CalendarDay, ServiceCalendar
from keheng.org.views.parts import OperationForm, refused
from keheng.ui.views import require

_FIRST_YEAR, _LAST_YEAR = 2004, 2100


def calendar_page(request: HttpRequest) -> HttpResponse:
    """A year as twelve grids; a chosen day can be changed."""
    require(request, permissions.VIEW)
    today = clock.today()
    chosen = _date(request.GET.get("day"))
    year = chosen.year if chosen else _year(request.GET.get("year"), today.year)
    days = queries.days_of_year(year)
    context = {
        "year": year,
        "months": [_month(year, month, days, today, chosen) for month in range(1, 13)],
        "weekdays": [{"number": n, "name": name, "short": SHORT_WEEKDAYS[n]} for n, name in enumerate(WEEKDAYS)],
        "counts": queries.counts_of_days(year),
        "known_until": queries.known_until(),
        "calendars": ServiceCalendar.objects.prefetch_related("periods"),
        "may_manage": permissions.can_manage(acting(request)),
        "chosen": chosen,
        "form": _day_form(chosen, days.get(chosen)) if chosen else None,
        "import_form": ImportDaysForm(),
    }
    return render(request, "org/calendar.html", context)


@require_POST
def set_day(request: HttpRequest) -> HttpResponse:
    """Make a date a holiday or a make-up day, or let it follow its weekday again."""
    form = DayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a day and what it is."))
        return redirect("org:calendar")
    day, kind, actor = form.cleaned_data["day"], form.cleaned_data["kind"], acting(request)
    try:
        if kind == DayForm.FOLLOWS:
            operations.clear_day(day=day, actor=actor, at=clock.now())
        else:
            operations.set_day(day=day, kind=DayKind(kind), name=form.cleaned_data["name"], actor=actor, at=clock.now())
    except ValidationError as error:
        refused(request, error)
    else:
        messages.success(request, _("%(day)s has been saved.") % {"day": day})
    return redirect(f"{reverse('org:calendar')}?day={day}")


@require_POST
def import_days(request: HttpRequest) -> HttpResponse:
    """Take in the holidays and make-up days of whole years from a file."""
    form, actor = ImportDaysForm(request.POST, request.FILES), acting(request)
    if not form.is_valid():
        messages.error(request, _("Choose a CSV file."))
        return redirect("org:calendar")
    try:
        count = operations.import_days(text=form.text(), actor=actor, at=clock.now())
    except ValidationError as error:
        refused(request, error)
    else:
        messages.success(request, _("%(count)d days have been taken in.") % {"count": count})
    until = queries.known_until()
    return redirect(f"{reverse('org:calendar')}?year={until.year}" if until else "org:calendar")


class ChangeHours(OperationForm):
    """The hours of service of one calendar."""

    form_class = HoursForm
    submit = gettext_lazy("Save the hours")

    @cached_property
    def calendar(self) -> ServiceCalendar:
        return get_object_or_404(ServiceCalendar, pk=self.kwargs["pk"])

    @property
    def heading(self) -> str:  # type: ignore[override]
        return self.calendar.name

    def get_initial(self) -> dict[str, Any]:
        return dict(HoursForm.initial_of(self.calendar))

    def carry_out(self, **values: Any) -> None:
        operations.change_periods(calendar=self.calendar, **values)

    def done(self) -> str:
        return _("The hours of %(calendar)s have been saved.") % {"calendar": self.calendar.name}

    def back_url(self) -> str:
        return reverse("org:calendar")


def _month(year: int, month: int, days: dict[date, CalendarDay], today: date, chosen: date | None) -> dict[str, Any]:
    weeks = [
        [_cell(day, days.get(day), today, chosen) if day.month == month else None for day in week]
        for week in Calendar().monthdatescalendar(year, month)
    ]
    return {"first": date(year, month, 1), "weeks": weeks}


def _cell(day: date, exceptional: CalendarDay | None, today: date, chosen: date | None) -> dict[str, Any]:
    kind = exceptional.kind if exceptional else ("weekend" if day.weekday() >= 5 else "")
    marks = [mark for mark, holds in (("today", day == today), ("chosen", day == chosen)) if holds]
    return {"day": day, "css": " ".join([kind, *marks]), "name": exceptional.name if exceptional else ""}


def _day_form(day: date, exceptional: CalendarDay | None) -> DayForm:
    kind = exceptional.kind if exceptional else DayForm.FOLLOWS
    return DayForm(initial={"day": day, "kind": kind, "name": exceptional.name if exceptional else ""})


def _year(text: str | None, default: int) -> int:
    year = int(text) if text and text.isdecimal() else default
    return min(max(year, _FIRST_YEAR), _LAST_YEAR)


def _date(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None
