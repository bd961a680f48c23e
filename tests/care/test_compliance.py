"""The rate of contacts made, and who was not contacted and why (A4)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.types.range import DateRange
from tests.care import bank
from tests.factories import StaffFactory

from keheng.care.models import CoverPeriod, Task
from keheng.care.operations.contacts import log_contact
from keheng.care.operations.planning import plan_day
from keheng.care.operations.tasks import skip_task
from keheng.care.queries.compliance import Why, by_branch, by_rule, by_staff, by_why, not_contacted
from keheng.org.enums import DataScope
from keheng.org.models import Staff

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
END = date(2026, 3, 31)


@pytest.fixture
def planner(db: None) -> Staff:
    bank.calendar()
    bank.schemes()
    return StaffFactory.create()


def test_the_rate_is_contacts_made_by_contacts_owed(planner: Staff) -> None:
    first, second = bank.person_in("relationship-manager"), bank.person_in("relationship-manager")
    customers = bank.customers_of(first, 4)
    bank.customers_of(second, 2)
    plan_day(day=DAY, actor=planner, at=AT)
    for customer in customers[:3]:
        log_contact(customer=customer, channel="phone", outcome="talked", actor=first, at=AT)
    rates = {rate.key: (rate.met, rate.due, rate.rate) for rate in by_staff(planner, DAY)}
    assert rates == {first.pk: (3, 4, 0.75), second.pk: (0, 2, 0.0)}
    assert [rate.key for rate in by_branch(planner, DAY)] == [second.branch_id, first.branch_id]
    assert [(code, rate.met, rate.due) for code, rate in by_rule(planner, DAY)] == [("by-tier", 3, 6)]
    head = StaffFactory.create(scope=DataScope.SUBTREE, branch=first.branch)
    assert [rate.key for rate in by_branch(head, DAY)] == [first.branch_id]
    assert [rate.due for rate in by_staff(second, DAY)] == [2]
    assert by_branch(planner, date(2026, 4, 1)) == []


def test_each_reason_why_somebody_was_not_contacted(planner: Staff) -> None:
    manager, away = bank.person_in("relationship-manager"), bank.person_in("relationship-manager")
    tried, struck, late, coming, bare = bank.customers_of(manager, 5)
    disturbed = bank.customers_of(manager, do_not_disturb=True)[0]
    orphan = bank.customers_of(manager, owner=None)[0]
    absent = bank.customers_of(away)[0]
    plan_day(day=DAY, actor=planner, at=AT)
    Task.objects.filter(customer=bare).delete()
    Task.objects.filter(customer__in=[tried, late, absent]).update(due_on=DAY)
    Task.objects.filter(customer=coming).update(due_on=END)
    log_contact(
        customer=tried,
        channel="phone",
        outcome="no-answer",
        actor=manager,
        at=AT,
        task=Task.objects.get(customer=tried),
    )
    skip_task(task=Task.objects.get(customer=struck), reason="出国", actor=manager, at=AT)
    today = DAY + timedelta(days=3)
    CoverPeriod.objects.create(
        staff=away, cover=manager, days=DateRange(today, today + timedelta(days=1)), set_by=planner, set_at=AT
    )
    found = {missed.customer_id: missed.why for missed in not_contacted(planner, DAY, today)}
    assert found == {
        tried.pk: Why.UNREACHED,
        struck.pk: Why.SKIPPED,
        late.pk: Why.OVERDUE,
        coming.pk: Why.COMING,
        bare.pk: Why.NO_TASK,
        disturbed.pk: Why.DISTURB,
        orphan.pk: Why.NOBODY,
        absent.pk: Why.ABSENT,
    }
    assert by_why(planner, DAY, today) == dict.fromkeys(Why, 1)
    only = not_contacted(planner, DAY, today, why=Why.OVERDUE, staff_id=manager.pk, branch_id=manager.branch_id)
    assert [(missed.customer_id, missed.words) for missed in only] == [(late.pk, "任务逾期")]


def test_one_statement_whatever_the_number(planner: Staff) -> None:
    manager = bank.person_in("relationship-manager")
    bank.customers_of(manager, 3)
    plan_day(day=DAY, actor=planner, at=AT)
    with CaptureQueriesContext(connection) as captured:
        assert len(not_contacted(planner, DAY, DAY)) == 3
    assert len(captured) == 1
