"""Who keeps lists of potential customers, and who works on one of them (A1, A15)."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.customers.models import Potential, PotentialList
from keheng.customers.permissions.archive import ASSIGN, EDIT
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


def can_keep_lists(actor: Staff) -> bool:
    """May the actor open lists and fill them?"""
    return actor.can(ASSIGN) and actor.scope != DataScope.OWN


def check_keep_lists(actor: Staff, branch: Branch) -> None:
    """Raise the refusal unless the actor keeps lists of this branch."""
    if not can_keep_lists(actor):
        raise PermissionDenied(_("Your role does not include keeping lists of potential customers."))
    _check_branch(actor, branch)


def check_assign_potentials(actor: Staff) -> None:
    """May the actor say who answers for potential customers? Whoever keeps lists does."""
    if not can_keep_lists(actor):
        raise PermissionDenied(_("Your role does not include assigning potential customers."))


def check_refresh(actor: Staff, held: PotentialList) -> None:
    """Raise the refusal unless the actor may work the list's rule out anew."""
    check_keep_lists(actor, held.branch)


def check_add(actor: Staff, branch: Branch) -> None:
    """Raise the refusal unless the actor may write down a potential customer of this branch."""
    if not actor.can(EDIT):
        raise PermissionDenied(_("Your role does not include editing archives."))
    _check_branch(actor, branch)


def can_work_on(actor: Staff, potential: Potential) -> bool:
    """May the actor say how far this one has come?"""
    in_scope = actor.scope == DataScope.ALL or potential.owner_id == actor.pk
    return actor.can(EDIT) and (in_scope or (actor.scope == DataScope.SUBTREE and _reaches(actor, potential.branch_id)))


def check_work_on(actor: Staff, potential: Potential) -> None:
    """Raise the refusal unless :func:`can_work_on`."""
    if not can_work_on(actor, potential):
        raise PermissionDenied(_("This potential customer is not in your hands."))


def _check_branch(actor: Staff, branch: Branch) -> None:
    if actor.scope != DataScope.ALL and branch.pk != actor.branch_id and not _reaches(actor, branch.pk):
        raise PermissionDenied(_("%(branch)s lies outside your branches.") % {"branch": branch.name})


def _reaches(actor: Staff, branch_id: int) -> bool:
    return branch_id in actor.branch_ids
