"""Past, current and expected cooperation over HTTP, and who competes for it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.customers import permissions
from keheng.customers.api.archive import endpoints
from keheng.customers.api.dossier.entries import add, change
from keheng.customers.api.dossier.shapes import CompetitorIn, CooperationIn, DossierOut


@endpoints.post(
    "/{int:pk}/dossier/cooperation", permission=permissions.EDIT, summary=_("Add cooperation"), response=DossierOut
)
def add_cooperation(request: HttpRequest, pk: int, sent: CooperationIn) -> dict[str, Any]:
    return add(request, pk, "cooperation", sent)


@endpoints.patch(
    "/{int:pk}/dossier/cooperation/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the cooperation"),
    response=DossierOut,
)
def change_cooperation(request: HttpRequest, pk: int, key: int, sent: CooperationIn) -> dict[str, Any]:
    return change(request, pk, "cooperation", key, sent)


@endpoints.post(
    "/{int:pk}/dossier/competitors", permission=permissions.EDIT, summary=_("Add a competitor"), response=DossierOut
)
def add_competitor(request: HttpRequest, pk: int, sent: CompetitorIn) -> dict[str, Any]:
    return add(request, pk, "competitors", sent)


@endpoints.patch(
    "/{int:pk}/dossier/competitors/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the competitor"),
    response=DossierOut,
)
def change_competitor(request: HttpRequest, pk: int, key: int, sent: CompetitorIn) -> dict[str, Any]:
    return change(request, pk, "competitors", key, sent)
