"""Who sets how the working day goes (A4, A15)."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff

AGENDA = "care.agenda"


def can_edit_agenda(actor: Staff) -> bool:
    """May the actor change templates? They hold for every branch that follows them: it takes the whole bank's scope."""
    return actor.can(AGENDA) and actor.scope == DataScope.ALL


def check_edit_agenda(actor: Staff) -> None:
    """Raise the refusal unless :func:`can_edit_agenda`."""
    if not can_edit_agenda(actor):
        raise PermissionDenied(_("Only the head office changes agenda templates."))


def can_choose_agenda(actor: Staff, branch: Branch) -> bool:
    """May the actor say which template a branch follows?"""
    return actor.can(AGENDA) and (actor.scope == DataScope.ALL or branch.pk in actor.branch_ids)


def check_choose_agenda(actor: Staff, branch: Branch) -> None:
    """Raise the refusal unless :func:`can_choose_agenda`."""
    if not can_choose_agenda(actor, branch):
        raise PermissionDenied(
            _("You may not set the agenda of %(branch)s: your role or your branches do not include it.")
            % {"branch": branch.name}
        )
