"""What was done in time, by business, tier, person and outlet (screen 6): a period's stopped clocks, as sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Avg, Count, Q

from keheng.common.clock import midnight
from keheng.org.models import Staff
from keheng.service_requests.enums import ClockKind
from keheng.service_requests.models import RequestClock, ServiceRequest

PATHS: Mapping[str, str] = {
    "business": "request__business",
    "tier": "request__customer__tier",
    "assignee": "request__assignee",
    "branch": "request__branch",
}


@dataclass(frozen=True)
class Row:
    """One business, tier, person or outlet: done, of those in time, and reopened."""

    key: str
    done: int
    met: int
    reopened: int

    @property
    def rate(self) -> float:
        return self.met / self.done


def in_time(staff: Staff, by: str, first: date, last: date) -> list[Row]:
    """Handling clocks that stopped from ``first`` to ``last``, both included, by one of :data:`PATHS`; worst first."""
    stopped = RequestClock.objects.filter(
        kind=ClockKind.HANDLING,
        stopped_at__gte=midnight(first),
        stopped_at__lt=midnight(last + timedelta(days=1)),
        request__in=ServiceRequest.objects.visible_to(staff),
    )
    rows = (
        stopped.order_by()
        .values_list(PATHS[by])
        .annotate(
            done=Count("pk"),
            met=Count("pk", filter=Q(met=True)),
            reopened=Count("pk", filter=Q(request__reopened__gt=0)),
        )
    )
    found = [Row(str(key or ""), done, met, reopened) for key, done, met, reopened in rows]
    return sorted(found, key=lambda row: (row.rate, -row.done))


@dataclass(frozen=True)
class Summary:
    """A period in figures: arrivals, done, in time, reopened, the mean rating, and the oldest that is open."""

    opened: int
    done: int
    met: int
    reopened: int
    rating: float | None
    rated: int
    oldest: datetime | None


def summary(staff: Staff, first: date, last: date) -> Summary:
    """The figures of a period, over what the member of staff sees."""
    visible = ServiceRequest.objects.visible_to(staff)
    opened = visible.filter(opened_at__gte=midnight(first), opened_at__lt=midnight(last + timedelta(days=1)))
    counted = opened.aggregate(
        opened=Count("pk"), again=Count("pk", filter=Q(reopened__gt=0)), mean=Avg("rating"), rated=Count("rating")
    )
    rows = in_time(staff, "business", first, last)
    oldest = visible.open().order_by("opened_at").values_list("opened_at", flat=True).first()
    return Summary(
        counted["opened"],
        sum(row.done for row in rows),
        sum(row.met for row in rows),
        counted["again"],
        counted["mean"],
        counted["rated"],
        oldest,
    )


def arrivals(staff: Staff, first: date, last: date) -> list[tuple[int, int, int]]:
    """Openings by weekday (1 is Monday) and hour, in Shanghai: ``(weekday, hour, number)``."""
    visible = ServiceRequest.objects.visible_to(staff).filter(
        opened_at__gte=midnight(first), opened_at__lt=midnight(last + timedelta(days=1))
    )
    inner, params = visible.values("opened_at").order_by().query.sql_with_params()
    local = "opened_at at time zone 'Asia/Shanghai'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"select extract(isodow from {local})::int, extract(hour from {local})::int, count(*)"
            f" from ({inner}) as found group by 1, 2 order by 1, 2",
            params,
        )
        return [(weekday, hour, number) for weekday, hour, number in cursor.fetchall()]
