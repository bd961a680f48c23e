"""Requests for a second person's consent over HTTP, deciding them, and the table of limits (A15, screen 15)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.approvals import kinds, operations, permissions, queries
from keheng.approvals.enums import Act, State
from keheng.approvals.models import ANY_KIND, LimitTable, Request
from keheng.common import clock
from keheng.org.acting import acting

endpoints = Endpoints(_("Approvals"))

type Words = Annotated[str, Field(max_length=300)]


class RequestOut(Schema):
    """What is asked for; ``rank`` is the tier of a customer or the grade of a complaint, by the kind."""

    id: int
    kind: str
    kind_name: str
    title: str
    state: State
    subject_label: str
    branch_id: int
    amount: Decimal | None
    rank: int | None
    reason: str
    requester_id: int
    requested_at: datetime
    due_at: datetime
    decided_by_id: int | None
    decided_at: datetime | None
    answer: str

    @staticmethod
    def resolve_kind_name(request: Request) -> str:
        return str(kinds.kind_of(request.kind).name)


class StepOut(Schema):
    """One act on a request after it was asked."""

    act: Act
    actor_id: int
    reason: str
    at: datetime


class WholeRequestOut(RequestOut):
    """A request with what it rests on, as pairs of words, and what was done to it; ``refusal``: why not by you."""

    evidence: list[tuple[str, str]]
    steps: list[StepOut]
    refusal: str

    @staticmethod
    def resolve_evidence(request: Request) -> list[tuple[str, str]]:
        return list(queries.evidence(request))

    @staticmethod
    def resolve_steps(request: Request) -> Any:
        return queries.history(request)

    @staticmethod
    def resolve_refusal(request: Request, context: Any) -> str:
        return permissions.why_not_decide(acting(context["request"]), request)


class RequestQuestion(Schema):
    """Which requests; ``waiting``: only those that wait for the caller's answer."""

    state: State | None = None
    kind: str = ""
    waiting: bool = False


class DecisionIn(Schema):
    """The answer; a refusal and a return take a reason."""

    outcome: Literal["approve", "refuse", "return"]
    reason: Words = ""


class ReasonIn(Schema):
    """Why."""

    reason: Words = ""


class LimitOut(Schema):
    """How far one role may approve: up to an amount in CNY and a rank, in its own branches or everywhere."""

    level: int
    role: str
    max_amount: Decimal | None
    max_rank: int | None
    scope: str


class LimitsOut(Schema):
    """The limits of one kind in force; ``own`` is false where those of every other kind hold."""

    kind: str
    kind_name: str
    rank_name: str
    own: bool
    version: int | None
    valid_from: date | None
    due_days: int | None
    limits: list[LimitOut]


@endpoints.get("", permission=permissions.VIEW, summary=_("Requests for approval"), response=Page[RequestOut])
def requests(request: HttpRequest, asked: Query[RequestQuestion], paging: Query[Paging]) -> dict[str, Any]:
    """One's own, what one decided or may decide; whoever oversees sees all of their branches. The newest first."""
    staff = acting(request)
    found = Request.objects.waiting_for(staff) if asked.waiting else Request.objects.visible_to(staff)
    wanted = {name: value for name, value in (("state", asked.state), ("kind", asked.kind)) if value}
    return page_of(found.filter(**wanted), paging, order=("-pk",), shape=list)


@endpoints.get("/limits", permission=permissions.VIEW, summary=_("Approval limits in force"), response=list[LimitsOut])
def limits(request: HttpRequest) -> list[dict[str, Any]]:  # noqa: ARG001  # the same for everybody
    """Every kind of request with the roles that approve it, lowest level first."""
    tables = queries.tables_in_force(clock.today())
    return [
        {
            "kind": kind.code,
            "kind_name": str(kind.name),
            "rank_name": str(kind.rank_name),
            "own": kind.code in tables,
            **_table(tables.get(kind.code) or tables.get(ANY_KIND)),
        }
        for kind in kinds.kinds().values()
    ]


@endpoints.get(
    "/{int:pk}", permission=permissions.VIEW, summary=_("One request for approval"), response=WholeRequestOut
)
def one(request: HttpRequest, pk: int) -> Request:
    return _found(request, pk)


@endpoints.post(
    "/{int:pk}/decide", permission=permissions.VIEW, summary=_("Decide a request"), response=WholeRequestOut
)
def decide(request: HttpRequest, pk: int, sent: DecisionIn) -> Request:
    """Takes a limit that covers it, and is never one's own."""
    given: dict[str, Any] = {"reason": sent.reason, "actor": acting(request), "at": clock.now()}
    return operations.decide(request=_found(request, pk), outcome=Act(sent.outcome), **given)


@endpoints.post(
    "/{int:pk}/withdraw", permission=permissions.VIEW, summary=_("Take one's own request back"),
    response=WholeRequestOut,
)  # fmt: skip
def withdraw(request: HttpRequest, pk: int, sent: ReasonIn) -> Request:
    given: dict[str, Any] = {"reason": sent.reason, "actor": acting(request), "at": clock.now()}
    return operations.withdraw(request=_found(request, pk), **given)


def _found(request: HttpRequest, pk: int) -> Request:
    visible: QuerySet[Request] = Request.objects.visible_to(acting(request)).select_related("branch")
    return get_object_or_404(visible, pk=pk)


def _table(table: LimitTable | None) -> dict[str, Any]:
    if table is None:
        return {"version": None, "valid_from": None, "due_days": None, "limits": []}
    rows = sorted(table.limits.all(), key=lambda limit: (limit.level, limit.role.order))
    names = ("level", "max_amount", "max_rank", "scope")
    return {
        "version": table.number,
        "valid_from": table.valid_from,
        "due_days": table.due_days,
        "limits": [{**{name: getattr(row, name) for name in names}, "role": row.role.code} for row in rows],
    }
