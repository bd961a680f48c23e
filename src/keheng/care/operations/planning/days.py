"""Working days of branches, as a relation that the statements of a plan join with."""

from collections.abc import Mapping
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
    followed: dict[str, int | None] = {}
    for key, path, own in Branch.objects.order_by("path").values_list("pk", "path", "calendar_id"):
        above = path.rstrip("/").rpartition("/")[0]
        followed[path] = own or followed.get(f"{above}/" if above else "")
        calendar_id = followed[path]
        found[key] = by_calendar.get(calendar_id, []) if calendar_id else []
    return found


def make_calendar(cursor: CursorWrapper, first: date, last: date) -> None:
    """The temporary table ``plan_day``: for every branch and day the last working day by then, and the next from it."""
    start, end = first - timedelta(days=_SLACK), last + timedelta(days=_SLACK)
    known = working_days(start, end)
    branches = [branch for branch, days in known.items() for _ in days]
    days = [day for days in known.values() for day in days]
    cursor.execute(
        """
        drop table if exists plan_day;
        create temporary table plan_day on commit drop as
        with works as (select * from unnest(%(branches)s::bigint[], %(days)s::date[]) as one (branch_id, day))
        select branch.id as branch_id, one.day, coalesce(before.day, one.day) as work_before,
               coalesce(after.day, one.day) as work_after
          from org_branch branch
          cross join (select day::date as day
                        from generate_series(%(first)s::date, %(last)s::date, interval '1 day') day) one
          left join lateral (select max(works.day) as day from works
                              where works.branch_id = branch.id and works.day <= one.day) before on true
          left join lateral (select min(works.day) as day from works
                              where works.branch_id = branch.id and works.day >= one.day) after on true;
        create index on plan_day (branch_id, day);
        analyze plan_day
        """,
        {"branches": branches, "days": days, "first": first, "last": last},
    )
