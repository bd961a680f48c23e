"""What follows when modules below have news."""

from keheng.approvals.enums import State
from keheng.approvals.events import RequestDecided
from keheng.approvals.models import Request
from keheng.care.events import ContactLogged, MessageClosed
from keheng.care.models import Contact
from keheng.common.events import receiver
from keheng.outreach.models import Event
from keheng.outreach.operations.inviting import mark_told
from keheng.outreach.operations.planning import BUDGET, settle_budget


@receiver(RequestDecided)
def _on_answer(event: RequestDecided) -> None:
    if event.kind == BUDGET and event.outcome != State.RETURNED:
        request = Request.objects.get(pk=event.request_id)
        planned = Event.objects.filter(pk=request.subject_id or 0).first()
        if planned:
            settle_budget(event=planned, approved=event.outcome == State.APPROVED, at=event.at)


@receiver(MessageClosed)
def _on_message(event: MessageClosed) -> None:
    if event.sent and event.cause.startswith("outreach:"):
        mark_told(causes=[event.cause], at=event.at)


@receiver(ContactLogged)
def _on_contact(event: ContactLogged) -> None:
    cause = Contact.objects.filter(pk=event.contact_id).values_list("task__cause", flat=True).first() or ""
    if event.counts and cause.startswith("outreach:"):
        mark_told(causes=[cause], at=event.at)
