"""What the archive by sections, its suggestions, reviews and risk assessments look like over HTTP."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from keheng.customers.enums import ArchiveClass, AssessmentChannel, ReviewOutcome, RiskGrade, Source

type Text = Annotated[str, Field(max_length=200)]


class FieldOut(Schema):
    """One field as the caller may read it; ``mark`` is sent back as ``seen`` when it is changed."""

    code: str
    label: str
    text: str
    source: Source
    by: str
    at: datetime | None
    reveals: str
    mark: str


class SectionOut(Schema):
    """A part of the archive that is shown, and edited, as one."""

    code: str
    label: str
    fields: list[FieldOut]


class SectionIn(Schema):
    """Facts of one section to set, by the codes of its fields, also ``custom.…``; what is left out stays.

    ``seen`` holds the marks under which the values were read: where somebody else has changed the same field since,
    nothing is written and the answer says by field what stands there.
    """

    facts: dict[Annotated[str, Field(max_length=40)], Any]
    source: Source = Source.MANAGER
    seen: dict[str, str] | None = None


class ContactChange(Schema):
    """Changes to a contact point; an empty value keeps the present one, ``seen`` is its ``updated_at`` as read."""

    value: Annotated[str, Field(max_length=200)] = ""
    is_primary: bool
    preferred_time: Annotated[str, Field(max_length=60)] = ""
    told_by: Source = Source.MANAGER
    seen: datetime | None = None


class SuggestionOut(Schema):
    """A value that waits for a decision beside what the archive says; sealed ones masked."""

    id: int
    field: str
    label: str
    present: str
    suggested: str
    source: Source
    by: str
    note: str
    at: datetime


class SuggestionIn(Schema):
    """A value that somebody has heard of: a field of the archive, or a kind of contact point."""

    field: Annotated[str, Field(max_length=40)]
    value: Any
    source: Source = Source.VISIT
    note: Text = ""


class Note(Schema):
    """Words that may be left out."""

    reason: Text = ""


class ReviewOut(Schema):
    """What is to be looked at, and until when."""

    id: int
    archive_class: ArchiveClass
    trigger: str
    reason: str
    note: str
    at_counter: bool
    due_on: date


class ReviewIn(Schema):
    """What the customer, or a colleague, is to bring up to date; ``at_counter``: tellers ask at the next visit."""

    note: Annotated[str, Field(min_length=1, max_length=200)]
    archive_class: ArchiveClass = ArchiveClass.INFORMATION
    at_counter: bool = False


class ReviewClosed(Schema):
    """What came of a review."""

    outcome: ReviewOutcome
    note: Text = ""


class AssessmentOut(Schema):
    """A risk assessment; scores of 100."""

    grade: RiskGrade
    is_minimum: bool
    score: Decimal
    tolerance: Decimal
    preference: Decimal
    taken_on: date
    valid_until: date
    channel: AssessmentChannel
    version: int
    is_current: bool


class RiskOut(Schema):
    """The risk assessments, the newest first; ``days_left`` is negative once the current one has expired."""

    grade: RiskGrade | None
    days_left: int | None
    assessments: list[AssessmentOut]


class OptionOut(Schema):
    """An answer that is offered; what is sent back is its place."""

    place: int
    text: str


class QuestionOut(Schema):
    """A question of the questionnaire in force."""

    code: str
    text: str
    options: list[OptionOut]


class AnswersIn(Schema):
    """The places of the chosen answers, from 0, by the codes of the questions."""

    answers: dict[str, int]
    channel: AssessmentChannel
    taken_on: date | None = None


class MissingOut(Schema):
    """A field that the archive lacks."""

    code: str
    label: str


class CompletenessOut(Schema):
    """有效资料完备率 of one archive; not effective: an empty card or a dormant passbook."""

    score: int
    is_effective: bool
    missing: list[MissingOut]
