"""Who answers for customers today: the owner, whoever stands in for them, and whoever has a part beside them (A3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from keheng.care.enums.ownership import Part
from keheng.care.models import CoverPeriod, Ownership
from keheng.customers.models import Customer
from keheng.customers.models.reach import Reach
from keheng.org.models import Staff


@dataclass(frozen=True)
class Responsible:
    """Who acts for a customer on a day: ``staff_id`` is the cover while the owner is away, else the owner."""

    owner_id: int
    staff_id: int

    @property
    def is_cover(self) -> bool:
        return self.staff_id != self.owner_id


@dataclass(frozen=True)
class Carer:
    """One part in a customer, with whoever acts in it today."""

    ownership: Ownership
    cover: CoverPeriod | None = None

    @property
    def acting_id(self) -> int:
        return (self.cover.cover_id if self.cover else None) or self.ownership.staff_id


def with_responsible(customers: "QuerySet[Customer]", on: date) -> "QuerySet[Any]":
    """Annotate ``responsible_id``: who acts for each customer on a day; null where nobody owns the customer."""
    cover = CoverPeriod.objects.on(on).filter(staff=OuterRef("owner")).order_by().values("cover")[:1]
    return customers.annotate(responsible_id=Coalesce(Subquery(cover), F("owner_id"), output_field=BigIntegerField()))


def responsible(customers: "QuerySet[Customer] | Collection[int]", on: date) -> dict[int, Responsible]:
    """Who acts for each of these customers on a day, by customer; nobody's customers are left out. One query.

    Args:
        customers: a queryset, or keys.
    """
    if not isinstance(customers, QuerySet):
        customers = Customer.objects.filter(pk__in=customers)
    owned = with_responsible(customers.filter(owner__isnull=False).order_by(), on)
    rows = owned.values_list("pk", "owner_id", "responsible_id")
    return {pk: Responsible(owner_id, staff_id) for pk, owner_id, staff_id in rows}


def carers_of(customer: Customer, on: date) -> list[Carer]:
    """Everybody who has a part in a customer, the owner first, each with their cover of the day. Two queries."""
    held = Ownership.objects.current().filter(customer=customer).select_related("staff__branch", "staff__role")
    carers = sorted(
        held.select_related("credit_to"), key=lambda one: (one.part != Part.OWNER, Part.values.index(one.part))
    )
    away = CoverPeriod.objects.on(on).filter(staff__in=[one.staff_id for one in carers]).select_related("cover")
    covers = {cover.staff_id: cover for cover in away}
    return [Carer(one, covers.get(one.staff_id)) for one in carers]


def covered_by(staff_id: int, on: date) -> dict[int, CoverPeriod]:
    """For whom a person stands in on a day, by the key of whoever is away."""
    covers = CoverPeriod.objects.on(on).filter(cover=staff_id).select_related("staff")
    return {cover.staff_id: cover for cover in covers}


def history_of(customer: Customer, before: datetime, limit: int) -> list[Ownership]:
    """The periods of a customer that began before an instant, the newest first."""
    periods = Ownership.objects.filter(customer=customer, period__startswith__lt=before)
    return list(periods.select_related("staff", "credit_to", "given_by").order_by("-period", "part")[:limit])


def reach_beyond_own(staff: Staff) -> Reach:
    """Whose customers somebody sees besides their own: those they stand in for today, those they have a part in.

    The day is the database's, in Shanghai. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REACH, {"staff": staff.pk})
        rows = cursor.fetchall()
    return Reach(
        owner_ids=frozenset(key for is_owner, key in rows if is_owner),
        customer_ids=frozenset(key for is_owner, key in rows if not is_owner),
    )


_REACH = """
    select true, staff_id from care_coverperiod
     where cover_id = %(staff)s and days @> (now() at time zone 'Asia/Shanghai')::date
    union all
    select false, customer_id from care_ownership
     where staff_id = %(staff)s and part <> 'owner' and upper_inf(period)
"""
