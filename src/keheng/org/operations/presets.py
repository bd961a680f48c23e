"""What every installation starts with. Rows that exist stay as people edited them."""

from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import chinese_calendar
import yaml
from django.db import transaction

from keheng.org.enums import BranchKind, DayKind
from keheng.org.models import (
    STATUTORY,
    SYSTEM_USERNAME,
    Branch,
    CalendarDay,
    Role,
    ServiceCalendar,
    ServicePeriod,
    Staff,
)

_PRESETS = Path(__file__).parents[1] / "presets"
HEAD_OFFICE_CODE = "HO"
_CHINESE = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利70周年",
}


@transaction.atomic
def load_presets() -> None:
    """Bring in the roles, the calendars and their days, the root of the tree and the system account."""
    for row in yaml.safe_load((_PRESETS / "roles.yaml").read_text()):
        Role.objects.get_or_create(code=row.pop("code"), defaults=row)
    calendars = [_calendar(row) for row in yaml.safe_load((_PRESETS / "calendars.yaml").read_text())]
    seed_days()
    root, _ = Branch.objects.get_or_create(
        parent=None,
        defaults={
            "code": HEAD_OFFICE_CODE,
            "name": "总行",
            "kind": BranchKind.HEAD,
            "path": f"{HEAD_OFFICE_CODE}/",
            "calendar": calendars[0],
        },
    )
    Branch.objects.filter(pk=root.pk, calendar=None).update(calendar=calendars[0])
    Staff.objects.get_or_create(
        username=SYSTEM_USERNAME,
        defaults={"name": "系统", "branch": root, "role": Role.objects.get(code="system"), "is_active": False},
    )


def seed_days() -> int:
    """Fill the years that have no day yet, from chinesecalendar or else the law; return how many days were added.

    A year that has published days is left alone, so that a day which somebody removed stays removed.
    """
    published = sorted(
        [(day, DayKind.HOLIDAY, name) for day, name in chinese_calendar.holidays.items()]
        + [(day, DayKind.MAKE_UP, name) for day, name in chinese_calendar.workdays.items()]
    )
    known = set(CalendarDay.objects.published().dates("date", "year"))
    fresh = [
        CalendarDay(date=day, kind=kind, name=_CHINESE.get(name, name), source="chinesecalendar")
        for year, days in groupby(published, key=lambda row: row[0].replace(month=1, day=1))
        if year not in known
        for day, kind, name in days
    ]
    CalendarDay.objects.filter(source=STATUTORY, date__year__in={day.date.year for day in fresh}).delete()
    taken = set(CalendarDay.objects.dates("date", "year")) | {day.date.replace(month=1, day=1) for day in fresh}
    by_law: dict[date, str] = yaml.safe_load((_PRESETS / "statutory-days.yaml").read_text())
    fresh += [
        CalendarDay(date=day, kind=DayKind.HOLIDAY, name=name, source=STATUTORY)
        for day, name in by_law.items()
        if day.replace(month=1, day=1) not in taken
    ]
    return len(CalendarDay.objects.bulk_create(fresh))


def _calendar(row: dict[str, Any]) -> ServiceCalendar:
    calendar, created = ServiceCalendar.objects.get_or_create(
        code=row["code"], defaults={"name": row["name"], "source": row["source"]}
    )
    if created:
        ServicePeriod.objects.bulk_create(
            ServicePeriod(calendar=calendar, weekday=weekday, opens=opens, closes=closes)
            for weekday in row["weekdays"]
            for opens, closes in row["periods"]
        )
    return calendar
