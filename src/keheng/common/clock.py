"""Where the present comes from. Only entry points (views, tasks, commands) ask; below them time is passed in."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """The present date in Shanghai."""
    return now().astimezone(SHANGHAI).date()


def midnight(day: date) -> datetime:
    """The instant at which a date begins in Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first_of_next - timedelta(days=1)


def month_ends(last: date, count: int) -> list[date]:
    """``count`` consecutive month ends, the last being that of ``last``, oldest first."""
    ends = [month_end(last)]
    while len(ends) < count:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return ends[::-1]
