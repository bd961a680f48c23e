"""Adoption 领养: somebody takes a customer whom nobody owns; of two at once one wins and the other is told (A3)."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.approvals.models import Request
from keheng.approvals.operations import ask
from keheng.audit.operations import record
from keheng.care.enums.ownership import Source
from keheng.care.events import CustomersAdopted
from keheng.care.operations.assigning import drop, first_contact, plan_moves
from keheng.care.operations.passing import pass_on
from keheng.care.permissions.ownership import check_adopt
from keheng.care.queries.adoption import adopting
from keheng.care.queries.assignment import rules_in_force
from keheng.common.events import publish
from keheng.customers.models import Customer
from keheng.org.models import Staff

BEYOND = "care.adopt_beyond"


@dataclass(frozen=True)
class Adopted:
    """What came of it: the customer is the actor's, or a request waits for somebody's consent."""

    request: Request | None = None


@transaction.atomic
def adopt(*, customer: Customer, reason: str = "", actor: Staff, at: datetime) -> Adopted:
    """Take a customer whom nobody owns. Beyond the caps of the rules it is asked for, with a reason.

    Raises:
        PermissionDenied: the role does not adopt.
        ValidationError: somebody was first (told who), the customer is not open for adoption, or nobody may consent.
    """
    check_adopt(actor)
    Staff.objects.select_for_update(of=("self",)).get(pk=actor.pk)  # one at a time, so that caps hold
    # Whoever waits for the lock reads the row anew, but not what it is joined with: the owner is asked for afterwards.
    held = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    _check_free(held, actor)
    facts = adopting(held, actor, at)
    if not facts.role_may:
        raise ValidationError(_("The rules of adoption do not name your role."))
    if not facts.tier_open:
        raise ValidationError(_("Customers of this tier are not open for adoption; they are assigned."))
    if not facts.near:
        raise ValidationError(_("The customer is kept by another branch."))
    if not facts.within_caps:
        rules = rules_in_force().rules.adoption
        if not reason.strip():
            raise ValidationError(
                {
                    "reason": _(
                        "You have adopted %(held)d of %(most)d, %(month)d of %(monthly)d this month. "
                        "Say why one more, and it goes to your outlet head for approval."
                    )
                    % {
                        "held": facts.held,
                        "most": rules.most,
                        "month": facts.this_month,
                        "monthly": rules.most_a_month,
                    }
                }
            )
        return Adopted(_ask(held, actor, reason.strip(), at))
    _take(held, actor, reason, at)
    return Adopted()


@transaction.atomic
def settle_adoption(*, request: Request, approved: bool, at: datetime) -> bool:
    """What the answer means: the customer is the requester's, unless somebody else was first. Tell whether."""
    held = Customer.objects.select_for_update(of=("self",)).filter(pk=request.subject_id or 0).first()
    if not approved or held is None or held.owner_id is not None:
        return False
    _take(held, request.requester, request.reason, at)
    return True


def _check_free(customer: Customer, actor: Staff) -> None:
    if customer.owner_id == actor.pk:
        raise ValidationError(_("This customer is yours already."))
    if customer.owner is not None:
        raise ValidationError(
            _("%(name)s was first: the customer is theirs now. Choose another one.") % {"name": customer.owner.name}
        )


def _take(customer: Customer, actor: Staff, reason: str, at: datetime) -> None:
    plan_moves(Customer.objects.filter(pk=customer.pk), actor.pk)
    contact_by = first_contact(rules_in_force(), at)
    pass_on(source=Source.ADOPTED, reason=reason, contact_by=contact_by, actor=actor, at=at)
    drop("care_moves")
    record("care.adopt", actor=actor, at=at, target=customer, reason=reason)
    publish(CustomersAdopted((customer.pk,), actor.pk, at))


def _ask(customer: Customer, actor: Staff, reason: str, at: datetime) -> Request:
    return ask(
        kind=BEYOND,
        subject=customer,
        title=_("One more adoption for %(name)s") % {"name": actor.name},
        branch=customer.branch,
        amount=customer.aum,
        rank=max(customer.tier_rank, 0),
        actor=actor,
        reason=reason,
        at=at,
    )
