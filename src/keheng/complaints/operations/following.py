"""What follows from news of the modules below: decisions of approvers, calendars."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from keheng.approvals.models import Request
from keheng.complaints.enums import State
from keheng.complaints.models import Complaint, Extension
from keheng.complaints.operations import clocks
from keheng.complaints.operations.causes import CAUSES, put_cause_into_force
from keheng.complaints.operations.closing import EXTENSION, decide_extension
from keheng.complaints.operations.consequence_rules import CONSEQUENCES
from keheng.complaints.operations.correction import PLAN, decide_plan
from keheng.complaints.operations.parts import locked
from keheng.complaints.operations.rules import RULES
from keheng.versions import operations as versions

_IN_FORCE: dict[str, Callable[..., Any]] = {
    RULES.kind: partial(versions.put_into_force, RULES),
    CAUSES: put_cause_into_force,
    CONSEQUENCES.kind: partial(versions.put_into_force, CONSEQUENCES),
}
"""What a second person puts into force, and how."""

KINDS = frozenset({PLAN, EXTENSION, *_IN_FORCE})
"""The kinds of approval whose outcome this module carries out."""


def carry_on(*, request: Request, approved: bool, at: datetime) -> None:
    """Carry out the outcome of a request; one that the complaint has moved past changes nothing."""
    if request.kind in _IN_FORCE:
        if approved:
            put = _IN_FORCE[request.kind]
            versions.carry_out(request=request, put=put, notice="complaints.rules", at=at)
        return
    if request.kind == EXTENSION:
        extension = Extension.objects.filter(pk=request.payload.get("extension")).select_related("complaint").first()
        if extension is not None:
            decide_extension(extension=extension, approved=approved, actor=request.decided_by, at=at)
        return
    complaint = Complaint.objects.filter(pk=request.subject_id or 0, state=State.APPROVAL).first()
    if complaint is not None:
        decide_plan(complaint=complaint, approved=approved, words=request.answer, actor=request.decided_by, at=at)


def follow_calendars(*, at: datetime) -> int:
    """Recompute what runs after hours, holidays or make-up days have changed; return how many complaints moved."""
    moved = 0
    for pk in Complaint.objects.open().order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            complaint = locked(Complaint(pk=pk))
            if complaint.is_open and clocks.recompute(complaint, at):
                clocks.refresh(complaint)
                complaint.save()
                moved += 1
    return moved
