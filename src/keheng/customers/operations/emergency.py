"""Opening an archive in an emergency, ending that, and judging it afterwards (A15)."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.audit.enums import Outcome
from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.customers.enums import Verdict
from keheng.customers.events import ArchiveOpened
from keheng.customers.models import Customer, EmergencyAccess
from keheng.customers.models.emergency import forget_opened
from keheng.customers.permissions.privacy import check_emergency, check_end, check_review
from keheng.customers.queries.emergency import archive_by_number
from keheng.customers.queries.rules import confidentiality_rules
from keheng.org.models import Staff

SHORTEST_REASON = 5


@transaction.atomic
def open_in_emergency(*, customer: Customer, minutes: int, reason: str, actor: Staff, at: datetime) -> EmergencyAccess:
    """Let the actor read one archive beyond clearance and scope for some minutes; owner and reviewers are told.

    Raises:
        ValidationError: no reason worth the name, a time that the rules do not offer, or it is open already.
    """
    check_emergency(actor)
    if len(reason.strip()) < SHORTEST_REASON:
        least = {"least": SHORTEST_REASON}
        raise ValidationError({"reason": _("Say in %(least)d characters or more what the emergency is.") % least})
    if minutes not in confidentiality_rules().emergency.minutes:
        raise ValidationError({"minutes": _("Choose one of the times that the rules offer.")})
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('customers.emergency'), %s)", [actor.pk])
    if EmergencyAccess.objects.open().filter(customer=customer, actor=actor).exists():
        raise ValidationError(_("This archive is open to you already."))
    access = EmergencyAccess.objects.create(
        customer=customer,
        actor=actor,
        reason=reason.strip(),
        opened_at=at,
        expires_at=at + timedelta(minutes=minutes),
    )
    forget_opened(actor)
    detail = {"minutes": minutes}
    record("customers.emergency", actor=actor, at=at, target=customer, reason=access.reason, detail=detail)
    publish(ArchiveOpened(access.pk, customer.pk, actor.pk, at))
    return access


def open_by_number(*, who: str, minutes: int, reason: str, actor: Staff, at: datetime) -> EmergencyAccess:
    """:func:`open_in_emergency` for whoever has only a number at hand: it must fit exactly one customer.

    The trail keeps that somebody looked for an archive that there is not; what they typed is not kept.

    Args:
        who: a customer, document or phone number, whole.

    Raises:
        ValidationError: as there, or the number fits nobody, or several.
    """
    check_emergency(actor)
    customer = archive_by_number(who)
    if customer is None:
        record("customers.emergency", actor=actor, at=at, reason=reason.strip()[:200], outcome=Outcome.REFUSED)
        raise ValidationError({"who": _("No single customer has this number. Compare it with the document.")})
    return open_in_emergency(customer=customer, minutes=minutes, reason=reason, actor=actor, at=at)


@transaction.atomic
def end_emergency(*, access: EmergencyAccess, actor: Staff, at: datetime) -> EmergencyAccess:
    """Close the archive before its time; one that has run out stays as it is."""
    check_end(actor, access)
    held = EmergencyAccess.objects.select_for_update().get(pk=access.pk)
    if held.expires_at > at:
        held.expires_at = max(at, held.opened_at)
        held.save(update_fields=["expires_at"])
        record("customers.end_emergency", actor=actor, at=at, target=held.customer)
    forget_opened(actor)
    return held


@transaction.atomic
def review_emergency(
    *, access: EmergencyAccess, verdict: Verdict, remark: str, actor: Staff, at: datetime
) -> EmergencyAccess:
    """Judge an emergency access; a verdict stands once given.

    Raises:
        ValidationError: somebody has judged it meanwhile, or a verdict against it lacks its remark.
    """
    check_review(actor, access)
    held = EmergencyAccess.objects.select_for_update().get(pk=access.pk)
    if held.verdict:
        raise ValidationError(_("It has been reviewed meanwhile: %s.") % held.get_verdict_display())
    if verdict != Verdict.JUSTIFIED and not remark.strip():
        raise ValidationError({"remark": _("Say what was not in order and what follows.")})
    held.verdict, held.remark, held.reviewed_by, held.reviewed_at = verdict, remark.strip(), actor, at
    held.save(update_fields=["verdict", "remark", "reviewed_by", "reviewed_at"])
    detail = {"verdict": verdict.value}
    record("customers.review_emergency", actor=actor, at=at, target=held.customer, reason=remark.strip(), detail=detail)
    return held
