"""What follows from a complaint: for staff a conclusion with appeal, for the customer a flag and care (A7)."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.care.operations.planning.occasions import tell_occasion
from keheng.care.policies.occasions import Trigger
from keheng.common.clock import SHANGHAI
from keheng.common.events import publish
from keheng.complaints import permissions
from keheng.complaints.enums import ConclusionState, Degree, Grade, StepKind
from keheng.complaints.events import CustomerAtRisk
from keheng.complaints.models import Complaint, Conclusion
from keheng.complaints.operations.flags import keep_flags, note_risk
from keheng.complaints.operations.parts import locked, needed, told
from keheng.complaints.policies.consequences import at_risk, concluded
from keheng.complaints.queries.letters import consequences_on
from keheng.notices.operations import tell
from keheng.org.models import Staff
from keheng.service_requests.operations.penalties import enter_conclusion

FOLLOWED = frozenset(
    {
        StepKind.REGISTERED,
        StepKind.CLASSIFIED,
        StepKind.RECLASSIFIED,
        StepKind.DECLINED,
        StepKind.JOINED,
        StepKind.WITHDRAWN,
        StepKind.CLOSED,
        StepKind.REOPENED,
    }
)
"""The acts that change what a customer's flag says."""

_JUDGED = (StepKind.CLASSIFIED, StepKind.RECLASSIFIED, StepKind.CLOSED)
"""The acts after which it is asked whether the customer may leave."""


@transaction.atomic
def conclude(
    *, complaint: Complaint, staff: Staff, degree: Degree, words: str, actor: Staff, at: datetime
) -> Conclusion:
    """Conclude how far somebody answers for a complaint, and tell them; they may appeal before it counts.

    Raises:
        PermissionDenied: the actor may not judge this complaint, or would judge themselves.
    """
    complaint = locked(complaint)
    permissions.check_review(actor, complaint)
    if actor.pk == staff.pk:
        raise PermissionDenied(_("Nobody concludes about themselves."))
    words = needed(words, "words", _("Say on which grounds."))
    if complaint.grade is None:
        raise ValidationError(_("The complaint needs its first review: points follow from the grade."))
    if complaint.conclusions.exclude(state=ConclusionState.OVERTURNED).filter(staff=staff).exists():
        raise ValidationError({"staff": _("There is a conclusion about %(name)s already.") % {"name": staff}})
    day = at.astimezone(SHANGHAI).date()
    version = consequences_on(day)
    made = Conclusion.objects.create(
        complaint=complaint,
        staff=staff,
        degree=degree,
        points=version.rules.points_of(Grade(complaint.grade), degree),
        version=version,
        words=words,
        concluded_by=actor,
        concluded_at=at,
        appeal_until=version.rules.appeal_until(day),
    )
    told(complaint, StepKind.CONCLUDED, actor=actor, at=at, staff=staff.pk, degree=degree)
    _tell(made, staff.pk, _("%(number)s: a conclusion about you; you may appeal") % {"number": complaint}, at)
    return made


@transaction.atomic
def accept(*, conclusion: Conclusion, actor: Staff, at: datetime) -> Conclusion:
    """The person accepts the conclusion: it is final at once."""
    held = _held(conclusion, "accept")
    _check_own(actor, held)
    return _finish(held, at)


@transaction.atomic
def appeal(*, conclusion: Conclusion, reason: str, actor: Staff, at: datetime) -> Conclusion:
    """The person appeals; a third person decides.

    Raises:
        ValidationError: no reason, or the time is over.
    """
    held = _held(conclusion, "appeal")
    _check_own(actor, held)
    if at.astimezone(SHANGHAI).date() > held.appeal_until:
        raise ValidationError(_("Appeals were possible until %(day)s.") % {"day": f"{held.appeal_until:%Y-%m-%d}"})
    held.appeal = needed(reason, "reason", _("Say why it is not right."))
    held.state, held.appealed_at = ConclusionState.APPEALED, at
    held.save(update_fields=["appeal", "state", "appealed_at"])
    _tell(held, held.concluded_by_id, _("%(number)s: an appeal waits") % {"number": held.complaint}, at)
    return held


@transaction.atomic
def decide_appeal(*, conclusion: Conclusion, grant: bool, answer: str, actor: Staff, at: datetime) -> Conclusion:
    """Decide about an appeal: neither who concluded nor the person themselves."""
    held = _held(conclusion, "overturn" if grant else "uphold")
    permissions.check_review(actor, held.complaint)
    if actor.pk in (held.staff_id, held.concluded_by_id):
        raise PermissionDenied(_("A third person decides about an appeal."))
    held.answer = needed(answer, "answer", _("Say why."))
    held.decided_by, held.decided_at = actor, at
    _tell(
        held,
        held.staff_id,
        (_("%(number)s: your appeal was granted") if grant else _("%(number)s: your appeal was turned down"))
        % {"number": held.complaint},
        at,
    )
    if grant:
        held.state = ConclusionState.OVERTURNED
        held.save()
        return held
    return _finish(held, at)


def settle(*, at: datetime) -> int:
    """Make final what nobody appealed against in time, each in a transaction of its own; return how many."""
    today = at.astimezone(SHANGHAI).date()
    due = Conclusion.objects.filter(state=ConclusionState.TOLD, appeal_until__lt=today)
    keys = list(due.values_list("pk", flat=True))
    for pk in keys:
        _lapse(pk, at)
    return len(keys)


def mend_flags(*, at: datetime) -> int:
    """Let every flag say what the complaints say; return how many did not."""
    day = at.astimezone(SHANGHAI).date()
    return keep_flags(customers=None, days=consequences_on(day).rules.flag_days, today=day)


@transaction.atomic
def _lapse(pk: int, at: datetime) -> None:
    held = Conclusion.objects.select_for_update(of=("self",)).filter(pk=pk, state=ConclusionState.TOLD).first()
    if held is not None:
        _finish(_held(held, "lapse"), at)


def _finish(conclusion: Conclusion, at: datetime) -> Conclusion:
    """Final: with points it goes to the ledger of penalties."""
    conclusion.state = ConclusionState.FINAL
    if conclusion.points < 0:
        complaint = conclusion.complaint
        conclusion.entry = enter_conclusion(
            staff=conclusion.staff,
            points=conclusion.points,
            cause=f"complaints.conclusion:{conclusion.pk}",
            subject=_("Complaint %(number)s") % {"number": complaint},
            url=conclusion.get_absolute_url(),
            reason=f"{conclusion.get_degree_display()}",
            inspection=conclusion.degree in conclusion.version.rules.inspected,
            actor=conclusion.decided_by or conclusion.concluded_by,
            at=at,
        )
    conclusion.save()
    return conclusion


def follow(*, complaint: Complaint, act: str, at: datetime) -> None:
    """What an act on a complaint means for its customer: the flag, care by whoever answers for them, the risk of loss.

    Told again it changes nothing: the flag is one a customer, the task has the complaint as its cause.
    """
    if complaint.customer_id is None:
        return
    day = at.astimezone(SHANGHAI).date()
    rules = consequences_on(day).rules
    with transaction.atomic():
        keep_flags(customers=[complaint.customer_id], days=rules.flag_days, today=day)
        if act == StepKind.CLOSED and complaint.customer is not None:
            tell_occasion(
                trigger=Trigger.COMPLAINT_CLOSED,
                customer=complaint.customer,
                key=str(complaint.pk),
                by=day + timedelta(days=rules.care_within_days),
                facts={"complaint": str(complaint)},
                day=day,
            )
        if act in _JUDGED:
            talk = complaint.closing_talks.order_by("-pk").first()
            reasons = at_risk(
                grade=Grade(complaint.grade or Grade.MINOR),
                channel=complaint.channel,
                is_repeat=complaint.is_repeat,
                satisfied=talk.satisfied if talk and act == StepKind.CLOSED else None,
            )
            note_risk(complaint=complaint, reasons=reasons)
            if reasons:
                publish(CustomerAtRisk(complaint.customer_id, complaint.pk, reasons, at))


def _held(conclusion: Conclusion, act: str) -> Conclusion:
    Conclusion.objects.select_for_update().only("pk").get(pk=conclusion.pk)
    held = Conclusion.objects.select_related(
        "complaint__branch",
        "complaint__about_branch",
        "complaint__about_staff__branch",
        "staff",
        "version",
        "concluded_by",
    ).get(pk=conclusion.pk)
    if concluded(ConclusionState(held.state), act) is None:
        raise ValidationError(
            _("The conclusion is now “%(state)s”. Load the page anew.") % {"state": held.get_state_display()}
        )
    return held


def _check_own(actor: Staff, conclusion: Conclusion) -> None:
    if actor.pk != conclusion.staff_id:
        raise PermissionDenied(_("This is about %(name)s.") % {"name": conclusion.staff})


def _tell(conclusion: Conclusion, staff_id: int, title: str, at: datetime) -> None:
    tell(
        staff_ids=[staff_id],
        kind="complaints.conclusion",
        title=title,
        url=conclusion.get_absolute_url(),
        at=at,
    )
