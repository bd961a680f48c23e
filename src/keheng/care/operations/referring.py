"""Referrals 输送/转介: offered, accepted, done or declined; the referrer keeps the credit (A3 [004a], [004b2])."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.ownership import ReferralAct, ReferralState, Source
from keheng.care.events import CustomerReferred
from keheng.care.models import Referral
from keheng.care.operations.assigning import check_takes, drop, first_contact, plan_moves
from keheng.care.operations.passing import pass_on
from keheng.care.permissions.ownership import check_answer, check_refer
from keheng.care.policies.ownership import REFERRALS
from keheng.care.queries.assignment import rules_in_force
from keheng.common.events import publish
from keheng.customers.models import Customer
from keheng.notices import operations as notices
from keheng.org.models import Staff


@transaction.atomic
def refer(
    *, customer: Customer, taker: Staff, need: str, passes_on: bool = False, actor: Staff, at: datetime
) -> Referral:
    """Pass a customer on to somebody who can serve them further.

    Args:
        passes_on: on acceptance the taker becomes the owner, with the income credited to the present owner.

    Raises:
        ValidationError: an unfit taker, no need named, or the same referral waits already.
    """
    check_refer(actor, customer)
    check_takes(taker)
    if taker.pk == actor.pk:
        raise ValidationError({"taker": _("Choose somebody else than yourself.")})
    if not need.strip():
        raise ValidationError({"need": _("Say what the customer needs, so that the other one can prepare.")})
    try:
        with transaction.atomic():
            referral = Referral.objects.create(
                customer=customer, giver=actor, taker=taker, need=need.strip(), passes_on=passes_on, offered_at=at
            )
    except IntegrityError as error:
        raise ValidationError(
            _("A referral of this customer to %(name)s is open already.") % {"name": taker.name}
        ) from error
    record("care.refer", actor=actor, at=at, target=customer, detail={"taker": taker.name})
    notices.tell(
        staff_ids=[taker.pk],
        kind="care.referral",
        title=_("%(name)s refers a customer to you.") % {"name": actor.name},
        url="/care/referrals/",
        at=at,
    )
    publish(CustomerReferred(referral.pk, referral.state, at))
    return referral


@transaction.atomic
def answer_referral(*, referral: Referral, act: ReferralAct, answer: str = "", actor: Staff, at: datetime) -> Referral:
    """Accept, decline, finish or withdraw a referral.

    Raises:
        PermissionDenied: it is for somebody else to do so.
        ValidationError: the state does not allow it, or a refusal without a reason.
    """
    check_answer(actor, referral.giver if act == ReferralAct.WITHDRAW else referral.taker)
    held: Referral = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("customer", "giver", "taker__role")
        .get(pk=referral.pk)
    )
    state = REFERRALS.get((ReferralState(held.state), act))
    if state is None:
        raise ValidationError(
            _("This referral is: %(state)s. Nothing is left to answer.") % {"state": held.get_state_display()}
        )
    if act == ReferralAct.DECLINE and not answer.strip():
        raise ValidationError({"answer": _("Say why, so that the customer can be served otherwise.")})
    held.state = state
    held.answer = answer.strip()[:200] or held.answer
    if act == ReferralAct.ACCEPT:
        held.answered_at = at
        if held.passes_on:
            _pass(held, actor, at)
    else:
        held.closed_at = at
    held.save()
    record("care.answer_referral", actor=actor, at=at, target=held.customer, reason=held.answer, detail={"act": act})
    if act != ReferralAct.WITHDRAW:
        notices.tell(
            staff_ids=[held.giver_id],
            kind="care.referral",
            title=_("%(name)s has answered your referral: %(state)s.")
            % {"name": actor.name, "state": held.get_state_display()},
            url="/care/referrals/",
            body=held.answer,
            at=at,
        )
    publish(CustomerReferred(held.pk, held.state, at))
    return held


def _pass(referral: Referral, actor: Staff, at: datetime) -> None:
    credit_to = referral.customer.owner_id or referral.giver_id
    plan_moves(Customer.objects.filter(pk=referral.customer_id), referral.taker_id, credit_to)
    contact_by = first_contact(rules_in_force(), at)
    pass_on(source=Source.REFERRED, reason=referral.need, contact_by=contact_by, actor=actor, at=at)
    drop("care_moves")
