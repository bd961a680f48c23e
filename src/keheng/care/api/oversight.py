"""Oversight over HTTP: who is without care, who was not contacted and why, the quarterly statistics (A3, A4)."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.care.permissions.contacts import COMPLIANCE, VIEW
from keheng.care.queries.compliance import Why, by_branch, by_staff, by_why, not_contacted
from keheng.care.queries.oversight import Missing, cover_gaps, missing_counts, without_care
from keheng.care.queries.ownerless import lasting
from keheng.care.queries.quarter import Quarter, What, customers_of, development, quarter_of
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.acting import acting

endpoints = Endpoints(_("Oversight of care"))
type Days = Annotated[int, Field(ge=0, le=3660)]


class GapOut(Schema):
    """Days on which nobody acts for somebody's customers; no ``last``: until further notice."""

    staff_id: int
    name: str
    branch: str
    first: date
    last: date | None
    lack: str
    cover: str
    customers: int
    tasks: int


class WithoutOut(Schema):
    """How many customers are without care: who needs an ``owner`` by name, whose owner is ``away`` or gone, and who is
    served at the ``counter``, which is no gap."""

    owner: int
    away: int
    counter: int


class CustomerOut(Schema):
    """A customer behind a number; ``owner`` is a user name; ``missing`` says why nobody acts, where that is asked."""

    id: int
    number: str
    name: str
    branch: str
    tier: str
    aum: Decimal
    owner: str | None
    missing: Missing | None = None


class WithoutQuestion(Paging):
    """Only those without care for one reason; ``days``: who has needed an owner by name for at least so many."""

    missing: Missing | None = None
    days: Days | None = None


class CellOut(Schema):
    """The customers of one branch, position and band in a quarter; amounts in CNY."""

    branch_id: int
    branch: str
    role: str
    tier: str
    now: int
    was: int
    given: int
    gone: int
    risen: int
    fallen: int
    upper: int
    upper_before: int
    aum: Decimal
    aum_before: Decimal


class QuarterOut(Schema):
    """The statistics of a quarter; ``until`` is the last day that counts."""

    code: str
    first: date
    last: date
    until: date
    cells: list[CellOut]


class CellQuestion(Paging):
    """Whose list: ``what`` is the name of the number; branch, role and tier narrow it to a cell."""

    what: What
    branch: int | None = None
    role: str = ""
    tier: str = ""


class RateOut(Schema):
    """Contacts owed and made; ``key`` is the branch or the person, none where nobody answers for the customer."""

    key: int | None
    name: str
    due: int
    met: int
    rate: float


class ComplianceOut(Schema):
    """The month of a day: rates by outlet and by person, and how many were not contacted for each reason."""

    branches: list[RateOut]
    people: list[RateOut]
    reasons: dict[str, int]


class MissedOut(Schema):
    """A contact that is owed and was not made, and why."""

    customer_id: int
    customer: str
    number: str
    tier: str
    staff: str
    branch: str
    rule: str
    times: int
    made: int
    due_on: date | None
    last_on: date | None
    why: Why


class MissedQuestion(Schema):
    """Which of them."""

    day: date | None = None
    branch: int | None = None
    staff: int | None = None
    why: Why | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


@endpoints.get("/cover-gaps", permission=COMPLIANCE, summary=_("Absences that nobody covers"), response=list[GapOut])
def gaps(request: HttpRequest) -> list[Any]:
    """Of the next two weeks, the nearest first."""
    return list(cover_gaps(acting(request), clock.today()))


@endpoints.get(
    "/without-care/numbers", permission=COMPLIANCE, summary=_("How many are without care"), response=WithoutOut
)
def numbers(request: HttpRequest) -> dict[str, int]:
    """Each number is the length of its list."""
    return missing_counts(acting(request), clock.today())


@endpoints.get("/without-care", permission=COMPLIANCE, summary=_("Customers without care"), response=Page[CustomerOut])
def without(request: HttpRequest, asked: Query[WithoutQuestion]) -> dict[str, Any]:
    """Customers for whom nobody acts by name today, the largest first."""
    found = without_care(acting(request), clock.today())
    if asked.missing:
        found = found.filter(missing=asked.missing)
    if asked.days is not None:
        found = lasting(found.filter(missing=Missing.OWNER), asked.days, clock.today())
    return _page(found, asked)


@endpoints.get("/quarters/{code}", permission=COMPLIANCE, summary=_("Statistics of a quarter"), response=QuarterOut)
def statistics(request: HttpRequest, code: str) -> dict[str, Any]:
    """How the maintained customers developed, by branch, position and band; ``code`` such as ``2026Q4``."""
    asked = _quarter(code)
    return {
        "code": asked.code,
        "first": asked.first,
        "last": asked.last,
        "until": asked.until,
        "cells": development(acting(request), asked),
    }


@endpoints.get(
    "/quarters/{code}/customers",
    permission=COMPLIANCE,
    summary=_("Customers behind a number of the statistics"),
    response=Page[CustomerOut],
)
def behind(request: HttpRequest, code: str, asked: Query[CellQuestion]) -> dict[str, Any]:
    """As far as the caller sees them, the largest first."""
    part: dict[str, Any] = {"branch_id": asked.branch, "role": asked.role, "tier": asked.tier}
    return _page(customers_of(acting(request), _quarter(code), asked.what, **part), asked)


@endpoints.get("/compliance", permission=VIEW, summary=_("Contacts owed and made"), response=ComplianceOut)
def compliance(request: HttpRequest, day: date | None = None, branch: int | None = None) -> dict[str, Any]:
    """In the month of a day, as a rule of today; the worst first."""
    reader, today = acting(request), clock.today()
    month = day or today
    return {
        "branches": by_branch(reader, month),
        "people": by_staff(reader, month, branch),
        "reasons": {why.value: count for why, count in by_why(reader, month, today, branch).items()},
    }


@endpoints.get("/not-contacted", permission=VIEW, summary=_("Who was not contacted, and why"), response=list[MissedOut])
def missed(request: HttpRequest, asked: Query[MissedQuestion]) -> list[Any]:
    """The greatest AUM first."""
    today = clock.today()
    found = not_contacted(
        acting(request),
        asked.day or today,
        today,
        branch_id=asked.branch,
        staff_id=asked.staff,
        why=asked.why,
        limit=asked.limit,
    )
    return list(found)


def _quarter(code: str) -> Quarter:
    found = quarter_of(code, clock.today())
    if found.code != code:
        raise Http404
    return found


def _page(customers: Any, paging: Paging) -> dict[str, Any]:
    return page_of(
        customers.select_related("branch", "owner"),
        paging,
        order=("-aum", "-pk"),
        shape=lambda rows: [_shown(row) for row in rows],
    )


def _shown(row: Customer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "name": row.name,
        "branch": row.branch.name,
        "tier": row.tier,
        "aum": row.aum,
        "owner": row.owner.username if row.owner else None,
        "missing": getattr(row, "missing", None),
    }
