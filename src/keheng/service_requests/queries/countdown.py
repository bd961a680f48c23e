"""How much of a limit is left, as lists and pages show it: service time, so it stands still over lunch and at night."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import TextChoices

from keheng.common.working_calendar import WorkingCalendar
from keheng.service_requests.enums import ClockKind
from keheng.service_requests.models import RequestClock, ServiceRequest
from keheng.service_requests.operations.clocks import value_of
from keheng.service_requests.policies.clocks import Clock
from keheng.service_requests.queries.hours import hours_of

_NEAR = 80


@dataclass(frozen=True)
class Countdown:
    """A clock at an instant.

    Attributes:
        left: service seconds left; below zero: over by as much. ``total``: those of the whole limit.
        runs_from, runs_until: the stretch of service in which it counts, present or next, for the page's own ticking.
    """

    kind: TextChoices
    limit: str
    due_at: datetime
    left: int
    total: int
    tone: str
    paused: bool
    runs_from: datetime
    runs_until: datetime

    @property
    def used(self) -> int:
        """Of ``total``, for the bar."""
        return min(max(self.total - self.left, 0), self.total)

    @property
    def over(self) -> bool:
        return self.left < 0

    @property
    def span(self) -> timedelta:
        """What is left, or by how much it is over."""
        return timedelta(seconds=abs(self.left))


@dataclass(frozen=True)
class Present:
    """A calendar at an instant, for however many clocks run by it."""

    hours: WorkingCalendar
    at: datetime

    @cached_property
    def stretch(self) -> tuple[datetime, datetime]:
        """The stretch of service that the instant lies in, or the next one; it ends with the period."""
        opens = self.hours.next_service(self.at)
        local = opens.astimezone(self.hours.zone)
        closes = next(one.closes for one in self.hours.periods_on(local.date()) if one.closes > local.time())
        return opens, datetime.combine(local.date(), closes, self.hours.zone)


def countdowns(requests: Sequence[ServiceRequest], at: datetime) -> dict[int, Countdown]:
    """The clock that is due first of each request, by request; two queries and one a calendar."""
    wanted = {(request.pk, request.due_kind): request for request in requests if request.due_kind}
    rows = RequestClock.objects.filter(request__in=[pk for pk, _kind in wanted], stopped_at=None)
    calendars = {request.calendar_id for request in wanted.values()}
    present = {calendar: Present(hours_of(calendar), at) for calendar in calendars}
    return {
        row.request_id: _of(row, request, present[request.calendar_id])
        for row in rows
        if (request := wanted.get((row.request_id, row.kind))) is not None
    }


def running(request: ServiceRequest, at: datetime) -> list[Countdown]:
    """All clocks of a request that have not stopped."""
    present = Present(hours_of(request.calendar_id), at)
    return [_of(row, request, present) for row in _unstopped(request)]


def _unstopped(request: ServiceRequest) -> Iterable[RequestClock]:
    return request.clocks.filter(stopped_at=None).order_by("pk")


def _of(row: RequestClock, request: ServiceRequest, present: Present) -> Countdown:
    since = request.paused_at if row.kind != ClockKind.RESPONSE else None
    kind, clock = ClockKind(row.kind), value_of(row, present.hours)
    if since is None or since >= row.due_at:  # a limit that was passed before the pause runs on
        return counted(kind, clock, present)
    return counted(kind, clock, present, paused_at=since)


def counted(kind: TextChoices, clock: Clock, present: Present, *, paused_at: datetime | None = None) -> Countdown:
    """A clock as pages show it at an instant; ``paused_at``: when it began to stand still."""
    hours, due_at = clock.calendar, clock.due()
    moment = max(paused_at or present.at, clock.started_at)
    total = max(int(clock.allowance().total_seconds()), 1)
    left = int(hours.service_time_between(moment, due_at).total_seconds())
    if moment > due_at and left == 0:
        left = -1  # over, though no service has passed since
    share = 100 * (total - left) / total
    tone = "over" if left < 0 else "paused" if paused_at else "near" if share >= _NEAR else "met"
    runs_from, runs_until = present.stretch
    return Countdown(kind, str(clock.limit), due_at, left, total, tone, paused_at is not None, runs_from, runs_until)
