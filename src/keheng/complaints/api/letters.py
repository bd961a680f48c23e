"""Replies and compensation over HTTP: drafted, submitted, delivered, asked for, paid, as on the pages (A7).

Who approves does so among the approvals; recipients' addresses go in and never come out.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import Field

from keheng.common import clock
from keheng.complaints import permissions
from keheng.complaints.api.complaints import endpoints
from keheng.complaints.api.shapes import Words
from keheng.complaints.enums import (
    CompensationForm,
    CompensationState,
    DeliveryKind,
    DeliveryState,
    DeliveryWay,
    LetterState,
    Outcome,
)
from keheng.complaints.models import Compensation, Complaint, Delivery, Letter
from keheng.complaints.operations import compensation, letters
from keheng.complaints.policies.letters import missing_remedies
from keheng.files.responses import attachment
from keheng.org.acting import acting

type Amount = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)]
type Body = Annotated[str, Field(min_length=1, max_length=8000)]


class LetterOut(Schema):
    """A letter in short; ``missing``: the remedies that it does not name yet."""

    id: int
    number: int
    template: str
    subject: str
    state: LetterState
    drafted_by: str
    drafted_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    request: int | None
    missing: list[str]


class WholeLetterOut(LetterOut):
    body: str | None


class DraftIn(Schema):
    """``template`` by its code."""

    template: str
    outcome: Outcome
    finding: Words


class EditIn(Schema):
    subject: Annotated[str, Field(min_length=1, max_length=120)]
    body: Body


class ReasonIn(Schema):
    reason: Words


class DeliverIn(Schema):
    """``to``: an e-mail address, or whom it was sent or handed to; by post and by hand ``reference`` proves it."""

    way: DeliveryWay
    to: Annotated[str, Field(min_length=1, max_length=200)]
    reference: Annotated[str, Field(max_length=60)] = ""


class ArrivedIn(Schema):
    """Of a letter by post; ``words`` say why it did not arrive."""

    arrived: bool
    words: Annotated[str, Field(max_length=200)] = ""


class DeliveryOut(Schema):
    """Something on its way to the complainant; the recipient is not told."""

    id: int
    kind: DeliveryKind
    letter: int | None
    way: DeliveryWay
    state: DeliveryState
    reference: str
    made_at: datetime
    settled_at: datetime | None
    failure: str


class CompensationIn(Schema):
    form: CompensationForm
    amount: Amount
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class PayIn(Schema):
    voucher: Annotated[str, Field(min_length=1, max_length=40)]


class CompensationOut(Schema):
    id: int
    form: CompensationForm
    amount: Decimal
    reason: str | None
    state: CompensationState
    asked_by: str
    asked_at: datetime
    request: int | None
    paid_by: str | None
    paid_at: datetime | None
    voucher: str


@endpoints.get(
    "/{int:pk}/letters", permission=permissions.VIEW, summary=_("Replies of a complaint"), response=list[LetterOut]
)
def of_complaint(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """In their order, without their words."""
    return [_letter(row) for row in _complaint(request, pk).letters.select_related(*_JOINED)]


@endpoints.post(
    "/{int:pk}/letters",
    permission=permissions.HANDLE,
    summary=_("Draft a reply"),
    response=WholeLetterOut,
    status=201,
)
def draft(request: HttpRequest, pk: int, sent: DraftIn) -> dict[str, Any]:
    """From a template in use, with what was found; one draft at a time."""
    made = letters.draft(
        complaint=_complaint(request, pk),
        code=sent.template,
        outcome=sent.outcome,
        finding=sent.finding,
        actor=acting(request),
        at=clock.now(),
    )
    return _whole(request, pk, made.pk)


_ONE = "/{int:pk}/letters/{int:letter}"


@endpoints.get(_ONE, permission=permissions.HANDLE, summary=_("One reply"), response=WholeLetterOut)
def one(request: HttpRequest, pk: int, letter: int) -> dict[str, Any]:
    """With its words."""
    return _whole(request, pk, letter)


@endpoints.put(_ONE, permission=permissions.HANDLE, summary=_("Change a reply"), response=WholeLetterOut)
def edit(request: HttpRequest, pk: int, letter: int, sent: EditIn) -> dict[str, Any]:
    """While it is a draft."""
    letters.edit(letter=_of(request, pk, letter), **sent.dict(), actor=acting(request), at=clock.now())
    return _whole(request, pk, letter)


@endpoints.post(
    f"{_ONE}/submit", permission=permissions.HANDLE, summary=_("Submit a reply for approval"), response=LetterOut
)
def submit(request: HttpRequest, pk: int, letter: int) -> dict[str, Any]:
    """Refused while it lacks a remedy; ``request`` is the approval that was asked for."""
    return _letter(letters.submit(letter=_of(request, pk, letter), actor=acting(request), at=clock.now()))


@endpoints.post(f"{_ONE}/drop", permission=permissions.HANDLE, summary=_("Drop a draft"), response=LetterOut)
def drop(request: HttpRequest, pk: int, letter: int, sent: ReasonIn) -> dict[str, Any]:
    """With the reason."""
    found = _of(request, pk, letter)
    return _letter(letters.drop(letter=found, reason=sent.reason, actor=acting(request), at=clock.now()))


@endpoints.post(
    f"{_ONE}/deliver",
    permission=permissions.HANDLE,
    summary=_("Deliver a reply"),
    response=DeliveryOut,
    status=201,
)
def deliver(request: HttpRequest, pk: int, letter: int, sent: DeliverIn) -> dict[str, Any]:
    """The first delivery is the reply: both sets of clocks stop."""
    found = _of(request, pk, letter)
    return _delivery(letters.deliver(letter=found, **sent.dict(), actor=acting(request), at=clock.now()))


@endpoints.get(f"{_ONE}/pdf", permission=permissions.VIEW, summary=_("The approved reply as PDF"), response=None)
def pdf(request: HttpRequest, pk: int, letter: int) -> HttpResponse:
    """Every download stands in the trail."""
    found = get_object_or_404(_letters(request, pk).select_related("file"), pk=letter, file__isnull=False)
    letters.open_letter(letter=found, actor=acting(request), at=clock.now())
    assert found.file is not None
    return attachment(found.file, f"{found.complaint.number}-{found.number}")


@endpoints.get(
    "/{int:pk}/deliveries",
    permission=permissions.VIEW,
    summary=_("Deliveries to the complainant"),
    response=list[DeliveryOut],
)
def deliveries(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """Confirmations of receipt and replies."""
    return [_delivery(row) for row in _complaint(request, pk).deliveries.select_related("letter")]


@endpoints.post(
    "/{int:pk}/deliveries/{int:delivery}",
    permission=permissions.HANDLE,
    summary=_("Settle a delivery"),
    response=DeliveryOut,
)
def settle(request: HttpRequest, pk: int, delivery: int, sent: ArrivedIn) -> dict[str, Any]:
    """Whether what was sent by post arrived."""
    found = get_object_or_404(Delivery, pk=delivery, complaint=_complaint(request, pk))
    return _delivery(letters.confirm(delivery=found, **sent.dict(), actor=acting(request), at=clock.now()))


_PAYMENTS = "/{int:pk}/compensations"


@endpoints.get(
    _PAYMENTS, permission=permissions.VIEW, summary=_("Compensation of a complaint"), response=list[CompensationOut]
)
def compensations(request: HttpRequest, pk: int) -> list[dict[str, Any]]:
    """Asked for, approved, refused and paid."""
    return [_payment(row) for row in _complaint(request, pk).compensations.select_related("asked_by", "paid_by")]


@endpoints.post(
    _PAYMENTS,
    permission=permissions.HANDLE,
    summary=_("Ask for a compensation"),
    response=CompensationOut,
    status=201,
)
def ask_for(request: HttpRequest, pk: int, sent: CompensationIn) -> dict[str, Any]:
    """Within what the grade allows altogether; who approves follows from amount and grade."""
    given = {"complaint": _complaint(request, pk), **sent.dict(), "actor": acting(request), "at": clock.now()}
    return _payment(compensation.ask_for(**given))


@endpoints.post(
    _PAYMENTS + "/{int:payment}/pay",
    permission=permissions.REVIEW,
    summary=_("Enter the payment"),
    response=CompensationOut,
)
def pay(request: HttpRequest, pk: int, payment: int, sent: PayIn) -> dict[str, Any]:
    """By somebody else than who asked for it."""
    found = get_object_or_404(Compensation, pk=payment, complaint=_complaint(request, pk))
    return _payment(compensation.pay(compensation=found, voucher=sent.voucher, actor=acting(request), at=clock.now()))


_JOINED = ("template", "drafted_by", "approved_by")


def _complaint(request: HttpRequest, pk: int) -> Complaint:
    found: Complaint = get_object_or_404(Complaint.objects.visible_to(acting(request)), pk=pk)
    return found


def _letters(request: HttpRequest, pk: int) -> Any:
    return _complaint(request, pk).letters.select_related("complaint", *_JOINED)


def _of(request: HttpRequest, pk: int, letter: int) -> Letter:
    found: Letter = get_object_or_404(_letters(request, pk), pk=letter)
    return found


def _letter(row: Letter) -> dict[str, Any]:
    same = ("id", "number", "subject", "state", "drafted_at", "approved_at")
    missing = missing_remedies(row.body or "") if row.state == LetterState.DRAFT else []
    return {
        **{name: getattr(row, name) for name in same},
        "template": row.template.code,
        "drafted_by": row.drafted_by.username,
        "approved_by": row.approved_by.username if row.approved_by else None,
        "request": row.request_id,
        "missing": [remedy.value for remedy in missing],
    }


def _whole(request: HttpRequest, pk: int, letter: int) -> dict[str, Any]:
    row = _of(request, pk, letter)
    return {**_letter(row), "body": row.body}


def _delivery(row: Delivery) -> dict[str, Any]:
    same = ("id", "kind", "way", "state", "reference", "made_at", "settled_at", "failure")
    return {**{name: getattr(row, name) for name in same}, "letter": row.letter.number if row.letter else None}


def _payment(row: Compensation) -> dict[str, Any]:
    same = ("id", "form", "amount", "reason", "state", "asked_at", "paid_at", "voucher")
    return {
        **{name: getattr(row, name) for name in same},
        "asked_by": row.asked_by.username,
        "request": row.request_id,
        "paid_by": row.paid_by.username if row.paid_by else None,
    }
