"""Who may see, decide and take back requests, and set the limits."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.approvals.models import Limit, Request
from keheng.org.enums import DataScope
from keheng.org.models import Staff

VIEW, OVERSEE, LIMITS = "approvals.view", "approvals.oversee", "approvals.limits"


def can_decide(staff: Staff, request: Request) -> bool:
    """May this person answer this request, now or once it is open?"""
    return not why_not_decide(staff, request)


def check_decide(staff: Staff, request: Request) -> None:
    """Raise the refusal unless :func:`can_decide`."""
    if reason := why_not_decide(staff, request):
        raise PermissionDenied(reason)


def why_not_decide(staff: Staff, request: Request) -> str:
    """Why the person may not answer, in words; empty where they may."""
    if request.requester_id == staff.pk:
        return _("Nobody decides on their own request: a second person has to look at it.")
    limit = Limit.objects.filter(table=request.table_id, role=staff.role_id).first()
    if limit is None or not staff.is_active:
        return _("Your role “%(role)s” has no approval limit for this kind of request.") % {"role": staff.role}
    if not limit.reach.covers(request.amount, None):
        return _("The amount lies above the limit of your role.")
    if not limit.reach.covers(None, request.rank):
        return _("The level of the customer lies above the limit of your role.")
    if limit.scope != DataScope.ALL and not request.branch.path.startswith(staff.branch.path):
        return _("%(branch)s lies outside your branches.") % {"branch": request.branch.name}
    return ""


def can_withdraw(staff: Staff, request: Request) -> bool:
    """Whoever asked may take it back, and submit it again once it was returned."""
    return request.requester_id == staff.pk


def check_withdraw(staff: Staff, request: Request) -> None:
    """Raise the refusal unless :func:`can_withdraw`."""
    if not can_withdraw(staff, request):
        raise PermissionDenied(_("Only whoever asked may take a request back or submit it again."))


def can_set_limits(staff: Staff) -> bool:
    """Change the table of limits."""
    return staff.can(LIMITS)


def check_set_limits(staff: Staff) -> None:
    """Raise the refusal unless :func:`can_set_limits`."""
    if not can_set_limits(staff):
        raise PermissionDenied(_("Your role does not set approval limits; an administrator does."))
