"""What all acts on a complaint share: the row is locked, the table of states asked, the step and the trail written."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.complaints.enums import MeasureKind, State, StepKind
from keheng.complaints.events import ComplaintChanged
from keheng.complaints.models import Complaint, Step
from keheng.complaints.operations import clocks
from keheng.complaints.policies.flow import Act, after
from keheng.notices.operations import tell
from keheng.org.models import Staff

_JOINED = (
    "branch",
    "internal_rules",
    "regulatory_rules",
    "customer",
    "cause",
    "handler",
    "responsible",
    "responsible_branch",
    "about_branch",
    "about_staff__branch",
)


def locked(complaint: Complaint) -> Complaint:
    """The complaint as it stands, locked until the transaction ends.

    Two statements: one that waited for the lock would join the row's new keys to what they pointed to before.
    """
    Complaint.objects.select_for_update().only("pk").get(pk=complaint.pk)
    return Complaint.objects.select_related(*_JOINED).get(pk=complaint.pk)


def led_to(complaint: Complaint, act: Act) -> State:
    """The state that an act leads to on the complaint's path.

    Besides what the path leaves out, nothing is asked for twice or in vain: no reply where one was given early, no
    check of effect where nothing was to be corrected.

    Raises:
        ValidationError: the complaint has moved on meanwhile; says to which state.
    """
    left_out = set(complaint.way.left_out) if complaint.way else set()
    if complaint.replied_at is not None:
        left_out.add(State.REPLYING)
    if not complaint.measures.exclude(kind=MeasureKind.INTERIM).filter(dropped_at=None).exists():
        left_out.add(State.VERIFYING)
    state = after(State(complaint.state), act, left_out)
    if state is None:
        raise ValidationError(
            _("%(number)s is now “%(state)s”; this cannot be done any more. Reload the page.")
            % {"number": complaint, "state": complaint.get_state_display()}
        )
    return state


def needed(text: str, field: str, sentence: str) -> str:
    """A text without blanks around it.

    Raises:
        ValidationError: it is empty; ``sentence`` says what to write.
    """
    if not text.strip():
        raise ValidationError({field: sentence})
    return text.strip()


def told(
    complaint: Complaint,
    kind: StepKind,
    *,
    actor: Staff | None,
    at: datetime,
    note: str | None = None,
    **detail: Any,
) -> Step:
    """Write the step, the trail and the news; save the complaint with the copies of its clocks."""
    clocks.refresh(complaint)
    complaint.save()
    step = Step.objects.create(complaint=complaint, kind=kind, actor=actor, at=at, note=note or None, detail=detail)
    record(f"complaints.{kind}", actor=actor, at=at, target=complaint, detail=detail)
    publish(ComplaintChanged(complaint.pk, kind, complaint.state, at))
    return step


def ask_for_work(
    complaint: Complaint, staff: Staff | None, sentence: str, at: datetime, *, actor: Staff | None
) -> None:
    """Tell somebody that a complaint waits for their part; nobody is told what they did themselves."""
    if staff is not None and staff.pk != (actor.pk if actor else None):
        title = sentence % {"number": complaint}
        tell(staff_ids=[staff.pk], kind="complaints.work", title=title, url=complaint.get_absolute_url(), at=at)
