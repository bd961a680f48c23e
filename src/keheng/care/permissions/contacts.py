"""Who sees and writes the contact log, who does tasks, who plans and sets the rules (A4, A15)."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.care.enums.tasks import TaskState
from keheng.care.models import Contact, Task
from keheng.customers.models import Customer
from keheng.customers.permissions.archive import can_reveal, in_scope
from keheng.org.enums import DataScope
from keheng.org.models import Staff

VIEW = "care.view"
LOG = "care.log"
COMPLIANCE = "care.compliance"
PLAN = "care.plan"
RULES = "care.rules"


def can_log(actor: Staff, customer: Customer) -> bool:
    """May the actor log a contact with this customer?"""
    return not _why_not_log(actor, customer)


def check_log(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless :func:`can_log`."""
    _refuse(_why_not_log(actor, customer))


def can_log_some(actor: Staff) -> bool:
    """May the actor log contacts at all?"""
    return actor.can(LOG)


def check_log_some(actor: Staff) -> None:
    """Raise the refusal unless :func:`can_log_some`."""
    _refuse("" if actor.can(LOG) else _no_log())


def can_correct(actor: Staff, contact: Contact) -> bool:
    """May the actor correct or withdraw this contact? Whoever wrote it, and whoever leads the outlet."""
    return not _why_not_correct(actor, contact)


def check_correct(actor: Staff, contact: Contact) -> None:
    """Raise the refusal unless :func:`can_correct`."""
    _refuse(_why_not_correct(actor, contact))


def can_read_note(actor: Staff, contact: Contact) -> bool:
    """May the actor read the note? Whoever wrote it, and whoever the archive opens to; others see that there is one."""
    return contact.staff_id == actor.pk or can_reveal(actor, contact.customer)


def can_do(actor: Staff, task: Task) -> bool:
    """May the actor complete or skip this task? The one whose it is, and whoever leads them."""
    return not _why_not_do(actor, task)


def check_do(actor: Staff, task: Task) -> None:
    """Raise the refusal unless :func:`can_do`."""
    _refuse(_why_not_do(actor, task))


def check_add(actor: Staff, staff: Staff, customer: Customer | None) -> None:
    """Raise the refusal unless the actor may give this person something to do with this customer."""
    if not actor.can(LOG):
        _refuse(_no_log())
    if staff.pk != actor.pk and not _leads(actor, staff.branch_id):
        _refuse(_("You give tasks to yourself and to the people of your branches."))
    if customer is not None and not _serves(actor, customer):
        _refuse(_outside(customer))


def can_plan(actor: Staff) -> bool:
    """May the actor have a day planned?"""
    return actor.can(PLAN)


def check_plan(actor: Staff) -> None:
    """Raise the refusal unless :func:`can_plan`."""
    _refuse("" if actor.can(PLAN) else _("Your role does not include planning contacts."))


def can_change_rules(actor: Staff) -> bool:
    """May the actor set the rules of care? They hold for the whole bank, so it takes the whole bank's scope."""
    return actor.can(RULES) and actor.scope == DataScope.ALL


def check_rules(actor: Staff) -> None:
    """Raise the refusal unless :func:`can_change_rules`."""
    _refuse("" if can_change_rules(actor) else _("Only the head office sets the rules of customer care."))


def _why_not_log(actor: Staff, customer: Customer) -> str:
    if not actor.can(LOG):
        return _no_log()
    return "" if _serves(actor, customer) else _outside(customer)


def _why_not_correct(actor: Staff, contact: Contact) -> str:
    if not actor.can(LOG):
        return _no_log()
    if contact.withdrawn_at is not None:
        return _("This contact was withdrawn; log it anew if it took place after all.")
    if contact.staff_id == actor.pk or _leads(actor, contact.branch_id):
        return ""
    return _("Only whoever logged this contact, or leads the outlet, corrects it.")


def _why_not_do(actor: Staff, task: Task) -> str:
    if not actor.can(LOG):
        return _no_log()
    if task.state == TaskState.LAPSED:
        return _("The time for this task is over.")
    if task.staff_id == actor.pk or _leads(actor, task.branch_id):
        return ""
    return _("This task is somebody else's.")


def _serves(actor: Staff, customer: Customer) -> bool:
    """In scope, or given to the actor as a task: a co-manager, or whoever stands in during an absence."""
    return in_scope(actor, customer) or Task.objects.open().filter(staff=actor, customer=customer).exists()


def _leads(actor: Staff, branch_id: int) -> bool:
    if actor.scope == DataScope.OWN or not actor.can(COMPLIANCE):
        return False
    return actor.scope == DataScope.ALL or branch_id in actor.branch_ids


def _no_log() -> str:
    return _("Your role does not include logging contacts.")


def _outside(customer: Customer) -> str:
    return _("Customer %(number)s lies outside your scope; ask whoever answers for the customer to log it.") % {
        "number": customer.number
    }


def _refuse(reason: str) -> None:
    if reason:
        raise PermissionDenied(reason)
