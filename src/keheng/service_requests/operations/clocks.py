"""Starting, pausing, stopping and recomputing the clocks of a request, within the caller's transaction.

What happened stands in ``SlaEvent``, append-only; the clocks hold what the tick and the lists need.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from keheng.common.events import publish
from keheng.common.limits import Limit
from keheng.common.working_calendar import WorkingCalendar
from keheng.service_requests.enums import ClockKind, SlaEventKind
from keheng.service_requests.events import LimitsPassed
from keheng.service_requests.models import RequestClock, ServiceRequest, SlaEvent
from keheng.service_requests.policies.clocks import Clock, Pause
from keheng.service_requests.queries.hours import hours_for

_NEVER = timedelta()


def start(request: ServiceRequest, kinds: Iterable[ClockKind], at: datetime) -> None:
    """Start the clocks for which the business has a limit."""
    _held(request).extend(begun(request, kinds, at))
    keep_begun(request, at)


def begun(request: ServiceRequest, kinds: Iterable[ClockKind], at: datetime) -> list[RequestClock]:
    """The clocks for which the business has a limit, as they begin; not written yet."""
    hours, marks = hours_for(request), request.catalogue.marks
    clocks = []
    for kind in kinds:
        limit = request.about.limit(kind, priority=request.is_priority)
        if limit is None:
            continue
        clock = Clock(hours, limit, at)
        instants = list(clock.marks(marks))
        clocks.append(
            RequestClock(
                request=request,
                kind=kind,
                limit=str(limit),
                started_at=at,
                due_at=clock.due(),
                marks=instants,
                next_at=instants[0],
            )
        )
    return clocks


def keep_begun(request: ServiceRequest, at: datetime) -> None:
    """Write the clocks that have begun."""
    clocks = [row for row in _held(request) if row.pk is None]
    RequestClock.objects.bulk_create(clocks)
    _tell(clocks, request, SlaEventKind.STARTED, at)


def stop(request: ServiceRequest, kinds: Iterable[ClockKind], at: datetime) -> None:
    """Stop running clocks; whether they were met follows from the due time, never from what was told meanwhile."""
    rows, late = _running(request, kinds), []
    if not rows:
        return
    hours = hours_for(request)
    for row in rows:
        at = max(at, row.started_at)
        clock = value_of(row, hours)
        row.met, row.stopped_at, row.next_at, row.used = clock.is_met(at), at, None, clock.used(at)
        row.save(update_fields=["met", "stopped_at", "next_at", "used"])
        overtime = clock.overtime(at) or None
        kind = SlaEventKind.MET if row.met else SlaEventKind.LATE
        (event,) = _tell([row], request, kind, at, overtime=overtime, used=_seconds(row.used))
        if not row.met:
            request.is_late = True
            late.append(event.pk)
    if late:
        publish(LimitsPassed(tuple(late), at))


def drop(request: ServiceRequest, at: datetime) -> None:
    """Stop whatever runs without judging it: the request was cancelled or merged."""
    for row in _running(request, list(ClockKind)):
        row.met, row.stopped_at, row.next_at = True, max(at, row.started_at), None
        row.save(update_fields=["met", "stopped_at", "next_at"])
        _tell([row], request, SlaEventKind.DROPPED, at)


def pause(request: ServiceRequest, at: datetime) -> None:
    """Let the clocks stand still: what lies ahead is not reached until they run on; a limit that is passed runs on."""
    for row in _running(request, [ClockKind.ON_SITE, ClockKind.HANDLING]):
        row.next_at = _next(row, request)
        row.save(update_fields=["next_at"])
        _tell([row], request, SlaEventKind.PAUSED, at, reason=request.pause_reason)


def run_on(request: ServiceRequest, since: datetime, at: datetime) -> None:
    """Let paused clocks run on, their marks moved by the service time in which they stood still."""
    until, hours = max(at, since), hours_for(request)
    for row in _running(request, [ClockKind.ON_SITE, ClockKind.HANDLING]):
        row.pauses = [*row.pauses, [since.isoformat(), until.isoformat()]]
        _compute(row, request, hours)
        _tell([row], request, SlaEventKind.RESUMED, at)


def recompute(request: ServiceRequest, at: datetime, *, cause: str) -> bool:
    """Compute what runs anew after a change of tier, priority or calendar; return whether anything moved.

    Marks that were told stay told: nobody is warned twice. A limit that the new version of things has already passed
    is passed from its new due time on, never from a negative one.
    """
    moved, hours = False, hours_for(request)
    for row in _running(request, list(ClockKind)):
        limit = request.about.limit(ClockKind(row.kind), priority=request.is_priority)
        before = row.limit, row.due_at
        if limit is not None:
            row.limit = str(limit)
        _compute(row, request, hours)
        if before != (row.limit, row.due_at):
            moved = True
            _tell(
                [row],
                request,
                SlaEventKind.RECOMPUTED,
                at,
                cause=cause,
                before=[before[0], before[1].isoformat()],
                after=row.limit,
            )
    return moved


def refresh(request: ServiceRequest) -> None:
    """Keep the copy that lists show, the running clock that is due first; an act that asked for no clock moved none."""
    if request.held_clocks is None:
        return
    running = [row for row in request.held_clocks if row.stopped_at is None]
    first = min(running, key=lambda row: row.due_at, default=None)
    request.due_at = first.due_at if first else None
    request.due_kind = first.kind if first else ""


def value_of(row: RequestClock, hours: WorkingCalendar) -> Clock:
    """A stored clock as arithmetic."""
    pauses = tuple(Pause(datetime.fromisoformat(since), datetime.fromisoformat(until)) for since, until in row.pauses)
    return Clock(hours, Limit.read(row.limit), row.started_at, pauses)


def _compute(row: RequestClock, request: ServiceRequest, hours: WorkingCalendar) -> None:
    clock = value_of(row, hours)
    row.due_at = clock.due()
    row.marks = list(clock.marks(request.catalogue.marks))
    row.next_at = _next(row, request)
    row.save(update_fields=["limit", "due_at", "marks", "pauses", "next_at"])


def _next(row: RequestClock, request: ServiceRequest) -> datetime | None:
    """The mark that is reached next; none while a pause holds it back, as the tick says it in SQL.

    A pause moves what lies behind its beginning, and nothing at all once the limit is passed.
    """
    ahead = row.marks[row.reached :]
    if not ahead:
        return None
    since = request.paused_at if row.kind != ClockKind.RESPONSE else None
    return None if since is not None and since < min(ahead[0], row.due_at) else ahead[0]


def _running(request: ServiceRequest, kinds: Iterable[ClockKind]) -> Sequence[RequestClock]:
    wanted = list(kinds)
    return [row for row in _held(request) if row.kind in wanted and row.stopped_at is None]


def _held(request: ServiceRequest) -> list[RequestClock]:
    """The clocks that ran when the act began, and those that it starts; read and locked once, as the request is."""
    if request.held_clocks is None:
        rows = request.clocks.select_for_update().filter(stopped_at=None)
        request.held_clocks = list(rows.order_by("pk"))
    return request.held_clocks


def _tell(
    clocks: Sequence[RequestClock],
    request: ServiceRequest,
    kind: SlaEventKind,
    at: datetime,
    *,
    overtime: timedelta | None = None,
    **detail: Any,
) -> list[SlaEvent]:
    return SlaEvent.objects.bulk_create(
        SlaEvent(
            request=request,
            clock=clock,
            kind=kind,
            at=at,
            recorded_at=at,
            due_at=clock.due_at,
            overtime=overtime,
            assignee_id=request.assignee_id,
            detail={"limit": clock.limit, **detail},
        )
        for clock in clocks
    )


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
