"""The project library with its health handbook, over HTTP."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Query

from keheng.api.paging import Page, Paging, page_of
from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.api.archive import endpoints, visible
from keheng.customers.api.dossier.entries import add, change
from keheng.customers.api.dossier.shapes import CheckIn, CheckOut, DossierOut, ProjectIn, ProjectQuestion, ProjectRow
from keheng.customers.models import Project
from keheng.customers.operations.dossier import record_check
from keheng.customers.queries.dossier import projects_for
from keheng.org.acting import acting


@endpoints.get(
    "/projects", permission=permissions.VIEW, summary=_("Projects of companies in scope"), response=Page[ProjectRow]
)
def projects(request: HttpRequest, asked: Query[ProjectQuestion], paging: Query[Paging]) -> dict[str, Any]:
    found = projects_for(acting(request))
    if asked.grade:
        found = found.filter(grade=asked.grade)
    if asked.due_by:
        found = found.filter(next_check_on__lte=asked.due_by)
    return page_of(found, paging, order=("pk",), shape=list)


@endpoints.post(
    "/{int:pk}/dossier/projects", permission=permissions.EDIT, summary=_("Add a project"), response=DossierOut
)
def add_project(request: HttpRequest, pk: int, sent: ProjectIn) -> dict[str, Any]:
    return add(request, pk, "projects", sent)


@endpoints.patch(
    "/{int:pk}/dossier/projects/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the project"),
    response=DossierOut,
)
def change_project(request: HttpRequest, pk: int, key: int, sent: ProjectIn) -> dict[str, Any]:
    return change(request, pk, "projects", key, sent)


@endpoints.post(
    "/{int:pk}/dossier/projects/{int:key}/checks",
    permission=permissions.EDIT,
    summary=_("Record a health check"),
    response=CheckOut,
    status=201,
)
def add_check(request: HttpRequest, pk: int, key: int, sent: CheckIn) -> Any:
    project = get_object_or_404(
        Project.objects.filter(customer=visible(request, pk)).select_related("customer"), pk=key
    )
    return record_check(project=project, **sent.dict(), actor=acting(request), at=clock.now())
