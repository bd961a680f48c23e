"""What the signal that a customer may leave over a complaint sets going: care by whoever answers for them (A7, A8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.care.models import Task
from keheng.care.operations.tasks import add_task
from keheng.common.clock import SHANGHAI
from keheng.complaints.enums import RiskReason
from keheng.complaints.models import Complaint
from keheng.complaints.queries.letters import consequences_on
from keheng.complaints.queries.people import carer
from keheng.notices.operations import tell
from keheng.org.queries import system_actor

_URGENCY = 90
"""Before the usual work of the day, after what is overdue."""


@transaction.atomic
def ask_for_care(*, complaint: Complaint, reasons: Sequence[str], at: datetime) -> Task | None:
    """Give the customer's manager the task to keep the customer; nobody, where nobody answers for them.

    Told again it changes nothing; only a talk that ended without content asks once more.
    """
    customer, person = complaint.customer, carer(complaint)
    if customer is None or person is None:
        return None
    day = at.astimezone(SHANGHAI).date()
    why = "、".join(str(RiskReason(reason).label) for reason in reasons)
    values = {"number": complaint, "why": why}
    ending = ":talk" if RiskReason.UNSATISFIED in reasons else ""
    task = add_task(
        staff=person,
        customer=customer,
        cause=f"complaint:{complaint.pk}:risk{ending}",
        text=_("May leave over complaint %(number)s (%(why)s): learn why, and meet the need within the rules") % values,
        due_on=day + timedelta(days=consequences_on(day).rules.risk_within_days),
        urgency=_URGENCY,
        actor=system_actor(),
        at=at,
    )
    if task.created_at == at:
        tell(
            staff_ids=[person.pk],
            kind="complaints.at_risk",
            title=_("A customer of yours may leave over complaint %(number)s: %(why)s") % values,
            url=f"{reverse('customer', args=[customer.pk])}?tab=complaints",
            at=at,
        )
    return task
