"""Decision 12: 09:00–11:30 and 13:00–17:00 on working days, holidays out, make-up days in."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keheng.common.working_calendar import Exceptional, NoServiceError, Period, WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = (Period(time(9), time(11, 30)), Period(time(13), time(17)))
MAKE_UP_2026 = [
    date(2026, 1, 4),
    date(2026, 2, 14),
    date(2026, 2, 28),
    date(2026, 5, 9),
    date(2026, 9, 20),
    date(2026, 10, 10),
]
DAYS_2026 = {day: Exceptional.HOLIDAY for day in chinese_calendar.holidays if day.year == 2026} | {
    day: Exceptional.MAKE_UP for day in chinese_calendar.workdays if day.year == 2026
}
DEFAULT = WorkingCalendar(weekdays=dict.fromkeys(range(5), HOURS), days=DAYS_2026)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_the_make_up_days_of_2026_are_the_published_ones() -> None:
    assert sorted(day for day, kind in DAYS_2026.items() if kind is Exceptional.MAKE_UP) == MAKE_UP_2026


@pytest.mark.parametrize("day", MAKE_UP_2026)
def test_make_up_days_have_mondays_hours(day: date) -> None:
    assert day.weekday() >= 5
    assert DEFAULT.periods_on(day) == HOURS


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 1, 1), False),  # New Year
        (date(2026, 2, 17), False),  # Spring Festival
        (date(2026, 2, 24), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 8), True),
        (date(2026, 11, 21), False),  # a Saturday
        (date(2026, 11, 23), True),
    ],
)
def test_working_days_of_2026(day: date, working: bool) -> None:
    assert DEFAULT.is_working_day(day) is working


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_every_day_of_2026_agrees_with_the_published_calendar(day: date) -> None:
    assert DEFAULT.is_working_day(day) is chinese_calendar.is_workday(day)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 10, 8), 2, date(2026, 10, 10)),  # the make-up Saturday
        (date(2026, 10, 8), 3, date(2026, 10, 12)),
        (date(2026, 2, 13), 1, date(2026, 2, 14)),
        (date(2026, 2, 14), 1, date(2026, 2, 24)),
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
        (date(2026, 10, 1), 0, date(2026, 10, 8)),
        (date(2026, 10, 8), 0, date(2026, 10, 8)),
    ],
)
def test_adding_working_days(start: date, count: int, end: date) -> None:
    assert DEFAULT.add_working_days(start, count) == end


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-20T09:00", 15, "2026-11-20T09:15"),
        ("2026-11-20T11:20", 15, "2026-11-20T13:05"),  # over lunch
        ("2026-11-20T11:20", 10, "2026-11-20T11:30"),  # ends with the period
        ("2026-11-20T12:10", 3, "2026-11-20T13:03"),  # came in at lunch
        ("2026-11-20T16:50", 30, "2026-11-23T09:20"),  # over the weekend
        ("2026-11-21T10:00", 30, "2026-11-23T09:30"),  # came in on a Saturday
        ("2026-09-30T16:50", 30, "2026-10-08T09:20"),  # over the National Day holiday
        ("2026-02-14T16:45", 30, "2026-02-24T09:15"),  # from a make-up Saturday over the Spring Festival
        ("2026-11-20T07:00", 240, "2026-11-20T14:30"),  # 4 h: 2½ in the morning, 1½ after lunch
        ("2026-11-20T10:00", 0, "2026-11-20T10:00"),
    ],
)
def test_limits_in_minutes_count_service_time_only(start: str, minutes: int, end: str) -> None:
    assert DEFAULT.add_service_time(at(start), timedelta(minutes=minutes)) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-19T10:15", 1, "2026-11-20T10:15"),
        ("2026-11-20T10:15", 1, "2026-11-23T10:15"),
        ("2026-09-30T16:30", 1, "2026-10-08T16:30"),
        ("2026-05-08T16:30", 1, "2026-05-09T16:30"),  # a make-up Saturday
        ("2026-11-20T18:00", 1, "2026-11-24T09:00"),  # after hours: from Monday's opening
        ("2026-11-20T12:00", 1, "2026-11-23T13:00"),  # at lunch: from one o'clock
        ("2026-11-19T10:15", 3, "2026-11-24T10:15"),
    ],
)
def test_a_workday_is_the_same_clock_time_on_the_next_working_day(start: str, days: int, end: str) -> None:
    assert DEFAULT.add_days_of_service(at(start), days) == at(end)


def test_service_time_of_a_day_and_of_october() -> None:
    assert DEFAULT.service_time_between(at("2026-11-20T00:00"), at("2026-11-21T00:00")) == timedelta(
        hours=6, minutes=30
    )
    october = DEFAULT.service_time_between(at("2026-10-01T00:00"), at("2026-11-01T00:00"))
    assert october == 18 * timedelta(hours=6, minutes=30)  # 17 weekdays outside the holiday and one make-up Saturday


def test_instants_of_other_zones_are_the_same_instants() -> None:
    start = at("2026-11-20T16:50").astimezone(UTC)
    assert DEFAULT.add_service_time(start, timedelta(minutes=30)) == at("2026-11-23T09:20")


moments = st.integers(0, 14 * 31 * 24 * 60).map(lambda minutes: at("2025-12-01T00:00") + timedelta(minutes=minutes))
durations = st.timedeltas(timedelta(), timedelta(hours=200))


@given(moments, durations)
def test_what_was_added_is_what_has_passed(start: datetime, duration: timedelta) -> None:
    assert DEFAULT.service_time_between(start, DEFAULT.add_service_time(start, duration)) == duration


@given(moments, durations, durations)
def test_adding_twice_is_adding_the_sum(start: datetime, one: timedelta, two: timedelta) -> None:
    after_one = DEFAULT.add_service_time(start, one)
    assert DEFAULT.add_service_time(after_one, two) == DEFAULT.add_service_time(start, one + two)


@given(moments, moments, moments)
def test_service_time_adds_up_and_turns_sign(one: datetime, two: datetime, three: datetime) -> None:
    between = DEFAULT.service_time_between
    assert between(one, two) + between(two, three) == between(one, three)
    assert between(one, two) == -between(two, one)


@given(moments)
def test_the_next_service_is_in_service_and_not_before(moment: datetime) -> None:
    opens = DEFAULT.next_service(moment)
    assert opens >= moment
    assert any(
        period.opens <= opens.timetz().replace(tzinfo=None) < period.closes
        for period in DEFAULT.periods_on(opens.date())
    )
    assert DEFAULT.service_time_between(moment, opens) == timedelta()


@given(st.dates(date(2025, 12, 1), date(2027, 2, 1)), st.integers(-40, 40))
def test_working_days_add_and_count_alike(day: date, count: int) -> None:
    start = DEFAULT.add_working_days(day, 0)
    end = DEFAULT.add_working_days(start, count)
    assert DEFAULT.is_working_day(end)
    assert DEFAULT.working_days_between(start, end) == count


def test_a_calendar_without_hours_is_refused() -> None:
    with pytest.raises(NoServiceError):
        WorkingCalendar(weekdays={0: ()})


def test_a_closure_without_end_is_named_not_awaited() -> None:
    every_monday = {date(2026, 1, 5) + timedelta(weeks=n): Exceptional.HOLIDAY for n in range(60)}
    mondays = WorkingCalendar(weekdays={0: HOURS}, days=every_monday)
    with pytest.raises(NoServiceError, match="within a year"):
        mondays.add_service_time(at("2026-01-05T10:00"), timedelta(minutes=1))


def test_overlapping_periods_and_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap"):
        WorkingCalendar(weekdays={0: (Period(time(9), time(12)), Period(time(11), time(17)))})
    with pytest.raises(ValueError, match="end after it begins"):
        Period(time(12), time(9))
    with pytest.raises(ValueError, match="time zone"):
        DEFAULT.add_service_time(datetime(2026, 11, 20, 9), timedelta(minutes=1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        DEFAULT.add_service_time(at("2026-11-20T09:00"), -timedelta(minutes=1))
