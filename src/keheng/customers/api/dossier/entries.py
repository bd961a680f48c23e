"""The dossier as a whole, and how entries of every kind come, change and go."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.api.archive import Reason, endpoints, visible
from keheng.customers.api.dossier.shapes import ContactPersonOut, DossierOut, ProjectRow, Seen
from keheng.customers.models import Competitor, Cooperation, DossierEntry, GroupMember, KeyContact, Project
from keheng.customers.operations.dossier import add_entry, change_entry, remove_entry
from keheng.customers.queries.dossier import GroupView, dossier_of
from keheng.org.acting import acting

MODELS: dict[str, type[DossierEntry]] = {
    "contacts": KeyContact,
    "cooperation": Cooperation,
    "competitors": Competitor,
    "projects": Project,
    "group": GroupMember,
}


@endpoints.get("/{int:pk}/dossier", permission=permissions.VIEW, summary=_("Dossier of a company"), response=DossierOut)
def dossier(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Refused where the confidentiality level closes the archive to the caller."""
    return whole(request, pk)


@endpoints.post(
    "/{int:pk}/dossier/{slug:section}/{int:key}/remove",
    permission=permissions.EDIT,
    summary=_("Remove from the dossier"),
    response=DossierOut,
)
def remove(request: HttpRequest, pk: int, section: str, key: int, sent: Reason) -> dict[str, Any]:
    entry = entry_of(request, pk, MODELS.get(section), key)
    remove_entry(entry=entry, reason=sent.reason, actor=acting(request), at=clock.now())
    return whole(request, pk)


def add(request: HttpRequest, pk: int, section: str, sent: Seen) -> dict[str, Any]:
    """Add an entry to a section; answer the dossier as it is then."""
    given: dict[str, Any] = {"values": sent.values(), "actor": acting(request), "at": clock.now()}
    add_entry(model=MODELS[section], customer=visible(request, pk), **given)
    return whole(request, pk)


def change(request: HttpRequest, pk: int, section: str, key: int, sent: Seen) -> dict[str, Any]:
    """Change what was sent of an entry; answer the dossier as it is then."""
    entry = entry_of(request, pk, MODELS.get(section), key)
    change_entry(entry=entry, values=sent.values(), seen=sent.seen, actor=acting(request), at=clock.now())
    return whole(request, pk)


def entry_of(request: HttpRequest, pk: int, model: type[DossierEntry] | None, key: int) -> DossierEntry:
    """An entry of a customer whom the caller may see; there is nothing where no model bears the name asked for."""
    if model is None:
        raise Http404
    entries = model._default_manager.filter(customer=visible(request, pk)).select_related("customer")
    return get_object_or_404(entries, pk=key)


def whole(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The dossier, if the rules of confidentiality show it to the caller."""
    customer, reader = visible(request, pk), acting(request)
    permissions.check_see(reader, customer, "dossier")
    found = dossier_of(customer, reader)
    fields = [name for name in ContactPersonOut.model_fields if not name.startswith("phone_")]
    return {
        "contacts": [
            {
                **{name: getattr(person.entry, name) for name in fields},
                "phone_mask": person.phone,
                "phone_field": person.reveal_field,
            }
            for person in found.people
        ],
        "cooperation": [entry for part in found.business for entry in part.entries],
        "competitors": found.competitors,
        "projects": [_project(project) for project in found.projects],
        "group": _group(found.group) if found.group else None,
    }


def _project(project: Project) -> dict[str, Any]:
    row = {name: getattr(project, name) for name in ProjectRow.model_fields}
    return {**row, "checks": list(project.checks.all())}


def _group(found: GroupView) -> dict[str, Any]:
    group = found.entry.group
    return {
        "entry_id": found.entry.pk,
        "name": group.name,
        "is_strategic": group.is_strategic,
        "aum": found.aum,
        "hidden": found.hidden,
        "members": [
            {
                "customer_id": member.customer.pk if member.customer else None,
                "name": member.name,
                "role": member.entry.role,
                "share": member.entry.share,
            }
            for member in found.members
        ],
    }
