"""The contact log: what counts, what is refused, what follows from it (A1, A4, decision 17)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.care.enums.tasks import RuleTopic, TaskKind, TaskState
from keheng.care.models import Contact, ContactVersion, Duty, Task
from keheng.care.operations.contacts import correct_contact, log_contact, log_contacts, note_words, withdraw_contact
from keheng.care.operations.tasks import add_task, complete_task, lapse, postpone_task, reopen_task, skip_task
from keheng.care.policies.outcomes import pairs
from keheng.care.policies.priority import MOST, contribution, priority, priority_sql
from keheng.care.policies.tasks import TRANSITIONS, follows
from keheng.care.queries.rules import contribution_rules, preset
from keheng.care.queries.tasks import tasks_of
from keheng.customers.enums import ConsentHow
from keheng.customers.models import Customer
from keheng.customers.operations.consent import record_consent
from keheng.org.enums import DataScope
from keheng.org.models import Staff

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a Tuesday
TODAY = date(2026, 3, 10)


@pytest.fixture
def manager(db: None) -> Staff:
    return StaffFactory.create(scope=DataScope.OWN, permissions=("care.view", "care.log", "customers.view"))


@pytest.fixture
def customer(manager: Staff) -> Customer:
    return CustomerFactory.create(owner=manager, branch=manager.branch)


def log(customer: Customer, actor: Staff, **values: Any) -> Contact:
    return log_contact(
        **{"customer": customer, "channel": "phone", "outcome": "talked", "actor": actor, "at": NOW, **values}
    )


def duty(customer: Customer, staff: Staff, **values: Any) -> Duty:
    defaults: dict[str, Any] = {
        "rule": "monthly",
        "part": "owner",
        "starts_on": date(2026, 3, 1),
        "ends_on": date(2026, 3, 31),
        "times": 1,
        "rules": 1,
        "branch_id": customer.branch_id,
        "roles": ["relationship-manager"],
        "channels": [],
    }
    return Duty.objects.create(**{**defaults, "customer": customer, "staff": staff, **values})


def task(customer: Customer | None, staff: Staff, **values: Any) -> Task:
    defaults: dict[str, Any] = {
        "kind": TaskKind.CADENCE,
        "cause": f"test:{Task.objects.count()}",
        "branch_id": staff.branch_id,
        "opens_on": date(2026, 3, 1),
        "due_on": TODAY,
        "closes_on": date(2026, 3, 31),
    }
    return Task.objects.create(**{**defaults, "customer": customer, "staff": staff, **values})


# -- logging ----------------------------------------------------------------------------------------------------------


def test_a_contact_keeps_who_where_how_and_what_it_meant(customer: Customer, manager: Staff) -> None:
    contact = log(customer, manager, note="谈到孩子留学，想换美元")
    contact.refresh_from_db()
    assert (contact.staff, contact.role, contact.branch_id) == (manager, manager.role.code, customer.branch_id)
    assert (contact.counts, contact.rules, contact.note) == (True, 1, "谈到孩子留学，想换美元")
    entry = Entry.objects.get(action="care.log_contact")
    assert entry.target_id == customer.pk
    assert "留学" not in str(entry.detail)


def test_the_note_lies_sealed_and_is_found_by_its_words(customer: Customer, manager: Staff) -> None:
    contact = log(customer, manager, note="谈到孩子留学，想换美元")
    log(customer, manager, note="问了信用卡")
    with connection.cursor() as cursor:
        cursor.execute("select note from care_contact where id = %s", [contact.pk])
        assert "留学".encode() not in bytes(cursor.fetchone()[0])
    assert list(Contact.objects.filter(words__contains=note_words("孩子留学"))) == [contact]
    assert not Contact.objects.filter(words__contains=note_words("基金"))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"channel": ""}, "channel"),
        ({"channel": "pigeon"}, "channel"),
        ({"outcome": ""}, "outcome"),
        ({"took_place": NOW + timedelta(days=1)}, "at"),
        ({"outcome": "interested"}, "next_on"),
        ({"outcome": "interested", "next_step": "送资料"}, "next_on"),
        ({"next_on": TODAY}, "next_step"),
        ({"next_step": "回电", "next_on": TODAY - timedelta(days=1)}, "next_on"),
        ({"purpose": "nonsense"}, "purpose"),
        ({"direction": "sideways"}, "direction"),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence_and_nothing_is_written(
    customer: Customer, manager: Staff, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        log(customer, manager, **values)
    assert len(refused.value.message_dict[field][0]) > 5
    assert not Contact.objects.exists()


def test_a_contact_of_tomorrow_is_refused_in_words(customer: Customer, manager: Staff, english: None) -> None:
    with pytest.raises(ValidationError, match="lies ahead"):
        log(customer, manager, took_place=NOW + timedelta(days=1))


def test_a_customer_outside_the_scope_is_refused_in_words(manager: Staff, english: None) -> None:
    with pytest.raises(PermissionDenied, match="outside your scope"):
        log(CustomerFactory.create(owner=StaffFactory.create()), manager)


def test_whoever_stands_in_logs_what_they_were_given_to_do(manager: Staff) -> None:
    customer = CustomerFactory.create(owner=StaffFactory.create())
    task(customer, manager)
    assert log(customer, manager).customer == customer


def test_the_wish_not_to_be_disturbed_is_kept_for_what_is_not_service(customer: Customer, manager: Staff) -> None:
    Customer.objects.filter(pk=customer.pk).update(do_not_disturb=True)
    customer.refresh_from_db()
    with pytest.raises(ValidationError) as refused:
        log(customer, manager, purpose="marketing")
    assert "purpose" in refused.value.message_dict
    assert log(customer, manager).purpose == "service"
    assert log(customer, manager, purpose="marketing", direction="in").direction == "in"


def test_marketing_asks_for_consent_by_the_channel(customer: Customer, manager: Staff) -> None:
    with pytest.raises(ValidationError, match=r"推介"):
        log(customer, manager, purpose="marketing")
    record_consent(
        customer=customer,
        purpose="marketing",
        channels=["phone"],
        how=ConsentHow.COUNTER,
        evidence="表单",
        actor=StaffFactory.create(),
        at=NOW - timedelta(days=1),
    )
    assert log(customer, manager, purpose="marketing").pk
    with pytest.raises(ValidationError):
        log(customer, manager, purpose="marketing", channel="sms")


def test_a_next_step_becomes_a_task_and_moves_with_its_correction(customer: Customer, manager: Staff) -> None:
    contact = log(customer, manager, outcome="interested", next_step="送理财资料", next_on=TODAY + timedelta(days=3))
    follow_up = Task.objects.get(kind=TaskKind.FOLLOW_UP)
    assert (follow_up.text, follow_up.due_on, follow_up.staff) == ("送理财资料", date(2026, 3, 13), manager)
    correct_contact(contact=contact, values={"next_on": date(2026, 3, 16)}, reason="客户改期", actor=manager, at=NOW)
    follow_up.refresh_from_db()
    assert follow_up.due_on == date(2026, 3, 16)
    assert Task.objects.count() == 1


# -- many at once -----------------------------------------------------------------------------------------------------


def test_many_are_logged_by_one_statement_a_table(manager: Staff) -> None:
    guests = [CustomerFactory.create(owner=manager, branch=manager.branch).pk for _ in range(3)]
    stranger = CustomerFactory.create(owner=StaffFactory.create()).pk
    customers = Customer.objects.filter(pk__in=[*guests, stranger])

    def queries(some: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            log_contacts(customers=some, channel="event", outcome="talked", event="理财沙龙", actor=manager, at=NOW)
        return len(captured)

    log_contacts(customers=customers, channel="event", outcome="talked", event="预热", actor=manager, at=NOW)
    assert queries(Customer.objects.filter(pk=guests[0])) == queries(customers)
    assert Contact.objects.filter(event="理财沙龙").count() == 4
    logged = log_contacts(customers=customers, channel="event", outcome="talked", actor=manager, at=NOW, note="到场")
    assert (logged.count, logged.left_out) == (3, 1)
    assert {contact.note for contact in Contact.objects.filter(event="")} == {"到场"}


def test_nobody_left_is_refused(manager: Staff) -> None:
    stranger = Customer.objects.filter(pk=CustomerFactory.create().pk)
    with pytest.raises(ValidationError):
        log_contacts(customers=stranger, channel="event", outcome="talked", actor=manager, at=NOW)


# -- correcting -------------------------------------------------------------------------------------------------------


def test_a_correction_keeps_how_it_stood(customer: Customer, manager: Staff) -> None:
    contact = log(customer, manager, note="原来的话")
    correct_contact(
        contact=contact, values={"outcome": "no-answer", "note": "后来的话"}, reason="记错了", actor=manager, at=NOW
    )
    contact.refresh_from_db()
    assert (contact.outcome, contact.counts, contact.note) == ("no-answer", False, "后来的话")
    version = ContactVersion.objects.get()
    assert (version.facts["outcome"], version.note, version.reason) == ("talked", "原来的话", "记错了")
    assert not Contact.objects.filter(words__contains=note_words("原来"))


def test_only_the_writer_or_a_leader_corrects(customer: Customer, manager: Staff) -> None:
    contact = log(customer, manager)
    colleague = StaffFactory.create(scope=DataScope.SUBTREE, permissions=("care.log",), branch=manager.branch)
    head = StaffFactory.create(
        scope=DataScope.SUBTREE, permissions=("care.log", "care.compliance"), branch=manager.branch
    )
    with pytest.raises(PermissionDenied):
        withdraw_contact(contact=contact, reason="误记", actor=colleague, at=NOW)
    assert withdraw_contact(contact=contact, reason="误记", actor=head, at=NOW).withdrawn_at == NOW
    with pytest.raises(PermissionDenied):
        correct_contact(contact=contact, values={"outcome": "busy"}, reason="再改", actor=manager, at=NOW)


@pytest.mark.parametrize("act", [correct_contact, withdraw_contact])
def test_a_correction_says_why(customer: Customer, manager: Staff, act: Any) -> None:
    contact = log(customer, manager)
    more = {"values": {"outcome": "declined"}} if act is correct_contact else {}
    with pytest.raises(ValidationError):
        act(contact=contact, reason=" ", actor=manager, at=NOW, **more)


# -- what contacts settle ---------------------------------------------------------------------------------------------


def test_a_contact_meets_the_duty_and_does_its_task(customer: Customer, manager: Staff) -> None:
    owed = duty(customer, manager)
    planned = task(customer, manager, duty=owed)
    log(customer, manager, outcome="no-answer", task=planned)
    planned.refresh_from_db()
    assert (planned.state, planned.attempts) == (TaskState.OPEN, 1)
    contact = log(customer, manager)
    owed.refresh_from_db()
    planned.refresh_from_db()
    assert (owed.made, planned.state, planned.contact) == (1, TaskState.DONE, contact)
    withdraw_contact(contact=contact, reason="误记", actor=manager, at=NOW)
    owed.refresh_from_db()
    planned.refresh_from_db()
    assert (owed.made, planned.state, planned.closed_at) == (0, TaskState.OPEN, None)


def test_decision_17_the_visit_of_the_listed_role_counts(manager: Staff) -> None:
    head = StaffFactory.create(role__code="branch-head")
    company = CustomerFactory.create(owner=manager, branch=manager.branch)
    of_head = duty(company, head, part="branch-head", roles=["branch-head"], channels=["visit"])
    of_owner = duty(company, manager, times=3, roles=[manager.role.code], channels=["visit"])
    log(company, manager, channel="visit", took_place=NOW - timedelta(days=1))
    log(company, manager, channel="phone")
    of_head.refresh_from_db()
    of_owner.refresh_from_db()
    assert (of_head.made, of_owner.made) == (0, 1)
    log(company, head, channel="visit")
    of_head.refresh_from_db()
    of_owner.refresh_from_db()
    assert (of_head.made, of_owner.made) == (1, 1)


def test_several_contacts_of_one_day_count_once(customer: Customer, manager: Staff) -> None:
    owed = duty(customer, manager, times=3)
    planned = [task(customer, manager, duty=owed, due_on=TODAY + timedelta(days=place)) for place in range(3)]
    for _ in range(3):
        log(customer, manager)
    owed.refresh_from_db()
    assert owed.made == 1
    states = [Task.objects.get(pk=each.pk).state for each in planned]
    assert states == [TaskState.DONE, TaskState.OPEN, TaskState.OPEN]
    log(customer, manager, took_place=NOW - timedelta(days=2))
    assert Task.objects.filter(state=TaskState.DONE).count() == 2


def test_the_month_of_a_contact_is_that_of_shanghai(customer: Customer, manager: Staff) -> None:
    owed = duty(customer, manager)
    log(customer, manager, took_place=datetime(2026, 2, 28, 15, 59, tzinfo=UTC))
    owed.refresh_from_db()
    assert owed.made == 0
    log(customer, manager, took_place=datetime(2026, 2, 28, 16, 0, tzinfo=UTC))
    owed.refresh_from_db()
    assert owed.made == 1


# -- tasks ------------------------------------------------------------------------------------------------------------


def test_a_task_is_added_once_a_cause(customer: Customer, manager: Staff) -> None:
    first = add_task(staff=manager, customer=customer, cause="x:1", due_on=TODAY, actor=manager, at=NOW, text="送函")
    assert add_task(staff=manager, customer=customer, cause="x:1", due_on=TODAY, actor=manager, at=NOW) == first
    assert list(tasks_of(manager, TODAY)) == [first]
    assert not tasks_of(manager, TODAY - timedelta(days=1))


def test_the_way_of_a_task(customer: Customer, manager: Staff) -> None:
    given = task(customer, manager)
    with pytest.raises(ValidationError):
        skip_task(task=given, reason="", actor=manager, at=NOW)
    assert skip_task(task=given, reason="客户出国", actor=manager, at=NOW).state == TaskState.SKIPPED
    with pytest.raises(ValidationError):
        complete_task(task=given, actor=manager, at=NOW)
    assert reopen_task(task=given, actor=manager, at=NOW).state == TaskState.OPEN
    assert postpone_task(task=given, due_on=TODAY + timedelta(days=2), actor=manager, at=NOW).due_on.day == 12
    with pytest.raises(ValidationError):
        postpone_task(task=given, due_on=date(2026, 4, 1), actor=manager, at=NOW)
    assert complete_task(task=given, actor=manager, at=NOW).closed_by == manager


def test_what_is_over_lapses(customer: Customer, manager: Staff) -> None:
    over = task(customer, manager, closes_on=TODAY - timedelta(days=1), due_on=TODAY - timedelta(days=3))
    going = task(customer, manager)
    assert lapse(day=TODAY, at=NOW) == 1
    over.refresh_from_db()
    going.refresh_from_db()
    assert (over.state, going.state) == (TaskState.LAPSED, TaskState.OPEN)
    with pytest.raises(PermissionDenied):
        complete_task(task=over, actor=manager, at=NOW)


def test_nobody_does_the_tasks_of_others(customer: Customer, manager: Staff) -> None:
    stranger = StaffFactory.create(scope=DataScope.OWN, permissions=("care.log",))
    with pytest.raises(PermissionDenied):
        complete_task(task=task(customer, manager), actor=stranger, at=NOW)
    with pytest.raises(PermissionDenied):
        add_task(staff=stranger, cause="y:1", due_on=TODAY, actor=manager, at=NOW)


@pytest.mark.parametrize(
    ("scope", "permissions", "own", "others"),
    [
        (DataScope.OWN, ("care.log",), True, False),
        (DataScope.OWN, ("care.view",), False, False),
        (DataScope.SUBTREE, ("care.log",), True, False),
        (DataScope.SUBTREE, ("care.log", "care.compliance"), True, True),
        (DataScope.ALL, ("care.log", "care.compliance"), True, True),
        (DataScope.ALL, ("care.compliance",), False, False),
    ],
)
def test_who_may_do_what(db: None, scope: DataScope, permissions: tuple[str, ...], own: bool, others: bool) -> None:
    outlet = BranchFactory.create()
    actor = StaffFactory.create(scope=scope, permissions=permissions, branch=outlet)
    colleague = StaffFactory.create(branch=outlet)
    for staff, allowed in ((actor, own), (colleague, others)):
        given = task(None, staff)
        if allowed:
            assert complete_task(task=given, actor=actor, at=NOW).state == TaskState.DONE
        else:
            with pytest.raises(PermissionDenied):
                complete_task(task=given, actor=actor, at=NOW)


# -- policies ---------------------------------------------------------------------------------------------------------


def test_the_transitions_are_complete() -> None:
    assert set(TRANSITIONS) == set(TaskState)
    assert follows("complete", TaskState.DONE) is None


@given(st.text(max_size=40), st.text(max_size=10))
def test_a_note_contains_the_pairs_of_each_of_its_parts(before: str, part: str) -> None:
    if len(pairs(part)) > 0 and len("".join(c for c in part.lower() if c.isalnum())) > 1:
        assert set(pairs(part)) <= set(pairs(before + part))


@given(st.integers(0, 1000), st.integers(0, 100), st.integers(0, 400))
def test_priority_rises_with_each_and_stays_on_its_scale(score: int, urgency: int, late: int) -> None:
    rules = preset(RuleTopic.CONTRIBUTION)
    value = priority(rules, score, urgency, late)
    assert 0 <= value <= MOST
    assert priority(rules, min(score + 50, 1000), urgency, late) >= value
    assert priority(rules, score, min(urgency + 5, 100), late) >= value
    assert priority(rules, score, urgency, late + 1) >= value


@pytest.mark.django_db
@pytest.mark.parametrize("numbers", [(0, 0, 0), (1000, 100, 0), (333, 40, 3), (999, 70, 30), (17, 55, 1)])
def test_priority_is_the_same_in_sql(numbers: tuple[int, int, int]) -> None:
    rules = contribution_rules().rules
    score, urgency, late = map(str, numbers)
    with connection.cursor() as cursor:
        cursor.execute(f"select {priority_sql(rules, score, urgency, late)}")
        assert cursor.fetchone()[0] == priority(rules, *numbers)


@pytest.mark.django_db
def test_decision_20_the_weights() -> None:
    weights = contribution_rules().rules.weights
    assert (weights.revenue, weights.volume, weights.aum) == (50, 20, 30)
    assert contribution(weights, 1000, 0, 0) == 500
    assert contribution(weights, 1000, 1000, 1000) == MOST
