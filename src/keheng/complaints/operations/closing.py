"""Reply, closing talk, withdrawal, reopening, internal review, extension of the decision."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.approvals.operations import ask
from keheng.complaints import permissions
from keheng.complaints.enums import ClockKind, ExtensionState, Outcome, RuleSet, StepKind
from keheng.complaints.models import ClosingTalk, Complaint, Extension, InternalReview
from keheng.complaints.operations import clocks
from keheng.complaints.operations.parts import ask_for_work, led_to, locked, needed, told
from keheng.complaints.policies.flow import Act
from keheng.org.models import Staff

EXTENSION = "complaints.extension"


@transaction.atomic
def reply(
    *,
    complaint: Complaint,
    outcome: Outcome,
    finding: str,
    remedies_told: bool,
    way: str = "",
    actor: Staff,
    at: datetime,
) -> Complaint:
    """Tell the complainant the decision with the remedies that they have: both sets of clocks stop.

    While measures are still under way it may be told early, so that nobody waits for them.

    Args:
        way: how it was told, such as a letter's number.

    Raises:
        ValidationError: the remedies (review, mediation, arbitration, suit) were not named.
    """
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    if complaint.replied_at is not None:
        raise ValidationError(_("The complainant has had the reply already."))
    state = led_to(complaint, Act.REPLY)
    complaint.finding = needed(finding, "finding", _("Say what was found and done."))
    if not remedies_told:
        raise ValidationError(
            {"remedies_told": _("Name the remedies: internal review, mediation, arbitration, suit at court.")}
        )
    complaint.outcome, complaint.replied_at, complaint.state = outcome, at, state
    clocks.stop(complaint, [ClockKind.REPLY, ClockKind.DECISION], at)
    told(complaint, StepKind.REPLIED, actor=actor, at=at, outcome=outcome, way=way)
    return complaint


@transaction.atomic
def close(*, complaint: Complaint, satisfied: bool | None, words: str, actor: Staff, at: datetime) -> Complaint:
    """Talk with the complainant at the end, and close; ``satisfied`` is empty where they could not be reached."""
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    complaint.state = led_to(complaint, Act.CLOSE)
    words = needed(words, "words", _("Say what the complainant said, or how often you tried."))
    ClosingTalk.objects.create(complaint=complaint, satisfied=satisfied, words=words, talked_by=actor, talked_at=at)
    complaint.closed_at = at
    clocks.drop(complaint, at)
    told(complaint, StepKind.CLOSED, actor=actor, at=at, satisfied=satisfied)
    return complaint


@transaction.atomic
def withdraw(*, complaint: Complaint, reason: str, actor: Staff, at: datetime) -> Complaint:
    """The complainant takes it back: the handling ends the same day."""
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    complaint.state = led_to(complaint, Act.WITHDRAW)
    reason = needed(reason, "reason", _("Say how and why the complainant withdrew."))
    complaint.closed_at = at
    clocks.drop(complaint, at)
    told(complaint, StepKind.WITHDRAWN, actor=actor, at=at, note=reason)
    return complaint


@transaction.atomic
def reopen(*, complaint: Complaint, reason: str, actor: Staff, at: datetime) -> Complaint:
    """Begin anew after the end: all limits count from now."""
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    state = led_to(complaint, Act.REOPEN)
    if not complaint.path:
        raise ValidationError(_("It was withdrawn before its first review. Register a new complaint."))
    reason = needed(reason, "reason", _("Say why it begins anew."))
    complaint.state = state
    complaint.reopened += 1
    complaint.closed_at = complaint.replied_at = complaint.implemented_at = complaint.check_on = None
    clocks.start_usual(complaint, at, at)
    told(complaint, StepKind.REOPENED, actor=actor, at=at, note=reason)
    return complaint


@transaction.atomic
def ask_review(*, complaint: Complaint, reason: str, actor: Staff, at: datetime) -> InternalReview:
    """The complainant does not agree and asks the unit above to look again 核查, within the days of the rules."""
    complaint = locked(complaint)
    permissions.check_register(actor)
    if not permissions.can_see(actor, complaint):
        raise PermissionDenied(_("This complaint is outside of what you may see."))
    state = led_to(complaint, Act.ASK_REVIEW)
    days = complaint.regulatory_rules.rules.review_within_days
    told_at = complaint.replied_at or complaint.closed_at
    if told_at is not None and at > told_at + timedelta(days=days):
        raise ValidationError(
            _(
                "A review can be asked for within %(days)d days of the reply. The complainant may still use mediation"
                " or go to court."
            )
            % {"days": days}
        )
    reason = needed(reason, "reason", _("Say what the complainant does not agree with."))
    review = InternalReview.objects.create(complaint=complaint, reason=reason, asked_at=at, taken_by=actor)
    complaint.state, complaint.closed_at = state, None
    clocks.start(complaint, RuleSet.REGULATORY, ClockKind.REVIEW, at, at)
    told(complaint, StepKind.REVIEW_ASKED, actor=actor, at=at)
    return review


@transaction.atomic
def decide_review(*, complaint: Complaint, upheld: bool, words: str, actor: Staff, at: datetime) -> InternalReview:
    """Uphold the decision, or overturn it so that the matter is looked into anew; never by whoever made it."""
    complaint = locked(complaint)
    permissions.check_review(actor, complaint)
    state = led_to(complaint, Act.UPHOLD if upheld else Act.OVERTURN)
    if actor.pk == complaint.handler_id:
        raise PermissionDenied(_("Whoever handled the complaint does not review the decision."))
    words = needed(words, "words", _("Say what the review found."))
    review = InternalReview.objects.select_for_update().get(complaint=complaint, decided_at=None)
    review.upheld, review.words, review.reviewer, review.decided_at = upheld, words, actor, at
    review.save()
    complaint.state = state
    clocks.stop(complaint, [ClockKind.REVIEW], at)
    if upheld:
        complaint.closed_at = at
    else:
        complaint.replied_at = complaint.implemented_at = complaint.check_on = None
        clocks.start(complaint, RuleSet.REGULATORY, ClockKind.DECISION, at, at)
    told(complaint, StepKind.UPHELD if upheld else StepKind.OVERTURNED, actor=actor, at=at, note=words)
    ask_for_work(complaint, complaint.handler, _("The review of %(number)s was decided"), at, actor=actor)
    return review


@transaction.atomic
def extend(*, complaint: Complaint, reason: str, actor: Staff, at: datetime) -> Extension:
    """Put the decision off with reasons: to 30 days at once, then 30 more with a second person's consent.

    Raises:
        ValidationError: the limit has passed already, or the rules allow no more.
    """
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    reason = needed(reason, "reason", _("Say why: the complainant is told."))[:300]
    clock = complaint.clocks.filter(rule_set=RuleSet.REGULATORY, kind=ClockKind.DECISION, stopped_at=None).first()
    if clock is None:
        raise ValidationError(_("No decision is due."))
    if at > clock.due_at:
        raise ValidationError(_("The limit has passed; it can only be extended before."))
    since = complaint.extensions.exclude(state=ExtensionState.REFUSED).filter(asked_at__gte=clock.started_at)
    if since.filter(state=ExtensionState.ASKED).exists():
        raise ValidationError(_("An extension waits for approval already."))
    given = since.count()
    allowed = complaint.regulatory_rules.rules.extensions
    if given >= len(allowed):
        raise ValidationError(_("The rules allow no further extension."))
    rule = allowed[given]
    extension = Extension.objects.create(
        complaint=complaint, place=given + 1, days=rule.days, reason=reason, asked_by=actor, asked_at=at
    )
    if rule.approval:
        told(complaint, StepKind.EXTENSION_ASKED, actor=actor, at=at, note=reason, days=rule.days)
        ask(
            kind=EXTENSION,
            subject=complaint,
            title=_("Extend %(number)s by %(days)d days") % {"number": complaint, "days": rule.days},
            branch=complaint.branch,
            rank=complaint.grade,
            payload={"extension": extension.pk},
            actor=actor,
            reason=reason,
            at=at,
        )
    else:
        _grant(extension, complaint, actor, at)
    return extension


@transaction.atomic
def decide_extension(*, extension: Extension, approved: bool, actor: Staff | None, at: datetime) -> Extension:
    """Carry out what the approver decided about a further extension."""
    complaint = locked(extension.complaint)
    extension = Extension.objects.select_for_update().get(pk=extension.pk)
    if extension.state != ExtensionState.ASKED:
        return extension
    if approved and complaint.is_open and not (actor is not None and permissions.has_conflict(actor, complaint)):
        _grant(extension, complaint, actor, at)
    else:
        extension.state, extension.decided_by, extension.decided_at = ExtensionState.REFUSED, actor, at
        extension.save()
        told(complaint, StepKind.EXTENSION_REFUSED, actor=actor, at=at, days=extension.days)
    return extension


def _grant(extension: Extension, complaint: Complaint, actor: Staff | None, at: datetime) -> None:
    extension.state, extension.decided_by, extension.decided_at = ExtensionState.GRANTED, actor, at
    extension.save()
    clocks.extend(complaint, extension.days, at)
    told(complaint, StepKind.EXTENDED, actor=actor, at=at, note=extension.reason, days=extension.days)
