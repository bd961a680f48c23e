"""The handling form 投诉处理单: issued, signed by whoever the grade asks for, received by the responsible unit."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.complaints import permissions
from keheng.complaints.enums import ClockKind, Grade, Outcome, SignatureRole, State, StepKind
from keheng.complaints.models import Complaint, HandlingForm, Signature
from keheng.complaints.operations import clocks
from keheng.complaints.operations.parts import ask_for_work, led_to, locked, needed, told
from keheng.complaints.policies.flow import Act
from keheng.org.models import Branch, Staff

_HANDED_ON = [ClockKind.FORM, ClockKind.HAND_OVER]


@transaction.atomic
def issue(
    *,
    complaint: Complaint,
    to_branch: Branch,
    to_staff: Staff,
    task: str,
    plan_by: datetime | None = None,
    actor: Staff,
    at: datetime,
) -> HandlingForm:
    """Write the form for the responsible unit; on paths without signatures it goes out at once.

    Raises:
        ValidationError: whoever is to answer is complained about, or does not answer for units.
    """
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    state = led_to(complaint, Act.ISSUE)
    task = needed(task, "task", _("Say what the unit is to find out and to do."))
    if to_staff.pk == complaint.about_staff_id or not to_staff.can(permissions.RESPOND):
        raise ValidationError({"to_staff": _("Choose somebody who answers for the unit and is not complained about.")})
    if plan_by is not None and plan_by <= at:
        raise ValidationError({"plan_by": _("Choose a time that lies ahead.")})
    form = HandlingForm.objects.create(
        complaint=complaint,
        number=complaint.forms.count() + 1,
        to_branch=to_branch,
        to_staff=to_staff,
        task=task,
        plan_by=plan_by,
    )
    complaint.responsible_branch, complaint.responsible, complaint.state = to_branch, to_staff, state
    _sign(form, SignatureRole.ISSUER, actor, at)
    told(complaint, StepKind.ISSUED, actor=actor, at=at, form=form.number, to=to_branch.name)
    if state != State.SIGNING:
        _send(form, complaint, actor, at)
    return form


@transaction.atomic
def sign(*, complaint: Complaint, actor: Staff, at: datetime) -> HandlingForm:
    """Put one's name to the form, so that it goes out (004l 5.2.2)."""
    complaint = locked(complaint)
    state = led_to(complaint, Act.SIGN)
    form = present_form(complaint)
    check_sign(actor, complaint, form)
    complaint.state = state
    _sign(form, SignatureRole.APPROVER, actor, at)
    told(complaint, StepKind.SIGNED, actor=actor, at=at, form=form.number)
    _send(form, complaint, actor, at)
    return form


@transaction.atomic
def return_form(*, complaint: Complaint, reason: str, actor: Staff, at: datetime) -> Complaint:
    """Do not sign: the form is to be written anew."""
    complaint = locked(complaint)
    state = led_to(complaint, Act.RETURN_FORM)
    form = present_form(complaint)
    check_sign(actor, complaint, form)
    reason = needed(reason, "reason", _("Say what is missing."))
    form.returned_at = at
    form.save(update_fields=["returned_at"])
    complaint.state = state
    told(complaint, StepKind.FORM_RETURNED, actor=actor, at=at, note=reason, form=form.number)
    ask_for_work(complaint, complaint.handler, _("The form of %(number)s was returned"), at, actor=actor)
    return complaint


@transaction.atomic
def receive(*, complaint: Complaint, actor: Staff, at: datetime) -> HandlingForm:
    """The responsible unit signs that it has the form."""
    complaint = locked(complaint)
    led_to(complaint, Act.RECEIVE)
    if not permissions.can_respond(actor, complaint):
        raise PermissionDenied(_("The form is received by whoever answers for the unit."))
    form = present_form(complaint)
    if form.signatures.filter(role=SignatureRole.RECEIVER).exists():
        raise ValidationError(_("The form has been received already."))
    _sign(form, SignatureRole.RECEIVER, actor, at)
    told(complaint, StepKind.RECEIVED, actor=actor, at=at, form=form.number)
    return form


@transaction.atomic
def settle(*, complaint: Complaint, outcome: Outcome, finding: str, actor: Staff, at: datetime) -> Complaint:
    """A minor matter that could be put right at once (004l 5.2.1): no form goes out, the reply is due."""
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    state = led_to(complaint, Act.SETTLE)
    if complaint.grade != Grade.MINOR:
        raise ValidationError(_("Only a minor complaint can be settled at once. Issue the form."))
    complaint.finding = needed(finding, "finding", _("Say what was found and done."))
    complaint.outcome, complaint.state = outcome, state
    clocks.stop(complaint, [*_HANDED_ON, ClockKind.INTERIM, ClockKind.PERMANENT], at)
    told(complaint, StepKind.SETTLED, actor=actor, at=at, outcome=outcome)
    return complaint


def can_sign(actor: Staff, complaint: Complaint, form: HandlingForm) -> bool:
    """Whether a post is high enough for the grade, the form is another's, and nothing concerns its holder."""
    posts = (complaint.internal_rules.rules.signers or {}).get(Grade(complaint.grade or Grade.MAJOR), ())
    return (
        actor.role.code in posts
        and permissions.in_reach(actor, complaint.branch)
        and not permissions.has_conflict(actor, complaint)
        and not form.signatures.filter(role=SignatureRole.ISSUER, staff=actor).exists()
    )


def check_sign(actor: Staff, complaint: Complaint, form: HandlingForm) -> None:
    """Refuse whoever may not sign the form."""
    permissions.check_no_conflict(actor, complaint)
    if not can_sign(actor, complaint, form):
        raise PermissionDenied(
            _("A form of a %(grade)s complaint is signed by the head of a unit that the rules name, not by its issuer.")
            % {"grade": complaint.get_grade_display()}
        )


def present_form(complaint: Complaint) -> HandlingForm:
    """The form that counts: the last one.

    Raises:
        ValidationError: none was written.
    """
    form = complaint.forms.order_by("-number").first()
    if form is None:
        raise ValidationError(_("No form has been issued yet."))
    return form


def _sign(form: HandlingForm, role: SignatureRole, staff: Staff, at: datetime) -> None:
    Signature.objects.create(form=form, role=role, staff=staff, post=staff.title or staff.role.name, at=at)


def _send(form: HandlingForm, complaint: Complaint, actor: Staff, at: datetime) -> None:
    form.issued_at = at
    form.save(update_fields=["issued_at"])
    clocks.stop(complaint, _HANDED_ON, at)
    clocks.refresh(complaint)
    complaint.save()
    ask_for_work(complaint, form.to_staff, _("The form of %(number)s waits for you"), at, actor=actor)
