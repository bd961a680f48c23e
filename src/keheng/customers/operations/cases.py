"""Requests of data subjects: taken in with their clock, carried out, answered (PIPL 24, 44–50)."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.customers.enums import (
    CaseKind,
    CaseState,
    ContactKind,
    CustomerKind,
    FileForm,
    HandoutState,
    IdentityProof,
    RiskLevel,
)
from keheng.customers.models import AutomatedRefusal, Customer, Handout, ImpactAssessment, PrivacyCase
from keheng.customers.operations.anonymise import anonymise
from keheng.customers.operations.archive import change_customer
from keheng.customers.operations.handouts import make_copy
from keheng.customers.permissions.privacy import check_handle_privacy, check_privacy
from keheng.customers.policies.rights import due_on, extended_due, years_after
from keheng.customers.queries.retention import retention_of
from keheng.customers.queries.rules import privacy_rules
from keheng.org.models import Staff

CORRECTABLE = ("name", "id_number", "sex", "birth_date", "occupation", "education", "marital")


@transaction.atomic
def open_case(
    *, customer: Customer, kind: CaseKind, proof: IdentityProof, wish: str = "", actor: Staff, at: datetime
) -> PrivacyCase:
    """Take a request in; its legal clock runs from the same day.

    Args:
        wish: what exactly is asked for, in words without personal values.

    Raises:
        ValidationError: such a request of the customer is open already, or erasing is asked for a company.
    """
    check_handle_privacy(actor, customer)
    if kind == CaseKind.DELETION and customer.kind != CustomerKind.PERSON:
        raise ValidationError({"kind": _("Only data of persons are erased; a company has no such right.")})
    if PrivacyCase.objects.open().filter(customer=customer, kind=kind).exists():
        raise ValidationError({"kind": _("Such a request of this customer is being handled already.")})
    day = at.astimezone(SHANGHAI).date()
    case = PrivacyCase.objects.create(
        number=_next_number(day),
        customer=customer,
        kind=kind,
        proof=proof,
        wish=wish.strip(),
        received_at=at,
        due_on=due_on(day, privacy_rules().clocks[kind]),
        actor=actor,
    )
    record("customers.open_case", actor=actor, at=at, target=case, detail={"kind": kind.value})
    return case


@transaction.atomic
def extend_case(*, case: PrivacyCase, reason: str, actor: Staff, at: datetime) -> PrivacyCase:
    """Give the answer more time, once, by the days of the rules; the customer is told why.

    Raises:
        ValidationError: it was extended before, the rules allow none, or the reason is missing.
    """
    held = _held(case, actor)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the answer takes longer; the customer is told this.")})
    clock = privacy_rules().clocks[CaseKind(held.kind)]
    if held.extended or not clock.extension:
        raise ValidationError(_("This request cannot be extended any further."))
    held.extended = reason.strip()
    held.due_on = extended_due(held.received_at.astimezone(SHANGHAI).date(), clock)
    held.save(update_fields=["extended", "due_on"])
    record("customers.extend_case", actor=actor, at=at, target=held, reason=held.extended)
    return held


@transaction.atomic
def answer_case(*, case: PrivacyCase, outcome: CaseState, answer: str, actor: Staff, at: datetime) -> PrivacyCase:
    """Close a request with an answer in words: an explanation, a refusal with its reason, a withdrawal.

    Raises:
        ValidationError: the answer is missing, or the request has been answered meanwhile.
    """
    held = _held(case, actor)
    if outcome == CaseState.OPEN or not answer.strip():
        raise ValidationError({"answer": _("Write the answer that the customer gets.")})
    if outcome == CaseState.GRANTED:
        _check_done(held)
    return _close(held, outcome, answer, actor, at)


@transaction.atomic
def give_copy(*, case: PrivacyCase, form: FileForm, actor: Staff, at: datetime) -> Handout:
    """Let the worker make the copy of all that is known of the customer (PIPL 45); the handler fetches it.

    Raises:
        ValidationError: the request asks for something else.
    """
    held = _held(case, actor, CaseKind.ACCESS)
    return make_copy(case=held, form=form, actor=actor, at=at)


@transaction.atomic
def correct(*, case: PrivacyCase, field: str, value: Any, actor: Staff, at: datetime) -> PrivacyCase:
    """Correct one fact or contact point as asked (PIPL 46) and close the request; the value itself is not kept here.

    Raises:
        ValidationError: the value cannot be right, in words; then nothing has changed.
        PermissionDenied: the actor may not change the archive.
    """
    held = _held(case, actor, CaseKind.CORRECTION)
    if field in ContactKind.values:
        change_customer(customer=held.customer, contacts={field: value}, actor=actor, at=at)
    elif field in CORRECTABLE:
        change_customer(customer=held.customer, facts={field: value}, actor=actor, at=at)
    else:
        raise ValidationError({"field": _("Choose what is to be corrected.")})
    return _close(held, CaseState.GRANTED, _("Corrected as asked."), actor, at)


@transaction.atomic
def erase_subject(*, case: PrivacyCase, actor: Staff, at: datetime) -> PrivacyCase:
    """Make the customer nobody in particular (PIPL 47) and close the request: whole or not at all, for good.

    Raises:
        ValidationError: a retention rule stands; it says which and until when.
    """
    held = _held(case, actor, CaseKind.DELETION)
    standing = retention_of(held.customer, at.astimezone(SHANGHAI).date())
    if standing:
        raise ValidationError([standing_words(found.rule.name, found.until) for found in standing])
    closed = _close(held, CaseState.GRANTED, "", actor, at)
    anonymise(customer_ids=[held.customer_id], target=closed, reason=closed.number, actor=actor, at=at)
    return closed


@transaction.atomic
def refuse_automated(*, case: PrivacyCase, actor: Staff, at: datetime) -> PrivacyCase:
    """Honour the refusal of automated decisions (PIPL 24) from now on and close the request."""
    held = _held(case, actor, CaseKind.AUTOMATED)
    AutomatedRefusal.objects.get_or_create(customer=held.customer, defaults={"case": held, "since": at})
    record("customers.refuse_automated", actor=actor, at=at, target=held.customer, reason=held.number)
    answer = _("No decision about the customer is made by automated means alone from now on.")
    return _close(held, CaseState.GRANTED, answer, actor, at)


@transaction.atomic
def allow_automated(*, customer: Customer, reason: str, actor: Staff, at: datetime) -> None:
    """Take the refusal back, as the customer wishes; the customer alone decides that (PIPL 24).

    Args:
        reason: how the customer made that known, such as the number of a form; it stands in the trail.

    Raises:
        ValidationError: the reason is missing, or no refusal of the customer stands.
    """
    check_handle_privacy(actor, customer)
    if not reason.strip():
        raise ValidationError({"reason": _("Say how the customer made known that the refusal is taken back.")})
    if not AutomatedRefusal.objects.filter(customer=customer).delete()[0]:
        raise ValidationError(_("The customer does not refuse automated decisions, or no longer does."))
    record("customers.allow_automated", actor=actor, at=at, target=customer, reason=reason.strip())


@transaction.atomic
def assess_impact(
    *,
    title: str,
    processing: str,
    necessity: str,
    risks: str,
    measures: str,
    level: RiskLevel,
    assessed_on: date,
    actor: Staff,
    at: datetime,
) -> ImpactAssessment:
    """Register an impact assessment (PIPL 55–56); how long it is kept follows from the rules, three years at least."""
    check_privacy(actor)
    if assessed_on > at.astimezone(SHANGHAI).date():
        raise ValidationError({"assessed_on": _("The day lies in the future.")})
    assessment = ImpactAssessment.objects.create(
        title=title,
        processing=processing,
        necessity=necessity,
        risks=risks,
        measures=measures,
        level=level,
        assessed_on=assessed_on,
        keep_until=years_after(assessed_on, privacy_rules().assessment_years),
        assessor=actor,
        recorded_at=at,
    )
    record("customers.assess_impact", actor=actor, at=at, target=assessment, detail={"level": level.value})
    return assessment


def standing_words(name: str, until: date | None) -> str:
    """A retention rule that stands, in words."""
    if until is None:
        return _("“%(rule)s” stands as long as the relationship goes on.") % {"rule": name}
    return _("“%(rule)s” stands until %(until)s.") % {"rule": name, "until": until.isoformat()}


def _held(case: PrivacyCase, actor: Staff, kind: CaseKind | None = None) -> PrivacyCase:
    """The case under lock, still open and of the kind."""
    held = PrivacyCase.objects.select_for_update(of=("self",)).select_related("customer").get(pk=case.pk)
    check_handle_privacy(actor, held.customer)
    if held.state != CaseState.OPEN:
        raise ValidationError(_("This request has been answered meanwhile: %s.") % held.get_state_display())
    if kind is not None and held.kind != kind:
        raise ValidationError(_("This request asks for something else: %s.") % held.get_kind_display())
    return held


def _check_done(held: PrivacyCase) -> None:
    """Words alone grant an explanation; a copy must have been made, the rest be carried out."""
    if held.kind == CaseKind.ACCESS:
        if not Handout.objects.filter(case=held, state__in=[HandoutState.READY, HandoutState.EXPIRED]).exists():
            raise ValidationError(_("Make the copy first, then answer."))
    elif held.kind != CaseKind.EXPLANATION:
        raise ValidationError(_("Carry the request out; that closes it."))


def _close(held: PrivacyCase, outcome: CaseState, answer: str, actor: Staff, at: datetime) -> PrivacyCase:
    held.state, held.answer, held.answered_by, held.answered_at = outcome, answer.strip(), actor, at
    held.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    record("customers.answer_case", actor=actor, at=at, target=held, detail={"kind": held.kind, "state": outcome.value})
    return held


def _next_number(day: date) -> str:
    """The next number of the day, easy to read out: ``G261122-0003``."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('customers.case_number'))")
        cursor.execute("select count(*) from customers_privacycase where number like %s", [f"G{day:%y%m%d}-%"])
        return f"G{day:%y%m%d}-{cursor.fetchone()[0] + 1:04d}"
