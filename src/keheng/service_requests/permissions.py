"""Who may do what with service requests."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.service_requests.models import PenaltySheet, ServiceRequest

VIEW = "service_requests.view"
HANDLE = "service_requests.handle"
SUPERVISE = "service_requests.supervise"
SETTINGS = "service_requests.settings"


def check_open(actor: Staff, customer: Customer) -> None:
    """Take in a request: any customer who comes, whoever answers for them (一站式)."""
    if not actor.can(HANDLE):
        raise PermissionDenied(_("Your role may not take in service requests."))
    if not Customer.objects.visible_to(actor).filter(pk=customer.pk).exists():
        raise PermissionDenied(_("This customer is outside of what you may see."))


def can_handle(actor: Staff, request: ServiceRequest) -> bool:
    """Work on a request: whoever has it in hand, whoever took it in while nobody has, and supervisors."""
    if not actor.can(HANDLE):
        return False
    if request.assignee_id == actor.pk or (request.assignee_id is None and request.opened_by_id == actor.pk):
        return True
    return can_supervise(actor, request.branch)


def check_handle(actor: Staff, request: ServiceRequest) -> None:
    """Refuse whoever may not work on the request."""
    if not can_handle(actor, request):
        raise PermissionDenied(
            _("%(number)s is in the hands of %(name)s. Ask them to hand it over.")
            % {"number": request, "name": request.assignee or request.opened_by}
        )


def can_see(actor: Staff, request: ServiceRequest) -> bool:
    """Whether the request lies in the scope of the member of staff, as ``visible_to`` has it."""
    return actor.can(VIEW) and ServiceRequest.objects.visible_to(actor).filter(pk=request.pk).exists()


def check_claim(actor: Staff, request: ServiceRequest) -> None:
    """Refuse whoever may not take a request that nobody has."""
    if not (actor.can(HANDLE) and can_see(actor, request)):
        raise PermissionDenied(_("Your role does not take requests of %(branch)s.") % {"branch": request.branch})


def can_supervise(actor: Staff, branch: Branch) -> bool:
    """Assign, escalate, decide appeals, offset and lock within the branches in scope."""
    return actor.can(SUPERVISE) and (actor.scope == DataScope.ALL or branch.pk in actor.branch_ids)


def check_supervise(actor: Staff, branch: Branch) -> None:
    """Refuse whoever does not supervise the branch."""
    if not can_supervise(actor, branch):
        raise PermissionDenied(_("You do not supervise %(branch)s.") % {"branch": branch})


def check_another(actor: Staff, sheet: PenaltySheet) -> None:
    """Nobody decides about their own penalties."""
    check_supervise(actor, sheet.branch)
    if sheet.staff_id == actor.pk:
        raise PermissionDenied(_("Nobody decides about their own penalties. Ask another supervisor."))


def check_own(actor: Staff, sheet: PenaltySheet) -> None:
    """Appeals and signatures are the person's own."""
    if sheet.staff_id != actor.pk:
        raise PermissionDenied(_("This is the sheet of %(name)s.") % {"name": sheet.staff})


def check_settings(actor: Staff) -> None:
    """Refuse whoever may not change the catalogue."""
    if not actor.can(SETTINGS):
        raise PermissionDenied(_("Your role may not change the catalogue of services."))
