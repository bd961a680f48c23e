"""Writes to service calendars and to the days that depart from their weekday."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.common.events import publish
from keheng.common.working_calendar import Period, WorkingCalendar
from keheng.org import permissions, policies
from keheng.org.enums import DayKind
from keheng.org.events import CalendarsChanged
from keheng.org.models import CalendarDay, ServiceCalendar, ServicePeriod, Staff
from keheng.org.queries import never_opens

_SHOWN_PROBLEMS = 10


@transaction.atomic
def set_day(*, day: date, kind: DayKind, name: str, actor: Staff, at: datetime) -> CalendarDay:
    """Declare a date a holiday or a make-up day."""
    permissions.check_manage(actor)
    if not name.strip():
        raise ValidationError({"name": _("Name the day, such as: Spring Festival.")})
    row, _created = CalendarDay.objects.update_or_create(
        date=day, defaults={"kind": kind, "name": name.strip(), "source": actor.name, "changed_at": at}
    )
    _check_and_tell(at)
    record("org.set_day", actor=actor, at=at, target=row, detail={"kind": kind})
    return row


@transaction.atomic
def clear_day(*, day: date, actor: Staff, at: datetime) -> None:
    """Let a date follow its weekday again."""
    permissions.check_manage(actor)
    row = CalendarDay.objects.filter(date=day).first()
    if row is not None:
        record("org.clear_day", actor=actor, at=at, target=row, detail={"kind": row.kind})
        row.delete()
        _check_and_tell(at)


@transaction.atomic
def import_days(*, text: str, actor: Staff, at: datetime) -> int:
    """Replace, for the years that a list names, all their days by the list; return how many days it has.

    Raises:
        ValidationError: one sentence for each line that cannot be read; then nothing has changed.
    """
    permissions.check_manage(actor)
    rows, problems = policies.read_days(text)
    if problems:
        raise ValidationError([_told(problem) for problem in problems[:_SHOWN_PROBLEMS]])
    if not rows:
        raise ValidationError(_("The file has no lines. Give one line a day: date, kind, name."))
    years = sorted({row.day.year for row in rows})
    CalendarDay.objects.filter(date__year__in=years).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(date=row.day, kind=row.kind, name=row.name, source=actor.name, changed_at=at) for row in rows
    )
    _check_and_tell(at)
    record("org.import_days", actor=actor, at=at, detail={"years": years, "count": len(rows)})
    return len(rows)


@transaction.atomic
def change_periods(
    *, calendar: ServiceCalendar, periods: Mapping[int, Sequence[tuple[time, time]]], actor: Staff, at: datetime
) -> None:
    """Set the hours of service by weekday (0 is Monday).

    Raises:
        ValidationError: a period ends before it begins, two overlap, or there is no service at all.
    """
    permissions.check_manage(actor)
    try:
        WorkingCalendar({day: tuple(Period(*hours) for hours in given) for day, given in periods.items()})
    except ValueError as error:
        raise ValidationError(
            _("These hours cannot be: a period ends before it begins, two overlap, or no day has any.")
        ) from error
    before, after = _hours(calendar), _told_hours(periods)
    if before == after:
        return
    calendar.periods.all().delete()
    ServicePeriod.objects.bulk_create(
        ServicePeriod(calendar=calendar, weekday=weekday, opens=opens, closes=closes)
        for weekday, given in periods.items()
        for opens, closes in given
    )
    _check_and_tell(at)
    record("org.change_periods", actor=actor, at=at, target=calendar, detail={"changes": {"periods": [before, after]}})


def _check_and_tell(at: datetime) -> None:
    """Refuse days or hours that would leave a calendar without service, where limits would never end; else tell it."""
    for calendar in ServiceCalendar.objects.filter(periods__isnull=False).distinct():
        if closed := never_opens(calendar, at.astimezone(SHANGHAI).date()):
            raise ValidationError(
                _("%(calendar)s would have no working day in the year from %(day)s on. Leave at least one.")
                % {"calendar": calendar, "day": closed}
            )
    publish(CalendarsChanged(at))


def _hours(calendar: ServiceCalendar) -> str:
    by_day: dict[int, list[tuple[time, time]]] = {}
    for period in calendar.periods.all():
        by_day.setdefault(period.weekday, []).append((period.opens, period.closes))
    return _told_hours(by_day)


def _told_hours(periods: Mapping[int, Sequence[tuple[time, time]]]) -> str:
    return "; ".join(
        f"{weekday + 1}: " + ", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in sorted(given))
        for weekday, given in sorted(periods.items())
        if given
    )


def _told(problem: policies.DayProblem) -> str:
    reasons = {
        "columns": _("Line %(row)d, “%(value)s”: a line needs date, kind and name, such as 2027-01-01,holiday,元旦."),
        "date": _("Line %(row)d, date “%(value)s”: write it as 2027-01-01."),
        "kind": _("Line %(row)d, kind “%(value)s”: write holiday (节假日) or make_up (调休)."),
        "duplicate": _("Line %(row)d, date %(value)s: it stands twice; remove one of the lines."),
    }
    return reasons[problem.field] % {"row": problem.row, "value": problem.value}
