"""What follows when a second person has decided about a letter or a compensation."""

from datetime import datetime

from keheng.approvals.models import Request
from keheng.complaints.models import Compensation, Letter
from keheng.complaints.operations import compensation, letters

KINDS = frozenset({letters.APPROVAL, compensation.APPROVAL})


def carry_out(*, request: Request, approved: bool, at: datetime) -> None:
    """Keep the decision; one that was withdrawn or expired counts as a refusal."""
    if request.kind == letters.APPROVAL:
        letter = Letter.objects.get(request=request)
        letters.decided(letter=letter, approved=approved, approver=request.decided_by, at=at)
    else:
        asked = Compensation.objects.get(request=request)
        compensation.decided(compensation=asked, approved=approved, at=at)
