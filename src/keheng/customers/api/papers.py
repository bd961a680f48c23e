"""The forms that complete an archive over HTTP: feedback on pushed reports, files of lost customers (A1, A5, A8)."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.common import clock
from keheng.customers import permissions
from keheng.customers.api.archive import Reason, endpoints, visible
from keheng.customers.api.dossier.entries import entry_of
from keheng.customers.api.dossier.shapes import FeedbackIn, LossContactIn, LossIn, PapersOut, Seen
from keheng.customers.models import DossierEntry, LossContact, LossFile, PushFeedback
from keheng.customers.operations.papers import add_paper, change_paper, remove_paper
from keheng.customers.queries.papers import papers_of
from keheng.org.acting import acting

MODELS: dict[str, type[DossierEntry]] = {"feedback": PushFeedback, "losses": LossFile, "contacts": LossContact}


@endpoints.get("/{int:pk}/papers", permission=permissions.VIEW, summary=_("Forms of the archive"), response=PapersOut)
def papers(request: HttpRequest, pk: int) -> dict[str, Any]:
    """Refused where the confidentiality level closes the archive to the caller."""
    return _papers(request, pk)


@endpoints.post("/{int:pk}/papers/feedback", permission=permissions.EDIT, summary=_("Add feedback"), response=PapersOut)
def add_feedback(request: HttpRequest, pk: int, sent: FeedbackIn) -> dict[str, Any]:
    return _add(request, pk, "feedback", sent)


@endpoints.post(
    "/{int:pk}/papers/losses",
    permission=permissions.EDIT,
    summary=_("Open the file of a lost customer"),
    response=PapersOut,
)
def add_loss(request: HttpRequest, pk: int, sent: LossIn) -> dict[str, Any]:
    """Without ``assets``: those of the archive."""
    return _add(request, pk, "losses", sent)


@endpoints.post(
    "/{int:pk}/papers/contacts", permission=permissions.EDIT, summary=_("Add a contact"), response=PapersOut
)
def add_contact(request: HttpRequest, pk: int, sent: LossContactIn) -> dict[str, Any]:
    """It belongs to the newest file of the lost customer."""
    return _add(request, pk, "contacts", sent)


@endpoints.patch(
    "/{int:pk}/papers/feedback/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the feedback"),
    response=PapersOut,
)
def change_feedback(request: HttpRequest, pk: int, key: int, sent: FeedbackIn) -> dict[str, Any]:
    return _change(request, pk, "feedback", key, sent)


@endpoints.patch(
    "/{int:pk}/papers/losses/{int:key}", permission=permissions.EDIT, summary=_("Change the file"), response=PapersOut
)
def change_loss(request: HttpRequest, pk: int, key: int, sent: LossIn) -> dict[str, Any]:
    return _change(request, pk, "losses", key, sent)


@endpoints.patch(
    "/{int:pk}/papers/contacts/{int:key}",
    permission=permissions.EDIT,
    summary=_("Change the contact"),
    response=PapersOut,
)
def change_contact(request: HttpRequest, pk: int, key: int, sent: LossContactIn) -> dict[str, Any]:
    return _change(request, pk, "contacts", key, sent)


@endpoints.post(
    "/{int:pk}/papers/{slug:paper}/{int:key}/remove",
    permission=permissions.EDIT,
    summary=_("Remove a form of the archive"),
    response=PapersOut,
)
def remove(request: HttpRequest, pk: int, paper: str, key: int, sent: Reason) -> dict[str, Any]:
    entry = entry_of(request, pk, MODELS.get(paper), key)
    remove_paper(entry=entry, reason=sent.reason, actor=acting(request), at=clock.now())
    return _papers(request, pk)


def _add(request: HttpRequest, pk: int, paper: str, sent: Seen) -> dict[str, Any]:
    given: dict[str, Any] = {"values": sent.values(), "actor": acting(request), "at": clock.now()}
    add_paper(model=MODELS[paper], customer=visible(request, pk), **given)
    return _papers(request, pk)


def _change(request: HttpRequest, pk: int, paper: str, key: int, sent: Seen) -> dict[str, Any]:
    entry = entry_of(request, pk, MODELS.get(paper), key)
    change_paper(entry=entry, values=sent.values(), seen=sent.seen, actor=acting(request), at=clock.now())
    return _papers(request, pk)


def _papers(request: HttpRequest, pk: int) -> dict[str, Any]:
    customer = visible(request, pk)
    permissions.check_see(acting(request), customer, "papers")
    found = papers_of(customer)
    return {"feedback": found.feedback, "losses": found.losses}
