"""The ledger of penalties (decisions 10 and 11): charged from events of clocks, only added to, only reversed."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.notices.operations import tell
from keheng.org.models import Staff
from keheng.service_requests import permissions
from keheng.service_requests.enums import AppealState, PenaltyKind, SheetState
from keheng.service_requests.models import Appeal, CatalogueVersion, PenaltyEntry, PenaltySheet
from keheng.service_requests.policies.penalties import offset_left

_DEDUCTIONS = [PenaltyKind.OVERTIME, PenaltyKind.ERROR, PenaltyKind.CONCLUSION]


@transaction.atomic
def enter_conclusion(
    *,
    staff: Staff,
    points: Decimal,
    cause: str,
    subject: str,
    url: str,
    reason: str,
    inspection: bool = False,
    actor: Staff,
    at: datetime,
) -> PenaltyEntry:
    """Charge somebody what a module above concluded they answer for; a cause that is known gives the entry it made.

    Who may conclude is for the calling module to check; nobody charges themselves.

    Args:
        points: below zero.
        cause: unique: ``"complaints.conclusion:81"``.
        subject, url: what it is about, in words without personal data, and its page.
    """
    if staff.pk == actor.pk:
        raise PermissionDenied(_("Nobody decides about their own penalties. Ask another supervisor."))
    sheet = open_sheet(staff, at, at)
    known = PenaltyEntry.objects.filter(kind=PenaltyKind.CONCLUSION, cause=cause).first()
    if known is not None:
        return known
    entry = PenaltyEntry.objects.create(
        sheet=sheet,
        kind=PenaltyKind.CONCLUSION,
        points=points,
        cause=cause,
        subject=subject,
        url=url,
        inspection=inspection,
        reason=reason.strip()[:300],
        actor=actor,
        at=at,
    )
    record("service_requests.conclude", actor=actor, at=at, target=sheet, reason=reason, detail={"points": str(points)})
    tell(
        staff_ids=[staff.pk],
        kind="service_requests.penalty",
        title=_("%(subject)s: %(points)s points for your responsibility") % {"subject": subject, "points": points},
        url=sheet.get_absolute_url(),
        at=at,
    )
    return entry


@transaction.atomic
def reverse_conclusion(*, cause: str, reason: str, actor: Staff, at: datetime) -> PenaltyEntry | None:
    """Undo what :func:`enter_conclusion` charged, in the month of now where that of the entry is closed.

    ``None`` where nothing was charged, or it has been reversed on the sheet already.
    """
    entry = PenaltyEntry.objects.filter(kind=PenaltyKind.CONCLUSION, cause=cause).select_related("sheet__staff").first()
    if entry is None:
        return None
    if entry.sheet.staff_id == actor.pk:
        raise PermissionDenied(_("Nobody decides about their own penalties. Ask another supervisor."))
    sheet = open_sheet(entry.sheet.staff, entry.at, at)
    if PenaltyEntry.objects.filter(reverses=entry).exists():
        return None
    made = _reversal(entry, reason, actor, at, sheet=sheet)
    _check_offsets(sheet)
    record("service_requests.reverse", actor=actor, at=at, target=sheet, reason=reason, detail={"entry": entry.pk})
    return made


@transaction.atomic
def reverse(*, entry: PenaltyEntry, reason: str, actor: Staff, at: datetime) -> PenaltyEntry:
    """Undo an entry by another; errors of the same month that came after it move up, and cost what they then cost."""
    sheet = _locked(entry.sheet)
    permissions.check_another(actor, sheet)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    _check_open(sheet)
    if entry.kind == PenaltyKind.REVERSAL or PenaltyEntry.objects.filter(reverses=entry).exists():
        raise ValidationError(_("This entry has been reversed already."))
    made = _reversal(entry, reason.strip(), actor, at)
    if entry.kind == PenaltyKind.ERROR:
        _renumber(sheet, actor, at)
    _check_offsets(sheet)
    record("service_requests.reverse", actor=actor, at=at, target=sheet, reason=reason, detail={"entry": entry.pk})
    return made


@transaction.atomic
def offset(*, sheet: PenaltySheet, points: Decimal, reason: str, actor: Staff, at: datetime) -> PenaltyEntry:
    """Count a positive action of the person against the month's deductions (decision 11)."""
    sheet = _locked(sheet)
    permissions.check_another(actor, sheet)
    _check_open(sheet)
    if not reason.strip():
        raise ValidationError({"reason": _("Say which positive action.")})
    left = offset_left(_sum(sheet, _DEDUCTIONS), _sum(sheet, [PenaltyKind.OFFSET]))
    if not 0 < points <= left:
        raise ValidationError(
            {"points": _("At most %(left)s points can be offset: the month's deductions.") % {"left": left}}
        )
    made = PenaltyEntry.objects.create(
        sheet=sheet, kind=PenaltyKind.OFFSET, points=points, reason=reason.strip(), actor=actor, at=at
    )
    record("service_requests.offset", actor=actor, at=at, target=sheet, reason=reason, detail={"points": str(points)})
    return made


@transaction.atomic
def appeal(*, entry: PenaltyEntry, reason: str, actor: Staff, at: datetime) -> Appeal:
    """Say that a deduction of one's own is not right; once."""
    sheet = _locked(entry.sheet)
    permissions.check_own(actor, sheet)
    _check_open(sheet)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is not right.")})
    if entry.kind not in _DEDUCTIONS or PenaltyEntry.objects.filter(reverses=entry).exists():
        raise ValidationError(_("Only a deduction that stands can be appealed against."))
    if Appeal.objects.filter(entry=entry).exists():
        raise ValidationError(_("You have appealed against this already."))
    made = Appeal.objects.create(entry=entry, reason=reason.strip()[:300], made_at=at)
    record("service_requests.appeal", actor=actor, at=at, target=sheet, reason=reason, detail={"entry": entry.pk})
    return made


@transaction.atomic
def decide_appeal(*, appeal: Appeal, grant: bool, answer: str, actor: Staff, at: datetime) -> Appeal:
    """Decide about an appeal; one that is granted reverses the entry."""
    appeal = Appeal.objects.select_for_update(of=("self",)).select_related("entry__sheet__branch").get(pk=appeal.pk)
    permissions.check_another(actor, appeal.entry.sheet)
    if appeal.state != AppealState.OPEN:
        raise ValidationError(_("This appeal has been decided already."))
    if not answer.strip():
        raise ValidationError({"answer": _("Say why.")})
    if grant:
        reverse(entry=appeal.entry, reason=answer, actor=actor, at=at)
    appeal.state = AppealState.UPHELD if grant else AppealState.REJECTED
    appeal.decided_by, appeal.decided_at, appeal.answer = actor, at, answer.strip()[:300]
    appeal.save()
    record("service_requests.decide_appeal", actor=actor, at=at, target=appeal.entry.sheet, reason=answer)
    tell(
        staff_ids=[appeal.entry.sheet.staff_id],
        kind="service_requests.penalty",
        title=_("Your appeal was granted") if grant else _("Your appeal was turned down"),
        url=appeal.entry.sheet.get_absolute_url(),
        at=at,
    )
    return appeal


@transaction.atomic
def lock(*, sheet: PenaltySheet, actor: Staff, at: datetime) -> PenaltySheet:
    """Close a month: nothing more is entered; what comes late goes to the month of its entry."""
    sheet = _locked(sheet)
    permissions.check_another(actor, sheet)
    _check_open(sheet)
    if at.astimezone(SHANGHAI).date().replace(day=1) <= sheet.month:
        raise ValidationError(_("The month is not over yet."))
    if Appeal.objects.filter(entry__sheet=sheet, state=AppealState.OPEN).exists():
        raise ValidationError(_("An appeal still waits for a decision."))
    sheet.state, sheet.locked_by, sheet.locked_at = SheetState.LOCKED, actor, at
    sheet.save()
    record("service_requests.lock", actor=actor, at=at, target=sheet)
    tell(
        staff_ids=[sheet.staff_id],
        kind="service_requests.penalty",
        title=_("Your penalty sheet of %(month)s waits for your signature") % {"month": f"{sheet.month:%Y-%m}"},
        url=sheet.get_absolute_url(),
        at=at,
    )
    return sheet


@transaction.atomic
def sign(*, sheet: PenaltySheet, actor: Staff, at: datetime) -> PenaltySheet:
    """The person signs their locked sheet."""
    sheet = _locked(sheet)
    permissions.check_own(actor, sheet)
    if sheet.state != SheetState.LOCKED:
        raise ValidationError(_("Only a locked sheet can be signed, and once."))
    sheet.state, sheet.signed_at = SheetState.SIGNED, at
    sheet.save()
    record("service_requests.sign", actor=actor, at=at, target=sheet)
    return sheet


def live(sheet: PenaltySheet) -> "QuerySet[PenaltyEntry]":
    """The entries that stand: no reversals, and nothing that was reversed."""
    return PenaltyEntry.objects.filter(sheet=sheet, reversed_by=None).exclude(kind=PenaltyKind.REVERSAL)


def month_of(moment: datetime) -> date:
    """The month of Shanghai that an instant belongs to, as its first day."""
    return moment.astimezone(SHANGHAI).date().replace(day=1)


def open_sheet(staff: Staff, happened: datetime, at: datetime) -> PenaltySheet:
    """Lock and return the sheet of the month, or of the present one where that is closed."""
    for month in (month_of(happened), month_of(at)):
        sheet, _made = PenaltySheet.objects.get_or_create(staff=staff, month=month, defaults={"branch": staff.branch})
        sheet = _locked(sheet)
        if sheet.state == SheetState.OPEN:
            return sheet
    raise ValidationError(_("The present month has been closed already."))


def _locked(sheet: PenaltySheet) -> PenaltySheet:
    return PenaltySheet.objects.select_for_update(of=("self",)).select_related("branch", "staff").get(pk=sheet.pk)


def _check_open(sheet: PenaltySheet) -> None:
    if sheet.state != SheetState.OPEN:
        raise ValidationError(_("The sheet of %(month)s is locked.") % {"month": f"{sheet.month:%Y-%m}"})


def errors_of(sheet: PenaltySheet) -> "QuerySet[PenaltyEntry]":
    """The errors of a month that stand."""
    return live(sheet).filter(kind=PenaltyKind.ERROR)


def _reversal(
    entry: PenaltyEntry, reason: str, actor: Staff, at: datetime, sheet: PenaltySheet | None = None
) -> PenaltyEntry:
    return PenaltyEntry.objects.create(
        sheet=sheet or entry.sheet,
        kind=PenaltyKind.REVERSAL,
        points=-entry.points,
        request=entry.request,
        subject=entry.subject,
        url=entry.url,
        reverses=entry,
        reason=reason[:300],
        actor=actor,
        at=at,
    )


def _renumber(sheet: PenaltySheet, actor: Staff, at: datetime) -> None:
    errors = list(errors_of(sheet).select_related("sheet").order_by("event__at", "pk"))
    for number, entry in enumerate(errors, start=1):
        assert entry.version_id is not None
        points = CatalogueVersion.kept(entry.version_id).catalogue.penalties.points_of_error(number)
        if points == entry.points:
            continue
        why = _("Now error %(number)d of the month.") % {"number": number}
        _reversal(entry, why, actor, at)
        PenaltyEntry.objects.create(
            sheet=sheet,
            kind=PenaltyKind.ERROR,
            points=points,
            request=entry.request,
            event=entry.event,
            overtime=entry.overtime,
            error_number=number,
            inspection=entry.inspection,
            version_id=entry.version_id,
            reason=why,
            actor=actor,
            at=at,
        )


def _check_offsets(sheet: PenaltySheet) -> None:
    """A reversal may not leave more offset than was deducted: the offset is to be reversed first."""
    deducted, given = _sum(sheet, _DEDUCTIONS), _sum(sheet, [PenaltyKind.OFFSET])
    if given > max(-deducted, Decimal(0)):
        raise ValidationError(_("More would be offset than was deducted. Reverse the offset first."))


def _sum(sheet: PenaltySheet, kinds: Sequence[PenaltyKind]) -> Decimal:
    """Points of entries of these kinds together with what reversed them."""
    own = Q(kind__in=kinds) | Q(reverses__kind__in=kinds)
    total = PenaltyEntry.objects.filter(own, sheet=sheet).aggregate(total=Sum("points"))["total"]
    return total or Decimal(0)
