"""Who plans events, who invites and signs in, who sets the rules (A4, A15)."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.customers.models import Customer
from keheng.customers.permissions import in_scope
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.outreach.models import Event, Guest

VIEW = "outreach.view"
INVITE = "outreach.invite"
MANAGE = "outreach.manage"
RULES = "outreach.rules"


def can_plan(actor: Staff, branch: Branch) -> bool:
    """May the actor plan events of this branch? Those of the branches in scope."""
    return actor.can(MANAGE) and reaches(actor, branch.pk)


def check_plan(actor: Staff, branch: Branch) -> None:
    """Raise the refusal unless :func:`can_plan`."""
    if not can_plan(actor, branch):
        raise PermissionDenied(_("You plan events of your own branches, if your role plans events at all."))


def can_manage(actor: Staff, event: Event) -> bool:
    """May the actor change this event, invite to it and finish it?"""
    return actor.can(MANAGE) and reaches(actor, event.branch_id)


def check_manage(actor: Staff, event: Event) -> None:
    """Raise the refusal unless :func:`can_manage`."""
    if not can_manage(actor, event):
        raise PermissionDenied(_("Only whoever plans events of this branch does this."))


def can_answer(actor: Staff, guest: Guest) -> bool:
    """May the actor note what a guest answered? Whoever invites them, and whoever manages the event."""
    return can_manage(actor, guest.event) or (actor.can(INVITE) and guest.inviter_id == actor.pk)


def check_answer(actor: Staff, guest: Guest) -> None:
    """Raise the refusal unless :func:`can_answer`."""
    if not can_answer(actor, guest):
        raise PermissionDenied(_("Whoever invites this guest, or manages the event, notes the answer."))


def can_sign_in(actor: Staff, event: Event) -> bool:
    """May the actor stand at the door? Everybody who invites, of the branch or a branch below."""
    return actor.can(INVITE) and (
        actor.scope == DataScope.ALL or actor.branch.path.startswith(event.branch.path) or can_manage(actor, event)
    )


def check_sign_in(actor: Staff, event: Event) -> None:
    """Raise the refusal unless :func:`can_sign_in`."""
    if not can_sign_in(actor, event):
        raise PermissionDenied(_("Guests are signed in by people of the branch that holds the event."))


def check_keep_out(actor: Staff, customer: Customer) -> None:
    """Raise the refusal unless the actor invites, and the customer lies in scope."""
    if not (actor.can(INVITE) and in_scope(actor, customer)):
        raise PermissionDenied(_("You decide this for customers of your own scope."))


def check_rules(actor: Staff) -> None:
    """Raise the refusal unless the role sets the rules, for the whole bank."""
    if not can_change_rules(actor):
        raise PermissionDenied(_("Only the head office sets the rules of events."))


def can_change_rules(actor: Staff) -> bool:
    """May the actor set the rules?"""
    return actor.can(RULES) and actor.scope == DataScope.ALL


def reaches(actor: Staff, branch_id: int) -> bool:
    """Does the branch lie in the actor's scope?"""
    if actor.scope == DataScope.ALL:
        return True
    return actor.scope == DataScope.SUBTREE and branch_id in actor.branch_ids
