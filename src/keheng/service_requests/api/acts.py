"""What is done to service requests over HTTP; each act answers with the request as it then stands (A6)."""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Schema, UploadedFile
from pydantic import Field

from keheng.common import clock
from keheng.org.acting import acting
from keheng.service_requests import permissions
from keheng.service_requests.api.requests import endpoints
from keheng.service_requests.api.shapes import WholeOut, Words, one, person, whole
from keheng.service_requests.enums import HandOverState, Stage
from keheng.service_requests.models import HandOver
from keheng.service_requests.operations import closing, hand_over, handling

type Reason = Annotated[str, Field(min_length=1, max_length=200)]


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
    return _did(request, pk, closing.resolve, resolution=sent.words)


@_act("reply", _("Reply to the customer"))
def reply(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """Close it, saying what the customer was told."""
    return _did(request, pk, closing.reply, words=sent.words)


@_act("reopen", _("Reopen"))
def reopen(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """As often and as long afterwards as the catalogue allows."""
    return _did(request, pk, closing.reopen, reason=sent.words)


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
    return _did(request, pk, handling.assign, to=person(sent.to))


@_act("hand-overs", _("Hand over"))
def offer(request: HttpRequest, pk: int, sent: PersonIn) -> dict[str, Any]:
    """It stays with the giver until the other accepts."""
    return _did(request, pk, hand_over.offer, to=person(sent.to), reason=sent.reason)


@_act("hand-overs/answer", _("Answer the hand-over"))
def answer(request: HttpRequest, pk: int, sent: AnswerIn) -> dict[str, Any]:
    """By the one who was asked; who declines says why."""
    offered = get_object_or_404(HandOver, request=pk, taker=acting(request), state=HandOverState.OFFERED)
    hand_over.answer(offered=offered, accept=sent.accept, words=sent.words, actor=acting(request), at=clock.now())
    return whole(request, pk)


@_act("merge", _("Merge into another"))
def merge(request: HttpRequest, pk: int, sent: OtherIn) -> dict[str, Any]:
    """Into an open request of the same customer."""
    return _did(request, pk, handling.merge, into=one(request, sent.other))


@_act("links", _("Link with another"))
def link(request: HttpRequest, pk: int, sent: OtherIn) -> dict[str, Any]:
    """The two belong together."""
    return _did(request, pk, handling.link, other=one(request, sent.other))


@_act("priority", _("Change the priority"), permissions.SUPERVISE)
def priority(request: HttpRequest, pk: int, sent: PriorityIn) -> dict[str, Any]:
    """What runs is computed anew."""
    return _did(request, pk, handling.change_priority, is_priority=sent.is_priority, cause="hand")


def _did(request: HttpRequest, pk: int, operation: Callable[..., Any], **values: Any) -> dict[str, Any]:
    operation(request=one(request, pk), **values, actor=acting(request), at=clock.now())
    return whole(request, pk)
