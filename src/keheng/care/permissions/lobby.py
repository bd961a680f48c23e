"""Who works with the queue of a lobby: its lobby manager, its counters, its head."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.org.enums import BranchKind, DataScope
from keheng.org.models import Branch, Staff

LOBBY = "care.lobby"


def can_work_lobby(actor: Staff, branch: Branch) -> bool:
    """May the actor give out, call and close tickets of this outlet?"""
    return not _why_not(actor, branch)


def check_work_lobby(actor: Staff, branch: Branch) -> None:
    """Raise the refusal unless :func:`can_work_lobby`."""
    reason = _why_not(actor, branch)
    if reason:
        raise PermissionDenied(reason)


def _why_not(actor: Staff, branch: Branch) -> str:
    if not actor.can(LOBBY):
        return _("Your role does not include the lobby's queue.")
    if branch.kind != BranchKind.OUTLET:
        return _("%(branch)s has no lobby; choose an outlet.") % {"branch": branch.name}
    within = actor.branch_ids if actor.scope == DataScope.SUBTREE else [actor.branch_id]
    if actor.scope != DataScope.ALL and branch.pk not in within:
        return _("%(branch)s lies outside your branches.") % {"branch": branch.name}
    return ""
