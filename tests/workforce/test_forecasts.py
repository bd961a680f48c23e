"""Forecasts as versions, effects of holidays and events, people's changes, accuracy (A13)."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from tests.factories import StaffFactory, head_office
from tests.workforce.call_centre import MONDAY, NOON, a_file, a_queue, clock, forecast, take_in

from keheng.org.models import CalendarDay, Staff
from keheng.workforce.enums import Basis, QueueKind, RunState
from keheng.workforce.models import Adjustment, Event, Queue, Target
from keheng.workforce.operations import forecasts as operations
from keheng.workforce.policies.effects import effect, weekday_standing_for
from keheng.workforce.policies.history import History
from keheng.workforce.policies.marking import Known
from keheng.workforce.queries import forecasts, history, staffing

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner() -> Staff:
    return StaffFactory.create(permissions=("workforce.*",))


@pytest.fixture
def queue(planner: Staff) -> Queue:
    queue = a_queue()
    take_in(queue, planner, a_file(10))
    queue.refresh_from_db()
    return queue


def total(day: forecasts.Said) -> float:
    return float(np.nansum(day.calls))


def test_a13_a_version_holds_bands_and_the_last_one_counts(queue: Queue, planner: Staff) -> None:
    first = forecast(queue, planner, 7)
    assert (first.number, first.basis, first.done) == (1, Basis.HISTORY, 7)
    assert sum(first.weights.values()) == pytest.approx(1)
    days = forecasts.said(queue, MONDAY, MONDAY + timedelta(days=10))
    assert [day.day.weekday() for day in days] == list(range(7))
    for day in days:
        opened = ~np.isnan(day.calls)
        assert (day.low[opened] <= day.calls[opened] + 1e-6).all()
        assert (day.calls[opened] <= day.high[opened] + 1e-6).all()
    assert total(days[0]) > 1.8 * total(days[6]), "a Monday is busier than a Sunday"
    second = forecast(queue, planner, 1)
    assert forecasts.said(queue, MONDAY, MONDAY)[0].version == second.number == 2


def test_a13_holidays_make_up_days_and_campaigns_have_effects(queue: Queue, planner: Staff) -> None:
    forecast(queue, planner, 7)
    plain = {day.day: total(day) for day in forecasts.said(queue, MONDAY, MONDAY + timedelta(days=6))}
    tuesday, saturday, thursday = (MONDAY + timedelta(days=ahead) for ahead in (1, 5, 3))
    Event.objects.create(kind="campaign", name="理财节", first_day=tuesday, last_day=tuesday, factor=1.5)
    Event.objects.create(kind="holiday", name="停业", first_day=thursday, last_day=thursday, factor=0)
    CalendarDay.objects.create(date=saturday, kind="make_up", name="调休")
    forecast(queue, planner, 7)
    days = {day.day: day for day in forecasts.said(queue, MONDAY, MONDAY + timedelta(days=6))}
    assert total(days[tuesday]) == pytest.approx(1.5 * plain[tuesday], rel=0.02)
    assert total(days[thursday]) == 0
    assert total(days[saturday]) > 1.6 * plain[saturday], "a make-up Saturday goes like a Monday"
    assert days[saturday].reason == "调休"


def test_a13_effects_are_learnt_from_days_with_the_same_name() -> None:
    first = date(2026, 9, 7)
    dates = [first + timedelta(days=at) for at in range(42)]
    calls = np.full((42, 2), 50.0)
    calls[20] = calls[27] = 100.0
    past = History(30, dates, np.array([540, 570]), calls)
    known = {dates[20]: Known("campaign", "理财节"), dates[27]: Known("campaign", "理财节")}
    assert effect(past, known, Known("campaign", "理财节")) == pytest.approx((2 + 2 + 0.5) / 2.5)
    assert effect(past, known, Known("outage", "故障")) == 1
    closed = History(30, dates[:20] + dates[21:], past.starts, np.delete(calls, 20, axis=0))
    assert effect(closed, {dates[20]: Known("holiday", "国庆节")}, Known("holiday", "国庆节")) == 0
    assert weekday_standing_for(date(2026, 10, 10), Known("make_up", "")) == date(2026, 10, 12)


def test_a13_a_new_queue_borrows_a_profile(queue: Queue, planner: Staff) -> None:
    young = Queue.objects.create(
        code="new", name="新热线", branch=head_office(), step=30, borrows=queue, borrowed_share=0.25
    )
    made = forecast(young, planner, 2)
    forecast(queue, planner, 2)
    assert made.basis == Basis.BORROWED
    mine, theirs = (forecasts.said(one, MONDAY, MONDAY)[0] for one in (young, queue))
    assert total(mine) == pytest.approx(total(theirs) / 4, rel=0.01)
    lonely = Queue.objects.create(code="lonely", name="孤", branch=head_office())
    row = operations.ask_forecast(queue=lonely, first_day=MONDAY, days=1, actor=planner, at=NOON)
    failed = operations.make_forecast(forecast=row, now=clock)
    assert (failed.state, "没有历史话务" in failed.fault) == (RunState.FAILED, True)


@pytest.mark.parametrize("days", [0, 57])
def test_a13_a_forecast_reaches_1_to_56_days(queue: Queue, planner: Staff, days: int) -> None:
    with pytest.raises(ValidationError):
        operations.ask_forecast(queue=queue, first_day=MONDAY, days=days, actor=planner, at=NOON)


def test_a13_adjustments_have_author_and_reason_and_outlive_versions(queue: Queue, planner: Staff) -> None:
    forecast(queue, planner, 2)
    before = total(forecasts.said(queue, MONDAY, MONDAY)[0])
    change = operations.adjust(
        adjustment=Adjustment(queue=queue, first_day=MONDAY, last_day=MONDAY, factor=1.2, reason="账单日"),
        actor=planner, at=NOON,
    )  # fmt: skip
    assert (change.author, change.reason) == (planner, "账单日")
    forecast(queue, planner, 2)
    said = forecasts.said(queue, MONDAY, MONDAY)[0]
    assert total(said) == pytest.approx(1.2 * before, rel=0.01)
    assert said.adjusted_by == [change]
    operations.withdraw_adjustment(adjustment=change, actor=planner, at=NOON)
    assert total(forecasts.said(queue, MONDAY, MONDAY)[0]) == pytest.approx(before, rel=0.01)
    with pytest.raises(ValidationError):
        operations.adjust(
            adjustment=Adjustment(queue=queue, first_day=MONDAY, last_day=MONDAY, factor=1.2), actor=planner, at=NOON
        )


def test_a13_today_is_put_right_from_what_came(queue: Queue, planner: Staff) -> None:
    forecast(queue, planner, 1)
    before = forecasts.said(queue, MONDAY, MONDAY)[0]
    lines = ["DateTime,Calls"] + [
        f"{MONDAY} {at // 2:02d}:{at % 2 * 30:02d},{round(before.calls[at] * 1.6)}" for at in range(16, 26)
    ]
    with pytest.raises(ValidationError):
        operations.reforecast_today(queue=queue, day=MONDAY, until_minute=780, actor=planner, at=NOON)
    take_in(queue, planner, "\n".join(lines).encode())
    made = operations.reforecast_today(queue=queue, day=MONDAY, until_minute=780, actor=planner, at=NOON)
    after = forecasts.said(queue, MONDAY, MONDAY)[0]
    assert made.basis == Basis.INTRADAY
    assert 1.1 < float(np.nansum(after.calls[26:]) / np.nansum(before.calls[26:])) < 1.6


def test_a_day_under_way_is_not_learnt_from(queue: Queue, planner: Staff) -> None:
    """Half of Monday's figures must not make Tuesday look like a quiet day."""
    alone = forecast(queue, planner, 2)
    half = ["DateTime,Calls"] + [f"{MONDAY} {at // 2:02d}:{at % 2 * 30:02d},2" for at in range(16, 26)]
    take_in(queue, planner, "\n".join(half).encode())
    tuesday = MONDAY + timedelta(days=1)
    row = operations.ask_forecast(queue=queue, first_day=tuesday, days=1, actor=planner, at=NOON)
    made = operations.make_forecast(forecast=row, now=lambda: NOON + timedelta(days=1))
    assert made.state == RunState.DONE
    before, after = (np.nansum(forecasts.numbers(one.day_rows.get(day=tuesday).calls)) for one in (alone, made))
    assert float(after) == pytest.approx(float(before), rel=0.05)


def test_a13_accuracy_by_horizon(queue: Queue, planner: Staff) -> None:
    row = operations.new_forecast(queue=queue, first_day=MONDAY - timedelta(days=14), days=14, actor=planner, at=NOON)
    operations.make_forecast(forecast=row, now=clock)
    errors = forecasts.errors_by_horizon(queue)
    assert [(row.first, row.last, row.days) for row in errors] == [(1, 1, 1), (2, 7, 6), (8, 14, 7)]
    for one in errors:
        assert one.errors.wape is not None
        assert one.mase is not None
        assert one.errors.wape < 40


def test_a13_requirement_by_tier_queue(queue: Queue, planner: Staff) -> None:
    """A stricter target needs more agents, an occupancy cap too; what can wait fills free time."""
    forecast(queue, planner, 1)
    usual = staffing.required(queue, MONDAY, MONDAY)[0]
    assert int(usual.agents.max()) >= int(np.ceil(usual.load.max()))
    assert (usual.rostered >= usual.agents).all()
    Target.objects.filter(queue=queue).update(level=0.95, within=10)
    strict = staffing.required(queue, MONDAY, MONDAY)[0]
    assert strict.agents.sum() > usual.agents.sum()
    letters = Queue.objects.create(
        code="letters", name="邮件", kind=QueueKind.DEFERRABLE, branch=head_office(), step=30, borrows=queue,
        borrowed_share=0.1,
    )  # fmt: skip
    Target.objects.create(queue=letters, valid_from=date(2026, 1, 1), level=0.9, handling=240, due_minutes=240)
    forecast(letters, planner, 1)
    found = staffing.required(letters, MONDAY, MONDAY)[0]
    assert found.agents.sum() < found.load.sum() + 24, "most of it is done in the free time of the hotline"
    curve = staffing.what_if(queue, Target.objects.get(queue=queue), 60.0)
    assert [row.agents for row in curve] == sorted(row.agents for row in curve)
    assert [row.level for row in curve] == sorted(row.level for row in curve)
    assert history.spans([queue])[queue.pk][2] == 70
