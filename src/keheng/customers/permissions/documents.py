"""Who may see, open and remove documents of a customer (A1, A15)."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.customers.models import Customer
from keheng.customers.permissions.archive import can_edit, can_reveal, check_edit, why_not_reveal
from keheng.org.models import Staff

REMOVE_DOCUMENTS = "customers.remove_documents"


def can_open_document(actor: Staff, customer: Customer) -> bool:
    """May the actor have the file? It shows personal values whole, so it takes what a reveal takes."""
    return can_reveal(actor, customer, "document")


def why_not_open_document(actor: Staff, customer: Customer) -> str:
    """The refusal in words, or nothing."""
    return why_not_reveal(actor, customer, "document")


def can_remove_document(actor: Staff, customer: Customer) -> bool:
    """May the actor delete a document with all its versions?"""
    return actor.can(REMOVE_DOCUMENTS) and can_edit(actor, customer)


def check_remove_document(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless :func:`can_remove_document`."""
    check_edit(actor, customer)
    if not actor.can(REMOVE_DOCUMENTS):
        raise PermissionDenied(_("Your role does not include removing documents of customers."))
