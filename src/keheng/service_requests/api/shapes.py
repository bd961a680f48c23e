"""What a service request looks like over HTTP."""

import json
from datetime import datetime
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from ninja import Schema
from pydantic import Field

from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.service_requests.enums import Channel, ClockKind, Stage, State
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations.closing import missing_before_closing

type Words = Annotated[str, Field(min_length=1, max_length=500)]


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


_SAME = (
    *("id", "number", "customer_id", "business", "channel", "state", "stage", "is_priority", "opened_at", "due_at"),
    *("due_kind", "is_late", "pause_reason", "pause_ends", "resolved_at", "closed_at", "reopened", "rating"),
    *("parent_id", "merged_into_id"),
)


def one(request: HttpRequest, pk: int) -> ServiceRequest:
    """A request of the caller's scope, or 404."""
    visible = ServiceRequest.objects.visible_to(acting(request))
    return get_object_or_404(visible.select_related("branch", "assignee", "opened_by", "customer"), pk=pk)


def person(username: str) -> Staff:
    """Somebody by user name.

    Raises:
        ValidationError: nobody who may be chosen has it.
    """
    found = Staff.objects.people().filter(username=username, is_active=True).first()
    if found is None:
        raise ValidationError({"to": gettext("Nobody whom you may choose has this user name.")})
    return found


def short(row: ServiceRequest) -> dict[str, Any]:
    """A request as :class:`RequestOut`."""
    return {
        **{name: getattr(row, name) for name in _SAME},
        "branch": row.branch.code,
        "opened_by": row.opened_by.username,
        "assignee": row.assignee.username if row.assignee else None,
    }


def whole(request: HttpRequest, pk: int) -> dict[str, Any]:
    """A request of the caller's scope as :class:`WholeOut`."""
    row = one(request, pk)
    return {
        **short(row),
        **{name: getattr(row, name) for name in ("subject", "checked", "resolution", "reply")},
        "answers": json.loads(row.answers) if row.answers else {},
        "missing": missing_before_closing(row) if row.state == State.WORKING else [],
        "clocks": list(row.clocks.order_by("pk")),
        "steps": [
            {"kind": step.kind, "at": step.at, "actor": step.actor and step.actor.username, "note": step.note}
            for step in row.steps.select_related("actor").order_by("pk")
        ],
    }
