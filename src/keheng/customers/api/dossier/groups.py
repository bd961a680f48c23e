"""The group that a company belongs to, over HTTP."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.customers import permissions
from keheng.customers.api.archive import endpoints
from keheng.customers.api.dossier.entries import add, change
from keheng.customers.api.dossier.shapes import DossierOut, GroupMemberIn


@endpoints.post(
    "/{int:pk}/dossier/group", permission=permissions.EDIT, summary=_("Assign to a group"), response=DossierOut
)
def join_group(request: HttpRequest, pk: int, sent: GroupMemberIn) -> dict[str, Any]:
    return add(request, pk, "group", sent)


@endpoints.patch(
    "/{int:pk}/dossier/group/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the group membership"),
    response=DossierOut,
)
def change_membership(request: HttpRequest, pk: int, key: int, sent: GroupMemberIn) -> dict[str, Any]:
    return change(request, pk, "group", key, sent)
