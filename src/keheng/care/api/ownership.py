"""Ownership over HTTP: the same operations and rights as the pages (A3)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.care.enums.ownership import ReferralAct
from keheng.care.models import AssignmentRun, HandOver, Ownership, Referral
from keheng.care.operations.adopting import adopt
from keheng.care.operations.assigning import assign, preview, start
from keheng.care.operations.handing_over import accept_hand_over, decline_hand_over, offer_hand_over, release
from keheng.care.operations.referring import answer_referral, refer
from keheng.care.permissions import ownership as permissions
from keheng.care.queries.ownership import carers_of, history_of
from keheng.care.queries.people import colleagues
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.org.models import Staff

endpoints = Endpoints(_("Ownership"))
type Reason = Annotated[str, Field(min_length=1, max_length=200)]
_MOST = 100_000


class CarerOut(Schema):
    """One part in a customer; ``acting`` differs from ``staff`` while that one is away."""

    part: str
    staff: str
    acting: str
    since: datetime
    source: str
    credit_to: str | None


class PeriodOut(Schema):
    """A period of ownership; no ``until``: until further notice."""

    part: str
    staff: str
    since: datetime
    until: datetime | None
    source: str
    reason: str


class CareOut(Schema):
    """Who looks after a customer, and who did."""

    carers: list[CarerOut]
    history: list[PeriodOut]


class ChosenIn(Schema):
    """Customers by key."""

    customers: Annotated[list[int], Field(min_length=1, max_length=_MOST)]
    reason: Reason


class AssignIn(ChosenIn):
    """Customers to one person, by user name."""

    owner: str


class HandOverIn(ChosenIn):
    """Customers from one to another, by user name."""

    giver: str
    taker: str
    note: Annotated[str, Field(max_length=2000)] = ""


class CountOut(Schema):
    """How many customers changed hands."""

    count: int


class ShareOut(Schema):
    """What one person gets; no ``staff``: left over, and why."""

    staff: str | None
    why: str
    before: int
    customers: int
    after: int
    capacity: int | None


class RunOut(Schema):
    """An assignment by rule with its shares."""

    id: int
    state: str
    chosen: int
    placed: int
    unplaced: int
    rules: int
    shares: list[ShareOut]


class AdoptedOut(Schema):
    """``mine``: the customer is the caller's; else ``request`` waits for approval."""

    mine: bool
    request: int | None


class HandOverOut(Schema):
    """A hand-over."""

    id: int
    giver: str
    taker: str
    state: str
    size: int
    reason: str
    accept_by: date
    contact_by: date | None


class ReferIn(Schema):
    """A referral to somebody, by user name."""

    taker: str
    need: Reason
    passes_on: bool = False


class ReferralOut(Schema):
    """A referral."""

    id: int
    customer_id: int
    giver: str
    taker: str
    need: str
    state: str


class AnswerIn(Schema):
    """What is done, with the reason of a refusal."""

    act: Literal["accept", "decline", "finish", "withdraw"]
    answer: Annotated[str, Field(max_length=200)] = ""


class ReleaseIn(Schema):
    """Who takes all customers over, by user name; nobody: by rule."""

    to: str | None = None
    reason: Reason


class StateQuestion(Schema):
    """Those in one state."""

    state: str | None = None


@endpoints.get(
    "/customers/{int:pk}", permission=permissions.VIEW, summary=_("Who looks after a customer"), response=CareOut
)
def care(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Today's carers with their cover, and the history."""
    customer = _customer(request, pk)
    return {
        "carers": [
            {
                **_part(carer.ownership),
                "acting": ((carer.cover and carer.cover.cover) or carer.ownership.staff).username,
                "credit_to": carer.ownership.credit_to.username if carer.ownership.credit_to else None,
            }
            for carer in carers_of(customer, clock.today())
        ],
        "history": [
            {**_part(one), "until": one.period.upper, "reason": one.reason}
            for one in history_of(customer, clock.now(), 100)
        ],
    }


@endpoints.post("/assignments", permission=permissions.ASSIGN, summary=_("Assign to one person"), response=CountOut)
def assign_to(request: HttpRequest, sent: AssignIn) -> dict[str, int]:
    """Those of the caller's scope; the others stay where they are."""
    owner = _person(request, sent.owner, "owner")
    given: dict[str, Any] = {"reason": sent.reason, "actor": acting(request), "at": clock.now()}
    return {"count": assign(customers=_chosen(sent.customers), owner=owner, **given)}


@endpoints.post(
    "/assignments/by-rule", permission=permissions.ASSIGN, summary=_("Look at an assignment by rule"), response=RunOut
)
def look(request: HttpRequest, sent: ChosenIn) -> dict[str, Any]:
    """Who would get how many; nobody is moved until it is started."""
    customers = _chosen(sent.customers)
    return _run(preview(customers=customers, reason=sent.reason, actor=acting(request), at=clock.now()))


@endpoints.post(
    "/assignments/{int:pk}/start",
    permission=permissions.ASSIGN,
    summary=_("Start an assignment by rule"),
    response=RunOut,
    status=202,
)
def start_run(request: HttpRequest, pk: int) -> dict[str, Any]:
    """At once, or by the worker where it is much; ask for it again to see its state."""
    run = get_object_or_404(AssignmentRun.objects.visible_to(acting(request)), pk=pk)
    return _run(start(run=run, actor=acting(request), at=clock.now()))


@endpoints.get(
    "/assignments/{int:pk}", permission=permissions.ASSIGN, summary=_("An assignment by rule"), response=RunOut
)
def run_of(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Its state and shares."""
    return _run(get_object_or_404(AssignmentRun.objects.visible_to(acting(request)), pk=pk))


@endpoints.post(
    "/customers/{int:pk}/adopt", permission=permissions.ADOPT, summary=_("Adopt a customer"), response=AdoptedOut
)
def adopt_one(request: HttpRequest, pk: int, reason: str = "") -> dict[str, Any]:
    """Of two at once one wins; beyond the cap it is asked for, with a reason."""
    customer = get_object_or_404(Customer, pk=pk)
    done = adopt(customer=customer, reason=reason, actor=acting(request), at=clock.now())
    return {"mine": done.request is None, "request": done.request.pk if done.request else None}


@endpoints.get("/hand-overs", permission=permissions.VIEW, summary=_("Hand-overs"), response=Page[HandOverOut])
def hand_overs(request: HttpRequest, asked: Query[StateQuestion], paging: Query[Paging]) -> dict[str, Any]:
    """Those in which the caller or people of the scope have a part, the newest first."""
    found = HandOver.objects.visible_to(acting(request)).select_related("giver", "taker")
    if asked.state:
        found = found.filter(state=asked.state)
    return page_of(found, paging, order=("-offered_at", "-pk"), shape=lambda rows: [_hand_over(row) for row in rows])


@endpoints.post(
    "/hand-overs", permission=permissions.REFER, summary=_("Offer a hand-over"), response=HandOverOut, status=201
)
def offer(request: HttpRequest, sent: HandOverIn) -> dict[str, Any]:
    """High tiers and other branches need a second person first."""
    made = offer_hand_over(
        customers=_chosen(sent.customers),
        giver=_person(request, sent.giver, "giver"),
        taker=_person(request, sent.taker, "taker"),
        reason=sent.reason,
        note=sent.note,
        actor=acting(request),
        at=clock.now(),
    )
    return _hand_over(made)


@endpoints.post(
    "/hand-overs/{int:pk}/accept", permission=permissions.VIEW, summary=_("Accept a hand-over"), response=CountOut
)
def accept(request: HttpRequest, pk: int) -> dict[str, int]:
    """By the one to whom it was offered."""
    return {"count": accept_hand_over(hand_over=_offered(request, pk), actor=acting(request), at=clock.now())}


@endpoints.post(
    "/hand-overs/{int:pk}/decline", permission=permissions.VIEW, summary=_("Decline a hand-over"), response=HandOverOut
)
def decline(request: HttpRequest, pk: int, answer: str) -> dict[str, Any]:
    """With a reason."""
    offered = _offered(request, pk)
    return _hand_over(decline_hand_over(hand_over=offered, answer=answer, actor=acting(request), at=clock.now()))


@endpoints.post(
    "/customers/{int:pk}/referrals",
    permission=permissions.REFER,
    summary=_("Refer a customer"),
    response=ReferralOut,
    status=201,
)
def refer_one(request: HttpRequest, pk: int, sent: ReferIn) -> dict[str, Any]:
    """The income stays credited to the present owner where ownership passes on."""
    taker = _person(request, sent.taker, "taker")
    given: dict[str, Any] = {"need": sent.need, "passes_on": sent.passes_on, "actor": acting(request)}
    return _referral(refer(customer=_customer(request, pk), taker=taker, at=clock.now(), **given))


@endpoints.get("/referrals", permission=permissions.VIEW, summary=_("Referrals"), response=Page[ReferralOut])
def referrals(request: HttpRequest, asked: Query[StateQuestion], paging: Query[Paging]) -> dict[str, Any]:
    """Those in which the caller or people of the scope have a part, the newest first."""
    found = Referral.objects.visible_to(acting(request)).select_related("giver", "taker")
    if asked.state:
        found = found.filter(state=asked.state)
    return page_of(found, paging, order=("-offered_at", "-pk"), shape=lambda rows: [_referral(row) for row in rows])


@endpoints.post(
    "/referrals/{int:pk}/answer", permission=permissions.VIEW, summary=_("Answer a referral"), response=ReferralOut
)
def answer(request: HttpRequest, pk: int, sent: AnswerIn) -> dict[str, Any]:
    """Accept, decline, finish or withdraw."""
    known = Referral.objects.visible_to(acting(request)).select_related("giver", "taker")
    given: dict[str, Any] = {
        "act": ReferralAct(sent.act),
        "answer": sent.answer,
        "actor": acting(request),
        "at": clock.now(),
    }
    return _referral(answer_referral(referral=get_object_or_404(known, pk=pk), **given))


@endpoints.post(
    "/people/{slug:username}/release",
    permission=permissions.ASSIGN,
    summary=_("Release somebody from all customers"),
    response=CountOut,
)
def release_person(request: HttpRequest, username: str, sent: ReleaseIn) -> dict[str, int]:
    """All of them in one go; nobody is left without an owner."""
    to = _person(request, sent.to, "to") if sent.to else None
    member = get_object_or_404(Staff.objects.visible_to(acting(request)), username=username)
    return {"count": release(member=member, to=to, reason=sent.reason, actor=acting(request), at=clock.now())}


def _customer(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(acting(request)), pk=pk)


def _chosen(keys: list[int]) -> Any:
    return Customer.objects.filter(pk__in=keys)


def _person(request: HttpRequest, username: str, field: str) -> Staff:
    found: Staff | None = colleagues(acting(request)).filter(username=username).first()
    if found is None:
        raise ValidationError({field: gettext("Nobody whom you may choose has this user name.")})
    return found


def _offered(request: HttpRequest, pk: int) -> HandOver:
    found: HandOver = get_object_or_404(
        HandOver.objects.visible_to(acting(request)).select_related("giver", "taker"), pk=pk
    )
    return found


def _part(one: Ownership) -> dict[str, Any]:
    return {"part": one.part, "staff": one.staff.username, "since": one.period.lower, "source": one.source}


def _run(run: AssignmentRun) -> dict[str, Any]:
    shares = [
        {
            "staff": share.staff.username if share.staff else None,
            **{name: getattr(share, name) for name in ("why", "before", "customers", "after", "capacity")},
        }
        for share in run.shares.select_related("staff")
    ]
    return {
        **{name: getattr(run, name) for name in ("id", "state", "chosen", "placed", "unplaced", "rules")},
        "shares": shares,
    }


def _hand_over(one: HandOver) -> dict[str, Any]:
    names = ("id", "state", "size", "reason", "accept_by", "contact_by")
    return {"giver": one.giver.username, "taker": one.taker.username, **{name: getattr(one, name) for name in names}}


def _referral(one: Referral) -> dict[str, Any]:
    names = ("id", "customer_id", "need", "state")
    return {"giver": one.giver.username, "taker": one.taker.username, **{name: getattr(one, name) for name in names}}
