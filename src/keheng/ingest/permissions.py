"""Who may see batches and who may load files."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.org.models import Staff

VIEW, RUN = "ingest.view", "ingest.run"


def can_view(staff: Staff) -> bool:
    """Batches, their counts and their rejects."""
    return staff.can(VIEW)


def check_view(staff: Staff) -> None:
    """Refuse whoever may not look at batches."""
    if not can_view(staff):
        raise PermissionDenied(_("Your role does not see data intake."))


def can_run(staff: Staff) -> bool:
    """Load a file: it writes customers of every branch."""
    return staff.can(RUN)


def check_run(staff: Staff) -> None:
    """Refuse whoever may not load files."""
    if not can_run(staff):
        raise PermissionDenied(_("Your role may not load files; the head office or the administrator may."))
