"""Cause, measures, review and approval of the plan, proof, check of the effect (004l 5.3, 8D)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keheng.approvals.operations import ask
from keheng.common.clock import SHANGHAI
from keheng.complaints import permissions
from keheng.complaints.enums import Bone, ClockKind, MeasureKind, State, StepKind, VisitFinding
from keheng.complaints.models import Complaint, EffectCheck, Measure, PlanReview, RootCause
from keheng.complaints.operations import clocks
from keheng.complaints.operations.parts import ask_for_work, led_to, locked, needed, told
from keheng.complaints.policies.flow import Act
from keheng.org.models import Staff

PLAN = "complaints.plan"
_MOST_WHYS = 5


@transaction.atomic
def visit(*, complaint: Complaint, found: VisitFinding, words: str, actor: Staff, at: datetime) -> Complaint:
    """Somebody went to the customer, heard them, and tells what it was: a fault, or wrong use (004k 4.2)."""
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    led_to(complaint, Act.VISIT)
    words = needed(words, "words", _("Say what the visit found."))
    clocks.stop(complaint, [ClockKind.VISIT], at)
    told(complaint, StepKind.VISITED, actor=actor, at=at, note=words, found=found)
    return complaint


@transaction.atomic
def contain(*, complaint: Complaint, text: str, actor: Staff, at: datetime) -> Measure:
    """An interim measure, taken: the damage does not grow while the cause is looked for."""
    complaint = locked(complaint)
    permissions.check_respond(actor, complaint)
    led_to(complaint, Act.CONTAIN)
    text = needed(text, "text", _("Say what was done at once."))
    measure = Measure.objects.create(
        complaint=complaint,
        kind=MeasureKind.INTERIM,
        text=text,
        owner=actor,
        due_on=_day(at),
        planned_by=actor,
        planned_at=at,
        done_at=at,
    )
    clocks.stop(complaint, [ClockKind.INTERIM], at)
    told(complaint, StepKind.CONTAINED, actor=actor, at=at, note=text)
    return measure


@transaction.atomic
def find_cause(
    *,
    complaint: Complaint,
    whys: Sequence[str],
    bones: Mapping[str, Sequence[str]],
    main_bone: Bone,
    conclusion: str,
    actor: Staff,
    at: datetime,
) -> RootCause:
    """Write down the root cause: up to five whys, and the fishbone. Again replaces it until the plan is submitted."""
    complaint = locked(complaint)
    permissions.check_respond(actor, complaint)
    led_to(complaint, Act.FIND_CAUSE)
    asked = [why.strip()[:300] for why in whys if why.strip()][:_MOST_WHYS]
    if not asked:
        raise ValidationError({"whys": _("Ask at least one why.")})
    conclusion = needed(conclusion, "conclusion", _("Say what the root cause is."))
    kept = {bone: [text.strip()[:200] for text in bones.get(bone, ()) if text.strip()] for bone in Bone.values}
    found, _made = RootCause.objects.update_or_create(
        complaint=complaint,
        defaults={
            "whys": asked,
            "bones": {bone: texts for bone, texts in kept.items() if texts},
            "main_bone": main_bone,
            "conclusion": conclusion,
            "found_by": actor,
            "found_at": at,
        },
    )
    told(complaint, StepKind.CAUSE, actor=actor, at=at, bone=main_bone)
    return found


@transaction.atomic
def plan_measure(
    *, complaint: Complaint, kind: MeasureKind, text: str, owner: Staff, due_on: date, actor: Staff, at: datetime
) -> Measure:
    """Plan a corrective or preventive measure, with whoever does it and until when."""
    complaint = locked(complaint)
    permissions.check_respond(actor, complaint)
    led_to(complaint, Act.PLAN)
    text = needed(text, "text", _("Say what is to be done."))
    if due_on < _day(at):
        raise ValidationError({"due_on": _("Choose a day that lies ahead.")})
    if kind == MeasureKind.INTERIM:
        raise ValidationError({"kind": _("Interim measures are told when they are taken.")})
    measure = Measure.objects.create(
        complaint=complaint, kind=kind, text=text, owner=owner, due_on=due_on, planned_by=actor, planned_at=at
    )
    told(complaint, StepKind.PLANNED, actor=actor, at=at, measure=kind, owner=owner.name)
    ask_for_work(complaint, owner, _("You have a measure of %(number)s to carry out"), at, actor=actor)
    return measure


@transaction.atomic
def drop_measure(*, measure: Measure, actor: Staff, at: datetime) -> Measure:
    """Give a planned measure up while the plan is still being made."""
    complaint = locked(measure.complaint)
    permissions.check_respond(actor, complaint)
    led_to(complaint, Act.PLAN)
    measure = Measure.objects.select_for_update().get(pk=measure.pk)
    if measure.done_at or measure.dropped_at:
        raise ValidationError(_("This measure was carried out or given up already."))
    measure.dropped_at = at
    measure.save(update_fields=["dropped_at"])
    told(complaint, StepKind.PLANNED, actor=actor, at=at, dropped=measure.pk)
    return measure


@transaction.atomic
def submit(*, complaint: Complaint, actor: Staff, at: datetime) -> Complaint:
    """Hand the plan in: the permanent measure is given by it."""
    complaint = locked(complaint)
    permissions.check_respond(actor, complaint)
    if complaint.state == State.INVESTIGATING:
        if not RootCause.objects.filter(complaint=complaint).exists():
            raise ValidationError(_("Find the root cause first: measures without one treat signs only."))
        planned = complaint.measures.filter(kind=MeasureKind.CORRECTIVE, dropped_at=None, done_at=None)
        if not planned.exists():
            raise ValidationError(_("Plan at least one corrective measure with an owner and a date."))
    complaint.state = led_to(complaint, Act.SUBMIT)
    clocks.stop(complaint, [ClockKind.PERMANENT], at)
    told(complaint, StepKind.SUBMITTED, actor=actor, at=at)
    _ask_next(complaint, actor, at)
    return complaint


@transaction.atomic
def review_plan(*, complaint: Complaint, accepted: bool, words: str, actor: Staff, at: datetime) -> PlanReview:
    """First review of the plan by quality (004l 5.3.3): accepted, or back to the unit with what is missing."""
    complaint = locked(complaint)
    permissions.check_review(actor, complaint)
    complaint.state = led_to(complaint, Act.ACCEPT if accepted else Act.RETURN)
    if not accepted:
        needed(words, "words", _("Say what is missing."))
    review = PlanReview.objects.create(
        complaint=complaint, accepted=accepted, words=words.strip() or None, reviewed_by=actor, reviewed_at=at
    )
    told(
        complaint, StepKind.ACCEPTED if accepted else StepKind.RETURNED, actor=actor, at=at, note=words.strip() or None
    )
    if accepted:
        _ask_next(complaint, actor, at)
    else:
        ask_for_work(complaint, complaint.responsible, _("The plan of %(number)s was returned"), at, actor=actor)
    return review


def _ask_next(complaint: Complaint, actor: Staff, at: datetime) -> None:
    """Where the plan now waits for consent, ask for it: by grade, in the branch that handles it."""
    if complaint.state == State.APPROVAL:
        ask(
            kind=PLAN,
            subject=complaint,
            title=_("Plan of %(number)s (%(grade)s)") % {"number": complaint, "grade": complaint.get_grade_display()},
            branch=complaint.branch,
            rank=complaint.grade,
            payload={
                "evidence": [
                    [pgettext("complaint", "cause"), str(complaint.cause)],
                    [pgettext("complaint", "path"), complaint.path_name],
                ]
            },
            actor=actor,
            reason=_("Measures with owners and dates are planned."),
            at=at,
        )


@transaction.atomic
def decide_plan(*, complaint: Complaint, approved: bool, words: str, actor: Staff | None, at: datetime) -> Complaint:
    """Carry out what the approver decided; consent of somebody whom the complaint concerns counts as none."""
    complaint = locked(complaint)
    concerned = actor is not None and permissions.has_conflict(actor, complaint)
    complaint.state = led_to(complaint, Act.APPROVE if approved and not concerned else Act.REFUSE)
    if concerned:
        words = _("The approver is concerned by the complaint; somebody else has to decide.")
    kind = StepKind.APPROVED if approved and not concerned else StepKind.REFUSED
    told(complaint, kind, actor=actor, at=at, note=words)
    ask_for_work(
        complaint,
        complaint.responsible,
        _("The plan of %(number)s was approved") if approved else _("The plan of %(number)s was refused"),
        at,
        actor=actor,
    )
    return complaint


@transaction.atomic
def prove(*, measure: Measure, proof: str, actor: Staff, at: datetime) -> Measure:
    """Say that a measure was carried out, with proof; after the last one the complaint goes on by itself."""
    complaint = locked(measure.complaint)
    measure = Measure.objects.select_for_update().get(pk=measure.pk)
    if measure.owner_id != actor.pk:
        permissions.check_respond(actor, complaint)
    elif actor.pk == complaint.about_staff_id:
        raise PermissionDenied(_("The complaint concerns you. Somebody else confirms the measure."))
    led_to(complaint, Act.PROVE)
    if measure.done_at or measure.dropped_at:
        raise ValidationError(_("This measure was carried out or given up already."))
    measure.proof = needed(proof, "proof", _("Say how it can be seen that it was carried out."))
    measure.done_at = at
    measure.save(update_fields=["proof", "done_at"])
    told(complaint, StepKind.PROVED, actor=actor, at=at, note=measure.proof, measure=measure.pk)
    if not complaint.measures.filter(done_at=None, dropped_at=None).exists():
        complaint.state = led_to(complaint, Act.IMPLEMENT)
        complaint.implemented_at = at
        complaint.check_on = _day(at) + timedelta(days=complaint.internal_rules.rules.check_after_days)
        told(complaint, StepKind.IMPLEMENTED, actor=actor, at=at)
        ask_for_work(complaint, complaint.handler, _("All measures of %(number)s are done"), at, actor=actor)
    return measure


@transaction.atomic
def check_effect(*, complaint: Complaint, effective: bool, words: str, actor: Staff, at: datetime) -> EffectCheck:
    """Look whether the measures hold, not before the day that the rules set; without effect it begins anew."""
    complaint = locked(complaint)
    permissions.check_review(actor, complaint)
    state = led_to(complaint, Act.CONFIRM if effective else Act.FAIL)
    words = needed(words, "words", _("Say what was looked at."))
    planned = complaint.check_on or _day(at)
    if _day(at) < planned:
        raise ValidationError(
            _("The effect is checked from %(day)s on: before, nothing can be seen.") % {"day": planned}
        )
    check = EffectCheck.objects.create(
        complaint=complaint, effective=effective, words=words, checked_by=actor, checked_at=at, planned_for=planned
    )
    complaint.state = state
    if not effective:
        complaint.implemented_at = complaint.check_on = None
    told(complaint, StepKind.VERIFIED if effective else StepKind.FAILED, actor=actor, at=at, note=words)
    who = complaint.handler if effective else complaint.responsible
    ask_for_work(complaint, who, _("The effect of %(number)s was checked"), at, actor=actor)
    return check


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
