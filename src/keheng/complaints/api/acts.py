"""What is done to complaints over HTTP; each act answers with the complaint as it then stands (A7)."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import Field

from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.api.complaints import endpoints
from keheng.complaints.api.shapes import WholeOut, Words, one, person, whole
from keheng.complaints.enums import Bone, Grade, Kind, MeasureKind, Outcome, VisitFinding
from keheng.complaints.models import Cause, Measure
from keheng.complaints.operations import closing, correction, forms, notes, reviewing
from keheng.org.acting import acting
from keheng.org.models import Branch


class ClassifyIn(Schema):
    """``cause`` by code; without ``path`` it follows from the kind."""

    cause: str
    grade: Grade
    path: str = ""
    note: Annotated[str, Field(max_length=500)] = ""


class IssueIn(Schema):
    to_branch: str
    to_staff: str
    task: Words


class PersonIn(Schema):
    to: str


class WordsIn(Schema):
    words: Words


class VisitIn(WordsIn):
    """``found``: a fault of ours, wrong use, something of both, or not clear yet."""

    found: VisitFinding


class FindingIn(Schema):
    outcome: Outcome
    finding: Words


class ReplyIn(FindingIn):
    """``remedies_told``: internal review, mediation, arbitration and suit were named."""

    remedies_told: bool
    way: Annotated[str, Field(max_length=60)] = ""


class CauseIn(Schema):
    """Up to five whys; causes by bone of the fishbone."""

    whys: list[str]
    bones: dict[str, list[str]] = {}
    main_bone: Bone
    conclusion: Words


class MeasureIn(Schema):
    """``owner`` by user name."""

    kind: MeasureKind
    text: Words
    owner: str
    due_on: date


class ProofIn(Schema):
    measure: int
    proof: Words


class VerdictIn(Schema):
    yes: bool
    words: Annotated[str, Field(max_length=2000)] = ""


class TalkIn(Schema):
    """``satisfied`` is left out where the complainant could not be reached."""

    satisfied: bool | None = None
    words: Words


def _act(path: str, summary: Any) -> Callable[[Any], Any]:
    """An act on one complaint; it answers with the complaint as it then stands."""
    return endpoints.post(f"/{{int:pk}}/{path}", permission=permissions.VIEW, summary=summary, response=WholeOut)


@_act("classify", _("First review"))
def classify(request: HttpRequest, pk: int, sent: ClassifyIn) -> dict[str, Any]:
    """Kind and cause are one choice."""
    cause = get_object_or_404(Cause, code=sent.cause)
    values = {"kind": Kind(cause.kind), "cause": cause, "grade": sent.grade, "path": sent.path, "note": sent.note}
    return _did(request, pk, reviewing.classify, **values)


@_act("assign", _("Assign the complaint"))
def assign(request: HttpRequest, pk: int, sent: PersonIn) -> dict[str, Any]:
    """To somebody without a conflict of interest."""
    return _did(request, pk, reviewing.assign, to=person(sent.to))


@_act("form", _("Issue the form"))
def issue(request: HttpRequest, pk: int, sent: IssueIn) -> dict[str, Any]:
    """To the responsible unit, by its code."""
    branch = get_object_or_404(Branch, code=sent.to_branch)
    return _did(request, pk, forms.issue, to_branch=branch, to_staff=person(sent.to_staff), task=sent.task)


@_act("form/sign", _("Sign the form"))
def sign(request: HttpRequest, pk: int) -> dict[str, Any]:
    """By a post that the rules name for the grade, not by the issuer."""
    return _did(request, pk, forms.sign)


@_act("form/return", _("Return the form"))
def return_form(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """With what is missing."""
    return _did(request, pk, forms.return_form, reason=sent.words)


@_act("form/receive", _("Receive the form"))
def receive(request: HttpRequest, pk: int) -> dict[str, Any]:
    """By whoever answers for the unit."""
    return _did(request, pk, forms.receive)


@_act("settle", _("Settle at once"))
def settle(request: HttpRequest, pk: int, sent: FindingIn) -> dict[str, Any]:
    """Minor complaints only."""
    return _did(request, pk, forms.settle, outcome=sent.outcome, finding=sent.finding)


@_act("visit", _("Record the visit"))
def visit(request: HttpRequest, pk: int, sent: VisitIn) -> dict[str, Any]:
    """What it found."""
    return _did(request, pk, correction.visit, found=sent.found, words=sent.words)


@_act("contain", _("Interim measure"))
def contain(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """What was done at once."""
    return _did(request, pk, correction.contain, text=sent.words)


@_act("cause", _("Root cause"))
def find_cause(request: HttpRequest, pk: int, sent: CauseIn) -> dict[str, Any]:
    """Five whys and the fishbone."""
    return _did(request, pk, correction.find_cause, **sent.dict())


@_act("measures", _("Plan a measure"))
def plan(request: HttpRequest, pk: int, sent: MeasureIn) -> dict[str, Any]:
    """Corrective or preventive, with owner and date."""
    return _did(request, pk, correction.plan_measure, **{**sent.dict(), "owner": person(sent.owner)})


@_act("measures/prove", _("Carried out"))
def prove(request: HttpRequest, pk: int, sent: ProofIn) -> dict[str, Any]:
    """After the last one the complaint goes on by itself."""
    measure = get_object_or_404(Measure, pk=sent.measure, complaint=one(request, pk))
    correction.prove(measure=measure, proof=sent.proof, actor=acting(request), at=clock.now())
    return whole(request, pk)


@_act("submit", _("Submit the plan"))
def submit(request: HttpRequest, pk: int) -> dict[str, Any]:
    """For review and consent, as the path has them."""
    return _did(request, pk, correction.submit)


@_act("review-plan", _("Review the plan"))
def review_plan(request: HttpRequest, pk: int, sent: VerdictIn) -> dict[str, Any]:
    """Accept it, or return it with what is missing."""
    return _did(request, pk, correction.review_plan, accepted=sent.yes, words=sent.words)


@_act("check", _("Check the effect"))
def check(request: HttpRequest, pk: int, sent: VerdictIn) -> dict[str, Any]:
    """From the day on that the rules set."""
    return _did(request, pk, correction.check_effect, effective=sent.yes, words=sent.words)


@_act("reply", _("Reply to the complainant"))
def reply(request: HttpRequest, pk: int, sent: ReplyIn) -> dict[str, Any]:
    """With the remedies; both sets of clocks stop."""
    return _did(request, pk, closing.reply, **sent.dict())


@_act("close", _("Close the complaint"))
def close(request: HttpRequest, pk: int, sent: TalkIn) -> dict[str, Any]:
    """After the closing talk."""
    return _did(request, pk, closing.close, satisfied=sent.satisfied, words=sent.words)


@_act("withdraw", _("Record the withdrawal"))
def withdraw(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """The handling ends the same day."""
    return _did(request, pk, closing.withdraw, reason=sent.words)


@_act("reopen", _("Reopen the complaint"))
def reopen(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """All limits count from now."""
    return _did(request, pk, closing.reopen, reason=sent.words)


@_act("review", _("Ask for a review"))
def ask_review(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """Within the days of the rules."""
    return _did(request, pk, closing.ask_review, reason=sent.words)


@_act("review/decide", _("Decide the review"))
def decide_review(request: HttpRequest, pk: int, sent: VerdictIn) -> dict[str, Any]:
    """Uphold or overturn the decision; not by the handler."""
    return _did(request, pk, closing.decide_review, upheld=sent.yes, words=sent.words)


@_act("extend", _("Extend the limit"))
def extend(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """With reasons; the second time with a second person's consent."""
    return _did(request, pk, closing.extend, reason=sent.words)


@_act("notes", _("Internal note"))
def note(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """For colleagues only."""
    return _did(request, pk, notes.add_note, words=sent.words)


def _did(request: HttpRequest, pk: int, operation: Callable[..., Any], **values: Any) -> dict[str, Any]:
    operation(complaint=one(request, pk), **values, actor=acting(request), at=clock.now())
    return whole(request, pk)
