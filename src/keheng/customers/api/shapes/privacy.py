"""What consents, requests of data subjects, emergency access and files handed out look like over HTTP."""

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from keheng.customers.api.archive import Reason, Short
from keheng.customers.enums import (
    CaseKind,
    CaseState,
    ConsentHow,
    FileForm,
    HandoutState,
    IdentityProof,
    RiskLevel,
    Verdict,
)

type Code = Annotated[str, Field(max_length=30)]
type Words = Annotated[str, Field(max_length=500)]


class ConsentOut(Schema):
    """One purpose: how it is lawful, and the channels that the customer agrees to now."""

    purpose: str
    name: str
    basis: str
    channels: list[str]
    given_at: datetime | None
    outdated: bool


class ConsentIn(Schema):
    """What the customer says of a purpose from now on; no channel: withdrawn."""

    purpose: Code
    channels: list[Code] = []
    how: ConsentHow
    evidence: Annotated[str, Field(max_length=80)] = ""
    guardian: Short = ""


class ActOut(Schema):
    """One act of the history; no channel: withdrawn."""

    purpose: str
    channels: list[str]
    text_version: int
    how: ConsentHow
    evidence: str
    given_at: datetime
    superseded_at: datetime | None


class ContactQuestion(Schema):
    """What somebody wants to reach the customer for, and by which channel."""

    purpose: Code
    channel: Code


class MayContactOut(Schema):
    """Whether the customer may be contacted today; ``reason`` says why not."""

    may: bool
    reason: str


class ContactableIn(ContactQuestion):
    """The same of many customers."""

    customer_ids: Annotated[list[int], Field(max_length=10_000)]


class ContactableOut(Schema):
    """Those of them who may be contacted today."""

    customer_ids: list[int]


class CaseOut(Schema):
    """A request of a data subject, with its legal clock."""

    id: int
    number: str
    customer_id: int
    kind: CaseKind
    state: CaseState
    received_at: datetime
    due_on: date
    extended: str
    answer: str
    answered_at: datetime | None


class CaseIn(Schema):
    """A request that came in."""

    customer_id: int
    kind: CaseKind
    proof: IdentityProof
    wish: Annotated[str, Field(max_length=300)] = ""


class CaseQuestion(Schema):
    """Which requests."""

    state: CaseState | None = None
    kind: CaseKind | None = None


class AnswerIn(Schema):
    """The answer to a request."""

    outcome: CaseState
    answer: Words


class CorrectionIn(Schema):
    """The right value of a field, as the archive names it."""

    field: Code
    value: Short


class AssessmentIn(Schema):
    """An impact assessment (PIPL 55–56)."""

    title: Annotated[str, Field(min_length=1, max_length=80)]
    processing: Words
    necessity: Words
    risks: Words
    measures: Words
    level: RiskLevel
    assessed_on: date


class AssessmentOut(AssessmentIn):
    """It is kept until ``keep_until``, three years at least."""

    id: int
    keep_until: date


class CopyIn(Schema):
    """As what the copy is made."""

    form: FileForm


class FileOut(Schema):
    """A file that was asked for; ``expires_at`` ends the days in which it can be fetched."""

    id: int
    title: str
    form: FileForm
    state: HandoutState
    rows: int
    personal: bool
    purpose: str
    requested_at: datetime
    expires_at: datetime | None


class ExportIn(Schema):
    """The rows of a list: the address of its page with the filters, such as ``/customers/?kind=person``."""

    address: Annotated[str, Field(max_length=2000)]
    purpose: Annotated[str, Field(max_length=200)]
    personal: bool = False


class EmergencyIn(Reason):
    """Who (customer, document or phone number, exactly), for how many minutes, and why."""

    who: Annotated[str, Field(min_length=1, max_length=60)]
    minutes: int


class EmergencyOut(Schema):
    """An emergency access and what was found of it."""

    id: int
    customer_id: int
    actor_id: int
    reason: str
    opened_at: datetime
    expires_at: datetime
    verdict: str
    remark: str


class VerdictIn(Schema):
    """Whether the access was in order."""

    verdict: Verdict
    remark: Annotated[str, Field(max_length=300)] = ""
