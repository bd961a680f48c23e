"""Who may see batches and who may load files."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from keheng.ingest.models import Batch
from keheng.org.enums import DataScope
from keheng.org.models import Staff

VIEW, RUN = "ingest.view", "ingest.run"


def can_view(staff: Staff) -> bool:
    """Batches and their counts."""
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


def can_read_rejects(staff: Staff, batch: Batch) -> bool:
    """Rows of a file are of any branch: whoever loaded it sees them, and who sees every customer."""
    return can_view(staff) and (staff.scope == DataScope.ALL or batch.actor_id == staff.pk)


def check_read_rejects(staff: Staff, batch: Batch) -> None:
    """Refuse whoever may not read the rejected rows."""
    if not can_read_rejects(staff, batch):
        raise PermissionDenied(
            _("Rejected rows may be of any branch: only roles that see every customer read them, and who loaded them.")
        )
