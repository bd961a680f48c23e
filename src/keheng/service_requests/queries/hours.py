"""Service calendars as arithmetic, kept in the process while their rows stay as they are."""

from django.db import connection

from keheng.common.working_calendar import WorkingCalendar
from keheng.org.models import ServiceCalendar
from keheng.org.queries import working_calendar
from keheng.service_requests.models import ServiceRequest

_kept: dict[int, tuple[str, WorkingCalendar]] = {}

_STAMP = """
    select (select string_agg(concat_ws(' ', weekday, opens, closes), ',' order by weekday, opens)
              from org_serviceperiod where calendar_id = %(calendar)s)
           || (select concat_ws(' ', count(*), max(changed_at), sum(date - date '2000-01-01')) from org_calendarday)
"""


def hours_for(request: ServiceRequest) -> WorkingCalendar:
    """The calendar of a request, asked for once an act: each act reads its request anew."""
    if request.held_hours is None:
        request.held_hours = hours_of(request.calendar_id)
    return request.held_hours


def hours_of(calendar: ServiceCalendar | int) -> WorkingCalendar:
    """The calendar as it stands; one small query tells whether what is kept still holds."""
    pk = calendar if isinstance(calendar, int) else calendar.pk
    with connection.cursor() as cursor:
        cursor.execute(_STAMP, {"calendar": pk})
        (stamp,) = cursor.fetchone() or ("",)
    held = _kept.get(pk)
    if held is None or held[0] != stamp:
        held = stamp, working_calendar(ServiceCalendar.objects.get(pk=pk))
        _kept[pk] = held
    return held[1]
