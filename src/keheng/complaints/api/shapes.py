"""How complaints are told over HTTP, in short and as a whole."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import Field

from keheng.complaints.enums import Channel, MeasureKind, State
from keheng.complaints.models import Complaint
from keheng.complaints.queries.acts import acts_for
from keheng.org.acting import acting
from keheng.org.models import Staff

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


JOINED = ("branch", "cause", "about_branch", "handler", "responsible")
_SAME = (
    *("id", "number", "customer_id", "channel", "state", "kind", "grade", "path", "is_repeat", "received_at"),
    *("registered_at", "internal_due_at", "internal_due_kind", "is_internal_late", "regulatory_due_at"),
    *("regulatory_due_kind", "is_regulatory_late", "outcome", "replied_at", "closed_at"),
)
_OF_CLOCK = ("rule_set", "kind", "limit", "every_day", "started_at", "due_at", "stopped_at", "met")


def visible(request: HttpRequest) -> Any:
    """The complaints of the caller's scope."""
    return Complaint.objects.visible_to(acting(request)).select_related(*JOINED)


def one(request: HttpRequest, pk: int) -> Complaint:
    """A complaint of the caller's scope; else it is not found."""
    found: Complaint = get_object_or_404(visible(request), pk=pk)
    return found


def person(username: str) -> Staff:
    """Somebody by user name; else they are not found."""
    found: Staff = get_object_or_404(Staff.objects.people(), username=username, is_active=True)
    return found


def short(row: Complaint) -> dict[str, Any]:
    """A complaint as ``ComplaintOut``."""
    return {
        **{name: getattr(row, name) for name in _SAME},
        "branch": row.branch.code,
        "cause": row.cause.code if row.cause else None,
        "about_branch": row.about_branch.code if row.about_branch else None,
        "handler": row.handler.username if row.handler else None,
        "responsible": row.responsible.username if row.responsible else None,
    }


def whole(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A complaint as ``WholeOut``, as it stands now."""
    row = one(request, pk)
    return {
        **short(row),
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
