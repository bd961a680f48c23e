"""What the archive does when others tell it something, and whom it tells of its own."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.approvals.enums import State
from keheng.approvals.events import RequestDecided
from keheng.approvals.models import Request
from keheng.common.clock import SHANGHAI
from keheng.common.events import receiver
from keheng.customers import operations
from keheng.customers.events import ArchiveOpened, CustomerChanged, FileMade
from keheng.customers.models import EmergencyAccess, Handout, QuestionnaireDraft
from keheng.customers.operations.handouts import APPROVAL, settle_export
from keheng.customers.operations.questionnaires import QUESTIONNAIRE, settle_questionnaire
from keheng.customers.permissions import REVIEW_EMERGENCY
from keheng.notices.operations import tell
from keheng.org.models import Staff


@receiver(CustomerChanged)
def _on_change(event: CustomerChanged) -> None:
    operations.open_reviews_of_change(
        customer_id=event.customer_id, fields=event.fields, actor_id=event.actor_id, at=event.at
    )


@receiver(RequestDecided)
def _on_decided(event: RequestDecided) -> None:
    """An export or a questionnaire has been approved or refused; what is returned may be submitted again."""
    if event.kind not in {APPROVAL, QUESTIONNAIRE} or event.outcome == State.RETURNED:
        return
    subject = Request.objects.values_list("subject_id", flat=True).get(pk=event.request_id)
    if subject is None:
        return
    approved = event.outcome == State.APPROVED
    if event.kind == QUESTIONNAIRE:
        settle_questionnaire(draft=QuestionnaireDraft.objects.get(pk=subject), approved=approved, at=event.at)
    else:
        settle_export(handout=Handout.objects.get(pk=subject), approved=approved, at=event.at)


@receiver(ArchiveOpened)
def _on_opened(event: ArchiveOpened) -> None:
    """The owner and those who review emergency access learn of it at once; the sentence names nobody's data."""
    access = EmergencyAccess.objects.select_related("actor", "customer").get(pk=event.access_id)
    reviewers = [member.pk for member in Staff.objects.people().filter(is_active=True) if member.can(REVIEW_EMERGENCY)]
    owner = [access.customer.owner_id] if access.customer.owner_id else []
    words = {"name": access.actor.name, "number": access.customer.number, "reason": access.reason}
    title = _("%(name)s has opened the archive of customer %(number)s in an emergency.") % words
    told: Any = {"kind": "customers.emergency", "title": title, "body": access.reason, "at": event.at}
    tell(staff_ids=set(reviewers) - {access.actor_id}, url=reverse("archive:emergency", args=[access.pk]), **told)
    tell(
        staff_ids=set(owner) - {access.actor_id, *reviewers},
        url=reverse("customer", args=[access.customer_id]),
        **told,
    )


@receiver(FileMade)
def _on_made(event: FileMade) -> None:
    """Whoever asked for a file learns when it can be fetched, and when it could not be made."""
    handout = Handout.objects.get(pk=event.handout_id)
    title = (
        _("The file “%(title)s” can be fetched until %(day)s.")
        if event.is_ready
        else _("The file “%(title)s” could not be made; ask for it again.")
    )
    until = handout.expires_at.astimezone(SHANGHAI) if handout.expires_at else event.at
    tell(
        staff_ids={handout.requester_id},
        kind="customers.file",
        title=title % {"title": handout.title, "day": f"{until:%Y-%m-%d}"},
        body=handout.purpose,
        url=handout.get_absolute_url(),
        at=event.at,
    )
