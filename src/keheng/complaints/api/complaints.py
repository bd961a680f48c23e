"""Complaints over HTTP: registered and asked for by the same operations and rights as the pages (A7)."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.api import shapes
from keheng.complaints.api.shapes import ComplaintOut, WholeOut, Words
from keheng.complaints.enums import Channel, Kind, PartyRole, State
from keheng.complaints.models import Complaint
from keheng.complaints.operations.intake import Complaining, register
from keheng.complaints.queries.learning import suggestions
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.org.models import Branch

endpoints = Endpoints(_("Complaints"))


class Question(Schema):
    """Which complaints; all when nothing is said."""

    state: State | None = None
    open: bool | None = None
    kind: Kind | None = None
    cause: str | None = None
    customer: int | None = None
    branch: str | None = None
    handler: str | None = None


class PartyIn(Schema):
    name: Annotated[str, Field(max_length=120)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    mail: Annotated[str, Field(max_length=120)] = ""
    role: PartyRole = PartyRole.SELF
    authority_held: bool = False


class RegisterIn(Schema):
    """What is complained about; the customer by key where the bank knows them, branches by code, staff by user name."""

    channel: Channel
    statement: Annotated[str, Field(min_length=1, max_length=4000)]
    wish: Annotated[str, Field(max_length=1000)] = ""
    customer: int | None = None
    complaining: list[PartyIn] = []
    joint_size: int | None = None
    about_branch: str | None = None
    about_staff: str | None = None
    happened_on: date | None = None
    external_number: Annotated[str, Field(max_length=60)] = ""
    read_back: bool = False
    received_at: datetime | None = None


class TextIn(Schema):
    statement: Words


class LikelyOut(Schema):
    cause: str
    name: str
    kind: Kind
    percent: int


@endpoints.get("", permission=permissions.VIEW, summary=_("Complaints"), response=Page[ComplaintOut])
def complaints(request: HttpRequest, asked: Query[Question], paging: Query[Paging]) -> dict[str, Any]:
    """Those of the caller's scope, the newest first; never one about the caller."""
    found = shapes.visible(request)
    if asked.open is not None:
        found = found.open() if asked.open else found.exclude(pk__in=found.open().values("pk"))
    exact = {
        "state": asked.state,
        "kind": asked.kind,
        "cause__code": asked.cause,
        "customer": asked.customer,
        "branch__code": asked.branch,
        "handler__username": asked.handler,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    return page_of(
        found, paging, order=("-registered_at", "-pk"), shape=lambda rows: [shapes.short(row) for row in rows]
    )


@endpoints.post(
    "", permission=permissions.REGISTER, summary=_("Register a complaint"), response=ComplaintOut, status=201
)
def take_in(request: HttpRequest, sent: RegisterIn) -> dict[str, Any]:
    """Its clocks begin and the receipt is confirmed."""
    actor, given = acting(request), sent.dict()
    customer = given.pop("customer")
    branch, staff = given.pop("about_branch"), given.pop("about_staff")
    complaining = [Complaining(**party) for party in given.pop("complaining")]
    made = register(
        **given,
        complaining=complaining,
        customer=get_object_or_404(Customer.objects.visible_to(actor), pk=customer) if customer else None,
        about_branch=get_object_or_404(Branch, code=branch) if branch else None,
        about_staff=shapes.person(staff) if staff else None,
        actor=actor,
        at=clock.now(),
    )
    return shapes.short(Complaint.objects.select_related(*shapes.JOINED).get(pk=made.pk))


@endpoints.post("/suggestions", permission=permissions.REGISTER, summary=_("Likely causes"), response=list[LikelyOut])
def likely(request: HttpRequest, sent: TextIn) -> list[dict[str, Any]]:  # noqa: ARG001  # the same for everybody
    """Learned from past complaints, with the confidence in percent; a person decides."""
    return [
        {"cause": one.key.code, "name": str(one.key), "kind": one.key.kind, "percent": one.percent}
        for one in suggestions(sent.statement)
    ]


@endpoints.get("/{int:pk}", permission=permissions.VIEW, summary=_("One complaint"), response=WholeOut)
def whole(request: HttpRequest, pk: int) -> dict[str, Any]:
    """With its words, clocks, measures and history."""
    return shapes.whole(request, pk)
