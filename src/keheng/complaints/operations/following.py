"""What follows from news of the modules below: decisions of approvers, calendars."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from keheng.approvals.models import Request
from keheng.complaints.enums import State
from keheng.complaints.models import Complaint, Extension
from keheng.complaints.operations import clocks
from keheng.complaints.operations.causes import CAUSES, put_cause_into_force
from keheng.complaints.operations.closing import EXTENSION, decide_extension
from keheng.complaints.operations.consequence_rules import CONSEQUENCES, put_consequences_into_force
from keheng.complaints.operations.correction import PLAN, decide_plan
from keheng.complaints.operations.parts import locked
from keheng.complaints.operations.rules import RULES, put_into_force
from keheng.notices.operations import tell
from keheng.org.models import Staff

_IN_FORCE = {
    RULES: put_into_force,
    CAUSES: put_cause_into_force,
    CONSEQUENCES: put_consequences_into_force,
}
"""What a second person puts into force, and how."""

KINDS = frozenset({PLAN, EXTENSION, *_IN_FORCE})
"""The kinds of approval whose outcome this module carries out."""


def carry_on(*, request: Request, approved: bool, at: datetime) -> None:
    """Carry out the outcome of a request; one that the complaint has moved past changes nothing."""
    if request.kind in _IN_FORCE:
        if approved and request.decided_by is not None:
            _put_into_force(request, request.decided_by, at)
        return
    if request.kind == EXTENSION:
        extension = Extension.objects.filter(pk=request.payload.get("extension")).select_related("complaint").first()
        if extension is not None:
            decide_extension(extension=extension, approved=approved, actor=request.decided_by, at=at)
        return
    complaint = Complaint.objects.filter(pk=request.subject_id or 0, state=State.APPROVAL).first()
    if complaint is not None:
        decide_plan(complaint=complaint, approved=approved, words=request.answer, actor=request.decided_by, at=at)


def _put_into_force(request: Request, actor: Staff, at: datetime) -> None:
    """Put approved rules into force; where they have changed since they were proposed, both people hear of it."""
    if _IN_FORCE[request.kind](request=request, actor=actor, at=at) is not None:
        return
    tell(
        staff_ids=[request.requester_id, actor.pk],
        kind="complaints.rules",
        title=_("%(title)s: what it is based on has changed meanwhile; propose it again") % {"title": request.title},
        url=request.get_absolute_url(),
        at=at,
    )


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
