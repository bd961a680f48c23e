"""Notes for colleagues, files, links."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.complaints import permissions
from keheng.complaints.enums import LinkReason, StepKind
from keheng.complaints.models import Attachment, Complaint, Step
from keheng.complaints.operations.parts import locked, needed, told
from keheng.complaints.operations.reviewing import link
from keheng.files.operations import examine, store
from keheng.org.models import Staff


@transaction.atomic
def add_note(*, complaint: Complaint, words: str, actor: Staff, at: datetime) -> Step:
    """Write down something for colleagues; complainants never see it."""
    check_see(actor, complaint)
    return told(
        locked(complaint), StepKind.NOTE, actor=actor, at=at, note=needed(words, "words", _("Write something."))
    )


def attach(*, complaint: Complaint, upload: "File[Any]", about: str, actor: Staff, at: datetime) -> Attachment:
    """Put a file on record.

    Raises:
        RefusedFile: what was handed in is not taken, with the reason.
    """
    if not permissions.can_handle(actor, complaint):
        permissions.check_respond(actor, complaint)
    examined = examine(upload=upload, actor=actor, at=at)
    with transaction.atomic():
        complaint = locked(complaint)
        file = store(examined=examined, actor=actor, at=at)
        kept = Attachment.objects.create(
            complaint=complaint, file=file, about=about.strip()[:60], added_by=actor, added_at=at
        )
        told(complaint, StepKind.ATTACHED, actor=actor, at=at, note=kept.about)
    return kept


def open_attachment(*, kept: Attachment, actor: Staff, at: datetime) -> None:
    """Keep in the trail that somebody opened a file."""
    check_see(actor, kept.complaint)
    record("complaints.open_file", actor=actor, at=at, target=kept.complaint, detail={"file": kept.pk})


@transaction.atomic
def add_link(*, complaint: Complaint, other: Complaint, reason: LinkReason, actor: Staff, at: datetime) -> Complaint:
    """Note that two complaints belong together."""
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    check_see(actor, other)
    if complaint.pk == other.pk:
        raise ValidationError({"number": _("A complaint is not linked to itself.")})
    link(one=complaint, other=other, reason=reason)
    told(complaint, StepKind.LINKED, actor=actor, at=at, number=other.number)
    return complaint


def check_see(actor: Staff, complaint: Complaint) -> None:
    """Refuse whoever may not see the complaint."""
    if not permissions.can_see(actor, complaint):
        raise PermissionDenied(_("This complaint is outside of what you may see."))
