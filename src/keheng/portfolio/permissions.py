"""Who may see what a customer owns, and see account numbers whole."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.customers import permissions as customers
from keheng.customers.models import Customer
from keheng.org.models import Staff

VIEW = "portfolio.view"


def can_view(actor: Staff, customer: Customer) -> bool:
    """May the actor see accounts, holdings and figures, with account numbers masked?"""
    return not _why_not_view(actor, customer)


def check_view(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless :func:`can_view`."""
    _refuse(_why_not_view(actor, customer))


def can_reveal(actor: Staff, customer: Customer) -> bool:
    """May the actor see account numbers whole, with a reason?"""
    return not why_not_reveal(actor, customer)


def check_reveal(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless :func:`can_reveal`."""
    _refuse(why_not_reveal(actor, customer))


def why_not_reveal(actor: Staff, customer: Customer) -> str:
    """The refusal in words, or nothing: an account number opens to whom the archive opens (JR/T 0171, class C2)."""
    return _why_not_view(actor, customer) or customers.why_not_reveal(actor, customer, "account")


def _why_not_view(actor: Staff, customer: Customer) -> str:
    if not actor.can(VIEW):
        return _("Your role does not include viewing assets and products.")
    if not customers.can_view(actor, customer):
        return _("This customer lies outside your scope.")
    return ""


def _refuse(reason: str) -> None:
    if reason:
        raise PermissionDenied(reason)
