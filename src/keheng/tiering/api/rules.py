"""Schemes, versions, dry runs, the migration matrix and the near-threshold list."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import wraps
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.tiering import operations, permissions, queries
from keheng.tiering.errors import TieringError
from keheng.tiering.models import DryRun, DryRunMove, Scheme, SchemeVersion

endpoints = Endpoints(_("Tiers"))


class SchemeOut(Schema):
    """A way to sort customers; ``version`` is the number in force today."""

    code: str
    name: str
    kind: str
    is_primary: bool
    version: int | None
    evaluated_as_of: date | None


class VersionOut(Schema):
    """The rules of a scheme from a date on, as the definition that evaluations read."""

    number: int
    state: str
    valid_from: date
    note: str
    revision: int
    definition: dict[str, Any]


class DryRunIn(Schema):
    """Which version to try, for which date; today when left out."""

    as_of: date | None = None


class MovesOut(Schema):
    """How many go which way."""

    new: int
    up: int
    down: int
    left: int


class CellOut(Schema):
    """Customers and AUM in CNY from one tier to another; an empty tier: none."""

    before: str
    after: str
    customers: int
    aum: Decimal


class TierOut(Schema):
    """What a tier holds before and after, and the hours of service that the plan asks for in a month."""

    key: str
    before: int
    after: int
    aum_before: Decimal
    aum_after: Decimal
    hours_before: Decimal
    hours_after: Decimal


class DryRunOut(Schema):
    """A dry run in the caller's scope; ``matrix`` and ``tiers`` are empty until it is done."""

    id: int
    scheme: str
    version: int
    as_of: date
    state: str
    failure: str
    kept_until: date
    moves: MovesOut
    matrix: list[CellOut]
    tiers: list[TierOut]


class TrialMoveOut(Schema):
    """A customer who would move, with the evidence."""

    customer_id: int
    direction: str
    from_tier: str
    to_tier: str
    aum: Decimal
    metric: str
    value: Decimal | None
    threshold: Decimal | None
    door: str


class MatrixQuestion(Schema):
    """Between which dates."""

    start: date
    end: date


class MatrixOut(Schema):
    """Who went from tier to tier between two evaluated dates, in the caller's scope."""

    start: date
    end: date
    moves: MovesOut
    stayed: int
    matrix: list[CellOut]


class NearQuestion(Schema):
    """How near, and to which edge."""

    side: Literal["up", "reached", "down"] = "up"
    share: Annotated[int, Field(ge=1, le=50, description="percent of the edge")] = 10


class NearOut(Schema):
    """A customer near an edge: what lacks (or is left), growth a month, months left at that pace; amounts in CNY."""

    id: int
    number: str
    held: str
    amount: Decimal
    gap: Decimal
    growth: Decimal
    months_left: Decimal | None


def told[**P, R](view: Callable[P, R]) -> Callable[P, R]:
    """What tiering refuses becomes the answer's sentence."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return view(*args, **kwargs)
        except TieringError as error:
            raise ValidationError(str(error)) from error

    return answer


@endpoints.get("/schemes", permission=permissions.VIEW, summary=_("Tier schemes"), response=list[SchemeOut])
def schemes(request: HttpRequest) -> list[dict[str, Any]]:  # noqa: ARG001  # everybody sees the same schemes
    today = clock.today()
    found = []
    for scheme in Scheme.objects.all():
        run = queries.latest_run(scheme)
        in_force = next((row.version.number for row in queries.versions_of(scheme, today) if row.in_force), None)
        found.append(
            {
                "code": scheme.code,
                "name": str(scheme),
                "kind": scheme.kind,
                "is_primary": scheme.is_primary,
                "version": in_force,
                "evaluated_as_of": run.as_of if run else None,
            }
        )
    return found


@endpoints.get(
    "/schemes/{slug:code}/versions",
    permission=permissions.VIEW,
    summary=_("Versions of a scheme"),
    response=list[VersionOut],
)
def versions(request: HttpRequest, code: str) -> list[SchemeVersion]:  # noqa: ARG001
    return list(get_object_or_404(Scheme, code=code).versions.all())


@endpoints.post(
    "/schemes/{slug:code}/versions/{int:number}/dry-runs",
    permission=permissions.TRY,
    summary=_("Start a dry run"),
    response=DryRunOut,
    status=202,
)
@told
def start_dry_run(request: HttpRequest, code: str, number: int, sent: DryRunIn) -> dict[str, Any]:
    """The worker carries it out; ask for it until its state is done."""
    version = get_object_or_404(SchemeVersion.objects.select_related("scheme"), scheme__code=code, number=number)
    kept = operations.request_dry_run(version=version, as_of=sent.as_of, actor=acting(request), at=clock.now())
    return _shown(request, kept)


@endpoints.get("/dry-runs/{int:pk}", permission=permissions.VIEW, summary=_("One dry run"), response=DryRunOut)
def dry_run(request: HttpRequest, pk: int) -> dict[str, Any]:
    return _shown(request, get_object_or_404(DryRun.objects.select_related("scheme"), pk=pk))


@endpoints.get(
    "/dry-runs/{int:pk}/moves",
    permission=permissions.VIEW,
    summary=_("Who would move in a dry run"),
    response=Page[TrialMoveOut],
)
def trial_moves(request: HttpRequest, pk: int, paging: Query[Paging]) -> dict[str, Any]:
    kept = get_object_or_404(DryRun, pk=pk)
    found = DryRunMove.objects.visible_to(acting(request)).filter(dry_run=kept)
    return page_of(found, paging, order=("-pk",), shape=list)


@endpoints.get(
    "/schemes/{slug:code}/matrix", permission=permissions.VIEW, summary=_("Migration matrix"), response=MatrixOut
)
@told
def matrix(request: HttpRequest, code: str, asked: Query[MatrixQuestion]) -> dict[str, Any]:
    way = queries.passage(get_object_or_404(Scheme, code=code), asked.start, asked.end)
    found = queries.migration(way, acting(request))
    return {"start": way.start, "end": way.end, "moves": found, "stayed": found.stayed, "matrix": _cells(found)}


@endpoints.get(
    "/schemes/{slug:code}/near", permission=permissions.VIEW, summary=_("Near a threshold"), response=Page[NearOut]
)
@told
def near(request: HttpRequest, code: str, asked: Query[NearQuestion], paging: Query[Paging]) -> dict[str, Any]:
    ladder = queries.ladder(get_object_or_404(Scheme, code=code), clock.today())
    customers = Customer.objects.visible_to(acting(request))
    found = queries.near(ladder, customers, side=asked.side, share=asked.share)
    return page_of(found, paging, order=("-pk",), shape=list)


def _shown(request: HttpRequest, kept: DryRun) -> dict[str, Any]:
    found = queries.outcome_of(kept, acting(request))
    return {
        "id": kept.pk,
        "scheme": kept.scheme.code,
        "version": kept.number,
        "as_of": kept.as_of,
        "state": kept.state,
        "failure": kept.failure,
        "kept_until": kept.kept_until,
        "moves": found.matrix,
        "matrix": _cells(found.matrix),
        "tiers": found.tiers if kept.is_over else [],
    }


def _cells(found: queries.Matrix) -> list[queries.Cell]:
    return [cell for cell in found.cells if cell.customers]
