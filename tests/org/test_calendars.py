from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from tests.factories import StaffFactory

from keheng.audit.models import Entry
from keheng.org import policies, queries
from keheng.org.enums import DayKind
from keheng.org.models import STATUTORY, CalendarDay, ServiceCalendar
from keheng.org.operations import change_periods, clear_day, import_days, load_presets, set_day
from keheng.org.policies import DayProblem, DayRow

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def default() -> ServiceCalendar:
    load_presets()
    return ServiceCalendar.objects.get(code="branch-default")


def test_decision_12_default_hours(default: ServiceCalendar) -> None:
    calendar = queries.working_calendar(default)
    hours = [(period.opens, period.closes) for period in calendar.periods_on(date(2026, 11, 23))]
    assert hours == [(time(9), time(11, 30)), (time(13), time(17))]
    assert calendar.periods_on(date(2026, 11, 22)) == ()
    assert "决策 12" in default.source


def test_every_day_of_the_published_years_is_as_published(default: ServiceCalendar) -> None:
    calendar = queries.working_calendar(default)
    day = date(2015, 1, 1)
    while day.year <= 2026:
        assert calendar.is_working_day(day) is chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


def test_a_limit_over_the_spring_festival(default: ServiceCalendar) -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    start = datetime(2026, 2, 14, 16, 45, tzinfo=shanghai)  # a make-up Saturday
    due = queries.working_calendar(default).add_service_time(start, timedelta(minutes=30))
    assert due == datetime(2026, 2, 24, 9, 15, tzinfo=shanghai)


def test_days_are_known_to_the_end_of_the_year(default: ServiceCalendar) -> None:
    assert queries.known_until() == date(2026, 12, 31)
    assert queries.counts_of_days(2026) == {"holiday": 33, "make_up": 6}
    assert queries.counts_of_days(2027) == {"holiday": 13, "make_up": 0}  # by law, until the list is out


def test_loading_again_keeps_what_people_edited(default: ServiceCalendar) -> None:
    actor = StaffFactory.create()
    set_day(day=date(2026, 12, 31), kind=DayKind.HOLIDAY, name="年终决算", actor=actor, at=AT)
    clear_day(day=date(2026, 2, 28), actor=actor, at=AT)
    default.periods.filter(weekday=4).delete()
    load_presets()
    assert CalendarDay.objects.get(date=date(2026, 12, 31)).name == "年终决算"
    assert not CalendarDay.objects.filter(date=date(2026, 2, 28)).exists()
    assert not default.periods.filter(weekday=4).exists()
    assert list(Entry.objects.order_by("pk").values_list("action", "target_label")) == [
        ("org.set_day", "2026-12-31 年终决算"),
        ("org.clear_day", "2026-02-28 春节"),
    ]


def test_next_year_comes_as_a_list(default: ServiceCalendar) -> None:
    text = "日期,类型,名称\n2027-01-01,节假日,元旦\n2027/1/3,调休,元旦\n\n2027.2.5,holiday,春节\n"
    assert import_days(text=text, actor=StaffFactory.create(), at=AT) == 3
    assert list(CalendarDay.objects.filter(date__year=2027).values_list("date", "kind", "name")) == [
        (date(2027, 1, 1), "holiday", "元旦"),
        (date(2027, 1, 3), "make_up", "元旦"),
        (date(2027, 2, 5), "holiday", "春节"),
    ]
    assert queries.known_until() == date(2027, 12, 31)
    assert queries.counts_of_days(2026) == {"holiday": 33, "make_up": 6}


def test_a_list_with_wrong_lines_changes_nothing_and_names_them(default: ServiceCalendar) -> None:
    before = CalendarDay.objects.count()
    text = "2027-01-01,节假日,元旦\n2027-13-01,节假日,元旦\n2027-01-02,周末,元旦\n2027-01-03,调休\n2027-01-01,调休,元旦"
    with pytest.raises(ValidationError) as caught:
        import_days(text=text, actor=StaffFactory.create(), at=AT)
    assert [("2027-13-01" in m, "周末" in m, "2027-01-03" in m) for m in caught.value.messages] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
        (False, False, False),
    ]
    assert CalendarDay.objects.count() == before


def test_a_calendar_that_would_never_open_again_is_refused(default: ServiceCalendar) -> None:
    actor, before = StaffFactory.create(), CalendarDay.objects.count()
    closed = "\n".join(f"{date(2027, 1, 1) + timedelta(days=n)},holiday,停业" for n in range(366))
    with pytest.raises(ValidationError, match="no working day in the year from 2027-01-01"):
        import_days(text=closed, actor=actor, at=AT)
    assert CalendarDay.objects.count() == before
    import_days(text=closed.replace("2027-06-01,holiday", "2027-06-01,make_up"), actor=actor, at=AT)
    with pytest.raises(ValidationError, match="no working day"):
        set_day(day=date(2027, 6, 1), kind=DayKind.HOLIDAY, name="停业", actor=actor, at=AT)
    with pytest.raises(ValidationError, match="no working day"):  # no Monday, so no make-up day either
        change_periods(calendar=default, periods={1: [(time(9), time(12))]}, actor=actor, at=AT)


def test_days_by_law_give_way_to_the_published_ones(default: ServiceCalendar) -> None:
    assert [day.name for day in CalendarDay.objects.filter(date__range=("2027-02-01", "2027-02-28"))] == ["春节"] * 4
    CalendarDay.objects.filter(date__year=2026).update(source=STATUTORY)
    load_presets()
    assert queries.counts_of_days(2026) == {"holiday": 33, "make_up": 6}
    assert set(CalendarDay.objects.filter(date__year=2026).values_list("source", flat=True)) == {"chinesecalendar"}


def test_reading_a_list() -> None:
    rows, problems = policies.read_days("date,kind,name\n2027-01-01,holiday,元旦\n明天,holiday,元旦\n")
    assert rows == [DayRow(date(2027, 1, 1), DayKind.HOLIDAY, "元旦")]
    assert problems == [DayProblem(3, "date", "明天")]


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(ValidationError):
        import_days(text="日期,类型,名称\n", actor=StaffFactory.create(), at=AT)


def test_hours_change_with_a_trace_and_never_to_nonsense(default: ServiceCalendar) -> None:
    actor = StaffFactory.create()
    hours = {weekday: [(time(8, 30), time(12)), (time(13, 30), time(17, 30))] for weekday in range(6)}
    change_periods(calendar=default, periods=hours, actor=actor, at=AT)
    assert queries.working_calendar(default).is_working_day(date(2026, 11, 21))
    assert Entry.objects.get().detail["changes"]["periods"][0].startswith("1: 09:00–11:30, 13:00–17:00; 2:")
    for wrong in ({0: [(time(12), time(9))]}, {0: [(time(9), time(12)), (time(11), time(13))]}, {}):
        with pytest.raises(ValidationError):
            change_periods(calendar=default, periods=wrong, actor=actor, at=AT)


def test_calendars_are_managed_by_those_who_manage_the_organisation(default: ServiceCalendar) -> None:
    actor = StaffFactory.create(permissions=["org.view"])
    with pytest.raises(PermissionDenied):
        set_day(day=date(2026, 12, 31), kind=DayKind.HOLIDAY, name="x", actor=actor, at=AT)
    with pytest.raises(PermissionDenied):
        clear_day(day=date(2026, 1, 1), actor=actor, at=AT)
    with pytest.raises(PermissionDenied):
        import_days(text="2027-01-01,holiday,x", actor=actor, at=AT)
    with pytest.raises(PermissionDenied):
        change_periods(calendar=default, periods={0: [(time(9), time(12))]}, actor=actor, at=AT)
