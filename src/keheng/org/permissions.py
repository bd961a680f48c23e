"""Who may see and change the organisation: ``can_X`` asks, ``check_X`` raises the refusal in words."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.api.views import USE
from keheng.org.models import SYSTEM_USERNAME, ApiToken, Branch, Role, Staff

VIEW = "org.view"
MANAGE = "org.manage"


def can_manage(actor: Staff) -> bool:
    """May the actor change the organisation at all?"""
    return not _why_not_manage(actor)


def check_manage(actor: Staff) -> None:
    """Raise the refusal unless :func:`can_manage`."""
    _refuse(_why_not_manage(actor))


def can_manage_branch(actor: Staff, branch: Branch) -> bool:
    """May the actor change this branch, or hang something under it?"""
    return not _why_not_manage_branch(actor, branch)


def check_manage_branch(actor: Staff, branch: Branch) -> None:
    """Raise the refusal unless :func:`can_manage_branch`."""
    _refuse(_why_not_manage_branch(actor, branch))


def can_manage_staff(actor: Staff, member: Staff) -> bool:
    """May the actor change this person's place, role and sign-in?"""
    return not _why_not_manage_staff(actor, member)


def check_manage_staff(actor: Staff, member: Staff) -> None:
    """Raise the refusal unless :func:`can_manage_staff`."""
    _refuse(_why_not_manage_staff(actor, member))


def can_manage_role(actor: Staff, role: Role) -> bool:
    """May the actor change what this role may do?"""
    return not _why_not_manage_role(actor, role)


def check_manage_role(actor: Staff, role: Role) -> None:
    """Raise the refusal unless :func:`can_manage_role`."""
    _refuse(_why_not_manage_role(actor, role))


def check_make_token(actor: Staff) -> None:
    """Raise the refusal unless the actor may let a program act for them; a program makes no further tokens."""
    if actor.limited_to is not None:
        _refuse(_("A token makes no further tokens; sign in on the page."))
    if not actor.can(USE):
        _refuse(_("Your role does not include using the HTTP API with tokens."))


def can_revoke(actor: Staff, token: ApiToken) -> bool:
    """May the actor end this token? One's own always; another's by whoever manages that person."""
    return token.staff_id == actor.pk or can_manage_staff(actor, token.staff)


def check_revoke(actor: Staff, token: ApiToken) -> None:
    """Raise the refusal unless :func:`can_revoke`."""
    if token.staff_id != actor.pk:
        check_manage_staff(actor, token.staff)


def _why_not_manage(actor: Staff) -> str:
    return "" if actor.can(MANAGE) else _("Your role does not include managing the organisation.")


def _why_not_manage_branch(actor: Staff, branch: Branch) -> str:
    reason = _why_not_manage(actor)
    if not reason and branch.pk not in actor.branch_ids:
        reason = _("%(branch)s lies outside your branches.") % {"branch": branch.name}
    return reason


def _why_not_manage_staff(actor: Staff, member: Staff) -> str:
    if member.username == SYSTEM_USERNAME:
        return _("The system account is not managed by people.")
    reason = _why_not_manage_branch(actor, member.branch)
    if not reason and member.pk == actor.pk:
        reason = _("Nobody changes their own role, branch or sign-in; ask another administrator.")
    return reason


def _why_not_manage_role(actor: Staff, role: Role) -> str:
    if role.code == "system":
        return _("The system role always holds everything.")
    reason = _why_not_manage(actor)
    if not reason and role.pk == actor.role_id:
        reason = _("Nobody changes the rights of their own role; ask another administrator.")
    return reason


def _refuse(reason: str) -> None:
    if reason:
        raise PermissionDenied(reason)
