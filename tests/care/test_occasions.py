"""Occasions: birthdays by both calendars, anniversaries, festivals, maturities, movements, alerts (A4, decision 19)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from lunar_python import LunarYear, Solar
from tests.care import bank
from tests.factories import ContactPointFactory, ProductFactory, StaffFactory

from keheng.care.enums.contacts import BirthdayCalendar
from keheng.care.enums.tasks import RuleTopic, TaskKind
from keheng.care.models import CareProfile, Message, Task
from keheng.care.operations.calendars import load_lunar_months, lunar_months
from keheng.care.operations.contacts import log_contact
from keheng.care.operations.planning import plan_day
from keheng.care.operations.planning.occasions import festival_days
from keheng.care.policies.lunar import LunarDay, Month, birthday_in, lunar_day
from keheng.care.policies.occasions import OccasionRules
from keheng.care.queries.rules import preset
from keheng.customers.enums import ConsentHow, ContactKind
from keheng.customers.models import Customer
from keheng.customers.operations.consent import record_consent
from keheng.org.models import Staff
from keheng.portfolio.alerts import record_actions, record_movements
from keheng.portfolio.models import CorporateAction, DayMovement, Holding

DAY = date(2026, 3, 2)
RULES: OccasionRules = preset(RuleTopic.OCCASIONS)
MONTHS = [
    Month(
        date.fromisoformat(Solar.fromJulianDay(month.getFirstJulianDay()).toYmd()),
        year,
        abs(month.getMonth()),
        month.getMonth() < 0,
        month.getDayCount(),
    )
    for year in range(1899, 2051)
    for month in LunarYear.fromYear(year).getMonths()
    if month.getYear() == year
]


@pytest.fixture
def planner(db: None) -> Staff:
    bank.calendar()
    bank.schemes()
    load_lunar_months()
    return StaffFactory.create()


@pytest.fixture
def manager(planner: Staff) -> Staff:
    return bank.person_in("relationship-manager")


def plan(planner: Staff, day: date = DAY) -> None:
    plan_day(day=day, actor=planner, at=datetime(day.year, day.month, day.day, tzinfo=UTC))


def occasions(rule: str) -> list[Task]:
    return list(Task.objects.filter(kind=TaskKind.OCCASION, rule=rule).order_by("pk"))


def client(manager: Staff, **values: Any) -> Customer:
    usual: dict[str, Any] = {"tier": "T1", "aum": 250_000, "opened_on": date(2015, 6, 1)}
    return bank.customers_of(manager, **{**usual, **values})[0]


# -- birthdays --------------------------------------------------------------------------------------------------------


def test_a4_birthday_of_1_to_3_million_supervisor_and_manager_visit_together(planner: Staff, manager: Staff) -> None:
    supervisor = bank.person_in("rm-supervisor", manager.branch)
    client(manager, aum=1_000_000, birth_date=date(1970, 3, 5))
    client(manager, aum=3_000_000, birth_date=date(1970, 3, 5))
    plan(planner)
    tasks = occasions("birthday-visit")
    assert {task.staff for task in tasks} == {supervisor, manager}
    assert all((task.channel, task.due_on) == ("visit", date(2026, 3, 5)) for task in tasks)
    assert {tuple(task.facts["joint"]) for task in tasks} == {("owner",), ("rm-supervisor",)}
    assert {task.facts["calendar"] for task in tasks} == {"solar"}


def test_a4_above_3_million_the_department_and_the_outlet_go_together(planner: Staff, manager: Staff) -> None:
    head = bank.person_in("outlet-head", manager.branch)
    department = bank.person_in("head-office-manager", planner.branch)
    client(manager, aum=3_000_000, birth_date=date(1960, 3, 6))
    plan(planner)
    assert {task.staff for task in occasions("birthday-joint")} == {head, manager, department}


def test_a4_whoever_contributes_most_is_visited_jointly_whatever_they_own(planner: Staff, manager: Staff) -> None:
    """[004a]: above 300万 *and of high contribution*: one visit, the joint one, and no call beside it."""
    bank.person_in("outlet-head", manager.branch), bank.person_in("head-office-manager", planner.branch)
    great, small = (client(manager, aum=250_000, birth_date=date(1960, 3, day)) for day in (2, 2))
    for place in range(40):
        revenue = {0: 10_000, 1: 5}.get(place, 100 + place)
        other = great if place == 0 else small if place == 1 else client(manager, aum=10_000)
        bank.figures(other, revenue=revenue, aum=revenue, card_spend=revenue)
    plan(planner)
    assert {task.customer for task in occasions("birthday-joint")} == {great}
    assert {task.customer for task in occasions("birthday-call")} == {small}


def test_a_birthday_on_a_day_off_is_due_before_it(planner: Staff, manager: Staff) -> None:
    bank.person_in("rm-supervisor", manager.branch)
    client(manager, aum=1_000_000, birth_date=date(1970, 3, 8))  # a Sunday in 2026
    plan(planner, date(2026, 3, 5))
    assert {task.due_on for task in occasions("birthday-visit")} == {date(2026, 3, 6)}


def test_the_29th_of_february_is_kept_on_the_28th(planner: Staff, manager: Staff) -> None:
    client(manager, birth_date=date(1984, 2, 29))
    plan(planner, date(2026, 2, 28))
    assert len(occasions("birthday-call")) == 1


def test_a_lunar_birthday_follows_the_persons_wish(planner: Staff, manager: Staff) -> None:
    """Born on 正月十五 of 1980 (1 March): in 2026 that is 3 March."""
    born = date(1980, 3, 1)
    lunar, both, solar = (client(manager, birth_date=born) for _ in range(3))
    for customer, kept in ((lunar, BirthdayCalendar.LUNAR), (both, BirthdayCalendar.BOTH)):
        CareProfile.objects.create(customer=customer, birthday_calendar=kept, changed_by=manager, changed_at=NOW)
    plan(planner, date(2026, 3, 3))
    tasks = occasions("birthday-call")
    assert {task.customer for task in tasks} == {lunar, both}
    assert {(task.facts["calendar"], task.facts["month"], task.facts["day"]) for task in tasks} == {("lunar", 1, 15)}
    plan(planner, date(2027, 3, 1))
    assert {task.customer for task in occasions("birthday-call")[2:]} == {both, solar}


NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("born", "year", "kept"),
    [
        (LunarDay(1980, 12, 30, False), 2024, date(2025, 1, 28)),  # the 12th month of 2024 has 29 days
        (LunarDay(1980, 1, 1, False), 2026, date(2026, 2, 17)),
        (LunarDay(1987, 6, 10, True), 2025, date(2025, 7, 4)),  # 2025 闰六月: the first sixth month counts
        (LunarDay(1987, 6, 10, False), 2025, date(2025, 7, 4)),
        (LunarDay(2009, 5, 5, True), 2028, date(2028, 5, 28)),  # 2028 闰五月
        (LunarDay(2033, 11, 15, True), 2033, date(2033, 12, 6)),  # 2033 闰十一月
        (LunarDay(2033, 11, 15, True), 2034, date(2034, 12, 25)),
    ],
)
def test_known_lunar_birthdays(born: LunarDay, year: int, kept: date) -> None:
    assert birthday_in(MONTHS, born, year) == kept


def test_the_leap_months_that_are_easily_got_wrong() -> None:
    leap = {month.year: month.month for month in MONTHS if month.leap}
    assert (leap[2025], leap[2028], leap[2033]) == (6, 5, 11)
    assert 2034 not in leap


@given(st.dates(date(1901, 1, 1), date(2049, 12, 31)))
def test_lunar_days_agree_with_the_library(day: date) -> None:
    found = lunar_day(MONTHS, day)
    expected = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    assert found is not None
    assert (found.year, found.day) == (expected.getYear(), expected.getDay())
    assert (found.month, found.leap) == (abs(expected.getMonth()), expected.getMonth() < 0)


@given(st.dates(date(1930, 1, 1), date(2010, 12, 31)), st.integers(2011, 2049))
def test_everybody_has_a_lunar_birthday_every_year(born: date, year: int) -> None:
    lunar = lunar_day(MONTHS, born)
    assert lunar is not None
    kept = birthday_in(MONTHS, lunar, year)
    assert kept is not None
    again = lunar_day(MONTHS, kept)
    assert again is not None
    assert (again.year, again.month, again.leap) == (year, lunar.month, False)
    assert again.day == lunar.day or (lunar.day, again.day) == (30, 29)


@pytest.mark.django_db
def test_the_table_holds_what_the_policy_says() -> None:
    assert load_lunar_months() > 2_400
    assert load_lunar_months() == 0
    assert lunar_months(2025, 2033) == [month for month in MONTHS if 2025 <= month.year <= 2033]


# -- other occasions --------------------------------------------------------------------------------------------------


def holding(customer: Customer, matures_on: date | None, amount: int = 100_000) -> Holding:
    product = ProductFactory.create(name="稳健一号", kind="wealth")
    return Holding.objects.create(customer=customer, product=product, amount=amount, matures_on=matures_on, as_of=DAY)


@pytest.mark.parametrize(
    ("ahead", "stages"), [(31, []), (30, ["30"]), (8, ["30"]), (7, ["7"]), (2, ["7"]), (1, ["1"]), (0, ["1"])]
)
def test_a4_maturities_in_30_7_and_1_days(planner: Staff, manager: Staff, ahead: int, stages: list[str]) -> None:
    holding(client(manager), DAY + timedelta(days=ahead))
    plan(planner)
    assert [task.cause.split(":")[4] for task in occasions("maturity")] == stages


def test_each_stage_of_a_maturity_comes_once(planner: Staff, manager: Staff) -> None:
    holding(client(manager), DAY + timedelta(days=30))
    for place in (0, 1, 23, 24, 29, 31):
        plan(planner, DAY + timedelta(days=place))
    assert [task.cause.split(":")[4] for task in occasions("maturity")] == ["30", "7", "1"]


def test_a4_movements_of_100_000_in_a_day(planner: Staff, manager: Staff) -> None:
    """Decision 19: at least 10万 in or out in one day, of customers with at least 10万."""
    large, small, poor = client(manager), client(manager), client(manager, aum=99_999)
    rows = [(large, 0, 100_000), (small, 99_999, 0), (poor, 500_000, 0)]
    frame = pl.DataFrame(
        {
            "customer_number": [customer.number for customer, *_ in rows] + ["nobody"],
            "day": [DAY] * 4,
            "inflow": [Decimal(inflow) for _customer, inflow, _out in rows] + [Decimal(1)],
            "outflow": [Decimal(out) for *_rest, out in rows] + [Decimal(0)],
        }
    )
    assert record_movements(frame) == 3
    assert record_movements(frame) == 3
    assert DayMovement.objects.count() == 3
    plan(planner)
    tasks = occasions("large-movement")
    assert [(task.customer, task.facts["outflow"]) for task in tasks] == [(large, 100_000)]
    with pytest.raises(ValidationError):
        record_movements(frame.drop("day"))


def test_a4_holders_are_told_of_corporate_actions(planner: Staff, manager: Staff) -> None:
    held = holding(client(manager), None)
    rows = [(held.product.code, kind, DAY + timedelta(days=7), "10 配 3") for kind in ("warrant", "exercise", "rights")]
    assert record_actions([*rows, (held.product.code, "convertible", DAY + timedelta(days=7), "")]) == 4
    assert record_actions(rows) == 3
    assert CorporateAction.objects.count() == 4
    plan(planner)
    kinds = {task.facts["action"] for task in occasions("corporate-action")}
    assert kinds == {"warrant", "exercise", "rights", "convertible"}
    with pytest.raises(ValidationError):
        record_actions([("nothing", "warrant", DAY, "")])


def test_anniversaries(planner: Staff, manager: Staff) -> None:
    opened = client(manager, aum=600_000, opened_on=date(2016, 3, 2))
    CareProfile.objects.create(
        customer=client(manager), wedding_on=date(2001, 3, 2), changed_by=manager, changed_at=NOW
    )
    plan(planner)
    assert [(task.customer, task.facts["years"]) for task in occasions("opening")] == [(opened, 10)]
    assert [task.facts["years"] for task in occasions("wedding")] == [25]


def agreeing(manager: Staff, planner: Staff, **values: Any) -> Customer:
    customer = client(manager, **values)
    ContactPointFactory.create(customer=customer, kind=ContactKind.MOBILE)
    record_consent(
        customer=customer, purpose="care", channels=["sms"], how=ConsentHow.COUNTER, evidence="表单", actor=planner,
        at=NOW,
    )  # fmt: skip
    return customer


def test_messages_are_drafted_for_those_who_agreed_with_one_task_a_person(planner: Staff, manager: Staff) -> None:
    agreed = [agreeing(manager, planner, aum=60_000, birth_date=date(1980, 3, 2)) for _ in range(2)]
    client(manager, aum=60_000, birth_date=date(1980, 3, 2))
    agreeing(manager, planner, aum=60_000, birth_date=date(1980, 3, 2), do_not_disturb=True)
    plan(planner)
    assert set(Message.objects.values_list("customer", flat=True)) == {customer.pk for customer in agreed}
    task = Task.objects.get(kind=TaskKind.MESSAGES)
    assert (task.staff, task.customer, task.facts) == (manager, None, {"count": 2})
    plan(planner)
    assert (Message.objects.count(), Task.objects.filter(kind=TaskKind.MESSAGES).count()) == (2, 1)


def test_a4_festival_greetings_by_outlet_head_manager_and_the_department(planner: Staff, manager: Staff) -> None:
    head = bank.person_in("outlet-head", manager.branch)
    department = bank.person_in("head-office-manager", planner.branch)
    large = agreeing(manager, planner, aum=3_000_000)
    contacted = agreeing(manager, planner, aum=600_000)
    agreeing(manager, planner, aum=600_000)
    bank_log(contacted, manager)
    plan(planner, date(2026, 9, 24))  # 中秋 is on the 25th
    found = {(message.customer, message.staff, message.rule) for message in Message.objects.all()}
    assert found == {
        (contacted, manager, "festival-message"),
        (contacted, head, "festival-outlet"),
        (large, department, "festival-head-office"),
    }
    assert set(Message.objects.values_list("due_on", flat=True)) == {date(2026, 9, 24)}


def bank_log(customer: Customer, manager: Staff) -> None:
    log_contact(customer=customer, channel="phone", outcome="talked", actor=manager, at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("spring", [date(2026, 2, 17)]),
        ("mid-autumn", [date(2026, 9, 25)]),
        ("dragon-boat", [date(2026, 6, 19)]),
        ("eve", [date(2026, 2, 16)]),
        ("national", [date(2026, 10, 1)]),
    ],
)
def test_festivals_of_2026(code: str, days: list[date]) -> None:
    load_lunar_months()
    festival = next(one for one in RULES.festivals if one.code == code)
    assert festival_days(festival, date(2026, 1, 1), date(2026, 12, 31)) == days


def test_the_rules_that_ship_name_their_source() -> None:
    assert all(rule.source for rule in RULES.rules)
    by_code = {rule.code: rule for rule in RULES.rules}
    assert by_code["maturity"].days == (30, 7, 1)
    assert by_code["large-movement"].least == 100_000
