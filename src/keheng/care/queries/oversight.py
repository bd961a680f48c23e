"""Who is without care: absences that nobody covers, customers for whom nobody acts, loads side by side (screen 3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from keheng.care.queries.ownerless import needs_name
from keheng.care.queries.people import loaded
from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff

AHEAD = 14
"""Gaps are looked for so many days ahead."""
SHOWN = 12


class Missing(StrEnum):
    """Why nobody acts for a customer."""

    OWNER = "owner"
    AWAY = "away"
    COUNTER = "counter"


MISSING = {
    Missing.OWNER: _("Needs an owner by name"),
    Missing.AWAY: _("The owner is away or gone"),
    Missing.COUNTER: _("Served at the counter"),
}
"""The last is no gap: the rules let the position at the outlet serve such customers without an owner by name."""


class Lack(StrEnum):
    """Why nobody acts during an absence."""

    NOBODY = "nobody"
    LEFT = "left"
    AWAY = "away"
    GONE = "gone"


LACKS = {
    Lack.NOBODY: _("Nobody has been named"),
    Lack.LEFT: _("Whoever was named has left"),
    Lack.AWAY: _("Whoever was named is away too"),
    Lack.GONE: _("No longer signs in, and nobody acts"),
}


@dataclass(frozen=True)
class Gap:
    """Days on which nobody acts for somebody's customers; ``last`` is included, none: until further notice.

    ``tasks``: what is open for the person and due by the last of these days.
    """

    staff_id: int
    name: str
    branch: str
    path: str
    period_id: int | None
    since: date | None
    first: date
    last: date | None
    lack: str
    cover: str
    customers: int
    tasks: int

    @property
    def why(self) -> str:
        return str(LACKS[Lack(self.lack)])


@dataclass(frozen=True)
class OutletLoad:
    """What the people of an outlet look after."""

    branch_id: int
    name: str
    people: int
    customers: int
    aum: Any

    @property
    def each(self) -> float:
        """Customers a person."""
        return round(self.customers / self.people, 1) if self.people else 0.0


def cover_gaps(reader: Staff, today: date, ahead: int = AHEAD) -> list[Gap]:
    """The gaps of the people in scope who own customers, the nearest first; one statement.

    ``since``: the first day of the absence, which may have passed; unknown where somebody is gone without any.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _GAPS,
            {
                "branches": None if reader.scope == DataScope.ALL else list(reader.branch_ids),
                "today": today,
                "until": today + timedelta(days=ahead),
            },
        )
        rows = cursor.fetchall()
    return [Gap(*row) for row in rows]


def without_care(reader: Staff, today: date) -> "QuerySet[Any]":
    """Customers in scope for whom nobody acts by name today, each with ``missing``, one of :class:`Missing`."""
    unattended = {gap.staff_id for gap in cover_gaps(reader, today, ahead=1)}
    known: QuerySet[Customer] = Customer.objects.visible_to(reader).exclude(status=CustomerStatus.CLOSED)
    return told_why(known.filter(Q(owner__isnull=True) | Q(owner__in=unattended)))


def told_why(customers: "QuerySet[Any]") -> "QuerySet[Any]":
    """Annotate customers without care with ``missing``, one of :class:`Missing`."""
    cases = [When(owner__isnull=False, then=Value(Missing.AWAY)), When(needs_name(), then=Value(Missing.OWNER))]
    told: QuerySet[Any] = customers.annotate(
        missing=Case(*cases, default=Value(Missing.COUNTER), output_field=CharField())
    )
    return told


def missing_counts(reader: Staff, today: date) -> dict[str, int]:
    """How many customers of the scope are without care, by :class:`Missing`; one query."""
    rows = without_care(reader, today).order_by().values_list("missing").annotate(number=Count("pk"))
    return {str(one): 0 for one in Missing} | dict(rows)


def heaviest(reader: Staff) -> Sequence[Any]:
    """Who of the scope owns the most customers, with capacity and AUM."""
    return list(loaded(Staff.objects.visible_to(reader)).filter(load__gt=0).order_by("-load", "pk")[:SHOWN])


def beyond_capacity(reader: Staff) -> int:
    """How many people of the scope own more customers than their role is good for."""
    return loaded(Staff.objects.visible_to(reader)).filter(load__gt=F("capacity")).count()


def outlet_loads(reader: Staff) -> list[OutletLoad]:
    """The customers of the scope by the outlet of their owner, the most a person first; one statement."""
    owned = Customer.objects.visible_to(reader).filter(owner__isnull=False).exclude(status=CustomerStatus.CLOSED)
    rows = owned.order_by().values_list("owner__branch", "owner__branch__name")
    found = rows.annotate(people=Count("owner", distinct=True), number=Count("pk"), aum=Sum("aum"))
    return sorted((OutletLoad(*row) for row in found), key=lambda one: (-one.each, one.name))


_GAPS = """
    with people as (
        select s.id, s.name, s.is_active, b.name as branch, b.path,
               (select count(*) from customers_customer c where c.owner_id = s.id and c.status <> 'closed') as customers
          from org_staff s join org_branch b on b.id = s.branch_id
         where (%(branches)s::bigint[] is null or s.branch_id = any(%(branches)s))
           and (not s.is_active or exists (select from care_coverperiod a where a.staff_id = s.id
                                              and a.days && daterange(%(today)s::date, %(until)s::date)))
    ), gaps as (
        select people.*, away.id as period_id, lower(away.days) as since,
               greatest(lower(away.days), %(today)s::date) as first,
               upper(away.days) - 1 as last, coalesce(cover.name, '') as cover,
               case when away.cover_id is null then 'nobody' when not cover.is_active then 'left'
                    else 'away' end as lack
          from people
          join care_coverperiod away on away.staff_id = people.id
           and away.days && daterange(%(today)s::date, %(until)s::date)
          left join org_staff cover on cover.id = away.cover_id
         where away.cover_id is null or not cover.is_active
            or exists (select from care_coverperiod other where other.staff_id = away.cover_id
                          and other.days && (away.days * daterange(%(today)s::date, %(until)s::date)))
        union all
        select people.*, null, null, %(today)s::date, null, '', 'gone' from people
         where not people.is_active and not exists (select from care_coverperiod away where away.staff_id = people.id
                                                       and away.days @> %(today)s::date)
    )
    select id, name, branch, path, period_id, since, first, last, lack, cover, customers,
           (select count(*) from care_task t where t.staff_id = gaps.id and t.state = 'open'
               and t.due_on <= coalesce(gaps.last, %(today)s::date))
      from gaps where customers > 0
     order by first, customers desc, id
"""
