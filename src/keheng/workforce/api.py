"""Forecasts, requirements and published rosters over HTTP: the same scopes and rights as the pages."""

from datetime import date, datetime
from typing import Annotated

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.common import clock
from keheng.org.acting import acting
from keheng.workforce.models import Agent, Duty, Intake, Queue, Roster
from keheng.workforce.operations import adherence, history, rosters
from keheng.workforce.operations import forecasts as operations
from keheng.workforce.permissions import PLAN, VIEW
from keheng.workforce.queries import forecasts, staffing

endpoints = Endpoints(_("Workforce"))

_LONGEST = 62


class QueueOut(Schema):
    """A queue; ``step`` is the length of its intervals in minutes."""

    id: int
    code: str
    name: str
    kind: str
    step: int


class Days(Schema):
    """The days asked for, both included."""

    first: date
    last: date


class DayOut(Schema):
    """One day over the queue's intervals from midnight; null where it is closed."""

    day: date
    calls: list[float | None]
    low: list[float | None]
    high: list[float | None]
    version: int


class RequiredOut(Schema):
    """Agents on duty and on the roster, over the queue's intervals from midnight."""

    day: date
    on_duty: list[int]
    rostered: list[int]


class ForecastIn(Schema):
    """Which days to forecast."""

    first_day: date
    days: Annotated[int, Field(ge=1, le=56)] = 28


class ForecastOut(Schema):
    """A version; the worker makes it."""

    id: int
    number: int
    state: str


class FileIn(Schema):
    """A file as text: interval figures, or a log of states."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    content: str


class IntakeOut(Schema):
    """What was taken in; ``missing`` are days without rows, which count as closed."""

    id: int
    rows: int
    step: int
    first_day: date
    last_day: date
    missing: list[date]


class TakenIn(Schema):
    """How many rows were new."""

    rows: int


class UnmetOut(Schema):
    """A need with too few people, and how many each reason keeps away."""

    need: str
    missing: int
    reasons: dict[str, int]


class RosterOut(Schema):
    """A roster; ``cost`` and ``bound`` are those of the search, null before it has found anything."""

    id: int
    name: str
    first_day: date
    days: int
    state: str
    cost: float | None
    bound: float | None
    unmet: list[UnmetOut]
    published_at: datetime | None


class MakeIn(Schema):
    """How long the worker may search; days up to ``kept_until`` stay as they are."""

    seconds: Annotated[int, Field(ge=3, le=1800)] = 60
    kept_until: date | None = None


class DutyOut(Schema):
    """A published shift."""

    day: date
    staff_number: str
    shift: str
    span: str
    queue: str


@endpoints.get("/queues", permission=VIEW, summary=_("Queues in scope"), response=list[QueueOut])
def queues(request: HttpRequest) -> list[Queue]:
    """The queues in scope."""
    return list(Queue.objects.visible_to(acting(request)).filter(is_active=True))


@endpoints.post(
    "/queues/{int:pk}/history", permission=PLAN, summary=_("Take history in"), response=IntakeOut, status=201
)
def take_in(request: HttpRequest, pk: int, sent: FileIn) -> Intake:
    """A report by interval as CSV; its profile is recognised by the headings."""
    return history.take_in(
        queue=_queue(request, pk),
        content=sent.content.encode(),
        name=sent.name,
        profile=None,
        actor=acting(request),
        at=clock.now(),
    )


@endpoints.get(
    "/queues/{int:pk}/forecast", permission=VIEW, summary=_("The forecast that holds"), response=list[DayOut]
)
def forecast(request: HttpRequest, pk: int, days: Query[Days]) -> list[DayOut]:
    """The forecasts that hold, with what people adjusted."""
    _check(days)
    return [
        DayOut(
            day=one.day,
            calls=forecasts.listed(one.calls),
            low=forecasts.listed(one.low),
            high=forecasts.listed(one.high),
            version=one.version,
        )
        for one in forecasts.said(_queue(request, pk), days.first, days.last)
    ]


@endpoints.post(
    "/queues/{int:pk}/forecasts", permission=PLAN, summary=_("Ask for a forecast"), response=ForecastOut, status=202
)
def ask_forecast(request: HttpRequest, pk: int, asked: ForecastIn) -> ForecastOut:
    """Let the worker make a new version."""
    row = operations.ask_forecast(
        queue=_queue(request, pk), first_day=asked.first_day, days=asked.days, actor=acting(request), at=clock.now()
    )
    return ForecastOut(id=row.pk, number=row.number, state=row.state)


@endpoints.get(
    "/queues/{int:pk}/requirement",
    permission=VIEW,
    summary=_("Agents required by interval"),
    response=list[RequiredOut],
)
def requirement(request: HttpRequest, pk: int, days: Query[Days]) -> list[RequiredOut]:
    """How many agents each interval needs."""
    _check(days)
    return [
        RequiredOut(day=one.day, on_duty=one.agents.tolist(), rostered=one.rostered.tolist())
        for one in staffing.required(_queue(request, pk), days.first, days.last)
    ]


@endpoints.get("/rosters", permission=VIEW, summary=_("Rosters"), response=list[RosterOut])
def all_rosters(request: HttpRequest, days: Query[Days]) -> list[Roster]:
    """The rosters in scope that begin in these days, the latest first."""
    _check(days)
    found = Roster.objects.visible_to(acting(request))
    return list(found.filter(first_day__gte=days.first, first_day__lte=days.last))


@endpoints.get("/rosters/{int:pk}", permission=VIEW, summary=_("A roster"), response=RosterOut)
def one_roster(request: HttpRequest, pk: int) -> Roster:
    """Its state, its cost, and why needs are not met."""
    return _roster(request, pk)


@endpoints.post("/rosters/{int:pk}/make", permission=PLAN, summary=_("Make a roster"), response=RosterOut, status=202)
def make(request: HttpRequest, pk: int, asked: MakeIn) -> Roster:
    """The worker searches; ask for the roster again to see how far it is."""
    return rosters.ask_to_make(roster=_roster(request, pk), **asked.dict(), actor=acting(request), at=clock.now())


@endpoints.post("/rosters/{int:pk}/publish", permission=PLAN, summary=_("Publish a roster"), response=RosterOut)
def publish(request: HttpRequest, pk: int) -> Roster:
    """Its agents are told; days of older rosters give way."""
    return rosters.publish(roster=_roster(request, pk), actor=acting(request), at=clock.now())


@endpoints.post("/states", permission=PLAN, summary=_("Take a log of states in"), response=TakenIn, status=201)
def take_states_in(request: HttpRequest, sent: FileIn) -> dict[str, int]:
    """CSV with the columns 工号, 开始, 结束, 状态; what is known already stays."""
    rows = adherence.take_in_log(content=sent.content.encode(), name=sent.name, actor=acting(request), at=clock.now())
    return {"rows": rows}


@endpoints.get("/shifts", permission=VIEW, summary=_("Published shifts"), response=list[DutyOut])
def shifts(request: HttpRequest, days: Query[Days]) -> list[DutyOut]:
    """The published shifts of the agents in scope."""
    _check(days)
    agents = Agent.objects.visible_to(acting(request))
    rows = Duty.objects.filter(agent__in=agents, is_published=True, day__gte=days.first, day__lte=days.last)
    return [
        DutyOut(
            day=one.day,
            staff_number=one.agent.staff.username,
            shift=one.shift.code,
            span=one.shift.span,
            queue=one.queue.code if one.queue else "",
        )
        for one in rows.select_related("agent__staff", "shift", "queue")
    ]


def _queue(request: HttpRequest, pk: int) -> Queue:
    return get_object_or_404(Queue.objects.visible_to(acting(request)), pk=pk)


def _roster(request: HttpRequest, pk: int) -> Roster:
    return get_object_or_404(Roster.objects.visible_to(acting(request)), pk=pk)


def _check(days: Days) -> None:
    if not 0 <= (days.last - days.first).days <= _LONGEST:
        raise ValidationError(gettext("Ask for 1 to %(most)d days.") % {"most": _LONGEST + 1})
