"""What the dossier of a company tells over HTTP, and what it takes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from keheng.customers.api.archive import Amount, Short
from keheng.customers.enums import (
    Acceptance,
    CooperationState,
    DecisionRole,
    GroupRole,
    HealthGrade,
    LossCause,
    ProjectState,
    PushChannel,
)

type Note = Annotated[str, Field(max_length=300)]
type Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2)]


class Entry(Schema):
    """What every entry tells: its key, and the instant of its last change (send it back as ``seen``)."""

    id: int
    note: str
    changed_at: datetime


class Seen(Schema):
    """``seen`` is the ``changed_at`` you have read: then nobody's later change is overwritten."""

    seen: datetime | None = None

    def values(self) -> dict[str, Any]:
        """The fields that were sent, of the entry itself."""
        return self.dict(exclude_unset=True, exclude={"seen"})


class ContactPersonOut(Entry):
    """Somebody who matters; ``phone_mask`` opens by a reveal of ``phone_field``."""

    name: str
    post: str
    decision_role: DecisionRole
    birthday: date | None
    preference: str
    phone_mask: str
    phone_field: str


class ContactPersonIn(Seen):
    name: Short | None = None
    post: Short | None = None
    decision_role: DecisionRole | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    birthday: date | None = None
    preference: Annotated[str, Field(max_length=200)] | None = None
    note: Note | None = None


class CooperationOut(Entry):
    """Amounts in CNY, margin and likelihood in percent."""

    state: CooperationState
    product: str
    starts_on: date | None
    ends_on: date | None
    amount: Decimal | None
    margin: Decimal | None
    likelihood: int | None


class CooperationIn(Seen):
    state: CooperationState | None = None
    product: Annotated[str, Field(max_length=80)] | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    amount: Amount | None = None
    margin: Annotated[Decimal, Field(max_digits=6, decimal_places=3)] | None = None
    likelihood: Annotated[int, Field(ge=0, le=100)] | None = None
    note: Note | None = None


class CompetitorOut(Entry):
    """Another institution; ``share`` of the company's business in percent."""

    institution: str
    products: str
    share: Decimal | None
    since: date | None


class CompetitorIn(Seen):
    institution: Short | None = None
    products: Annotated[str, Field(max_length=200)] | None = None
    share: Percent | None = None
    since: date | None = None
    note: Note | None = None


class CheckOut(Schema):
    """An entry of the health handbook."""

    id: int
    checked_on: date
    grade: HealthGrade
    finding: str
    measures: str
    next_check_on: date | None
    checked_by_id: int


class CheckIn(Schema):
    """Without ``next_check_on`` the next check follows from the grade."""

    checked_on: date
    grade: HealthGrade
    finding: Annotated[str, Field(min_length=1, max_length=300)]
    measures: Note = ""
    next_check_on: date | None = None


class ProjectRow(Entry):
    """A project of the project library; ``grade`` and ``next_check_on`` are those of the newest check."""

    customer_id: int
    name: str
    place: str
    content: str
    state: ProjectState
    amount: Decimal | None
    starts_on: date | None
    accepted_on: date | None
    warranty_until: date | None
    grade: str
    next_check_on: date | None


class ProjectOut(ProjectRow):
    checks: list[CheckOut]


class ProjectIn(Seen):
    name: Annotated[str, Field(max_length=80)] | None = None
    place: Annotated[str, Field(max_length=80)] | None = None
    content: Annotated[str, Field(max_length=200)] | None = None
    state: ProjectState | None = None
    amount: Amount | None = None
    starts_on: date | None = None
    accepted_on: date | None = None
    warranty_until: date | None = None
    next_check_on: date | None = None
    note: Note | None = None


class MemberOut(Schema):
    """A member; the name is masked and ``customer_id`` empty where it lies outside the caller's scope."""

    customer_id: int | None
    name: str
    role: GroupRole
    share: Decimal | None


class GroupOut(Schema):
    """A group; ``aum`` of the members in the caller's scope, ``hidden`` the number of the others."""

    entry_id: int
    name: str
    is_strategic: bool
    aum: Decimal
    hidden: int
    members: list[MemberOut]


class GroupMemberIn(Seen):
    group: Annotated[str, Field(max_length=120)] | None = None
    role: GroupRole | None = None
    share: Percent | None = None
    since: date | None = None
    note: Note | None = None


class FeedbackOut(Entry):
    """How the customer took up a pushed report; ``traded`` in CNY."""

    report: str
    pushed_on: date
    channel: PushChannel
    acceptance: Acceptance
    traded: Decimal | None
    changed_by_id: int


class FeedbackIn(Seen):
    report: Annotated[str, Field(max_length=120)] | None = None
    pushed_on: date | None = None
    channel: PushChannel | None = None
    acceptance: Acceptance | None = None
    traded: Amount | None = None
    note: Note | None = None


class LossContactOut(Entry):
    """A contact with a lost customer."""

    contacted_on: date
    staff_id: int
    content: str
    reaction: str


class LossContactIn(Seen):
    contacted_on: date | None = None
    content: Note | None = None
    reaction: Annotated[str, Field(max_length=200)] | None = None
    note: Note | None = None


class LossOut(Entry):
    """The file of a lost customer: assets, class and service employee as they were at the loss."""

    lost_on: date
    assets: Decimal
    tier: str
    server_id: int | None
    cause: LossCause
    reason: str
    won_back_on: date | None
    changed_by_id: int
    contacts: list[LossContactOut]


class LossIn(Seen):
    lost_on: date | None = None
    assets: Amount | None = None
    cause: LossCause | None = None
    reason: Note | None = None
    won_back_on: date | None = None
    note: Note | None = None


class PapersOut(Schema):
    feedback: list[FeedbackOut]
    losses: list[LossOut]


class DossierOut(Schema):
    contacts: list[ContactPersonOut]
    cooperation: list[CooperationOut]
    competitors: list[CompetitorOut]
    projects: list[ProjectOut]
    group: GroupOut | None


class ProjectQuestion(Schema):
    """Which projects."""

    grade: HealthGrade | None = None
    due_by: date | None = None
