"""Moves, proposed moves with their answers, protected customers, entitlements: as the pages have them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.paging import Page, Paging, page_of
from keheng.approvals import operations as approvals
from keheng.approvals.enums import Act
from keheng.approvals.models import Request
from keheng.approvals.permissions import VIEW as APPROVE
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.tiering import operations, permissions, queries
from keheng.tiering.api.rules import endpoints, told
from keheng.tiering.enums import Direction, ProposalState
from keheng.tiering.models import Move, Proposal, Protected, Scheme
from keheng.tiering.operations.proposals import SUBJECT


class MoveOut(Schema):
    """A move that took effect, with the evidence; an empty tier: none."""

    id: int
    customer_id: int
    direction: str
    from_tier: str
    to_tier: str
    effective_on: date
    metric: str
    value: Decimal | None
    threshold: Decimal | None
    door: str


class MoveQuestion(Schema):
    """Which moves: of a direction, and in effect between two dates."""

    direction: Direction | None = None
    since: date | None = None
    until: date | None = None


class ProposalOut(Schema):
    """A move that somebody must approve, with the month ends that it rests on."""

    id: int
    scheme: str
    customer_id: int
    direction: str
    from_tier: str
    to_tier: str
    aum: Decimal
    state: str
    proposed_on: date
    decided_on: date | None
    effective_on: date | None
    observed: list[dict[str, Any]]

    @staticmethod
    def resolve_scheme(record: Proposal) -> str:
        return record.scheme.code


class ProposalQuestion(Schema):
    """Which proposals."""

    scheme: str = ""
    state: ProposalState | None = None
    direction: Direction | None = None


class AnswerIn(Schema):
    """One answer to many proposals; refusing and returning need a reason."""

    ids: Annotated[list[int], Field(min_length=1, max_length=1000)]
    outcome: Literal["approve", "refuse", "return"]
    reason: str = ""


class AnsweredOut(Schema):
    """How many were decided; ``gone``: by somebody else meanwhile; ``beyond``: outside the caller's limits."""

    done: int
    gone: int
    beyond: int


class ProtectIn(Schema):
    """Whom no downgrade is to touch until a date."""

    customer_id: int
    reason: str
    until: date


class ProtectedOut(Schema):
    """A protection; it holds while its state is ``in_force`` and the date has not passed."""

    id: int
    customer_id: int
    reason: str
    until: date
    state: str
    source: str


class EntitlementsOut(Schema):
    """What a tier grants: contacts in so many months at least (0: no rule), class of time limits, who may maintain.

    ``beside``: tiers of other schemes that add to it.
    """

    tier: str
    version: str
    privileges: dict[str, str]
    is_priority: bool
    sla_class: str
    contact_times: int
    contact_months: int
    maintainers: list[str]
    beside: list[str]


@endpoints.get(
    "/schemes/{slug:code}/moves", permission=permissions.VIEW, summary=_("Moves of a scheme"), response=Page[MoveOut]
)
def moves(request: HttpRequest, code: str, asked: Query[MoveQuestion], paging: Query[Paging]) -> dict[str, Any]:
    scheme = get_object_or_404(Scheme, code=code)
    found = Move.objects.visible_to(acting(request)).filter(version_id__in=scheme.versions.values("pk"))
    if asked.direction:
        found = found.filter(direction=asked.direction)
    if asked.since:
        found = found.filter(effective_on__gte=asked.since)
    if asked.until:
        found = found.filter(effective_on__lte=asked.until)
    return page_of(found, paging, order=("-pk",), shape=list)


@endpoints.get("/proposals", permission=permissions.VIEW, summary=_("Moves for approval"), response=Page[ProposalOut])
def proposals(request: HttpRequest, asked: Query[ProposalQuestion], paging: Query[Paging]) -> dict[str, Any]:
    found = Proposal.objects.visible_to(acting(request)).select_related("scheme")
    chosen = {"scheme__code": asked.scheme, "state": asked.state, "direction": asked.direction}
    found = found.filter(**{name: value for name, value in chosen.items() if value})
    return page_of(found, paging, order=("-pk",), shape=list)


@endpoints.post("/proposals/answer", permission=APPROVE, summary=_("Answer proposed moves"), response=AnsweredOut)
def answer(request: HttpRequest, sent: AnswerIn) -> Any:
    """The limits of approvals say who may; approved moves take effect on the day that their version names."""
    theirs = Proposal.objects.visible_to(acting(request)).filter(pk__in=sent.ids, state=ProposalState.OPEN)
    return approvals.decide_many(
        requests=Request.objects.filter(subject_type=SUBJECT, subject_id__in=theirs.order_by().values("pk")),
        actor=acting(request),
        outcome=Act(sent.outcome),
        reason=sent.reason,
        at=clock.now(),
    )


@endpoints.get(
    "/schemes/{slug:code}/protected",
    permission=permissions.VIEW,
    summary=_("Protected customers"),
    response=Page[ProtectedOut],
)
def protected(request: HttpRequest, code: str, paging: Query[Paging]) -> dict[str, Any]:
    found = Protected.objects.visible_to(acting(request)).filter(scheme__code=code)
    return page_of(found, paging, order=("-pk",), shape=list)


@endpoints.post(
    "/schemes/{slug:code}/protected",
    permission=permissions.PROTECT,
    summary=_("Ask for a protection"),
    response=ProtectedOut,
    status=201,
)
def protect(request: HttpRequest, code: str, sent: ProtectIn) -> Protected:
    """It holds once a second person agrees."""
    scheme = get_object_or_404(Scheme, code=code)
    customer = get_object_or_404(Customer.objects.visible_to(acting(request)), pk=sent.customer_id)
    return operations.protect(
        scheme=scheme,
        customer=customer,
        reason=sent.reason,
        until=sent.until,
        actor=acting(request),
        at=clock.now(),
    )


@endpoints.get(
    "/schemes/{slug:code}/entitlements",
    permission=permissions.VIEW,
    summary=_("What each tier grants"),
    response=list[EntitlementsOut],
)
@told
def entitlements(
    request: HttpRequest,  # noqa: ARG001  # everybody sees the same rules
    code: str,
    on: date | None = None,
) -> list[queries.Entitlements]:
    version = queries.version_on(get_object_or_404(Scheme, code=code), on or clock.today())
    return [queries.granted_by(version, tier) for tier in version.rules.descending]


@endpoints.get(
    "/customers/{int:pk}/entitlements",
    permission=permissions.VIEW,
    summary=_("What a customer is entitled to"),
    response=EntitlementsOut,
)
def entitlements_of_customer(request: HttpRequest, pk: int) -> queries.Entitlements:
    customer = get_object_or_404(Customer.objects.visible_to(acting(request)), pk=pk)
    return queries.entitlements_of(customer, clock.today())
