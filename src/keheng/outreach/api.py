"""Events over HTTP: the list, one event with its figures, its guests, their answers and sign-ins."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from ninja import Schema
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.models import Branch
from keheng.outreach import permissions
from keheng.outreach.enums import EventState, GuestAct, GuestState, InviteBy
from keheng.outreach.models import Event, Guest
from keheng.outreach.operations.answering import answer, sign_in, undo_sign_in
from keheng.outreach.operations.planning import plan_event
from keheng.outreach.queries.figures import conversion, money_of

endpoints = Endpoints(pgettext_lazy("customer event", "Events"))
_MOST = 500


class EventOut(Schema):
    id: int
    number: str
    kind: str
    title: str
    branch_id: int
    venue: str
    starts_at: datetime
    ends_at: datetime
    reply_by: date
    capacity: int
    taken: int
    least_aum: Decimal | None
    state: EventState


class EventIn(Schema):
    branch_id: int
    kind: str
    title: Annotated[str, Field(min_length=1, max_length=80)]
    about: Annotated[str, Field(max_length=1000)] = ""
    venue: Annotated[str, Field(min_length=1, max_length=120)]
    starts_at: datetime
    ends_at: datetime
    reply_by: date
    capacity: Annotated[int, Field(ge=1, le=2000)]
    least_aum: Annotated[Decimal, Field(ge=0)] | None = None


class GroupOut(Schema):
    """``before`` and ``after`` are AUM in CNY, ``buyers`` how many bought something."""

    customers: int
    before: Decimal
    after: Decimal
    buyers: int
    bought: int
    amount: Decimal


class ResultOut(Schema):
    """Costs in CNY; who came beside who was invited and did not, as counted on ``measured_on`` (A4: 30 days)."""

    planned: Decimal
    actual: Decimal | None
    measured_on: date | None
    came: GroupOut
    stayed_away: GroupOut


class GuestOut(Schema):
    id: int
    customer_id: int
    inviter_id: int
    channel: InviteBy
    state: GuestState
    seats: int
    waiting_since: datetime | None
    signed_in_at: datetime | None


class AnswerIn(Schema):
    act: GuestAct
    seats: Annotated[int, Field(ge=1)] | None = None
    said: Annotated[str, Field(max_length=200)] = ""


@endpoints.get(
    "", permission=permissions.VIEW, summary=pgettext_lazy("customer event", "Events"), response=list[EventOut]
)
def events(request: HttpRequest, starts_on: date, ends_on: date) -> list[Event]:
    visible = Event.objects.visible_to(acting(request))
    return list(visible.filter(starts_at__date__gte=starts_on, starts_at__date__lte=ends_on)[:_MOST])


@endpoints.post("", permission=permissions.MANAGE, summary=_("Plan an event"), response=EventOut, status=201)
def plan(request: HttpRequest, sent: EventIn) -> Any:
    branch = get_object_or_404(Branch.objects.visible_to(acting(request)), pk=sent.branch_id)
    values = sent.dict(exclude={"branch_id"})
    return 201, plan_event(branch=branch, values=values, actor=acting(request), at=clock.now())


@endpoints.get("/{int:pk}", permission=permissions.VIEW, summary=_("One event"), response=EventOut)
def event(request: HttpRequest, pk: int) -> Event:
    return _event(request, pk)


@endpoints.get(
    "/{int:pk}/guests", permission=permissions.VIEW, summary=_("Guests of an event"), response=list[GuestOut]
)
def guests(request: HttpRequest, pk: int) -> list[Guest]:
    """All for whoever manages the event, one's own for everybody else."""
    found, actor = _event(request, pk), acting(request)
    everybody = Guest.objects.filter(event=found)
    own = everybody if permissions.can_manage(actor, found) else Guest.objects.visible_to(actor).filter(event=found)
    return list(own[:_MOST])


@endpoints.get("/{int:pk}/result", permission=permissions.VIEW, summary=_("Result of an event"), response=ResultOut)
def result(request: HttpRequest, pk: int) -> dict[str, Any]:
    found = _event(request, pk)
    came, away = conversion(found)
    money = money_of(found)
    return {
        "planned": money.planned,
        "actual": money.actual,
        "measured_on": found.measured_on,
        "came": came,
        "stayed_away": away,
    }


@endpoints.post(
    "/guests/{int:pk}/answer", permission=permissions.INVITE, summary=_("Note a guest's answer"), response=GuestOut
)
def note_answer(request: HttpRequest, pk: int, sent: AnswerIn) -> Guest:
    guest = _guest(request, pk)
    given: dict[str, Any] = {"guest": guest, "actor": acting(request), "at": clock.now()}
    match sent.act:
        case GuestAct.SIGN_IN:
            return sign_in(**given)
        case GuestAct.UNDO:
            return undo_sign_in(**given)
        case _:
            return answer(act=sent.act, seats=sent.seats, said=sent.said, **given)


def _event(request: HttpRequest, pk: int) -> Event:
    return get_object_or_404(Event.objects.visible_to(acting(request)), pk=pk)


def _guest(request: HttpRequest, pk: int) -> Guest:
    guest = get_object_or_404(Guest.objects.select_related("event__branch"), pk=pk)
    _event(request, guest.event_id)
    return guest
