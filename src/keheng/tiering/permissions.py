"""Who may look at tiers and who may have them evaluated."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.customers import permissions as customers
from keheng.customers.models import Customer
from keheng.org.models import Staff

VIEW, RUN, EDIT, TRY = "tiering.view", "tiering.run", "tiering.edit", "tiering.try"
MAINTAIN, PROTECT = "tiering.maintain", "tiering.protect"


def can_view(staff: Staff) -> bool:
    """Schemes, tallies and moves, within the data scope."""
    return staff.can(VIEW)


def check_view(staff: Staff) -> None:
    """Refuse whoever may not look at tiers."""
    if not can_view(staff):
        raise PermissionDenied(_("Your role does not see tiers and moves."))


def can_run(staff: Staff) -> bool:
    """Start an evaluation of all customers of a scheme."""
    return staff.can(RUN)


def check_run(staff: Staff) -> None:
    """Refuse whoever may not start an evaluation."""
    if not can_run(staff):
        raise PermissionDenied(_("Your role may not start an evaluation; a branch head or the head office may."))


def can_maintain(staff: Staff) -> bool:
    """Change what is kept by hand: size standards, the strategic list, weights and their facts, goals of tiers."""
    return staff.can(MAINTAIN)


def check_maintain(staff: Staff) -> None:
    """Refuse whoever may not change what is kept by hand."""
    if not can_maintain(staff):
        raise PermissionDenied(_("Your role may not change standards, lists, weights and goals; the head office may."))


def can_fact(staff: Staff, customer: Customer) -> bool:
    """Enter facts of one company: whoever may edit its archive."""
    return customers.can_edit(staff, customer)


def check_fact(staff: Staff, customer: Customer) -> None:
    """Refuse whoever may not edit the archive of the company."""
    customers.check_edit(staff, customer)


def can_edit(staff: Staff) -> bool:
    """Draft rules and submit them; publishing takes a second person, within the limits of ``approvals``."""
    return staff.can(EDIT)


def check_edit(staff: Staff) -> None:
    """Refuse whoever may not draft rules."""
    if not can_edit(staff):
        raise PermissionDenied(_("Your role does not draft tier rules; the product manager or the head office does."))


def can_try(staff: Staff) -> bool:
    """Start a dry run."""
    return staff.can(TRY)


def check_try(staff: Staff) -> None:
    """Refuse whoever may not start a dry run."""
    if not can_try(staff):
        raise PermissionDenied(_("Your role does not start dry runs; whoever did can send you the link of theirs."))


def can_protect(staff: Staff, customer: Customer) -> bool:
    """Put a customer of the scope on the list of those whom no downgrade touches."""
    return staff.can(PROTECT) and Customer.objects.visible_to(staff).filter(pk=customer.pk).exists()


def check_protect(staff: Staff, customer: Customer) -> None:
    """Refuse whoever may not protect the customer."""
    if not can_protect(staff, customer):
        raise PermissionDenied(_("Your role does not protect this customer; a branch head or the head office may."))
