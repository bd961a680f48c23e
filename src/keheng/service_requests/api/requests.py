"""Service requests over HTTP: taken in and asked for by the same operations and rights as the desk (A6)."""

from datetime import date, timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.common.clock import midnight
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.org.models import Branch
from keheng.service_requests import permissions
from keheng.service_requests.api import shapes
from keheng.service_requests.api.shapes import RequestOut, WholeOut
from keheng.service_requests.enums import Channel, State
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations.opening import open_request
from keheng.service_requests.queries.catalogue import catalogue_on

endpoints = Endpoints(_("Service requests"))


class Question(Schema):
    """Which requests; all when nothing is said."""

    state: State | None = None
    open: bool | None = None
    business: str | None = None
    customer: int | None = None
    branch: str | None = None
    assignee: str | None = None
    late: bool | None = None
    opened_from: date | None = None
    opened_to: date | None = None


class OpenIn(Schema):
    """What a customer asks for; ``branch`` by code (else the caller's), ``take``: the caller handles it at once."""

    customer: int
    business: str
    channel: Channel
    subject: Annotated[str, Field(max_length=500)] = ""
    answers: dict[str, str] = {}
    branch: str | None = None
    parent: int | None = None
    take: bool = False


class BusinessOut(Schema):
    """A business with its limits (``normal``, ``priority``) by clock, and what it needs."""

    code: str
    name: str
    limits: dict[str, list[str | None]]
    fields: dict[str, bool]
    documents: dict[str, str]
    checks: dict[str, str]
    approval: bool
    evidence: bool


class CatalogueOut(Schema):
    """The catalogue in force, with the reasons for pauses."""

    businesses: list[BusinessOut]
    pauses: dict[str, str]


@endpoints.get("", permission=permissions.VIEW, summary=_("Service requests"), response=Page[RequestOut])
def requests(request: HttpRequest, asked: Query[Question], paging: Query[Paging]) -> dict[str, Any]:
    """Those of the caller's scope, the newest first."""
    found = ServiceRequest.objects.visible_to(acting(request)).select_related("branch", "assignee", "opened_by")
    if asked.open is not None:
        found = found.open() if asked.open else found.exclude(pk__in=found.open().values("pk"))
    exact = {
        "state": asked.state,
        "business": asked.business,
        "customer": asked.customer,
        "branch__code": asked.branch,
        "assignee__username": asked.assignee,
        "is_late": asked.late,
    }
    found = found.filter(**{name: value for name, value in exact.items() if value is not None})
    if asked.opened_from:
        found = found.filter(opened_at__gte=midnight(asked.opened_from))
    if asked.opened_to:
        found = found.filter(opened_at__lt=midnight(asked.opened_to + timedelta(days=1)))
    return page_of(found, paging, order=("-opened_at", "-pk"), shape=lambda rows: [shapes.short(row) for row in rows])


@endpoints.post("", permission=permissions.HANDLE, summary=_("Take a request in"), response=WholeOut, status=201)
def take_in(request: HttpRequest, sent: OpenIn) -> dict[str, Any]:
    """Its clocks begin; with ``parent`` it is a part of another request of the same customer."""
    actor = acting(request)
    branch = get_object_or_404(Branch.objects.visible_to(actor), code=sent.branch) if sent.branch else None
    made = open_request(
        customer=get_object_or_404(Customer.objects.visible_to(actor), pk=sent.customer),
        business=sent.business,
        channel=sent.channel,
        subject=sent.subject,
        answers=sent.answers,
        branch=branch,
        parent=shapes.one(request, sent.parent) if sent.parent else None,
        take=sent.take,
        actor=actor,
        at=clock.now(),
    )
    return shapes.whole(request, made.pk)


@endpoints.get("/catalogue", permission=permissions.VIEW, summary=_("The catalogue"), response=CatalogueOut)
def catalogue(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001  # the same for everybody
    """What can be asked for today."""
    found = catalogue_on(clock.today())
    return {
        "businesses": [
            {
                "code": about.code,
                "name": about.name,
                "limits": {
                    kind: [str(limit) if limit else None for limit in (pair.normal, pair.priority)]
                    for kind, pair in about.limits.items()
                },
                "fields": {field.code: field.required for field in about.fields},
                "documents": {each.code: each.name for each in about.documents},
                "checks": {each.code: each.name for each in about.checks},
                "approval": about.approval,
                "evidence": about.evidence,
            }
            for about in found.businesses.values()
        ],
        "pauses": {reason.code: reason.name for reason in found.pauses.values()},
    }


@endpoints.get("/{int:pk}", permission=permissions.VIEW, summary=_("One request"), response=WholeOut)
def whole(request: HttpRequest, pk: int) -> dict[str, Any]:
    """With its words, clocks and history."""
    return shapes.whole(request, pk)
