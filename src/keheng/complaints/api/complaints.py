"""Complaints over HTTP: registered, asked for and led by the same operations and rights as the pages (A7)."""

from collections.abc import Callable
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
from keheng.complaints.enums import Bone, Channel, Grade, Kind, MeasureKind, Outcome, PartyRole, State
from keheng.complaints.models import Cause, Complaint, Measure
from keheng.complaints.operations import closing, correction, forms, notes, reviewing
from keheng.complaints.operations.intake import Complaining, register
from keheng.complaints.queries.acts import acts_for
from keheng.complaints.queries.learning import suggestions
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff

endpoints = Endpoints(_("Complaints"))
type Words = Annotated[str, Field(min_length=1, max_length=2000)]


class ComplaintOut(Schema):
    """A complaint in short; each due time is of the clock of its set that runs out next."""

    id: int
    number: str
    customer_id: int | None
    branch: str
    channel: Channel
    state: State
    kind: str
    cause: str | None
    grade: int | None
    path: str
    is_repeat: bool
    about_branch: str | None
    handler: str | None
    responsible: str | None
    received_at: datetime
    registered_at: datetime
    internal_due_at: datetime | None
    internal_due_kind: str
    is_internal_late: bool
    regulatory_due_at: datetime | None
    regulatory_due_kind: str
    is_regulatory_late: bool
    outcome: str
    replied_at: datetime | None
    closed_at: datetime | None


class ClockOut(Schema):
    """A clock; ``every_day``: calendar days. No ``stopped_at``: it runs. ``met`` is empty where it was not judged."""

    rule_set: str
    kind: str
    limit: str
    every_day: bool
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    met: bool | None


class MeasureOut(Schema):
    id: int
    kind: MeasureKind
    text: str | None
    owner: str
    due_on: date
    done_at: datetime | None
    proof: str | None


class StepOut(Schema):
    """One act with its words."""

    kind: str
    at: datetime
    actor: str | None
    note: str | None


class WholeOut(ComplaintOut):
    """A complaint with its words, clocks, measures, what happened, and what the caller can do now."""

    statement: str | None
    wish: str | None
    finding: str | None
    clocks: list[ClockOut]
    measures: list[MeasureOut]
    steps: list[StepOut]
    acts: list[str]


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
    found = _visible(request)
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
    return page_of(found, paging, order=("-registered_at", "-pk"), shape=lambda rows: [_short(row) for row in rows])


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
        about_staff=_person(staff) if staff else None,
        actor=actor,
        at=clock.now(),
    )
    return _short(Complaint.objects.select_related(*_JOINED).get(pk=made.pk))


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
    return _whole(request, pk)


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
    return _did(request, pk, reviewing.assign, to=_person(sent.to))


@_act("form", _("Issue the form"))
def issue(request: HttpRequest, pk: int, sent: IssueIn) -> dict[str, Any]:
    """To the responsible unit, by its code."""
    branch = get_object_or_404(Branch, code=sent.to_branch)
    return _did(request, pk, forms.issue, to_branch=branch, to_staff=_person(sent.to_staff), task=sent.task)


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
def visit(request: HttpRequest, pk: int, sent: WordsIn) -> dict[str, Any]:
    """What it found."""
    return _did(request, pk, correction.visit, words=sent.words)


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
    return _did(request, pk, correction.plan_measure, **{**sent.dict(), "owner": _person(sent.owner)})


@_act("measures/prove", _("Carried out"))
def prove(request: HttpRequest, pk: int, sent: ProofIn) -> dict[str, Any]:
    """After the last one the complaint goes on by itself."""
    measure = get_object_or_404(Measure, pk=sent.measure, complaint=_one(request, pk))
    correction.prove(measure=measure, proof=sent.proof, actor=acting(request), at=clock.now())
    return _whole(request, pk)


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


_JOINED = ("branch", "cause", "about_branch", "handler", "responsible")
_SAME = (
    *("id", "number", "customer_id", "channel", "state", "kind", "grade", "path", "is_repeat", "received_at"),
    *("registered_at", "internal_due_at", "internal_due_kind", "is_internal_late", "regulatory_due_at"),
    *("regulatory_due_kind", "is_regulatory_late", "outcome", "replied_at", "closed_at"),
)
_OF_CLOCK = ("rule_set", "kind", "limit", "every_day", "started_at", "due_at", "stopped_at", "met")


def _visible(request: HttpRequest) -> Any:
    return Complaint.objects.visible_to(acting(request)).select_related(*_JOINED)


def _one(request: HttpRequest, pk: int) -> Complaint:
    found: Complaint = get_object_or_404(_visible(request), pk=pk)
    return found


def _person(username: str) -> Staff:
    found: Staff = get_object_or_404(Staff.objects.people(), username=username, is_active=True)
    return found


def _did(request: HttpRequest, pk: int, operation: Callable[..., Any], **values: Any) -> dict[str, Any]:
    operation(complaint=_one(request, pk), **values, actor=acting(request), at=clock.now())
    return _whole(request, pk)


def _short(row: Complaint) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _SAME},
        "branch": row.branch.code,
        "cause": row.cause.code if row.cause else None,
        "about_branch": row.about_branch.code if row.about_branch else None,
        "handler": row.handler.username if row.handler else None,
        "responsible": row.responsible.username if row.responsible else None,
    }


def _whole(request: HttpRequest, pk: int) -> dict[str, Any]:
    row = _one(request, pk)
    return {
        **_short(row),
        **{name: getattr(row, name) for name in ("statement", "wish", "finding")},
        "clocks": list(row.clocks.order_by("pk").values(*_OF_CLOCK)),
        "measures": [
            {
                **{name: getattr(measure, name) for name in ("id", "kind", "text", "due_on", "done_at", "proof")},
                "owner": measure.owner.username,
            }
            for measure in row.measures.filter(dropped_at=None).select_related("owner")
        ],
        "steps": [
            {"kind": step.kind, "at": step.at, "actor": step.actor.username if step.actor else None, "note": step.note}
            for step in row.steps.select_related("actor")
        ],
        "acts": [act.value for act in acts_for(acting(request), row)],
    }
