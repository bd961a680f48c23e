"""What complaints do on news of the modules below."""

from keheng.approvals.enums import State
from keheng.approvals.events import RequestDecided
from keheng.approvals.models import Request
from keheng.common.events import receiver
from keheng.complaints.events import ComplaintChanged, CustomerAtRisk
from keheng.complaints.models import Complaint
from keheng.complaints.operations import answered, consequences, following, retention
from keheng.complaints.tasks import follow_calendars
from keheng.org.events import CalendarsChanged


@receiver(RequestDecided)
def _on_decision(event: RequestDecided) -> None:
    """Carry out what a second person decided about a plan, an extension or the rules."""
    if event.kind in following.KINDS:
        asked = Request.objects.select_related("decided_by__role", "decided_by__branch", "requester").get(
            pk=event.request_id
        )
        following.carry_on(request=asked, approved=event.outcome == State.APPROVED, at=event.at)


@receiver(CalendarsChanged)
def _on_calendars(_event: CalendarsChanged) -> None:
    follow_calendars.configure().defer()


@receiver(RequestDecided)
def _on_answer(event: RequestDecided) -> None:
    """Keep what a second person decided about a letter or a compensation."""
    if event.kind in answered.KINDS:
        asked = Request.objects.select_related("decided_by__role", "decided_by__branch").get(pk=event.request_id)
        answered.carry_out(request=asked, approved=event.outcome == State.APPROVED, at=event.at)


@receiver(ComplaintChanged)
def _on_change(event: ComplaintChanged) -> None:
    """What an act means for the customer."""
    if event.act not in consequences.FOLLOWED:
        return
    complaint = Complaint.objects.select_related("customer__owner").get(pk=event.complaint_id)
    consequences.follow(complaint=complaint, act=event.act, at=event.at)


@receiver(CustomerAtRisk)
def _on_risk(event: CustomerAtRisk) -> None:
    """Whoever answers for the customer gets a task and hears of it."""
    complaint = Complaint.objects.select_related("customer__owner").get(pk=event.complaint_id)
    retention.ask_for_care(complaint=complaint, reasons=event.reasons, at=event.at)
