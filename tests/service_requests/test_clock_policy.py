"""The clock as arithmetic, against a slow reference that counts second by second."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keheng.common.limits import Limit
from keheng.common.working_calendar import Exceptional, Period, WorkingCalendar
from keheng.service_requests.policies.clocks import Clock, Mark, Pause

SHANGHAI = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
DAYS = {
    **{date(2026, 10, day): Exceptional.HOLIDAY for day in range(1, 8)},
    date(2026, 10, 10): Exceptional.MAKE_UP,
}
BANK = WorkingCalendar(dict.fromkeys(range(5), (Period(time(9), time(11, 30)), Period(time(13), time(17)))), DAYS)
# Few and short periods keep the reference quick, and meet every edge often.
SMALL = WorkingCalendar(
    {0: (Period(time(9), time(9, 3)), Period(time(9, 5), time(9, 6))), 1: (Period(time(9), time(9, 2)),)}
)
START = datetime(2026, 11, 23, 8, 58, tzinfo=SHANGHAI)  # a Monday
MARKS = (
    Mark("half", share=50),
    Mark("near", share=80),
    Mark("due", share=100),
    Mark("over", over=timedelta(minutes=1)),
)

seconds = st.integers(0, 12 * 60).map(lambda n: START + n * SECOND)


def reference(clock: Clock, wanted: timedelta) -> datetime:
    """Walk second by second until ``wanted`` has counted: in service, and in no pause."""
    moment, counted = clock.started_at, timedelta()
    while counted < wanted:
        opens = any(
            datetime.combine(moment.date(), period.opens, SHANGHAI)
            <= moment
            < datetime.combine(moment.date(), period.closes, SHANGHAI)
            for period in clock.calendar.periods_on(moment.date())
        )
        paused = any(pause.start <= moment < pause.end for pause in clock.pauses)
        counted += SECOND if opens and not paused else timedelta()
        moment += SECOND
        if moment.time() == time(9, 10):  # nothing counts until the next morning
            moment = datetime.combine(moment.date() + timedelta(days=1), time(8, 58), SHANGHAI)
    return moment


@st.composite
def clocks(draw: st.DrawFn) -> Clock:
    started = draw(seconds)
    pauses, since = [], started
    for _ in range(draw(st.integers(0, 2))):
        since += SECOND * draw(st.integers(0, 150))
        until = since + SECOND * draw(st.integers(0, 150))
        pauses.append(Pause(since, until))
        since = until
    return Clock(SMALL, Limit(draw(st.integers(1, 6)), "m"), started, tuple(pauses))


@given(clocks())
def test_a6_due_is_where_the_reference_arrives(clock: Clock) -> None:
    assert clock.due() == reference(clock, clock.limit.service_time)


@given(clocks(), seconds)
def test_what_is_used_and_over_is_never_negative(clock: Clock, at: datetime) -> None:
    assert clock.used(at) >= timedelta()
    assert clock.overtime(at) >= timedelta()
    assert clock.is_met(at) == (clock.overtime(at) == timedelta() and at <= clock.due())


@given(clocks())
def test_all_of_the_limit_is_used_when_it_is_due(clock: Clock) -> None:
    assert clock.used(clock.due()) == clock.limit.service_time
    assert clock.used(clock.due() - SECOND) < clock.limit.service_time


@given(clocks())
def test_marks_come_in_order_and_the_breach_at_the_due_time(clock: Clock) -> None:
    instants = clock.marks(MARKS)
    assert list(instants) == sorted(instants)
    assert instants[2] == clock.due()
    assert instants[0] == reference(clock, clock.limit.service_time / 2)


@given(clocks(), st.integers(1, 300))
def test_a_pause_never_makes_a_limit_end_earlier(clock: Clock, length: int) -> None:
    last = clock.pauses[-1].end if clock.pauses else clock.started_at
    longer = Clock(clock.calendar, clock.limit, clock.started_at, (*clock.pauses, Pause(last, last + SECOND * length)))
    assert longer.due() >= clock.due()


@given(clocks(), seconds)
def test_a_clock_set_back_by_hand_gives_nothing_negative(clock: Clock, at: datetime) -> None:
    earlier = clock.started_at - timedelta(hours=1)
    assert clock.used(earlier) == timedelta()
    assert clock.overtime(earlier) == timedelta()


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("limit", "started", "pauses", "due"),
    [
        ("30m", "09-30 16:50", [], "10-08 09:20"),  # National Day
        ("30m", "10-10 16:50", [], "10-12 09:20"),  # from a make-up Saturday
        ("30m", "11-23 11:15", [], "11-23 13:15"),  # the lunch break
        ("30m", "11-23 09:00", [("11-23 09:10", "11-23 09:40")], "11-23 10:00"),
        ("30m", "11-23 11:20", [("11-23 11:40", "11-23 12:40")], "11-23 13:20"),  # a pause without service
        ("30m", "11-23 09:00", [("11-23 09:45", "11-23 10:45")], "11-23 09:30"),  # too late to help
        ("1d", "11-23 10:00", [("11-23 14:00", "11-23 15:00")], "11-24 11:00"),
        ("1d", "11-20 16:00", [], "11-23 16:00"),
        ("1d", "11-21 10:00", [], "11-24 09:00"),  # came in on a Saturday
    ],
)
def test_decision_12_with_pauses(limit: str, started: str, pauses: list[tuple[str, str]], due: str) -> None:
    clock = Clock(BANK, Limit.read(limit), at(started), tuple(Pause(at(a), at(b)) for a, b in pauses))
    assert clock.due() == at(due)


def test_half_of_a_working_day() -> None:
    clock = Clock(BANK, Limit.read("1d"), at("11-23 09:00"))
    assert clock.allowance() == timedelta(hours=6, minutes=30)
    assert clock.marks(MARKS)[:3] == (at("11-23 13:45"), at("11-23 15:42"), at("11-24 09:00"))


def test_a_mark_is_a_share_or_a_time_over() -> None:
    with pytest.raises(ValueError, match="needs either"):
        Mark("x")
    with pytest.raises(ValueError, match="needs either"):
        Mark("x", share=50, over=SECOND)
    with pytest.raises(ValueError, match="cannot end before"):
        Pause(START, START - SECOND)
