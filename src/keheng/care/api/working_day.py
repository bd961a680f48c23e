"""The working day over HTTP: one's tasks and agenda, the lobby's queue, the team's board."""

from datetime import date, datetime, time
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.care.enums.agenda import Activity
from keheng.care.enums.lobby import LobbyService, TicketState
from keheng.care.enums.tasks import TaskKind
from keheng.care.models import LobbyTicket, Task
from keheng.care.operations.lobby import call_next, take_ticket
from keheng.care.permissions.contacts import COMPLIANCE, VIEW
from keheng.care.permissions.lobby import LOBBY
from keheng.care.queries.agenda import agenda_of
from keheng.care.queries.lobby import lobby
from keheng.care.queries.supervision import team_board
from keheng.care.queries.tasks import tasks_of
from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.models import Branch

endpoints = Endpoints(_("The working day"))


class SlotOut(Schema):
    begins: time
    ends: time
    title: str
    activity: Activity
    note: str


class TaskOut(Schema):
    """A task that is open; ``priority`` is contribution × urgency, 0 to 1000."""

    id: int
    customer_id: int | None
    kind: TaskKind
    text: str
    due_on: date
    closes_on: date
    channel: str
    priority: int


class DayOut(Schema):
    """One's own day: the agenda of the branch and what is to be done, the weightiest first."""

    agenda: list[SlotOut]
    tasks: list[TaskOut]


class TicketOut(Schema):
    """Somebody in the lobby; ``label`` stands on the ticket."""

    id: int
    label: str
    service: LobbyService
    state: TicketState
    is_priority: bool
    customer_id: int | None
    window: str
    taken_at: datetime


class LobbyOut(Schema):
    """``waiting`` stands in the order in which they are called; waits are in seconds."""

    waiting: list[TicketOut]
    serving: list[TicketOut]
    longest: float
    mean: float


class TakeIn(Schema):
    service: LobbyService


class CallIn(Schema):
    window: Annotated[str, Field(max_length=20)] = ""


class MemberOut(Schema):
    """One person's figures of a period; ``noted`` is percent of the contacts that have a note."""

    staff_id: int
    name: str
    branch: str
    planned: int
    done: int
    skipped: int
    lapsed: int
    overdue: int
    contacts: int
    reached: int
    noted: int | None
    faults: int


@endpoints.get("/today", permission=VIEW, summary=_("My day"), response=DayOut)
def today(request: HttpRequest) -> dict[str, Any]:
    staff = acting(request)
    tasks: list[Task] = list(tasks_of(staff, clock.today()).order_by("-priority", "due_on", "pk")[:200])
    return {"agenda": list(agenda_of(staff.branch).slots), "tasks": tasks}


@endpoints.get("/lobby/{int:branch_id}", permission=LOBBY, summary=_("The lobby of an outlet"), response=LobbyOut)
def queue(request: HttpRequest, branch_id: int) -> dict[str, Any]:
    found = lobby(_branch(request, branch_id), clock.now())
    return {
        "waiting": found.waiting,
        "serving": found.serving,
        "longest": found.longest.total_seconds(),
        "mean": found.mean.total_seconds(),
    }


@endpoints.post("/lobby/{int:branch_id}/tickets", permission=LOBBY, summary=_("Give out a number"), response=TicketOut)
def take(request: HttpRequest, branch_id: int, sent: TakeIn) -> LobbyTicket:
    branch = _branch(request, branch_id)
    return take_ticket(branch=branch, service=sent.service, actor=acting(request), at=clock.now())


@endpoints.post("/lobby/{int:branch_id}/call", permission=LOBBY, summary=_("Call the next"), response=TicketOut | None)
def call(request: HttpRequest, branch_id: int, sent: CallIn) -> LobbyTicket | None:
    """Nothing where nobody waits."""
    branch = _branch(request, branch_id)
    return call_next(branch=branch, window=sent.window, actor=acting(request), at=clock.now())


@endpoints.get("/team", permission=COMPLIANCE, summary=_("Team board"), response=list[MemberOut])
def team(request: HttpRequest, starts_on: date, ends_on: date) -> list[Any]:
    return list(team_board(acting(request), starts_on, ends_on, clock.today()))


def _branch(request: HttpRequest, key: int) -> Branch:
    return get_object_or_404(Branch.objects.visible_to(acting(request)), pk=key)
