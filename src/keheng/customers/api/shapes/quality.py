"""What completeness, findings, duplicates and inspections look like over HTTP."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field

from keheng.customers import queries
from keheng.customers.api.archive import Reason
from keheng.customers.enums import FindingState, InspectionKind, ItemState, PairState, Severity
from keheng.customers.models import (
    DuplicatePair,
    Finding,
    Inspection,
)
from keheng.customers.queries.validity import CHECKS

type Percent = Annotated[int, Field(ge=0, le=100)]
type Side = Literal["left", "right"]


class RateOut(Schema):
    """The archives of a branch, of a member of staff, or of the whole scope (both empty).

    ``rate`` 有效资料完备率 and ``share`` (of complete archives) from 0 to 1; ``idle`` counts empty cards and dormant
    passbooks, which are left out.
    """

    branch_id: int | None = None
    owner_id: int | None = None
    effective: int
    idle: int
    complete: int
    rate: float | None
    share: float | None


class ReportOut(Schema):
    """Completeness in scope; an archive is complete from ``complete_from`` percent."""

    complete_from: int
    whole: RateOut
    outlets: list[RateOut]
    owners: list[RateOut]


class FindingOut(Schema):
    """Something that cannot be right; ``contact`` is the kind of contact point it is about."""

    id: int
    customer_id: int
    rule: str
    what: str
    remedy: str
    severity: Severity
    contact: str
    amount: int | None
    state: FindingState
    found_at: datetime
    reason: str

    @staticmethod
    def resolve_what(finding: Finding) -> str:
        return str(CHECKS[finding.rule].label) if finding.rule in CHECKS else finding.rule

    @staticmethod
    def resolve_remedy(finding: Finding) -> str:
        return str(CHECKS[finding.rule].remedy) if finding.rule in CHECKS else ""


class FindingQuestion(Schema):
    """Which findings."""

    customer_id: int | None = None
    rule: Annotated[str, Field(max_length=40)] | None = None
    severity: Severity | None = None
    state: FindingState | None = None


class PairOut(Schema):
    """Two customers who may be one; ``shared`` and ``doubts`` in words."""

    id: int
    left_id: int
    right_id: int
    score: int
    reasons: list[str]
    shared: list[str]
    doubts: list[str]
    state: PairState
    found_at: datetime

    @staticmethod
    def resolve_shared(pair: DuplicatePair) -> list[str]:
        return queries.words_of(pair.reasons)

    @staticmethod
    def resolve_doubts(pair: DuplicatePair) -> list[str]:
        return queries.words_of(pair.against)


class PairQuestion(Schema):
    """Which pairs."""

    state: PairState | None = None
    score_from: Percent | None = None


class LineOut(Schema):
    """A fact of both archives, sealed values as masks; ``key`` names it in a merge where ``differs``."""

    key: str
    label: str
    left: str
    right: str
    differs: bool
    preferred: Side


class ComparisonOut(Schema):
    """Two archives side by side; ``refusal`` says why the caller may not make them one."""

    pair: PairOut
    lines: list[LineOut]
    refusal: str


class MergeIn(Reason):
    """Which archive stays; ``choices`` names the side of each differing fact, others stay as the survivor has them."""

    survivor: Side
    choices: Annotated[dict[str, Side], Field(max_length=200)] = {}


class MergeOut(Schema):
    """A merge; it can be taken back until ``undo_until``."""

    id: int
    survivor_id: int
    lost_number: str
    reason: str
    rows: int
    made_at: datetime
    undo_until: datetime
    undone_at: datetime | None


class InspectionOut(Schema):
    """A list of archives to be looked at."""

    id: int
    kind: InspectionKind
    branch_id: int
    title: str
    drawn_on: date
    due_on: date
    closed_at: datetime | None

    @staticmethod
    def resolve_title(inspection: Inspection) -> str:
        return str(inspection)


class InspectionQuestion(Schema):
    """Which inspections."""

    kind: InspectionKind | None = None
    branch_id: int | None = None
    is_open: bool | None = None


class InspectionIn(Schema):
    """An irregular check: of a branch and those below it, by tier and completeness."""

    branch_id: int
    title: Annotated[str, Field(max_length=120)] = ""
    due_on: date
    count: Annotated[int, Field(ge=1, le=500)]
    tiers: list[Annotated[str, Field(max_length=10)]] = []
    score_below: Percent | None = None


class ItemOut(Schema):
    """One archive of an inspection."""

    id: int
    inspection_id: int
    customer_id: int
    owner_id: int | None
    score: int | None
    state: ItemState
    finding: str
    fix_by: date | None
    answer: str
    closed_at: datetime | None


class RemarkIn(Schema):
    """What was found, or done."""

    text: Annotated[str, Field(max_length=400)] = ""


class FaultIn(RemarkIn):
    """What is wrong, and by when it is to be put right; without a day the rules decide."""

    fix_by: date | None = None
