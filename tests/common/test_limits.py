"""Decision 12: limits in minutes, hours and working days, over lunch breaks, holidays and make-up days."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keheng.common.limits import BadLimitError, Limit
from keheng.common.working_calendar import Exceptional, Period, WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPRING_FESTIVAL_2027 = {date(2027, 2, day): Exceptional.HOLIDAY for day in range(5, 12)} | {
    date(2027, 2, 14): Exceptional.MAKE_UP  # a Sunday: as a bank would take in the list
}
CALENDAR = WorkingCalendar(
    weekdays=dict.fromkeys(range(5), (Period(time(9), time(11, 30)), Period(time(13), time(17)))),
    days={day: Exceptional.HOLIDAY for day in chinese_calendar.holidays if day.year == 2026}
    | {day: Exceptional.MAKE_UP for day in chinese_calendar.workdays if day.year == 2026}
    | SPRING_FESTIVAL_2027,
)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-09-30 16:50", "30m", "2026-10-08 09:20"),  # over National Day
        ("2026-09-30 16:50", "1d", "2026-10-08 16:50"),
        ("2026-09-30 16:50", "4h", "2026-10-08 14:20"),  # and over the lunch break
        ("2026-10-09 16:50", "1d", "2026-10-10 16:50"),  # the make-up Saturday
        ("2026-10-10 16:50", "15m", "2026-10-12 09:05"),
        ("2026-11-23 11:20", "15m", "2026-11-23 13:05"),  # the lunch break
        ("2026-11-23 11:20", "10m", "2026-11-23 11:30"),  # ends with the period, not with the next one's opening
        ("2026-11-23 12:10", "3m", "2026-11-23 13:03"),
        ("2026-11-23 12:10", "1d", "2026-11-24 13:00"),
        ("2026-11-21 10:00", "1d", "2026-11-24 09:00"),  # came in on a Saturday: counts from Monday's opening
        ("2026-11-23 08:00:30", "5m", "2026-11-23 09:05"),
        ("2026-11-23 09:00:07", "5m", "2026-11-23 09:05:07"),  # exact to the second
        ("2027-02-04 16:50", "30m", "2027-02-12 09:20"),  # Spring Festival 2027 from an edited list
        ("2027-02-04 16:50", "1d", "2027-02-12 16:50"),
        ("2027-02-12 15:00", "1d", "2027-02-14 15:00"),  # the make-up Sunday
        ("2027-02-12 15:00", "4h", "2027-02-14 11:00"),
    ],
)
def test_a6_limits_end_in_service(start: str, limit: str, due: str) -> None:
    begins = datetime.fromisoformat(start).replace(tzinfo=SHANGHAI)
    assert Limit.read(limit).due(CALENDAR, begins) == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)


@given(
    st.integers(0, 365 * 86400).map(lambda second: datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(seconds=second)),
    st.integers(1, 600),
)
def test_a_limit_is_as_much_service_as_it_says(start: datetime, minutes: int) -> None:
    due = Limit(minutes, "m").due(CALENDAR, start)
    assert CALENDAR.service_time_between(start, due) == timedelta(minutes=minutes)
    assert CALENDAR.service_time_between(start, due - timedelta(microseconds=1)) < timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text", ["", "30", "m", "0m", "-5m", "1.5h", "1w", "30 minutes", "９m", "1d2h", "999999h", "1000d"]
)
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(BadLimitError):
        Limit.read(text)


@pytest.mark.parametrize("text", ["30m", "4h", "1d", "366d"])
def test_a_limit_reads_as_it_is_written(text: str) -> None:
    assert str(Limit.read(text)) == text


def test_days_have_no_service_time_of_their_own() -> None:
    with pytest.raises(ValueError, match="counted in days"):
        _ = Limit.read("1d").service_time
