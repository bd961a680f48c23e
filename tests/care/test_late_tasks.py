"""Late tasks rise in the list and say so (A4, decision 20); occasions of modules above; open workbenches wake."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests.care import bank
from tests.factories import StaffFactory

from keheng.care.enums.tasks import RuleTopic, TaskKind
from keheng.care.models import Contribution, CoverPeriod, RuleVersion, Task
from keheng.care.operations.contacts import log_contact
from keheng.care.operations.giving import Given, give_tasks
from keheng.care.operations.planning import plan_day
from keheng.care.operations.planning.occasions import tell_occasion
from keheng.care.operations.planning.raising import raise_late
from keheng.care.operations.tasks import add_task, complete_task, postpone_task
from keheng.care.policies.occasions import Trigger
from keheng.care.policies.priority import ContributionRules, priority, raised
from keheng.care.queries.rules import preset
from keheng.care.wording import Sentences
from keheng.customers.models import Customer
from keheng.notices.operations import CHANNEL
from keheng.org.models import Staff

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
RULES: ContributionRules = preset(RuleTopic.CONTRIBUTION)


@pytest.fixture
def manager(db: None) -> Staff:
    bank.calendar()
    bank.schemes()
    return bank.person_in("relationship-manager")


def task_of(manager: Staff, *, score: int = 400, **given: Any) -> Task:
    customer = bank.customers_of(manager)[0]
    Contribution.objects.create(customer=customer, score=score, revenue=0, volume=0, aum=0, computed_on=DAY, rules=1)
    return add_task(
        staff=manager, customer=customer, cause=f"t:{customer.pk}", due_on=DAY, actor=manager, at=AT, **given
    )


@given(st.integers(0, 100), st.integers(0, 400))
def test_each_day_late_adds_a_step_and_never_more_than_all(urgency: int, late: int) -> None:
    risen = raised(RULES, urgency, late)
    assert urgency <= risen <= 100
    assert risen == min(100, urgency + late * RULES.late_step)


def test_decision_20_late_tasks_rise_above_what_weighed_more(manager: Staff) -> None:
    light, heavy = task_of(manager, urgency=50), task_of(manager, urgency=60)
    Task.objects.filter(pk=heavy.pk).update(due_on=DAY + timedelta(days=3))
    assert light.priority < heavy.priority
    later = DAY + timedelta(days=3)
    assert raise_late(later) == 1
    light.refresh_from_db()
    assert light.priority == priority(RULES, 400, 50, days_late=3) > heavy.priority
    assert raise_late(later) == 0, "once a day"
    assert Sentences(later).of(light).endswith("（已逾期，紧急度 50 → 65）")
    assert "逾期" not in Sentences(DAY).of(light)
    postpone_task(task=light, due_on=later, actor=manager, at=AT + timedelta(days=3))
    light.refresh_from_db()
    assert light.priority == priority(RULES, 400, 50), "put off, it is no longer late"


def test_the_morning_raises_what_was_left(manager: Staff) -> None:
    task = task_of(manager)
    run = plan_day(day=DAY + timedelta(days=2), actor=StaffFactory.create(), at=AT + timedelta(days=2))
    assert run.counts["raised"] >= 1
    before, risen = task.priority, Task.objects.get(pk=task.pk).priority
    assert risen > before


# -- occasions that modules above tell of -----------------------------------------------------------------------------


def tell(customer: Customer, **given: Any) -> int:
    values = {"key": "81", "by": DAY + timedelta(days=5), "facts": {"complaint": "TS260302-01"}, "day": DAY}
    return tell_occasion(trigger=Trigger.COMPLAINT_CLOSED, customer=customer, **{**values, **given})


def test_a4_a_closed_complaint_gives_the_owner_a_call_by_a_working_day(manager: Staff) -> None:
    """By Saturday: on the Friday before; once, whatever is told again."""
    customer = bank.customers_of(manager, do_not_disturb=True)[0]
    assert (tell(customer), tell(customer)) == (1, 0)
    task = Task.objects.get()
    assert (task.staff, task.kind, task.rule) == (manager, TaskKind.OCCASION, "complaint-closed")
    assert (task.due_on, task.channel, task.urgency) == (DAY + timedelta(days=4), "phone", 75)
    sentence = Sentences().of(task)
    assert "投诉办结回访" in sentence
    assert "TS260302-01" in sentence
    assert tell(customer, key="82") == 1


def test_whoever_stands_in_acts_and_nobody_for_nobody(manager: Staff) -> None:
    cover = bank.person_in("relationship-manager", manager.branch)
    CoverPeriod.objects.create(
        staff=manager, cover=cover, days=(DAY, DAY + timedelta(days=9)), set_by=manager, set_at=AT
    )
    assert tell(bank.customers_of(manager)[0]) == 1
    assert Task.objects.get().staff == cover
    assert tell(bank.customers_of(manager, owner=None)[0]) == 0


def test_a_rule_put_out_of_use_is_followed_and_older_versions_fall_back_on_what_ships(manager: Staff) -> None:
    customer = bank.customers_of(manager)[0]
    content = preset(RuleTopic.OCCASIONS).model_dump(mode="json")
    told = [rule for rule in content["rules"] if rule["trigger"] == "complaint-closed"]
    others = [rule for rule in content["rules"] if rule not in told]
    for number, rules, made in ((2, [*others, {**told[0], "enabled": False}], 0), (3, others, 1)):
        RuleVersion.objects.create(
            topic=RuleTopic.OCCASIONS, number=number, content={**content, "rules": rules}, reason="x", made_by=manager,
            made_at=AT,
        )  # fmt: skip
        assert tell(customer) == made


# -- live -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_open_workbenches_of_those_concerned_are_woken(transactional_db: None) -> None:
    manager = StaffFactory.create(permissions=("customers.view", "care.view", "care.log", "care.compliance"))
    mate = bank.person_in("relationship-manager", manager.branch)
    customer = bank.customers_of(manager)[0]
    given_params = connection.get_connection_params()
    names = {"dbname", "user", "password", "host", "port"}
    address = {key: value for key, value in given_params.items() if key in names}
    with psycopg.connect(**address, autocommit=True) as listener:
        listener.execute(f"listen {CHANNEL}")

        def woken(work: Callable[[], Any]) -> set[int]:
            work()
            return {int(key) for signal in listener.notifies(timeout=0.5) for key in signal.payload.split(",") if key}

        given = [Given(customer.pk, mate.pk, "event:1")]
        assert woken(lambda: give_tasks(given=given, text="请电话邀约", due_on=DAY, at=AT)) == {mate.pk}
        task = Task.objects.get()
        assert woken(lambda: complete_task(task=task, actor=mate, at=AT)) == {mate.pk}
        own = {"customer": customer, "due_on": DAY, "actor": manager, "at": AT}
        assert woken(lambda: add_task(staff=manager, cause="x", kind=TaskKind.NEW, **own)) == {manager.pk}
        log = {"customer": customer, "channel": "phone", "outcome": "talked", "actor": manager, "at": AT}
        assert woken(lambda: log_contact(**log)) == {manager.pk}
