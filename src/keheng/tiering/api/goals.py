"""The goals of a scheme: the plan with where it stands, the penetration of key businesses, versions."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff
from keheng.tiering import permissions
from keheng.tiering.api.rules import endpoints
from keheng.tiering.models import Goals, Scheme
from keheng.tiering.operations.goals import save_goals
from keheng.tiering.policies.goals import GoalTable, Measure
from keheng.tiering.queries import TierLabel
from keheng.tiering.queries import goals as queries


class TierProgressOut(Schema):
    """A tier against the plan: customers, or AUM in CNY, at its start, now, due by now and at its end.

    Shares are from 0 to 1, growth in percent a year. Who has signed the private-bank agreement is counted where the
    tier is asked to.
    """

    tier: str
    start: Decimal
    now: Decimal
    due: Decimal
    goal: Decimal
    growth: Decimal | None
    attained: float | None
    start_share: float
    now_share: float
    goal_share: float
    looked_after: float
    looked_after_goal: float | None
    signed: int | None = None
    unsigned: int | None = None
    signed_goal: float | None = None


class ProgressOut(Schema):
    """The plan of a scheme in the caller's scope; ``tiers`` best first, ``total`` under the tier ``""``."""

    version: int
    start: date
    today: date
    end: date
    tiers: list[TierProgressOut]
    total: TierProgressOut


class ProgressQuestion(Schema):
    """Of what: customers or AUM."""

    of: Measure = Measure.CUSTOMERS


class PenetrationQuestion(Schema):
    """By what, and below which branch; the caller's own where none is named."""

    by: Literal["tier", "branch", "owner"] = "tier"
    within: int | None = None


class UseOut(Schema):
    """How many use a business: ``share`` and ``goal`` from 0 to 1."""

    metric: str
    name: str
    at_least: Decimal
    users: int
    share: float | None
    goal: float | None


class PenetrationOut(Schema):
    """A row: the code of a tier, or the key of a branch or manager; all together first, with neither."""

    code: str
    key: int | None
    name: str
    customers: int
    uses: list[UseOut]


class GoalsOut(Schema):
    """A version of the goals."""

    number: int
    note: str
    definition: dict[str, Any]


class GoalsIn(Schema):
    """A new version."""

    definition: GoalTable
    note: Annotated[str, Field(min_length=1, max_length=200)]


@endpoints.get(
    "/schemes/{slug:code}/goals",
    permission=permissions.VIEW,
    summary=_("Tiers against their goals"),
    response=ProgressOut | None,
)
def progress(request: HttpRequest, code: str, asked: Query[ProgressQuestion]) -> dict[str, Any] | None:
    """By the newest evaluation; null while the scheme has no goals or has sorted nobody."""
    scheme = get_object_or_404(Scheme, code=code)
    version = queries.goals_in_force(scheme)
    found = queries.progress(scheme, version.table, acting(request), asked.of) if version else None
    if version is None or found is None:
        return None
    return {
        "version": version.number,
        "start": found.start,
        "today": found.today,
        "end": found.end,
        "tiers": [_progress(row) for row in found.tiers],
        "total": _progress(found.total),
    }


def _progress(row: queries.TierProgress) -> dict[str, Any]:
    names = (*TierProgressOut.model_fields,)
    return {name: getattr(row, name) for name in names if name != "tier"} | {"tier": row.tier.code if row.tier else ""}


@endpoints.get(
    "/schemes/{slug:code}/penetration",
    permission=permissions.VIEW,
    summary=_("Penetration of key businesses"),
    response=list[PenetrationOut],
)
def penetration(request: HttpRequest, code: str, asked: Query[PenetrationQuestion]) -> list[dict[str, Any]]:
    """The share of customers that use each key business."""
    scheme, staff = get_object_or_404(Scheme, code=code), acting(request)
    visible = Branch.objects.visible_to(staff)
    within = get_object_or_404(visible, pk=asked.within) if asked.within else staff.branch
    businesses = queries.table_in_force(scheme).businesses
    return [_row(row) for row in queries.penetration(scheme, businesses, staff, by=asked.by, within=within)]


def _row(row: queries.Penetration) -> dict[str, Any]:
    named = row.of if isinstance(row.of, TierLabel | Branch | Staff) else None
    return {
        "code": row.of.code if isinstance(row.of, TierLabel) else "",
        "key": row.of.pk if isinstance(row.of, Branch | Staff) else None,
        "name": named.name if named else "",
        "customers": row.customers,
        "uses": [
            {
                "metric": use.business.metric,
                "name": use.business.name,
                "at_least": use.business.at_least,
                "users": use.users,
                "share": use.share,
                "goal": None if use.business.goal is None else use.business.goal / 100,
            }
            for use in row.uses
        ],
    }


@endpoints.get(
    "/schemes/{slug:code}/goals/versions",
    permission=permissions.VIEW,
    summary=_("Versions of the goals"),
    response=list[GoalsOut],
)
def versions(request: HttpRequest, code: str) -> list[Goals]:  # noqa: ARG001  # everybody sees the same goals
    """All versions, the one in force first."""
    return list(get_object_or_404(Scheme, code=code).goals.order_by("-number"))


@endpoints.post(
    "/schemes/{slug:code}/goals/versions",
    permission=permissions.MAINTAIN,
    summary=_("Make a version of the goals"),
    response=GoalsOut,
    status=201,
)
def save(request: HttpRequest, code: str, sent: GoalsIn) -> Goals:
    """In force at once; earlier versions stay."""
    scheme = get_object_or_404(Scheme, code=code)
    return save_goals(scheme=scheme, table=sent.definition, note=sent.note, actor=acting(request), at=clock.now())
