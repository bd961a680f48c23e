"""Companies by type, and the value matrix, over HTTP: the same scopes and rights as the pages."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.customers import permissions as customers
from keheng.customers.enums import CustomerKind
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.tiering import permissions
from keheng.tiering.errors import TieringError
from keheng.tiering.models import ValueRun, ValueWeights
from keheng.tiering.operations import value as operations
from keheng.tiering.policies.value import FED, WeightTable
from keheng.tiering.queries import companies
from keheng.tiering.queries import value as queries

endpoints = Endpoints(_("Value matrix"))


class TypeOut(Schema):
    """A node of the tree of company types with all below it; amounts in CNY."""

    code: str
    label: str
    customers: int
    existing: int
    aum: Decimal
    deposits: Decimal
    loans: Decimal


class ScoreQuestion(Schema):
    """Which scores of the newest computation."""

    layer: Annotated[str, Field(max_length=12)] | None = None
    population: Literal["existing", "target"] | None = None
    customer_level: Literal["low", "middle", "high"] | None = None
    bank_level: Literal["low", "middle", "high"] | None = None


class ScoreOut(Schema):
    """A company's scores, 0 to 100; null where no indicator of the side has data."""

    customer_id: int
    layer: str
    type: str
    population: str
    to_customer: Decimal | None
    to_bank: Decimal | None
    cover_customer: Decimal
    cover_bank: Decimal
    aum: Decimal
    revenue: Decimal | None


class PartOut(Schema):
    """An indicator's part in a score: ``effective`` is its weight after those without data gave theirs away."""

    code: str
    value: Decimal | None
    percentile: Decimal | None
    weight: Decimal
    effective: Decimal
    points: Decimal


class ExplainedOut(Schema):
    """A company's scores with every part."""

    as_of: date
    weights_version: int
    score: ScoreOut
    to_customer: list[PartOut]
    to_bank: list[PartOut]


class WeightsOut(Schema):
    """A version of the weights."""

    number: int
    note: str
    definition: dict[str, Any]


class WeightsIn(Schema):
    """A new version: weights in percent by population and direction."""

    definition: WeightTable
    note: Annotated[str, Field(min_length=1, max_length=200)]


class RunOut(Schema):
    """A computation."""

    id: int
    state: str
    as_of: date
    customers: int
    unscored: int
    failure: str


class FactsIn(Schema):
    """Values of indicators that no system brings."""

    values: dict[Literal["wallet_share", "satisfaction", "executive_vip", "asset_quality"], Decimal]
    as_of: date
    source: Annotated[str, Field(min_length=1, max_length=120)]


class Kept(Schema):
    """How many values were kept."""

    kept: int


@endpoints.get("/types", permission=permissions.VIEW, summary=_("Companies by type"), response=list[TypeOut])
def types(request: HttpRequest) -> list[dict[str, Any]]:
    """The whole tree, from the roots to the leaves."""
    return [
        {**{name: getattr(row, name) for name in ("customers", "existing", "aum", "deposits", "loans")},
         "code": row.node.code, "label": str(row.node.label)}
        for row in companies.type_tree(acting(request))
    ]  # fmt: skip


@endpoints.get("/scores", permission=permissions.VIEW, summary=_("Scores of companies"), response=Page[ScoreOut])
def scores(request: HttpRequest, asked: Query[ScoreQuestion], paging: Query[Paging]) -> dict[str, Any]:
    """Of the newest computation, the largest companies first."""
    run = queries.latest_value_run()
    if run is None:
        raise Http404
    found = queries.with_levels(queries.scores(run, acting(request)), run.weights.table)
    return page_of(
        found.filter(**{name: value for name, value in asked.dict().items() if value is not None}),
        paging,
        order=("-aum", "-customer_id"),
        shape=list,
    )


@endpoints.get(
    "/companies/{int:pk}", permission=permissions.VIEW, summary=_("How scores come about"), response=ExplainedOut
)
def explained(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Every indicator with its value, percentile, weight and points; 404 without a score."""
    found = queries.explained(_company(request, pk))
    if found is None:
        raise Http404
    return {
        "as_of": found.run.as_of,
        "weights_version": found.run.weights.number,
        "score": found.score,
        "to_customer": found.to_customer,
        "to_bank": found.to_bank,
    }


@endpoints.put(
    "/companies/{int:pk}/facts", permission=customers.EDIT, summary=_("Enter facts of a company"), response=Kept
)
def facts(request: HttpRequest, pk: int, sent: FactsIn) -> dict[str, int]:
    """The newest by its date counts; the next computation reads it."""
    values: dict[str, Decimal | None] = {code: sent.values.get(code) for code in FED}  # type: ignore[call-overload]
    kept = operations.record_facts(
        customer=_company(request, pk),
        values=values,
        as_of=sent.as_of,
        source=sent.source,
        actor=acting(request),
        at=clock.now(),
    )
    return {"kept": kept}


@endpoints.get(
    "/weights", permission=permissions.VIEW, summary=_("Weights of the value matrix"), response=list[WeightsOut]
)
def weights(request: HttpRequest) -> list[ValueWeights]:  # noqa: ARG001
    """All versions, the one in force first."""
    return list(ValueWeights.objects.all())


@endpoints.post(
    "/weights",
    permission=permissions.MAINTAIN,
    summary=_("Make a version of the weights"),
    response=WeightsOut,
    status=201,
)
def save_weights(request: HttpRequest, sent: WeightsIn) -> ValueWeights:
    """Each side adds up to 100; the next computation uses it."""
    return operations.save_weights(table=sent.definition, note=sent.note, actor=acting(request), at=clock.now())


@endpoints.get("/runs/{int:pk}", permission=permissions.VIEW, summary=_("A computation"), response=RunOut)
def run(request: HttpRequest, pk: int) -> ValueRun:  # noqa: ARG001
    """Its state, and how many companies it scored."""
    return get_object_or_404(ValueRun, pk=pk)


@endpoints.post("/runs", permission=permissions.RUN, summary=_("Start a computation"), response=RunOut, status=202)
def start(request: HttpRequest) -> ValueRun:
    """The worker carries it out; ask for it again to see its state."""
    try:
        return operations.request_value_run(actor=acting(request), at=clock.now())
    except TieringError as error:
        raise ValidationError(str(error)) from error


def _company(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(acting(request)).filter(kind=CustomerKind.COMPANY), pk=pk)
