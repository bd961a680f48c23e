"""The figures of the desk (A6, screen 6), over a period and what the reader sees: one statement each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, F, QuerySet

from keheng.common.clock import midnight
from keheng.org.models import Staff
from keheng.service_requests.models import ServiceRequest, ServiceRequestQuerySet
from keheng.service_requests.queries.handled import AGES, MINUTES, at_once, handled

PATHS: Mapping[str, str] = {
    "business": "business",
    "tier": "customer__tier",
    "assignee": "assignee",
    "branch": "branch",
}


@dataclass(frozen=True)
class Row:
    """One business, tier, person or outlet: done, of those in time, reopened, and done at the first contact."""

    key: str
    done: int
    met: int
    reopened: int
    at_once: int

    @property
    def rate(self) -> float:
        return self.met / self.done if self.done else 0

    @property
    def late(self) -> int:
        return self.done - self.met


@dataclass(frozen=True)
class Spread:
    """How long the handling of one business took, or of all (``key`` is empty).

    Attributes:
        quartiles: of service time: a quarter, half, three quarters took at most so long.
        classes: how many took up to each of ``handled.MINUTES``, and how many longer than all.
    """

    key: str
    number: int
    quartiles: tuple[timedelta, timedelta, timedelta]
    classes: Sequence[int]


@dataclass(frozen=True)
class Summary:
    """What came in a period, and how it was rated."""

    opened: int
    rating: float | None
    rated: int


def in_time(staff: Staff, by: str, first: date, last: date) -> list[Row]:
    """What was done from ``first`` to ``last``, both included, by one of :data:`PATHS`; worst first."""
    visible: QuerySet[Any] = ServiceRequest.objects.visible_to(staff).annotate(key=F(PATHS[by]))
    done, values = _sql(handled(visible, first, last).values("id", "key", "in_time", "reopened"))
    quick, quick_values = _sql(handled(visible.filter(at_once()), first, last).values("id"))
    rows = _fetched(
        f"""
        select done.key, count(*), count(*) filter (where done.in_time), count(*) filter (where done.reopened > 0),
               count(quick.id)
          from ({done}) done left join ({quick}) quick using (id)
         group by done.key
        """,
        [*values, *quick_values],
    )
    found = [Row(str(key or ""), *numbers) for key, *numbers in rows]
    return sorted(found, key=lambda row: (row.rate, -row.done))


def total(rows: Sequence[Row]) -> Row:
    """All rows together."""
    return Row(
        "",
        sum(row.done for row in rows),
        sum(row.met for row in rows),
        sum(row.reopened for row in rows),
        sum(row.at_once for row in rows),
    )


def spreads(staff: Staff, first: date, last: date) -> list[Spread]:
    """How long handling took, by business and, at the end, of all; businesses with most first."""
    done, values = _sql(handled(ServiceRequest.objects.visible_to(staff), first, last).values("id", "business", "took"))
    classes = ", ".join(f"count(*) filter (where class = {place})" for place in range(len(MINUTES) + 1))
    rows = _fetched(
        f"""
        select business, count(*), percentile_cont(array[0.25, 0.5, 0.75]) within group (order by took), {classes}
          from (select done.*, width_bucket(extract(epoch from took) / 60, %s::numeric[]) as class from ({done}) done)
               classed
         group by grouping sets ((business), ())
         order by grouping(business), count(*) desc, business
        """,
        [list(MINUTES), *values],
    )
    return [Spread(key or "", number, tuple(quartiles), counts) for key, number, quartiles, *counts in rows if number]


def backlog(staff: Staff, at: datetime) -> dict[tuple[str, int], int]:
    """How many are open, by state and class of age (the place in ``handled.AGES``)."""
    open_, values = _sql(ServiceRequest.objects.visible_to(staff).open().order_by().values("state", "opened_at"))
    edges = [age.total_seconds() for age in AGES]
    rows = _fetched(
        f"""
        select state, width_bucket(extract(epoch from %s::timestamptz - opened_at), %s::numeric[]), count(*)
          from ({open_}) found group by 1, 2
        """,
        [at, edges, *values],
    )
    return {(state, place): number for state, place, number in rows}


def summary(staff: Staff, first: date, last: date) -> Summary:
    """What came from ``first`` to ``last``, both included."""
    counted = _opened(staff, first, last).aggregate(opened=Count("pk"), mean=Avg("rating"), rated=Count("rating"))
    return Summary(counted["opened"], counted["mean"], counted["rated"])


def arrivals(staff: Staff, first: date, last: date) -> list[tuple[int, int, int]]:
    """Openings by weekday (1 is Monday) and hour, in Shanghai: ``(weekday, hour, number)``."""
    opened, values = _sql(_opened(staff, first, last).order_by().values("opened_at"))
    local = "opened_at at time zone 'Asia/Shanghai'"
    return [
        (weekday, hour, number)
        for weekday, hour, number in _fetched(
            f"select extract(isodow from {local})::int, extract(hour from {local})::int, count(*)"
            f" from ({opened}) as found group by 1, 2 order by 1, 2",
            values,
        )
    ]


def _opened(staff: Staff, first: date, last: date) -> ServiceRequestQuerySet:
    return ServiceRequest.objects.visible_to(staff).filter(
        opened_at__gte=midnight(first), opened_at__lt=midnight(last + timedelta(days=1))
    )


def _sql(rows: Any) -> tuple[str, Sequence[Any]]:
    """A query set as SQL, to be counted in ways that the ORM does not know."""
    sql, values = rows.query.sql_with_params()
    return sql, values


def _fetched(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
