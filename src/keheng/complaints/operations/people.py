"""Who complains for others: their power of attorney, handed in after the registration (A7)."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.complaints import permissions
from keheng.complaints.enums import StepKind
from keheng.complaints.models import Party
from keheng.complaints.operations.parts import locked, told
from keheng.files.operations import examine, store
from keheng.org.models import Staff


def add_authority(*, party: Party, upload: "File[Any]", actor: Staff, at: datetime) -> Party:
    """Keep the power of attorney of somebody who complains for others; whoever took the complaint in may add it.

    Raises:
        ValidationError: there is one already.
        RefusedFile: what was handed in is not taken, with the reason.
    """
    if actor.pk != party.complaint.registered_by_id:
        permissions.check_handle(actor, party.complaint)
    examined = examine(upload=upload, actor=actor, at=at)
    with transaction.atomic():
        complaint = locked(party.complaint)
        party = Party.objects.get(pk=party.pk)
        if party.authority_id is not None:
            raise ValidationError(_("There is a power of attorney already."))
        party.authority = store(examined=examined, actor=actor, at=at)
        party.save(update_fields=["authority"])
        told(complaint, StepKind.ATTACHED, actor=actor, at=at, note=_("Power of attorney"))
    return party


def open_authority(*, party: Party, actor: Staff, at: datetime) -> None:
    """Keep in the trail that somebody opened a power of attorney."""
    if not permissions.can_see(actor, party.complaint):
        raise PermissionDenied(_("This complaint is outside of what you may see."))
    record("complaints.open_file", actor=actor, at=at, target=party.complaint, detail={"party": party.pk})
