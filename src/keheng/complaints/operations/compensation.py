"""Compensation: asked for within the limit of the grade, approved by a second person, paid by a voucher (A7)."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from keheng.approvals.operations import ask
from keheng.common.clock import SHANGHAI
from keheng.complaints import permissions
from keheng.complaints.enums import CompensationForm, CompensationState, Grade, StepKind
from keheng.complaints.models import Compensation, Complaint
from keheng.complaints.operations.parts import locked, needed, told
from keheng.complaints.queries.letters import consequences_on
from keheng.notices.operations import tell
from keheng.org.models import Staff

APPROVAL = "complaints.compensation"


@transaction.atomic
def ask_for(
    *, complaint: Complaint, form: CompensationForm, amount: Decimal, reason: str, actor: Staff, at: datetime
) -> Compensation:
    """Ask for a compensation; who approves follows from the amount and the grade.

    Raises:
        ValidationError: no grade yet, or more than the grade allows altogether.
    """
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    reason = needed(reason, "reason", _("Say what it compensates."))
    if complaint.grade is None:
        raise ValidationError(_("The complaint needs its first review: limits follow from the grade."))
    rules = consequences_on(at.astimezone(SHANGHAI).date()).rules
    left = rules.left_to_pay(Grade(complaint.grade), _asked(complaint))
    if not 0 < amount <= left:
        raise ValidationError(
            {"amount": _("At most %(left)s yuan more for a complaint of this grade.") % {"left": f"{left:,.2f}"}}
        )
    made = Compensation.objects.create(
        complaint=complaint, form=form, amount=amount, reason=reason, asked_by=actor, asked_at=at
    )
    made.request = ask(
        kind=APPROVAL,
        subject=made,
        title=_("Compensation for complaint %(number)s") % {"number": complaint},
        branch=complaint.branch,
        amount=amount,
        rank=complaint.grade,
        url=complaint.get_absolute_url(),
        actor=actor,
        reason=str(CompensationForm(form).label),
        at=at,
    )
    made.save(update_fields=["request"])
    told(complaint, StepKind.COMPENSATED, actor=actor, at=at, amount=str(amount), form=form)
    return made


@transaction.atomic
def decided(*, compensation: Compensation, approved: bool, at: datetime) -> Compensation:
    """Keep what the second person decided."""
    held = _held(compensation, CompensationState.ASKED)
    held.state = CompensationState.APPROVED if approved else CompensationState.REFUSED
    held.decided_at = at
    held.save(update_fields=["state", "decided_at"])
    tell(
        staff_ids=[held.asked_by_id],
        kind="complaints.letter",
        title=(_("%(number)s: the compensation is approved") if approved else _("%(number)s: no compensation"))
        % {"number": held.complaint},
        url=held.complaint.get_absolute_url(),
        at=at,
    )
    return held


@transaction.atomic
def pay(*, compensation: Compensation, voucher: str, actor: Staff, at: datetime) -> Compensation:
    """Enter by which voucher an approved compensation was paid; whoever asked for it does not pay it."""
    complaint = locked(compensation.complaint)
    held = _held(compensation, CompensationState.APPROVED)
    if actor.pk == held.asked_by_id:
        raise PermissionDenied(_("Somebody else than who asked for it enters the payment."))
    permissions.check_review(actor, complaint)
    held.state, held.paid_by, held.paid_at = CompensationState.PAID, actor, at
    held.voucher = needed(voucher, "voucher", _("Enter the number of the voucher."))[:40]
    held.save()
    told(complaint, StepKind.PAID, actor=actor, at=at, amount=str(held.amount))
    return held


def _asked(complaint: Complaint) -> Decimal:
    standing = complaint.compensations.exclude(state=CompensationState.REFUSED)
    return standing.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def _held(compensation: Compensation, state: CompensationState) -> Compensation:
    held = Compensation.objects.select_for_update(of=("self",)).select_related("complaint").get(pk=compensation.pk)
    if held.state != state:
        raise ValidationError(
            _("The compensation is now “%(state)s”. Load the page anew.") % {"state": held.get_state_display()}
        )
    return held
