"""Service requests over HTTP: taken in, handled and asked for by the same operations and rights as the desk (A6)."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Query, Schema, UploadedFile
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.common.clock import midnight
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff
from keheng.service_requests import permissions
from keheng.service_requests.enums import Channel, ClockKind, HandOverState, Stage, State
from keheng.service_requests.models import HandOver, ServiceRequest
from keheng.service_requests.operations import hand_over, handling
from keheng.service_requests.operations.opening import open_request
from keheng.service_requests.queries.catalogue import catalogue_on

endpoints = Endpoints(_("Service requests"))
type Words = Annotated[str, Field(min_length=1, max_length=500)]
type Reason = Annotated[str, Field(min_length=1, max_length=200)]


class ClockOut(Schema):
    """A clock; no ``stopped_at``: it runs, or stands still while the request is paused."""

    kind: ClockKind
    limit: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    met: bool | None


class RequestOut(Schema):
    """A request in short; ``due_at`` is of the clock that runs out next."""

    id: int
    number: str
    customer_id: int
    branch: str
    business: str
    channel: Channel
    state: State
    stage: Stage
    is_priority: bool
    opened_by: str
    opened_at: datetime
    assignee: str | None
    due_at: datetime | None
    due_kind: str
    is_late: bool
    pause_reason: str
    pause_ends: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    reopened: int
    rating: int | None
    parent_id: int | None
    merged_into_id: int | None


class StepOut(Schema):
    """One act with its words."""

    kind: str
    at: datetime
    actor: str | None
    note: str | None


class WholeOut(RequestOut):
    """A request with its words, clocks, what is missing before it is done, and what happened."""

    subject: str | None
    answers: dict[str, str]
    checked: list[str]
    resolution: str | None
    reply: str | None
    missing: list[str]
    clocks: list[ClockOut]
    steps: list[StepOut]


class Question(Schema):
    """Which requests; all when nothing is said."""

    state: State | None = None
    open: bool | None = None
    business: str | None = None
    customer: int | None = None
    branch: str | None = None
    assignee: str | None = None
    late: bool | None = None
    opened_from: date | None = None
    opened_to: date | None = None


class OpenIn(Schema):
    """What a customer asks for; ``branch`` by code (else the caller's), ``take``: the caller handles it at once."""

    customer: int
    business: str
    channel: Channel
    subject: Annotated[str, Field(max_length=500)] = ""
    answers: dict[str, str] = {}
    branch: str | None = None
    parent: int | None = None
    take: bool = False


class AdvanceIn(Schema):
    stage: Stage
    note: Words


class ChecksIn(Schema):
    """All checks that are done, by code."""

    codes: list[str]


class PauseIn(Schema):
    """Why, by the code of the catalogue."""

    reason: str
    note: Annotated[str, Field(max_length=500)] = ""


class WordsIn(Schema):
    words: Words


class PersonIn(Schema):
    """To whom, by user name."""

    to: str
    reason: Reason = "—"


class AnswerIn(Schema):
    accept: bool
    words: Annotated[str, Field(max_length=200)] = ""


class OtherIn(Schema):
    """Another request, by key."""

    other: int


class PriorityIn(Schema):
    is_priority: bool


class DocumentIn(Schema):
    """Which document of the business, by code; empty: evidence of what was done."""

    document: str = ""


class BusinessOut(Schema):
    """A business with its limits (``normal``, ``priority``) by clock, and what it needs."""

    code: str
    name: str
    limits: dict[str, list[str | None]]
    fields: dict[str, bool]
    documents: dict[str, str]
    checks: dict[str, str]
    approval: bool
    evidence: bool


class CatalogueOut(Schema):
    """The catalogue in force, with the reasons for pauses."""

    businesses: list[BusinessOut]
    pauses: dict[str, str]


@endpoints.get("", permission=permissions.VIEW, summary=_("Service requests"), response=Page[RequestOut])
def requests(request: HttpRequest, asked: Query[Question], paging: Query[Paging]) -> dict[str, Any]:
    """Those of the caller's scope, the newest first."""
    found = ServiceRequest.objects.visible_to(acting(request)).select_related("branch", "assignee", "opened_by")
    if asked.open is not None:
        found = found.open() if asked.open else found.exclude(pk__in=found.open().values("pk"))
    exact = {
        "state": asked.state,
        "business": asked.business,
        "customer": asked.customer,
        "branch__code": asked.branch,
        "assignee__username": asked.assignee,
        "is_late": asked.late,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    if asked.opened_from:
        found = found.filter(opened_at__gte=midnight(asked.opened_from))
    if asked.opened_to:
        found = found.filter(opened_at__lt=midnight(asked.opened_to + timedelta(days=1)))
    return page_of(found, paging, order=("-opened_at", "-pk"), shape=lambda rows: [_short(row) for row in rows])


@endpoints.post("", permission=permissions.HANDLE, summary=_("Take a request in"), response=WholeOut, status=201)
def take_in(request: HttpRequest, sent: OpenIn) -> dict[str, Any]:
    """Its clocks begin; with ``parent`` it is a part of another request of the same customer."""
    actor = acting(request)
    branch = get_object_or_404(Branch.objects.visible_to(actor), code=sent.branch) if sent.branch else None
    made = open_request(
        customer=get_object_or_404(Customer.objects.visible_to(actor), pk=sent.customer),
        business=sent.business,
        channel=sent.channel,
        subject=sent.subject,
        answers=sent.answers,
        branch=branch,
        parent=_one(request, sent.parent) if sent.parent else None,
        take=sent.take,
        actor=actor,
        at=clock.now(),
    )
    return _whole(request, made.pk)


@endpoints.get("/catalogue", permission=permissions.VIEW, summary=_("The catalogue"), response=CatalogueOut)
def catalogue(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001  # the same for everybody
    """What can be asked for today."""
    found = catalogue_on(clock.today())
    return {
        "businesses": [
            {
                "code": about.code,
                "name": about.name,
                "limits": {
                    kind: [str(limit) if limit else None for limit in (pair.normal, pair.priority)]
                    for kind, pair in about.limits.items()
                },
                "fields": {field.code: field.required for field in about.fields},
                "documents": {each.code: each.name for each in about.documents},
                "checks": {each.code: each.name for each in about.checks},
                "approval": about.approval,
                "evidence": about.evidence,
            }
            for about in found.businesses.values()
        ],
        "pauses": {reason.code: reason.name for reason in found.pauses.values()},
    }


@endpoints.get("/{int:pk}", permission=permissions.VIEW, summary=_("One request"), response=WholeOut)
def whole(request: HttpRequest, pk: int) -> dict[str, Any]:
    """With its words, clocks and history."""
    return _whole(request, pk)


def _act(path: str, summary: Any, permission: str = permissions.HANDLE) -> Callable[[Any], Any]:
    """An act on one request; it answers with the request as it then stands."""
    return endpoints.post(f"/{{int:pk}}/{path}", permission=permission, summary=summary, response=WholeOut)


@_act("claim", _("Claim"))
def claim(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Of two at once one gets it."""
    return _did(request, pk, handling.claim)


@_act("advance", _("Next step"))
def advance(request: HttpRequest, pk: int, sent: AdvanceIn) -> dict[str, Any]:
    """Need analysis, then execution."""
    return _did(request, pk, handling.advance, stage=sent.stage, note=sent.note)


@_act("checks", _("Keep which checks are done"))
def checks(request: HttpRequest, pk: int, sent: ChecksIn) -> dict[str, Any]:
    """All of those that are done now."""
    return _did(request, pk, handling.check, codes=sent.codes)


@_act("documents", _("Put a document or evidence on file"))
def documents(request: HttpRequest, pk: int, sent: Form[DocumentIn], file: File[UploadedFile]) -> dict[str, Any]:
    """Examined by content; what is refused is told with the reason."""
    return _did(request, pk, handling.attach, upload=file, document=sent.document)


@_act("pause", _("Pause"))
def pause(request: HttpRequest, pk: int, sent: PauseIn) -> dict[str, Any]:
    """The clocks stand still, at most as long as the reason allows."""
    return _did(request, pk, handling.pause, reason=sent.reason, note=sent.note)


@_act("resume", _("Resume"))
def resume(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The clocks run on."""
    return _did(request, pk, handling.resume)


@_act("resolve", _("Finish"))
def resolve(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """Say what was done; where the business asks for it a second person approves first."""
    return _did(request, pk, handling.resolve, resolution=sent.words)


@_act("reply", _("Reply to the customer"))
def reply(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """Close it, saying what the customer was told."""
    return _did(request, pk, handling.reply, words=sent.words)


@_act("reopen", _("Reopen"))
def reopen(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """As often and as long afterwards as the catalogue allows."""
    return _did(request, pk, handling.reopen, reason=sent.words)


@_act("cancel", _("Cancel the request"))
def cancel(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """The customer takes it back."""
    return _did(request, pk, handling.cancel, reason=sent.words)


@_act("notes", _("Internal note"), permissions.VIEW)
def note(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """For colleagues only."""
    return _did(request, pk, handling.add_note, note=sent.words)


@_act("escalate", _("Escalate"))
def escalate(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """Ask the supervisors to look at it."""
    return _did(request, pk, handling.escalate, reason=sent.words)


@_act("assign", _("Assign"), permissions.SUPERVISE)
def assign(request: HttpRequest, pk: int, sent: PersonIn) -> dict[str, Any]:
    """Over anybody's head."""
    return _did(request, pk, handling.assign, to=_person(sent.to))


@_act("hand-overs", _("Hand over"))
def offer(request: HttpRequest, pk: int, sent: PersonIn) -> dict[str, Any]:
    """It stays with the giver until the other accepts."""
    return _did(request, pk, hand_over.offer, to=_person(sent.to), reason=sent.reason)


@_act("hand-overs/answer", _("Answer the hand-over"))
def answer(request: HttpRequest, pk: int, sent: AnswerIn) -> dict[str, Any]:
    """By the one who was asked; who declines says why."""
    offered = get_object_or_404(HandOver, request=pk, taker=acting(request), state=HandOverState.OFFERED)
    hand_over.answer(offered=offered, accept=sent.accept, words=sent.words, actor=acting(request), at=clock.now())
    return _whole(request, pk)


@_act("merge", _("Merge into another"))
def merge(request: HttpRequest, pk: int, sent: OtherIn) -> dict[str, Any]:
    """Into an open request of the same customer."""
    return _did(request, pk, handling.merge, into=_one(request, sent.other))


@_act("links", _("Link with another"))
def link(request: HttpRequest, pk: int, sent: OtherIn) -> dict[str, Any]:
    """The two belong together."""
    return _did(request, pk, handling.link, other=_one(request, sent.other))


@_act("priority", _("Change the priority"), permissions.SUPERVISE)
def priority(request: HttpRequest, pk: int, sent: PriorityIn) -> dict[str, Any]:
    """What runs is computed anew."""
    return _did(request, pk, handling.change_priority, is_priority=sent.is_priority, cause="hand")


def _did(request: HttpRequest, pk: int, operation: Callable[..., Any], **values: Any) -> dict[str, Any]:
    operation(request=_one(request, pk), **values, actor=acting(request), at=clock.now())
    return _whole(request, pk)


def _one(request: HttpRequest, pk: int) -> ServiceRequest:
    visible = ServiceRequest.objects.visible_to(acting(request))
    return get_object_or_404(visible.select_related("branch", "assignee", "opened_by", "customer"), pk=pk)


def _person(username: str) -> Staff:
    found = Staff.objects.people().filter(username=username, is_active=True).first()
    if found is None:
        raise ValidationError({"to": gettext("Nobody whom you may choose has this user name.")})
    return found


_SAME = (
    *("id", "number", "customer_id", "business", "channel", "state", "stage", "is_priority", "opened_at", "due_at"),
    *("due_kind", "is_late", "pause_reason", "pause_ends", "resolved_at", "closed_at", "reopened", "rating"),
    *("parent_id", "merged_into_id"),
)


def _short(row: ServiceRequest) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _SAME},
        "branch": row.branch.code,
        "opened_by": row.opened_by.username,
        "assignee": row.assignee.username if row.assignee else None,
    }


def _whole(request: HttpRequest, pk: int) -> dict[str, Any]:
    row = _one(request, pk)
    return {
        **_short(row),
        **{name: getattr(row, name) for name in ("subject", "checked", "resolution", "reply")},
        "answers": json.loads(row.answers) if row.answers else {},
        "missing": handling.missing_before_closing(row) if row.state == State.WORKING else [],
        "clocks": list(row.clocks.order_by("pk")),
        "steps": [
            {"kind": step.kind, "at": step.at, "actor": step.actor and step.actor.username, "note": step.note}
            for step in row.steps.select_related("actor").order_by("pk")
        ],
    }
