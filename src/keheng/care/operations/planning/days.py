"""Working days of branches, as a relation that the statements of a plan join with."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.db.backends.utils import CursorWrapper

from keheng.org.models import Branch, ServiceCalendar
from keheng.org.queries import working_calendar

_SLACK = 12
"""Further days looked at on both sides, so that the longest holidays have a working day beside them."""


def working_days(first: date, last: date) -> Mapping[int, list[date]]:
    """The working days of every branch between two days; branches that share a calendar share the list."""
    by_calendar: dict[int, list[date]] = {}
    for calendar in ServiceCalendar.objects.prefetch_related("periods"):
        hours = working_calendar(calendar)
        span = (first + timedelta(days=place) for place in range((last - first).days + 1))
        by_calendar[calendar.pk] = [day for day in span if hours.is_working_day(day)]
    found: dict[int, list[date]] = {}
    none: list[date] = []
    followed: dict[str, int | None] = {}
    for key, path, own in Branch.objects.order_by("path").values_list("pk", "path", "calendar_id"):
        above = path.rstrip("/").rpartition("/")[0]
        followed[path] = own or followed.get(f"{above}/" if above else "")
        calendar_id = followed[path]
        found[key] = by_calendar.get(calendar_id, none) if calendar_id else none
    return found


def make_calendar(cursor: CursorWrapper, first: date, last: date) -> None:
    """The temporary table ``plan_day``: for every branch and day the last working day by then, and the next from it."""
    start, end = first - timedelta(days=_SLACK), last + timedelta(days=_SLACK)
    known = working_days(start, end)
    shared = {id(days): days for days in known.values()}
    numbers = {key: number for number, key in enumerate(shared)}
    asked = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    rows = [(number, day, *_nearest(days, day)) for number, days in enumerate(shared.values()) for day in asked]
    cursor.execute(
        """
        drop table if exists plan_day;
        create temporary table plan_day on commit drop as
        select one.branch_id, known.day, known.work_before, known.work_after
          from unnest(%(branches)s::bigint[], %(of_branch)s::int[]) as one (branch_id, calendar)
          join unnest(%(calendars)s::int[], %(days)s::date[], %(before)s::date[], %(after)s::date[])
               as known (calendar, day, work_before, work_after) using (calendar);
        create index on plan_day (branch_id, day);
        analyze plan_day
        """,
        {
            "branches": list(known),
            "of_branch": [numbers[id(days)] for days in known.values()],
            "calendars": [row[0] for row in rows],
            "days": [row[1] for row in rows],
            "before": [row[2] for row in rows],
            "after": [row[3] for row in rows],
        },
    )


def _nearest(working: Sequence[date], day: date) -> tuple[date, date]:
    """The last working day by a day, and the next from it; the day itself where no calendar knows one."""
    place = bisect_right(working, day)
    before = working[place - 1] if place else day
    if before == day:
        return day, day
    return before, working[place] if place < len(working) else day
