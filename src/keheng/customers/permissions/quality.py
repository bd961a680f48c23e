"""Who sees the quality of the data, who merges duplicates, inspects archives, and sets the rules (A1, A15)."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer, InspectionItem
from keheng.customers.permissions.archive import can_reveal, can_view
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff

QUALITY = "customers.quality"
MERGE = "customers.merge"
INSPECT = "customers.inspect"
RULES = "customers.rules"


def can_decide_duplicates(actor: Staff) -> bool:
    """May the actor merge duplicates, and say that two customers are not one?"""
    return actor.can(MERGE)


def check_decide_duplicates(actor: Staff, *customers: Customer) -> None:
    """Raise the refusal unless the actor may decide about these customers, of which both must lie in scope."""
    _refuse(_why_not_decide(actor, *customers))


def can_merge(actor: Staff, left: Customer, right: Customer) -> bool:
    """May the actor make these two archives one?"""
    return not why_not_merge(actor, left, right)


def check_merge(actor: Staff, left: Customer, right: Customer) -> None:
    """Raise the refusal unless :func:`can_merge`."""
    _refuse(why_not_merge(actor, left, right))


def why_not_merge(actor: Staff, left: Customer, right: Customer) -> str:
    """The refusal in words, or nothing: both in scope, both open to the actor's clearance, neither closed."""
    reason = _why_not_decide(actor, left, right)
    for customer in (left, right):
        if not reason and customer.status == CustomerStatus.CLOSED:
            reason = _("%(customer)s is closed; the archive is kept as it was.") % {"customer": customer.number}
        if not reason and not can_reveal(actor, customer):
            reason = _("Your role does not open the archive of %(customer)s.") % {"customer": customer.number}
    return reason


def can_inspect(actor: Staff) -> bool:
    """May the actor draw samples, write down what is wrong, and close it?"""
    return actor.can(INSPECT)


def check_inspect(actor: Staff) -> None:
    """Raise the refusal unless :func:`can_inspect`."""
    _refuse("" if can_inspect(actor) else _("Your role does not include inspecting archives."))


def can_inspect_item(actor: Staff, item: InspectionItem) -> bool:
    """May the actor judge this archive? Nobody inspects their own customers."""
    return not _why_not_inspect(actor, item)


def check_inspect_item(actor: Staff, item: InspectionItem) -> None:
    """Raise the refusal unless :func:`can_inspect_item`."""
    _refuse(_why_not_inspect(actor, item))


def check_branch(actor: Staff, branch: Branch) -> None:
    """Raise the refusal unless the branch lies in the actor's scope."""
    if actor.scope != DataScope.ALL and branch.pk not in actor.branch_ids:
        _refuse(_("%(branch)s lies outside your branches.") % {"branch": branch.name})


def can_change_rules(actor: Staff) -> bool:
    """May the actor set the rules of data quality? They hold for the whole bank, so it takes the whole bank's scope."""
    return actor.can(RULES) and actor.scope == DataScope.ALL


def check_rules(actor: Staff) -> None:
    """Raise the refusal unless :func:`can_change_rules`."""
    _refuse("" if can_change_rules(actor) else _("Only the head office sets the rules of data quality."))


def _why_not_inspect(actor: Staff, item: InspectionItem) -> str:
    if not can_inspect(actor):
        return _("Your role does not include inspecting archives.")
    if item.owner_id == actor.pk:
        return _("Nobody inspects the archives of their own customers.")
    return "" if can_view(actor, item.customer) else _("This customer lies outside your scope.")


def _why_not_decide(actor: Staff, *customers: Customer) -> str:
    if not actor.can(MERGE):
        return _("Your role does not include merging duplicates.")
    for customer in customers:
        if not can_view(actor, customer):
            return _("One of the two customers lies outside your scope.")
    return ""


def _refuse(reason: str) -> None:
    if reason:
        raise PermissionDenied(reason)
