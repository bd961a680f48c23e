"""Who may look at tiers and who may have them evaluated."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.org.models import Staff

VIEW, RUN = "tiering.view", "tiering.run"


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
