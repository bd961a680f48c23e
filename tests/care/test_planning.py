"""Planning a day: what is owed to whom, evenly spread, once only, whatever happens on the way (A4)."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django import app
from psycopg.types.range import DateRange, TimestamptzRange
from tests.care import bank
from tests.factories import BranchFactory, StaffFactory, head_office

from keheng.care.enums.ownership import Part, Source
from keheng.care.enums.tasks import PlanState, RuleTopic, TaskKind, TaskState
from keheng.care.models import CareProfile, Contribution, CoverPeriod, Duty, Ownership, PlanRun, Task
from keheng.care.operations import planning
from keheng.care.operations.contacts import log_contact
from keheng.care.operations.planning import AlreadyPlanningError, plan_day, run
from keheng.care.operations.planning.days import working_days
from keheng.care.policies.cadence import CadenceRules, Group, Period, level, slice_of, span, spread
from keheng.care.queries.rules import preset
from keheng.customers.models import Customer, Project
from keheng.org.enums import DataScope
from keheng.org.models import Staff

DAY = date(2026, 3, 2)  # a Monday
AT = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
RULES: CadenceRules = preset(RuleTopic.CADENCE)


@pytest.fixture
def planner(db: None) -> Staff:
    bank.calendar()
    bank.schemes()
    return StaffFactory.create()


def plan(planner: Staff, day: date = DAY, **more: Any) -> PlanRun:
    return plan_day(day=day, actor=planner, at=datetime(day.year, day.month, day.day, tzinfo=UTC), **more)


def owed(rule: str) -> list[tuple[int, str, int]]:
    return list(Duty.objects.filter(rule=rule).order_by("customer").values_list("staff", "part", "times"))


# -- every number of A4 -----------------------------------------------------------------------------------------------


def test_a4_each_customer_from_200_000_on_is_owed_one_contact_a_month_by_the_manager(planner: Staff) -> None:
    """Decision 27, through what the tiers T3 (≥ 20万) to T5 entitle to."""
    manager = bank.person_in("relationship-manager")
    gold = bank.customers_of(manager)[0]
    bank.customers_of(manager, tier="T2", aum=199_999)
    plan(planner)
    duty = Duty.objects.get()
    assert (duty.customer, duty.staff, duty.times, duty.rule) == (gold, manager, 1, "by-tier")
    assert (duty.starts_on, duty.ends_on) == (date(2026, 3, 1), date(2026, 3, 31))
    task = Task.objects.get()
    assert (task.kind, task.staff, task.customer) == (TaskKind.CADENCE, manager, gold)
    assert DAY <= task.due_on <= date(2026, 3, 31)


@pytest.mark.parametrize(
    ("marketing_class", "wanted"),
    [
        ("I", {"branch-head": 1, "corporate-director": 2, "owner": 3}),
        ("II", {"branch-head": 1, "corporate-director": 2, "outlet-head": 2, "owner": 3}),
        ("III", {"outlet-head": 2, "owner": 3}),
    ],
)
def test_a4_corporate_minima_by_class_and_role(planner: Staff, marketing_class: str, wanted: dict[str, int]) -> None:
    """004m: leaders ≥ 1 and directors ≥ 2 for I and II, outlet heads ≥ 2 for II and III, managers ≥ 3."""
    branch = BranchFactory.create(kind="branch")
    outlet = BranchFactory.create(parent=branch)
    people = {
        "branch-head": bank.person_in("branch-head", branch),
        "corporate-director": bank.person_in("corporate-director", branch),
        "outlet-head": bank.person_in("outlet-head", outlet),
        "owner": bank.person_in("corporate-manager", outlet),
    }
    bank.company_of(people["owner"], marketing_class)
    plan(planner)
    duties = Duty.objects.all()
    assert {duty.part: duty.times for duty in duties} == wanted
    assert all(duty.staff == people[duty.part] and duty.channels == ["visit"] for duty in duties)
    assert Counter(Task.objects.values_list("staff", flat=True)) == {
        people[part].pk: times for part, times in wanted.items()
    }
    assert set(Task.objects.values_list("channel", flat=True)) == {"visit"}


def test_a4_brokerage_officers_visit_three_a_day_by_contribution(planner: Staff) -> None:
    officer = bank.person_in("service-officer")
    customers = bank.customers_of(officer, 5, tier="T1", aum=5)
    for place, customer in enumerate(customers):
        bank.figures(customer, revenue=100 * (place + 1), aum=1000)
    plan(planner)
    tasks = Task.objects.filter(kind=TaskKind.QUOTA).order_by("-priority")
    assert [task.customer for task in tasks] == customers[:1:-1]
    assert all(task.due_on == DAY for task in tasks)
    log_contact(customer=customers[4], channel="phone", outcome="talked", actor=officer, at=AT + timedelta(hours=2))
    plan(planner, DAY + timedelta(days=1))
    following = Task.objects.filter(kind=TaskKind.QUOTA, due_on=DAY + timedelta(days=1))
    assert {task.customer for task in following} == set(customers[:2])  # neither the one contacted nor those still open


def test_a4_the_quota_counts_what_is_planned_already_and_rests_on_days_off(planner: Staff) -> None:
    officer = bank.person_in("service-officer")
    for customer in bank.customers_of(officer, 4, tier="T1"):
        bank.figures(customer, revenue=1)
    plan(planner, date(2026, 3, 1))  # a Sunday
    assert not Task.objects.exists()
    Task.objects.create(
        customer=bank.customers_of(officer, tier="T0")[0], staff=officer, branch=officer.branch, kind=TaskKind.OTHER,
        cause="x", opens_on=DAY, due_on=DAY, closes_on=DAY,
    )  # fmt: skip
    plan(planner)
    assert Task.objects.filter(kind=TaskKind.QUOTA).count() == 2


def test_a4_projects_are_patrolled_on_site_once_a_quarter(planner: Staff) -> None:
    manager = bank.person_in("corporate-manager")
    customer = bank.customers_of(manager, tier="")[0]
    Project.objects.create(customer=customer, name="厂区监控", state="service", changed_by=manager, changed_at=AT)
    plan(planner)
    duty = Duty.objects.get()
    assert (duty.rule, duty.times, duty.channels) == ("quarterly-patrol", 1, ["visit"])
    assert (duty.starts_on, duty.ends_on) == (date(2026, 1, 1), date(2026, 3, 31))


def test_a4_a_new_customer_is_contacted_promptly_though_nothing_is_owed(planner: Staff) -> None:
    manager = bank.person_in("relationship-manager")
    new = bank.customers_of(manager, tier="T1", aum=20_000, opened_on=DAY - timedelta(days=3))[0]
    bank.customers_of(manager, tier="T1", aum=20_000, opened_on=DAY - timedelta(days=30))
    plan(planner)
    task = Task.objects.get()
    assert (task.kind, task.customer, task.due_on) == (TaskKind.NEW, new, DAY)
    log_contact(customer=new, channel="phone", outcome="talked", actor=manager, at=AT + timedelta(hours=3))
    task.refresh_from_db()
    assert task.state == TaskState.DONE
    plan(planner, DAY + timedelta(days=1))
    assert Task.objects.count() == 1


def test_a4_whoever_gets_a_customer_contacts_them_at_once(planner: Staff) -> None:
    manager = bank.person_in("relationship-manager")
    customer = bank.customers_of(manager, tier="T1")[0]
    Ownership.objects.create(
        customer=customer, staff=manager, part=Part.OWNER, source=Source.ASSIGNED,
        period=TimestamptzRange(AT - timedelta(days=1), None),
    )  # fmt: skip
    plan(planner)
    assert Task.objects.get().facts["why"] == "assigned"


def test_a4_extra_care_and_agreed_intervals(planner: Staff) -> None:
    manager = bank.person_in("relationship-manager")
    careful, weekly = bank.customers_of(manager, 2, tier="T1")
    common = {"changed_by": manager, "changed_at": AT}
    CareProfile.objects.create(customer=careful, extra_care=["literacy"], **common)
    CareProfile.objects.create(customer=weekly, every_days=7, **common)
    plan(planner)
    assert owed("extra-care") == [(manager.pk, "owner", 1)]
    assert owed("own-interval") == [(manager.pk, "owner", 5)]  # 31 days, every 7


def test_decision_17_each_part_of_a_shared_customer_owes_a_contact(planner: Staff) -> None:
    manager, supervisor = bank.person_in("relationship-manager"), bank.person_in("rm-supervisor")
    customer = bank.customers_of(manager)[0]
    period = TimestamptzRange(AT - timedelta(days=100), None)
    Ownership.objects.create(
        customer=customer, staff=supervisor, part=Part.SUPERVISOR, source=Source.FEED, period=period
    )
    plan(planner)
    assert owed("by-tier") == [(manager.pk, "owner", 1)]
    assert owed("shared-supervisor") == [(supervisor.pk, "supervisor", 1)]
    log_contact(customer=customer, channel="phone", outcome="talked", actor=manager, at=AT + timedelta(hours=2))
    assert Duty.objects.get(part="supervisor").made == 0


def test_decision_20_contribution_is_the_weighted_percentile(planner: Staff) -> None:
    manager = bank.person_in("relationship-manager")
    customers = bank.customers_of(manager, 4, tier="T1")
    for customer, revenue, spend, aum in zip(customers, (0, 10, 20, 30), (0, 5, 0, 10), (1, 2, 3, 4), strict=True):
        bank.figures(customer, revenue=revenue, card_spend=spend, aum=aum)
    plan(planner)
    scores = {score.customer_id: score for score in Contribution.objects.all()}
    best, worst = scores[customers[3].pk], scores[customers[0].pk]
    assert (best.score, best.revenue, best.volume, best.aum) == (1000, 1000, 1000, 1000)
    assert (worst.revenue, worst.volume, worst.aum) == (0, 0, 250)
    assert worst.score == 75  # 0.3 × 250
    assert scores[customers[1].pk].revenue == 333


# -- who and when -----------------------------------------------------------------------------------------------------


def test_tasks_are_spread_evenly_over_working_days_the_weightiest_first(planner: Staff) -> None:
    manager = bank.person_in("relationship-manager")
    customers = bank.customers_of(manager, 44)
    for place, customer in enumerate(customers):
        bank.figures(customer, revenue=place + 1)
    plan(planner, date(2026, 3, 1))
    days = Counter(Task.objects.values_list("due_on", flat=True))
    assert set(days.values()) == {2}  # 22 working days
    assert all(day.weekday() < 5 for day in days)
    first = Task.objects.filter(due_on=DAY)
    assert {task.customer for task in first} == {customers[-1], customers[-2]}


def test_holidays_are_left_out_and_make_up_days_used(planner: Staff) -> None:
    manager = bank.person_in("relationship-manager")
    bank.customers_of(manager, 30)
    plan(planner, date(2026, 2, 1))
    days = set(Task.objects.values_list("due_on", flat=True))
    assert not days & {date(2026, 2, day) for day in range(14, 24)}
    assert date(2026, 2, 28) in days
    assert working_days(DAY, DAY)[manager.branch_id] == [DAY]


def test_several_contacts_fall_into_parts_of_the_month(planner: Staff) -> None:
    manager = bank.person_in("corporate-manager")
    bank.company_of(manager, "III")
    plan(planner)
    days = sorted(Task.objects.filter(duty__part="owner").values_list("due_on", flat=True))
    assert [day.day for day in days] == sorted(day.day for day in days)
    assert days[0] <= date(2026, 3, 10) < days[1] <= date(2026, 3, 20) < days[2]


def test_an_absent_manager_is_covered_and_gets_no_task_on_days_away(planner: Staff) -> None:
    manager, cover = (bank.person_in("relationship-manager") for _ in range(2))
    customers = bank.customers_of(manager, 5)
    CoverPeriod.objects.create(
        staff=manager, cover=cover, days=DateRange(DAY, DAY + timedelta(days=3)), set_by=planner, set_at=AT
    )
    plan(planner)
    assert set(Task.objects.values_list("staff", flat=True)) == {cover.pk}
    log_contact(customer=customers[0], channel="phone", outcome="talked", actor=cover, at=AT + timedelta(hours=1))
    assert Duty.objects.get(customer=customers[0]).made == 1


def test_open_tasks_follow_another_owner(planner: Staff) -> None:
    before, after = (bank.person_in("relationship-manager") for _ in range(2))
    customer = bank.customers_of(before)[0]
    plan(planner)
    Customer.objects.filter(pk=customer.pk).update(owner=after)
    due = Task.objects.get().due_on
    plan(planner, due)
    assert (Task.objects.get(kind=TaskKind.CADENCE).staff, Duty.objects.get().staff) == (after, after)


def test_who_does_not_want_to_be_disturbed_gets_no_task_but_stays_owed(planner: Staff) -> None:
    manager = bank.person_in("relationship-manager")
    bank.customers_of(manager, do_not_disturb=True)
    plan(planner)
    assert (Duty.objects.count(), Task.objects.count()) == (1, 0)


def test_nobody_answers_for_them(planner: Staff) -> None:
    bank.customers_of(bank.person_in("relationship-manager"), owner=None)
    plan(planner)
    assert Duty.objects.get().staff is None
    assert not Task.objects.exists()


def test_a_contact_made_before_the_plan_needs_no_task(planner: Staff) -> None:
    manager = bank.person_in("relationship-manager")
    customer = bank.customers_of(manager)[0]
    log_contact(customer=customer, channel="phone", outcome="talked", actor=manager, at=AT)
    plan(planner)
    assert (Duty.objects.get().made, Task.objects.count()) == (1, 0)


# -- once only, whatever happens --------------------------------------------------------------------------------------


def _bank_of_all_sorts() -> None:
    manager, officer = bank.person_in("relationship-manager"), bank.person_in("service-officer")
    bank.customers_of(manager, 12)
    bank.customers_of(manager, 2, tier="T1", aum=20_000, opened_on=DAY)
    for customer in bank.customers_of(officer, 5, tier="T1"):
        bank.figures(customer, revenue=customer.pk)
    bank.company_of(bank.person_in("corporate-manager"), "II")


def test_planned_twice_nothing_doubles(planner: Staff) -> None:
    _bank_of_all_sorts()
    plan(planner)
    before = set(Task.objects.values_list("pk", "cause", "staff", "due_on"))
    again = plan(planner)
    assert set(Task.objects.values_list("pk", "cause", "staff", "due_on")) == before
    assert {name: count for name, count in again.counts.items() if name in ("owed", "new", "cadence", "quota")} == {
        "owed": 0, "new": 0, "cadence": 0, "quota": 0,
    }  # fmt: skip


@pytest.mark.parametrize("place", range(10))
def test_whichever_step_dies_the_next_run_completes_the_day(
    planner: Staff, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    _bank_of_all_sorts()
    real = run._steps

    def broken(day: date, at: datetime) -> list[Any]:
        steps = real(day, at)
        steps[place] = (steps[place][0], lambda: 1 // 0)
        return steps

    monkeypatch.setattr(run, "_steps", broken)
    with pytest.raises(ZeroDivisionError):
        plan(planner)
    monkeypatch.setattr(run, "_steps", real)
    plan(planner)
    tasks = Task.objects.all()
    cadence = sum(duty.times for duty in Duty.objects.filter(staff__isnull=False))
    assert Counter(task.kind for task in tasks) == {TaskKind.CADENCE: cadence, TaskKind.NEW: 2, TaskKind.QUOTA: 3}
    assert len({task.cause for task in tasks}) == len(tasks)


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_make_one_plan() -> None:
    bank.calendar()
    bank.schemes()
    planner = StaffFactory.create()
    _bank_of_all_sorts()
    errors: list[BaseException] = []

    def go() -> None:
        try:
            plan(planner)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    duties = Duty.objects.all()
    assert Task.objects.filter(kind=TaskKind.CADENCE).count() == sum(duty.times for duty in duties if duty.staff_id)
    assert PlanRun.objects.filter(state=PlanState.DONE).count() == 2


@pytest.mark.django_db(transaction=True)
def test_whoever_does_not_wait_is_told_that_somebody_is_planning() -> None:
    bank.calendar()
    bank.schemes()
    planner = StaffFactory.create()
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:  # a lock of the session would go back to the pool
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [run.LOCK])
            held.set()
            release.wait(30)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    with pytest.raises(AlreadyPlanningError):
        plan(planner, wait=False)
    release.set()
    thread.join()
    assert PlanRun.objects.get().state == PlanState.FAILED


PROGRAM = """
import sys, time, django
django.setup()
from datetime import date, datetime, UTC
from keheng.care.operations.planning import plan_day, run
from keheng.org.models import Staff
real = run._steps
def slow(day, at):
    steps = real(day, at)
    def hang():
        steps[6][1]()
        print("ready", flush=True)
        time.sleep(60)
    return [*steps[:6], (steps[6][0], hang), *steps[7:]]
run._steps = slow
plan_day(day=date(2026, 3, 2), actor=Staff.objects.get(pk=int(sys.argv[1])), at=datetime(2026, 3, 2, tzinfo=UTC))
"""


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_the_next_run_completes_it() -> None:
    """kill -9 in the midst of a step: what was committed stays, what was not comes with the next run."""
    bank.calendar()
    bank.schemes()
    planner = StaffFactory.create()
    _bank_of_all_sorts()
    settings = connection.settings_dict
    address = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={quote(settings['HOST'], safe='')}"
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(planner.pk)],
        env={**os.environ, "DATABASE_URL": settings.get("URL", address)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    ready = program.stdout.readline()
    program.send_signal(signal.SIGKILL)
    program.communicate()
    assert ready == "ready\n"
    assert Duty.objects.exists()
    assert not Task.objects.filter(kind=TaskKind.CADENCE).exists()
    plan(planner)
    expected = sum(duty.times for duty in Duty.objects.filter(staff__isnull=False))
    assert Task.objects.filter(kind=TaskKind.CADENCE).count() == expected
    assert PlanRun.objects.filter(state=PlanState.DONE).count() == 1


def test_the_statements_do_not_grow_with_the_customers(planner: Staff) -> None:
    manager = bank.person_in("relationship-manager")

    def queries(day: date) -> int:
        with CaptureQueriesContext(connection) as captured:
            plan(planner, day)
        return len(captured)

    bank.customers_of(manager)
    plan(planner, DAY)
    bank.customers_of(manager)
    one = queries(DAY)
    bank.customers_of(manager, 9)
    assert queries(DAY) == one


@pytest.mark.parametrize(
    ("permissions", "may"), [(("care.plan",), True), (("care.view", "care.log", "care.compliance"), False)]
)
def test_who_may_plan(planner: Staff, permissions: tuple[str, ...], may: bool) -> None:
    actor = StaffFactory.create(scope=DataScope.ALL, permissions=permissions)
    if may:
        assert plan(actor).state == PlanState.DONE
    else:
        with pytest.raises(PermissionDenied):
            plan(actor)


# -- policies ---------------------------------------------------------------------------------------------------------

loads_and_count = st.tuples(st.lists(st.integers(0, 30), min_size=1, max_size=25), st.integers(0, 200))


@given(loads_and_count)
def test_the_level_is_as_even_as_it_can_be(case: tuple[list[int], int]) -> None:
    loads, count = case
    given_ = level(loads, count)
    after = [load + more for load, more in zip(loads, given_, strict=True)]
    assert sum(given_) == count
    assert min(given_) >= 0
    taking = [total for total, more in zip(after, given_, strict=True) if more]
    if taking:
        assert max(taking) - min(after) <= 1  # no day got one while another stood lower by more


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 9), st.integers(0, 9), st.integers(1, 20)), max_size=6))
def test_every_task_of_a_group_falls_on_one_day_within_it(rows: list[tuple[int, int, int, int]]) -> None:
    days = [DAY + timedelta(days=place) for place in range(10)]
    groups = [Group(staff, days[min(a, b)], days[max(a, b)], count) for staff, a, b, count in rows]
    work = {staff: [day for day in days if day.weekday() < 5] for staff in (1, 2, 3)}
    placed = spread(groups, {}, work)
    for group in set(groups):
        mine = [(day, start, stop) for other, day, start, stop in placed if other is group]
        if mine:
            assert [start for _day, start, _stop in mine] == [0, *(stop for _day, _start, stop in mine[:-1])]
            assert mine[-1][2] == group.count
            assert all(group.first <= day <= group.last for day, *_rest in mine)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(Period), st.integers(1, 31))
def test_the_parts_of_a_period_cover_it_once(day: date, period: Period, times: int) -> None:
    starts_on, ends_on = span(period, day)
    assert starts_on <= day <= ends_on
    assert span(period, ends_on + timedelta(days=1))[0] == ends_on + timedelta(days=1)
    if times <= (ends_on - starts_on).days + 1:
        parts = [slice_of(starts_on, ends_on, place, times) for place in range(times)]
        assert (parts[0][0], parts[-1][1]) == (starts_on, ends_on)
        assert all(after[0] == before[1] + timedelta(days=1) for before, after in pairwise(parts))


def test_the_rules_that_ship_name_their_source() -> None:
    assert all(rule.source for rule in (*RULES.rules, *RULES.quotas))
    assert RULES.quotas[0].a_day == 3
    assert RULES.name_of("by-tier") == "按层级权益定期联系"
    assert RULES.name_of("gone") == "gone"


def test_the_head_office_follows_its_own_calendar(planner: Staff) -> None:
    assert working_days(date(2026, 2, 14), date(2026, 2, 24))[head_office().pk] == [date(2026, 2, 24)]


def test_the_package_offers_one_door() -> None:
    assert set(planning.__all__) == {"AlreadyPlanningError", "plan_day"}


def test_a4_the_day_is_planned_every_morning() -> None:
    periodic = app.periodic_registry.periodic_tasks
    assert {task.cron for (name, _id), task in periodic.items() if name == "care.plan"} == {"30 6 * * *"}
