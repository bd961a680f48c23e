"""What a complaint means for its customer: the marks at their head strip, the danger that they leave, care (A7)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.complaints.conftest import MONDAY, moment, person
from tests.factories import CustomerFactory

from keheng.care.models import Task
from keheng.common import clock
from keheng.complaints.enums import Grade, Outcome, State
from keheng.complaints.models import Complaint, CustomerFlag
from keheng.complaints.operations import closing, consequences
from keheng.complaints.queries.people import carer
from keheng.customers.archive.marks import marks_of
from keheng.customers.models import Customer
from keheng.notices.models import Notice
from keheng.org.models import Branch, Staff

pytestmark = pytest.mark.usefixtures("english")
Made = Callable[..., Complaint]
TODAY = MONDAY.date()


@pytest.fixture
def owner(branch: Branch, customer: Customer) -> Staff:
    made = person(branch, "relationship-manager", "周正")
    customer.owner = made
    customer.save()
    return made


@pytest.fixture
def after(django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """What follows from an act, as it does after the commit."""

    def run(act: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return act()

    return run


def words(customer: Customer, reader: Staff) -> list[str]:
    return [mark.words for mark in marks_of([customer], reader, TODAY)[customer.pk]]


def test_a7_an_open_complaint_then_a_justified_one_is_marked_until_its_days_are_over(
    classified: Made, after: Any, officer: Staff, owner: Staff, customer: Customer
) -> None:
    assert words(customer, owner) == []
    complaint = after(classified)
    assert words(customer, owner) == ["Complaint open"]
    Complaint.objects.filter(pk=complaint.pk).update(
        state=State.CLOSED, closed_at=MONDAY, outcome=Outcome.PARTLY, replied_at=MONDAY
    )
    consequences.mend_flags(at=MONDAY)
    assert words(customer, owner) == ["Complaint was justified"]
    Complaint.objects.filter(pk=complaint.pk).update(outcome=Outcome.UNJUSTIFIED)
    assert words(customer, owner) == ["Complained lately"]
    later = TODAY + timedelta(days=181)
    assert marks_of([customer], owner, later)[customer.pk] == []


def test_of_two_complaints_the_one_that_runs_is_told(classified: Made, after: Any, officer: Staff) -> None:
    first = after(classified)
    second = after(lambda: classified(at=moment("11-23 10:00")))
    after(lambda: closing.withdraw(complaint=second, reason="来电", actor=officer, at=moment("11-23 11:00")))
    flag = CustomerFlag.objects.get()
    assert (flag.complaint, flag.until) == (first, None)


def test_whoever_is_complained_about_is_not_told_by_a_mark(
    classified: Made, after: Any, teller: Staff, officer: Staff, customer: Customer
) -> None:
    after(lambda: classified(about_staff=teller))
    assert words(customer, officer) == ["Complaint open"]
    assert words(customer, teller) == []


def test_a_major_complaint_warns_and_gives_the_manager_a_task_once(
    classified: Made, after: Any, officer: Staff, owner: Staff, customer: Customer, client: Client, monkeypatch: Any
) -> None:
    complaint = after(lambda: classified(grade=Grade.MAJOR))
    assert words(customer, owner) == ["Complaint open", "May leave"]
    task = Task.objects.get(cause=f"complaint:{complaint.pk}:risk")
    assert (task.staff, task.customer, task.due_on) == (owner, customer, TODAY + timedelta(days=2))
    assert "major complaint" in task.text
    assert Notice.objects.filter(staff=owner, kind="complaints.at_risk").count() == 1
    fresh = Complaint.objects.select_related("customer__owner").get(pk=complaint.pk)
    after(lambda: consequences.follow(complaint=fresh, act="classified", at=MONDAY + timedelta(minutes=5)))
    assert Task.objects.count() == 1
    assert Notice.objects.filter(kind="complaints.at_risk").count() == 1
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(hours=1))
    client.force_login(officer)
    tab = client.get(reverse("complaints:customer-tab", args=[customer.pk])).content.decode()
    assert "周正" in tab
    assert "重大投诉" in tab
    page = client.get(reverse("customer-flags", args=[customer.pk])).content.decode()
    assert "投诉处理中" in page
    assert "可能流失" in page


def test_a_talk_that_ends_well_takes_the_warning_back(classified: Made, after: Any, owner: Staff) -> None:
    complaint = after(lambda: classified(grade=Grade.MAJOR))
    assert CustomerFlag.objects.get().reasons == ["major"]
    Complaint.objects.filter(pk=complaint.pk).update(state=State.CLOSING, replied_at=MONDAY)
    officer = Staff.objects.get(name="郑敏")
    given = {"complaint": complaint, "words": "满意", "actor": officer, "at": moment("11-24 09:00")}
    after(lambda: closing.close(satisfied=True, **given))
    assert CustomerFlag.objects.get().reasons == []


def test_nobody_content_asks_for_care_once_more(classified: Made, after: Any, owner: Staff) -> None:
    complaint = after(lambda: classified(grade=Grade.MAJOR))
    Complaint.objects.filter(pk=complaint.pk).update(state=State.CLOSING, replied_at=MONDAY)
    officer = Staff.objects.get(name="郑敏")
    given = {"complaint": complaint, "words": "不接受", "actor": officer, "at": moment("11-24 09:00")}
    after(lambda: closing.close(satisfied=False, **given))
    assert CustomerFlag.objects.get().reasons == ["unsatisfied", "major"]
    assert Task.objects.filter(cause__startswith=f"complaint:{complaint.pk}:risk").count() == 2


def test_who_keeps_the_customer(classified: Made, owner: Staff, head: Staff, unit_head: Staff, branch: Branch) -> None:
    complaint = classified()
    fresh = Complaint.objects.select_related("customer__owner", "customer__branch").get(pk=complaint.pk)
    assert carer(fresh) == owner
    fresh.about_staff = owner
    assert carer(fresh) == unit_head, "not whoever is complained about, but who leads their unit"
    unknown = classified(customer=None)
    assert carer(unknown) is None


def test_marks_of_many_take_one_query(
    classified: Made, after: Any, officer: Staff, outlet: Branch, django_assert_num_queries: Any
) -> None:
    customers = [CustomerFactory.create(branch=outlet) for _ in range(3)]
    for one in customers:
        after(lambda one=one: classified(customer=one, complaining=[]))
    with django_assert_num_queries(1):
        found = marks_of(customers, officer, TODAY)
    assert all(found[one.pk] for one in customers)


def test_mending_all_flags_is_one_statement_and_changes_nothing_twice(
    classified: Made, after: Any, django_assert_num_queries: Any
) -> None:
    classified()  # its news was lost: nothing ran after the commit
    assert not CustomerFlag.objects.exists()
    assert consequences.mend_flags(at=MONDAY) == 1
    with django_assert_num_queries(2):  # the rules, and the flags
        assert consequences.mend_flags(at=MONDAY) == 0
