"""Emergency access 紧急调阅: who, how long, what it opens, who is told, and the review (A15)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import BranchFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.enums import Disclosure, Verdict
from keheng.customers.models import Customer, EmergencyAccess
from keheng.customers.operations import assign_owner, change_customer
from keheng.customers.operations.emergency import end_emergency, open_in_emergency, review_emergency
from keheng.notices.models import Notice
from keheng.org.enums import DataScope
from keheng.org.models import Staff

pytestmark = pytest.mark.django_db

HELD = ("customers.view", "customers.reveal", "customers.edit", "customers.emergency")


@pytest.fixture
def clerk() -> Staff:
    """Somebody of an outlet who sees only their own customers."""
    return StaffFactory.create(branch=BranchFactory.create(), scope=DataScope.OWN, permissions=HELD)


def again(staff: Staff) -> Staff:
    """The same person in the next request."""
    return Staff.objects.get(pk=staff.pk)


def opened(customer: Customer, actor: Staff, **changes: Any) -> EmergencyAccess:
    given = {"minutes": 30, "reason": "客户在柜台急需挂失", "at": clock.now()} | changes
    return open_in_emergency(customer=customer, actor=actor, **given)


def test_it_opens_one_archive_for_reading_beyond_clearance_and_scope(clerk: Staff) -> None:
    stranger, other = (CustomerFactory.create(confidentiality=3) for _ in range(2))
    assert permissions.disclosure(clerk, stranger, "birth_date") == Disclosure.HIDDEN
    opened(stranger, clerk)
    assert permissions.disclosure(clerk, stranger, "birth_date") == Disclosure.OPEN
    assert permissions.disclosure(clerk, stranger, "id_number") == Disclosure.REVEAL
    assert list(Customer.objects.visible_to(clerk)) == [stranger]
    assert not permissions.can_view(clerk, other)
    with pytest.raises(PermissionDenied):
        change_customer(customer=stranger, facts={"occupation": "教师"}, actor=clerk, at=clock.now())
    head = StaffFactory.create(branch=clerk.branch, scope=DataScope.SUBTREE)
    opened(stranger, head)
    chosen = Customer.objects.filter(pk=stranger.pk)
    assert assign_owner(customers=chosen, owner=None, reason="试", actor=head, at=clock.now()) == 0


def test_it_runs_out_by_itself_and_can_be_ended(clerk: Staff) -> None:
    customer = CustomerFactory.create()
    opened(customer, clerk, at=clock.now() - timedelta(minutes=31))
    assert not permissions.can_view(again(clerk), customer)
    access = opened(customer, clerk)
    assert permissions.can_view(again(clerk), customer)
    with pytest.raises(PermissionDenied):
        end_emergency(access=access, actor=StaffFactory.create(permissions=HELD), at=clock.now())
    end_emergency(access=access, actor=clerk, at=clock.now())
    assert not permissions.can_view(again(clerk), customer)


@pytest.mark.parametrize(
    ("changes", "field"), [({"reason": "急"}, "reason"), ({"minutes": 31}, "minutes"), ({"minutes": 6000}, "minutes")]
)
def test_the_reason_and_the_time_are_those_of_the_rules(clerk: Staff, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        opened(CustomerFactory.create(), clerk, **changes)
    assert field in refused.value.message_dict
    assert not EmergencyAccess.objects.exists()


def test_only_with_the_permission_and_once_at_a_time(clerk: Staff) -> None:
    customer = CustomerFactory.create()
    with pytest.raises(PermissionDenied):
        opened(customer, StaffFactory.create(permissions=["customers.view"]))
    opened(customer, clerk)
    with pytest.raises(ValidationError):
        opened(customer, clerk)


@pytest.mark.django_db(transaction=True)
def test_owner_and_security_officer_are_told_and_the_trail_keeps_it(clerk: Staff) -> None:
    owner = StaffFactory.create(permissions=["customers.view"])
    officer = StaffFactory.create(permissions=["customers.review_emergency"])
    StaffFactory.create(permissions=["customers.view"])
    customer = CustomerFactory.create(owner=owner, name="欧阳若兰")
    opened(customer, clerk)
    notices = Notice.objects.filter(kind="customers.emergency")
    assert {notice.staff_id for notice in notices} == {owner.pk, officer.pk}
    assert not any("欧阳若兰" in notice.title + notice.body + notice.url for notice in notices)
    entry = Entry.objects.get(action="customers.emergency")
    assert (entry.target_id, entry.actor_id, entry.reason) == (customer.pk, clerk.pk, "客户在柜台急需挂失")


def test_the_review_is_by_another_once_and_with_a_remark_where_not_in_order(clerk: Staff) -> None:
    access = opened(CustomerFactory.create(), clerk)
    officer = StaffFactory.create(permissions=["customers.review_emergency"])
    given: dict[str, Any] = {"access": access, "at": clock.now()}
    own = StaffFactory.create(permissions=["customers.emergency", "customers.review_emergency"])
    with pytest.raises(PermissionDenied):
        review_emergency(verdict=Verdict.JUSTIFIED, remark="", actor=clerk, **given)
    mine = opened(CustomerFactory.create(), own)
    with pytest.raises(PermissionDenied):
        review_emergency(access=mine, verdict=Verdict.JUSTIFIED, remark="", actor=own, at=clock.now())
    with pytest.raises(ValidationError):
        review_emergency(verdict=Verdict.UNJUSTIFIED, remark=" ", actor=officer, **given)
    review_emergency(verdict=Verdict.UNJUSTIFIED, remark="并非紧急，已提醒", actor=officer, **given)
    with pytest.raises(ValidationError):
        review_emergency(verdict=Verdict.JUSTIFIED, remark="", actor=officer, **given)
    assert EmergencyAccess.objects.get(pk=access.pk).verdict == Verdict.UNJUSTIFIED


# -- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["number", "document", "phone"])
def test_the_archive_is_found_by_its_exact_number(client: Client, clerk: Staff, how: str) -> None:
    customer = CustomerFactory.create(number="3300012345", id_kind="resident", id_number="11010519491231002X")
    ContactPointFactory.create(customer=customer, value="13812345678")
    typed = {"number": "3300012345", "document": "11010519491231002x", "phone": "138 1234 5678"}[how]
    client.force_login(clerk)
    data = {"who": typed, "minutes": "60", "reason": "客户突发疾病，家属到场"}
    answer = client.post(reverse("archive:emergency-new"), data)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("customer", args=[customer.pk])
    assert client.get(answer["Location"]).status_code == 200
    card = client.get(reverse("archive:emergency-card", args=[customer.pk]))
    access = EmergencyAccess.objects.get()
    assert reverse("archive:emergency-end", args=[access.pk]) in card.content.decode()


def test_an_unknown_number_is_refused_and_not_kept(client: Client, clerk: Staff) -> None:
    client.force_login(clerk)
    data = {"who": "13900001111", "minutes": "60", "reason": "客户突发疾病"}
    answer = client.post(reverse("archive:emergency-new"), data)
    assert answer.status_code == 200
    assert answer.context["form"].errors["who"]
    entry = Entry.objects.get(action="customers.emergency")
    assert entry.outcome == "refused"
    assert "13900001111" not in f"{entry.reason}{entry.detail}{entry.target_label}"


def test_reviewers_see_what_was_looked_at_meanwhile(client: Client, clerk: Staff) -> None:
    customer = CustomerFactory.create(confidentiality=3, id_kind="resident", id_number="11010519491231002X")
    access = opened(customer, clerk)
    client.force_login(again(clerk))
    client.post(reverse("customer-reveal", args=[customer.pk]), {"field": "id_number", "reason": "核对身份"})
    officer = StaffFactory.create(permissions=["customers.review_emergency", "customers.view"])
    client.force_login(officer)
    page = client.get(reverse("archive:emergency", args=[access.pk]))
    assert [entry.action for entry, _name, _summary in page.context["acts"]] == [
        "customers.emergency",
        "customers.reveal",
    ]
    answer = client.post(reverse("archive:emergency", args=[access.pk]), {"verdict": "justified", "remark": ""})
    assert answer.status_code == 302
    client.force_login(clerk)
    assert client.get(reverse("archive:emergencies")).status_code == 403


def test_the_list_costs_the_same_for_one_row_and_for_three(client: Client, clerk: Staff) -> None:
    client.force_login(StaffFactory.create())
    counts = []
    for number in (1, 2):
        for _ in range(number):
            opened(CustomerFactory.create(owner=StaffFactory.create()), clerk)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("archive:emergencies"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
