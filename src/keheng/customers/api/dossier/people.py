"""Key contacts of a company over HTTP."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.customers import permissions
from keheng.customers.api.archive import endpoints
from keheng.customers.api.dossier.entries import add, change
from keheng.customers.api.dossier.shapes import ContactPersonIn, DossierOut


@endpoints.post(
    "/{int:pk}/dossier/contacts", permission=permissions.EDIT, summary=_("Add a key contact"), response=DossierOut
)
def add_contact_person(request: HttpRequest, pk: int, sent: ContactPersonIn) -> dict[str, Any]:
    return add(request, pk, "contacts", sent)


@endpoints.patch(
    "/{int:pk}/dossier/contacts/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the key contact"),
    response=DossierOut,
)
def change_contact_person(request: HttpRequest, pk: int, key: int, sent: ContactPersonIn) -> dict[str, Any]:
    return change(request, pk, "contacts", key, sent)
