"""Periods of ownership: never two at once, the column and the periods agree, cover acts (A3, screen 3)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.care.enums.ownership import Part, Source
from keheng.care.models import CoverPeriod, Ownership
from keheng.care.operations.ownership import follow_owners
from keheng.care.queries.ownership import carers_of, responsible
from keheng.customers import operations as customers
from keheng.customers.models import Customer
from keheng.customers.permissions import in_scope
from keheng.org.enums import DataScope
from keheng.org.models import Staff

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
TODAY = date(2026, 11, 22)
pytestmark = pytest.mark.django_db


def away(staff: Staff, cover: Staff, first: date = TODAY, days: int = 5) -> CoverPeriod:
    return CoverPeriod.objects.create(
        staff=staff, cover=cover, days=DateRange(first, first + timedelta(days=days)), set_by=cover, set_at=AT
    )


def owned(staff: Staff | None, **given: object) -> Customer:
    customer: Customer = CustomerFactory.create(owner=staff, **given)
    follow_owners(at=AT - timedelta(days=100))
    return customer


def test_a3_two_owners_at_once_are_refused_by_the_database() -> None:
    customer = owned(StaffFactory.create())
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        Ownership.objects.create(
            customer=customer,
            staff=StaffFactory.create(),
            part=Part.OWNER,
            period=DateTimeTZRange(AT - timedelta(days=3), AT),
            source=Source.ASSIGNED,
        )


def test_a3_parts_beside_the_owner_stand_together_each_once() -> None:
    customer, now = owned(StaffFactory.create()), DateTimeTZRange(AT, None)
    for part in (Part.LOBBY, Part.SUPERVISOR):
        Ownership.objects.create(
            customer=customer, staff=StaffFactory.create(), part=part, period=now, source=Source.RULE
        )
    assert [carer.ownership.part for carer in carers_of(customer, TODAY)] == ["owner", "lobby", "supervisor"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Ownership.objects.create(
            customer=customer, staff=StaffFactory.create(), part=Part.LOBBY, period=now, source=Source.RULE
        )


def test_only_an_owner_credits_somebody_else() -> None:
    customer, other = owned(StaffFactory.create()), StaffFactory.create()
    with pytest.raises(IntegrityError, match="care_owner_credits"), transaction.atomic():
        Ownership.objects.create(
            customer=customer,
            staff=other,
            credit_to=other,
            part=Part.LOBBY,
            period=DateTimeTZRange(AT, None),
            source=Source.RULE,
        )


def test_periods_follow_the_column_once_and_for_all() -> None:
    first, second = StaffFactory.create_batch(2)
    customer, free = owned(first), owned(None)
    Customer.objects.filter(pk=customer.pk).update(owner=second)
    assert follow_owners(at=AT) == 1
    assert follow_owners(at=AT) == 0
    periods = list(Ownership.objects.filter(customer=customer).order_by("period"))
    assert [(one.staff_id, one.period.upper) for one in periods] == [(first.pk, AT), (second.pk, None)]
    assert not Ownership.objects.filter(customer=free).exists()


def test_a_change_at_the_very_same_instant_leaves_one_period() -> None:
    customer, second = owned(StaffFactory.create()), StaffFactory.create()
    Customer.objects.filter(pk=customer.pk).update(owner=second)
    follow_owners(at=AT - timedelta(days=100))
    (period,) = Ownership.objects.filter(customer=customer)
    assert period.staff_id == second.pk


def test_whoever_assigns_below_care_is_followed(django_capture_on_commit_callbacks: object) -> None:
    customer, owner = owned(None), StaffFactory.create()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        customers.assign_owner(
            customers=Customer.objects.all(), owner=owner, reason="试", actor=StaffFactory.create(), at=AT
        )
    (period,) = Ownership.objects.filter(customer=customer)
    assert (period.staff_id, period.period.lower) == (owner.pk, AT)


def test_responsible_is_the_cover_while_the_owner_is_away() -> None:
    owner, cover = StaffFactory.create_batch(2)
    here, nobody = owned(owner), owned(None)
    before = responsible([here.pk, nobody.pk], TODAY)
    assert (before[here.pk].staff_id, before[here.pk].is_cover) == (owner.pk, False)
    assert nobody.pk not in before
    away(owner, cover)
    assert responsible(Customer.objects.all(), TODAY)[here.pk].staff_id == cover.pk
    assert responsible([here.pk], TODAY + timedelta(days=5))[here.pk].staff_id == owner.pk
    assert carers_of(here, TODAY)[0].acting_id == cover.pk


def test_absences_of_one_person_do_not_overlap_and_nobody_covers_themselves() -> None:
    owner, cover = StaffFactory.create_batch(2)
    away(owner, cover)
    with pytest.raises(IntegrityError, match="care_cover_one_at_a_time"), transaction.atomic():
        away(owner, cover, TODAY + timedelta(days=4))
    away(owner, cover, TODAY + timedelta(days=5))
    with pytest.raises(IntegrityError, match="care_cover_by_another"), transaction.atomic():
        away(cover, cover)


def test_a_manager_sees_whom_they_cover_and_whom_they_care_for_beside_the_owner() -> None:
    branch = BranchFactory.create()
    owner, cover = (StaffFactory.create(scope=DataScope.OWN, branch=branch) for _ in range(2))
    covered, shared, other = owned(owner), owned(StaffFactory.create()), owned(StaffFactory.create())
    assert not Customer.objects.visible_to(cover).exists()
    with connection.cursor() as cursor:
        cursor.execute("select (now() at time zone 'Asia/Shanghai')::date")
        ((today,),) = cursor.fetchall()
    away(owner, cover, today)
    Ownership.objects.create(
        customer=shared, staff=cover, part=Part.SUPPORT, period=DateTimeTZRange(AT, None), source=Source.CHOICE
    )
    cover = Staff.objects.get(pk=cover.pk)
    assert set(Customer.objects.visible_to(cover)) == {covered, shared}
    assert [in_scope(cover, one) for one in (covered, shared, other)] == [True, True, False]
