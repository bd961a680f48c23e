"""Reply letters: drafted from a template, approved by a second person, kept as PDF, delivered with a record (A7)."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from keheng.approvals.operations import ask
from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.complaints import permissions
from keheng.complaints.enums import DeliveryKind, DeliveryState, DeliveryWay, LetterState, Outcome, StepKind
from keheng.complaints.models import Complaint, Delivery, Letter
from keheng.complaints.operations.closing import reply
from keheng.complaints.operations.outbox import queue
from keheng.complaints.operations.parts import locked, needed, told
from keheng.complaints.operations.templates import named
from keheng.complaints.policies.letters import fill, missing_remedies
from keheng.complaints.queries.letters import template, values_of
from keheng.files.operations import examine, store
from keheng.notices.operations import tell
from keheng.org.models import Staff

APPROVAL = "complaints.letter"


@transaction.atomic
def draft(*, complaint: Complaint, code: str, outcome: Outcome, finding: str, actor: Staff, at: datetime) -> Letter:
    """Begin a reply from a template with what was found; there is one draft at a time."""
    complaint = locked(complaint)
    permissions.check_handle(actor, complaint)
    if complaint.letters.filter(state__in=[LetterState.DRAFT, LetterState.ASKED]).exists():
        raise ValidationError(_("There is a draft already. Go on with it, or drop it."))
    complaint.finding = needed(finding, "finding", _("Say what was found and done."))
    complaint.outcome = outcome
    used = template(code)
    values = values_of(complaint, at.astimezone(SHANGHAI).date())
    last = complaint.letters.aggregate(last=Max("number"))["last"] or 0
    made = Letter.objects.create(
        complaint=complaint,
        number=last + 1,
        template=used,
        subject=fill(used.subject, values)[:120],
        body=fill(used.body, values),
        drafted_by=actor,
        drafted_at=at,
    )
    told(complaint, StepKind.LETTER, actor=actor, at=at, letter=made.number)
    return made


@transaction.atomic
def edit(*, letter: Letter, subject: str, body: str, actor: Staff, at: datetime) -> Letter:  # noqa: ARG001
    """Change a draft; what has been submitted is changed only after it came back."""
    letter = _held(letter, LetterState.DRAFT)
    permissions.check_handle(actor, letter.complaint)
    if not subject.strip() or not body.strip():
        raise ValidationError(_("A letter has a subject and a text."))
    letter.subject, letter.body = subject.strip()[:120], body.strip()
    letter.save(update_fields=["subject", "body"])
    return letter


@transaction.atomic
def submit(*, letter: Letter, actor: Staff, at: datetime) -> Letter:
    """Ask for approval; a letter that lacks a remedy is not even asked for.

    Raises:
        ValidationError: names the remedies that are missing.
    """
    letter = _held(letter, LetterState.DRAFT)
    complaint = letter.complaint
    permissions.check_handle(actor, complaint)
    missing = missing_remedies(letter.body or "")
    if missing:
        raise ValidationError(_("The letter must name all remedies. Missing: %(names)s.") % {"names": named(missing)})
    letter.drafted_by, letter.drafted_at = actor, at
    letter.request = ask(
        kind=APPROVAL,
        subject=letter,
        title=_("Reply to complaint %(number)s") % {"number": complaint},
        branch=complaint.branch,
        rank=complaint.grade,
        url=complaint.get_absolute_url(),
        actor=actor,
        reason=letter.subject,
        at=at,
    )
    letter.state = LetterState.ASKED
    letter.save()
    return letter


def decided(*, letter: Letter, approved: bool, approver: Staff | None, at: datetime) -> Letter:
    """Keep an approved letter as PDF; give anything else back as a draft."""
    letter = Letter.objects.select_related("complaint__branch").get(pk=letter.pk)
    if not approved or approver is None:
        return _given_back(letter, at)
    examined = examine(upload=ContentFile(_pdf(letter, at), f"{letter.complaint.number}.pdf"), actor=approver, at=at)
    with transaction.atomic():
        complaint = locked(letter.complaint)
        letter = _held(letter, LetterState.ASKED)
        letter.file = store(examined=examined, actor=approver, at=at)
        letter.state, letter.approved_by, letter.approved_at = LetterState.APPROVED, approver, at
        letter.save()
        told(complaint, StepKind.LETTER_APPROVED, actor=approver, at=at, letter=letter.number)
        _tell(letter, _("%(number)s: the reply is approved. Deliver it.") % {"number": complaint}, at)
    return letter


@transaction.atomic
def drop(*, letter: Letter, reason: str, actor: Staff, at: datetime) -> Letter:
    """Give up a draft."""
    letter = _held(letter, LetterState.DRAFT)
    permissions.check_handle(actor, letter.complaint)
    letter.state = LetterState.DROPPED
    letter.save(update_fields=["state"])
    complaint = locked(letter.complaint)
    told(complaint, StepKind.LETTER_DROPPED, actor=actor, at=at, note=reason, letter=letter.number)
    return letter


@transaction.atomic
def deliver(*, letter: Letter, way: DeliveryWay, to: str, reference: str = "", actor: Staff, at: datetime) -> Delivery:
    """Bring an approved letter to the complainant: by e-mail at once, else with what proves it.

    The first letter that goes out is the reply: both sets of clocks stop.

    Raises:
        ValidationError: no address, or no tracking number or receipt.
    """
    complaint = locked(letter.complaint)
    permissions.check_handle(actor, complaint)
    letter = _held(letter, LetterState.APPROVED)
    if way == DeliveryWay.MAIL:
        made = queue(
            complaint=complaint,
            kind=DeliveryKind.REPLY,
            letter=letter,
            to=to,
            subject=letter.subject,
            body=letter.body or "",
            actor=actor,
            at=at,
        )
    else:
        if not reference.strip() or not to.strip():
            raise ValidationError({"reference": _("Enter to whom, and the tracking number or receipt that proves it.")})
        made = Delivery.objects.create(
            complaint=complaint,
            letter=letter,
            kind=DeliveryKind.REPLY,
            way=way,
            state=DeliveryState.SENT if way == DeliveryWay.POST else DeliveryState.DELIVERED,
            to=to.strip(),
            reference=reference.strip()[:60],
            made_by=actor,
            made_at=at,
            settled_at=at,
        )
    if complaint.replied_at is None:
        complaint = reply(
            complaint=complaint,
            outcome=Outcome(complaint.outcome),
            finding=complaint.finding or "",
            remedies_told=True,
            way=str(DeliveryWay(way).label),
            actor=actor,
            at=at,
        )
    told(complaint, StepKind.DELIVERED, actor=actor, at=at, letter=letter.number, way=way)
    return made


@transaction.atomic
def confirm(*, delivery: Delivery, arrived: bool, words: str, actor: Staff, at: datetime) -> Delivery:
    """Say whether what was sent by post arrived."""
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("complaint").get(pk=delivery.pk)
    permissions.check_handle(actor, delivery.complaint)
    if delivery.way != DeliveryWay.POST or delivery.state != DeliveryState.SENT:
        raise ValidationError(_("This delivery is settled already."))
    if not arrived and not words.strip():
        raise ValidationError({"words": _("Say why it was not delivered.")})
    delivery.state = DeliveryState.DELIVERED if arrived else DeliveryState.FAILED
    delivery.settled_at, delivery.failure = at, "" if arrived else words.strip()[:200]
    delivery.save()
    return delivery


def open_letter(*, letter: Letter, actor: Staff, at: datetime) -> None:
    """Note in the trail that somebody takes the PDF; whoever sees the complaint may."""
    if not permissions.can_see(actor, letter.complaint):
        raise PermissionDenied(_("This complaint is outside of what you may see."))
    record("complaints.open_file", actor=actor, at=at, target=letter.complaint)


def _held(letter: Letter, state: LetterState) -> Letter:
    """The letter as it stands, locked, in the state that the act needs."""
    Letter.objects.select_for_update().only("pk").get(pk=letter.pk)
    held = Letter.objects.select_related("complaint__branch", "request", "template").get(pk=letter.pk)
    if held.state != state:
        raise ValidationError(
            _("The letter is now “%(state)s”. Load the page anew.") % {"state": held.get_state_display()}
        )
    return held


@transaction.atomic
def _given_back(letter: Letter, at: datetime) -> Letter:
    letter = _held(letter, LetterState.ASKED)
    letter.state, letter.request = LetterState.DRAFT, None
    letter.save()
    _tell(letter, _("%(number)s: the reply was not approved. Change it.") % {"number": letter.complaint}, at)
    return letter


def _pdf(letter: Letter, at: datetime) -> bytes:
    from keheng.complaints.letter_pdf import letter_pdf

    complaint = letter.complaint
    return letter_pdf(
        subject=letter.subject,
        body=letter.body or "",
        number=complaint.number,
        sender=complaint.branch.name,
        date=f"{at.astimezone(SHANGHAI):%Y-%m-%d}",
    )


def _tell(letter: Letter, title: str, at: datetime) -> None:
    tell(
        staff_ids=[letter.drafted_by_id],
        kind="complaints.letter",
        title=title,
        url=letter.complaint.get_absolute_url(),
        at=at,
    )
