"""When two archives of a customer become one, requests go over to the one that stays, and back (A1, A6)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.factories import CustomerFactory, StaffFactory
from tests.service_requests.conftest import MONDAY

from keheng.customers.models import Customer
from keheng.customers.operations import unification
from keheng.org.models import Branch, Staff
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations import closing, handling
from keheng.service_requests.queries import desk
from keheng.service_requests.rating import rated_request, rating_url

Opened = Callable[..., ServiceRequest]
NOON = MONDAY + timedelta(hours=3)


@pytest.fixture
def twin(outlet: Branch) -> Customer:
    return CustomerFactory.create(branch=outlet, name="李国強", tier="T2", tier_rank=2)


def test_a6_requests_of_both_archives_are_the_survivors(
    opened: Opened, teller: Staff, customer: Customer, twin: Customer
) -> None:
    open_, done = opened(customer=twin, take=True), opened(customer=twin, take=True)
    own = opened(take=True)
    handling.check(request=done, codes=["identity"], actor=teller, at=MONDAY)
    closing.resolve(request=done, resolution="好", actor=teller, at=MONDAY)
    clocks = list(open_.clocks.order_by("pk").values_list("kind", "due_at", "next_at"))
    keeper = StaffFactory.create()
    made = unification.unify(survivor=customer, lost=twin, reason="同一人", actor=keeper, at=NOON)
    assert set(ServiceRequest.objects.filter(customer=customer)) == {open_, done, own}
    assert list(open_.clocks.order_by("pk").values_list("kind", "due_at", "next_at")) == clocks
    assert {row.pk for row in desk.open_of(customer, teller)} == {open_.pk, done.pk, own.pk}
    assert desk.duplicates(customer, "authorisation-code", MONDAY + timedelta(days=1)) == 3
    token = rating_url(done).rstrip("/").rpartition("/")[2]
    rated = rated_request(token, NOON)
    assert rated is not None
    closing.rate(request=rated, rating=5, note="", at=NOON)
    handling.merge(request=open_, into=own, actor=teller, at=NOON)  # now of the same customer
    assert ServiceRequest.objects.get(pk=done.pk).rating == 5
    assert made.survivor_id == customer.pk


def test_a6_taken_back_each_has_its_own_again(opened: Opened, customer: Customer, twin: Customer) -> None:
    theirs, own = opened(customer=twin, take=True), opened(take=True)
    keeper = StaffFactory.create()
    made = unification.unify(survivor=customer, lost=twin, reason="同一人", actor=keeper, at=NOON)
    unification.separate(made=made, reason="不是同一人", actor=keeper, at=NOON + timedelta(hours=1))
    assert [row.customer_id for row in (ServiceRequest.objects.get(pk=pk) for pk in (theirs.pk, own.pk))] == [
        twin.pk,
        customer.pk,
    ]
