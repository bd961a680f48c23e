"""Somebody may no longer sign in: the head covers at once, is told, and nobody is orphaned (A3)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from tests.care.conftest import AT, TODAY, MakeCustomer
from tests.care.owning import offered

from keheng.care.enums.ownership import Absence, HandOverState
from keheng.care.models import CoverPeriod
from keheng.care.operations.covering import name_cover, set_cover
from keheng.care.operations.handing_over import release
from keheng.care.operations.standing_in import VACANT, stand_in
from keheng.care.queries.oversight import Lack, cover_gaps, without_care
from keheng.care.queries.ownership import responsible
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.notices.models import Notice
from keheng.org.models import Staff
from keheng.org.operations import deactivate_staff

pytestmark = pytest.mark.usefixtures("english")
type Commits = Callable[..., AbstractContextManager[Any]]


def gone(member: Staff) -> Staff:
    Staff.objects.filter(pk=member.pk).update(is_active=False)
    return Staff.objects.get(pk=member.pk)


def test_a3_whoever_is_deactivated_is_covered_by_the_head_who_is_told_and_so_is_the_branch(
    bank: SimpleNamespace, make: MakeCustomer, django_capture_on_commit_callbacks: Commits
) -> None:
    customers = [make("T3", bank.manager), make("T4", bank.manager)]
    administrator = bank.hire("administrator", bank.branch.parent)
    with django_capture_on_commit_callbacks(execute=True):
        deactivate_staff(member=bank.manager, reason="离职", actor=administrator, at=AT)
    period = CoverPeriod.objects.get()
    assert (period.staff, period.cover, period.kind) == (bank.manager, bank.head, Absence.GONE)
    assert (period.days.lower, period.days.upper) == (TODAY, TODAY + timedelta(days=30))
    acting = responsible([customer.pk for customer in customers], TODAY)
    assert {one.staff_id for one in acting.values()} == {bank.head.pk}
    assert set(Customer.objects.values_list("owner", flat=True)) == {bank.manager.pk}, "a mistaken block moves nobody"
    told = Notice.objects.filter(kind=VACANT)
    assert set(told.values_list("staff", flat=True)) == {bank.head.pk, bank.president.pk}
    assert "2 customers" in told[0].title
    assert not without_care(bank.head, TODAY).exists()


def test_days_that_are_covered_stay_so_and_twice_changes_nothing(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3", bank.manager)
    leave = {"member": bank.manager, "cover": bank.second, "actor": bank.head, "at": AT}
    set_cover(first=TODAY + timedelta(days=3), last=TODAY + timedelta(days=5), **leave)
    for _ in range(2):
        stand_in(member=gone(bank.manager), at=AT)
    found = [(one.days.lower, one.days.upper, one.cover) for one in CoverPeriod.objects.order_by("days")]
    assert found == [
        (TODAY, TODAY + timedelta(days=3), bank.head),
        (TODAY + timedelta(days=3), TODAY + timedelta(days=6), bank.second),
        (TODAY + timedelta(days=6), TODAY + timedelta(days=30), bank.head),
    ]


def test_whom_they_covered_is_covered_and_what_they_were_offered_is_withdrawn(
    bank: SimpleNamespace, make: MakeCustomer
) -> None:
    make("T3", bank.manager)
    hand_over = offered(bank)
    days = {"first": TODAY, "last": TODAY + timedelta(days=5), "actor": bank.head, "at": AT}
    set_cover(member=bank.low, cover=bank.second, **days)
    assert stand_in(member=gone(bank.second), at=AT) == bank.head
    assert CoverPeriod.objects.get().cover == bank.head
    hand_over.refresh_from_db()
    assert hand_over.state == HandOverState.WITHDRAWN
    assert Notice.objects.filter(staff=bank.manager, kind="care.hand_over").exists()
    assert not Notice.objects.filter(kind=VACANT).exists(), "nobody's customers wait"


def test_without_a_head_the_absence_stands_as_a_gap_until_somebody_is_named(
    bank: SimpleNamespace, make: MakeCustomer
) -> None:
    make("T3", bank.manager)
    for head in (bank.head, bank.supervisor, bank.president, bank.office):
        gone(head)
    assert stand_in(member=gone(bank.manager), at=AT) is None
    period = CoverPeriod.objects.get()
    assert period.cover is None
    reader = Staff.objects.get(pk=bank.auditor.pk)
    assert [(gap.staff_id, gap.lack) for gap in cover_gaps(reader, TODAY)] == [(bank.manager.pk, Lack.NOBODY)]
    Staff.objects.filter(pk=bank.head.pk).update(is_active=True)
    actor = Staff.objects.get(pk=bank.head.pk)
    with pytest.raises(ValidationError):
        name_cover(period=period, cover=Staff.objects.get(pk=bank.manager.pk), actor=actor, at=AT)
    name_cover(period=period, cover=bank.second, actor=actor, at=AT)
    assert cover_gaps(reader, TODAY) == []


def test_releasing_the_customers_ends_the_absence_that_stood_in(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3", bank.manager)
    stand_in(member=gone(bank.manager), at=AT)
    release(member=bank.manager, to=bank.second, reason="离职", actor=bank.head, at=AT + timedelta(days=2))
    assert CoverPeriod.objects.get().days == DateRange(TODAY, TODAY + timedelta(days=2))


# -- who is without care ----------------------------------------------------------------------------------------------


def test_each_kind_of_gap_is_found_with_its_customers(bank: SimpleNamespace, make: MakeCustomer) -> None:
    make("T3", bank.manager)
    make("T3", bank.second)
    make("T3", bank.low)
    lonely, free = make("T1", bank.high), make("T1")
    week = {"first": TODAY, "last": TODAY + timedelta(days=6), "actor": bank.head, "at": AT}
    set_cover(member=bank.manager, cover=bank.second, **week)
    set_cover(member=bank.low, cover=None, **week)
    CoverPeriod.objects.create(
        staff=bank.second,
        cover=bank.head,
        days=DateRange(TODAY + timedelta(days=4), TODAY + timedelta(days=5)),
        set_by=bank.head,
        set_at=AT,
    )
    gone(bank.high)
    found = {gap.staff_id: (gap.lack, gap.customers) for gap in cover_gaps(bank.head, TODAY)}
    assert found == {
        bank.manager.pk: (Lack.AWAY, 1),
        bank.low.pk: (Lack.NOBODY, 1),
        bank.high.pk: (Lack.GONE, 1),
    }
    orphans = without_care(bank.head, TODAY)
    assert {lonely.pk, free.pk} < set(orphans.values_list("pk", flat=True))
    assert cover_gaps(bank.hire("outlet-head", bank.other), TODAY) == []


def test_the_page_shows_gaps_and_loads_and_names_a_cover(
    bank: SimpleNamespace, make: MakeCustomer, client: Client
) -> None:
    make("T3", bank.manager)
    today = clock.today()
    period = set_cover(member=bank.manager, cover=None, first=today, last=today, actor=bank.head, at=clock.now())
    client.force_login(bank.head)
    page = client.get(reverse("care:oversight")).content.decode()
    assert "客户经理甲" in page
    assert reverse("care:name-cover", args=[period.pk]) in page
    assert reverse("care:person", args=[bank.manager.pk]) in page
    assert "客户经理甲" in client.get(reverse("care:cover")).content.decode()
    assert client.get(reverse("care:orphans")).context["rows"]
    done = client.post(reverse("care:name-cover", args=[period.pk]), {"cover": bank.second.pk})
    assert done.status_code == 204
    assert not client.get(reverse("care:orphans")).context["rows"]
    client.force_login(bank.manager)
    assert client.get(reverse("care:oversight")).status_code == 403
    assert client.get(reverse("care:orphans")).status_code == 403
