"""Parts beside the owner, and whom the customer chose (A3 [004b2]: no hard migration after a rise)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.enums.ownership import Part, Source
from keheng.care.models import CustomerChoice, Ownership
from keheng.care.operations.assigning import check_takes, drop, first_contact, plan_moves
from keheng.care.operations.passing import pass_on
from keheng.care.permissions.ownership import check_care_for
from keheng.care.queries.assignment import rules_in_force
from keheng.customers.models import Customer
from keheng.notices import operations as notices
from keheng.org.models import Staff


@transaction.atomic
def give_part(
    *,
    customer: Customer,
    staff: Staff,
    part: Part,
    source: Source = Source.ASSIGNED,
    reason: str = "",
    actor: Staff,
    at: datetime,
) -> Ownership:
    """Give somebody a named part beside the owner; whoever had it until now hands it on.

    Raises:
        ValidationError: the part is the owner's, or the person cannot take it.
    """
    check_care_for(actor, customer)
    check_takes(staff)
    if part == Part.OWNER:
        raise ValidationError({"part": _("The owner is assigned, not given a part.")})
    if customer.owner_id == staff.pk:
        raise ValidationError({"staff": _("%(name)s owns this customer already.") % {"name": staff.name}})
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    _end(customer, part, at)
    held = Ownership.objects.create(
        customer=customer,
        staff=staff,
        part=part,
        period=DateTimeTZRange(at, None),
        source=source,
        reason=reason.strip()[:200],
        given_by=actor,
    )
    detail = {"part": part, "name": staff.name}
    record("care.give_part", actor=actor, at=at, target=customer, reason=reason.strip(), detail=detail)
    notices.tell(
        staff_ids=[staff.pk],
        kind="care.given",
        title=_("You care for a customer of %(name)s too: %(part)s.")
        % {"name": customer.owner.name if customer.owner else "—", "part": part.label},
        url=f"/customers/{customer.pk}/",
        at=at,
    )
    return held


@transaction.atomic
def end_part(*, customer: Customer, part: Part, actor: Staff, at: datetime) -> None:
    """End a part beside the owner."""
    check_care_for(actor, customer)
    if part == Part.OWNER:
        raise ValidationError({"part": _("Assign the customer to somebody else instead.")})
    if _end(customer, part, at):
        record("care.end_part", actor=actor, at=at, target=customer, detail={"part": part})


@transaction.atomic
def record_choice(
    *, customer: Customer, chosen: Staff, support: Staff | None = None, said: str, actor: Staff, at: datetime
) -> CustomerChoice:
    """Keep whom the customer chose. A new owner takes over, and the income stays credited to the one before [004b2].

    Args:
        support: the professional who helps an owner whom the customer keeps.

    Raises:
        ValidationError: nobody to choose from, or no word of how the customer said so.
    """
    check_care_for(actor, customer)
    check_takes(chosen)
    if not said.strip():
        raise ValidationError({"said": _("Say how the customer chose: at the counter, by phone, in writing.")})
    before = customer.owner
    choice = CustomerChoice.objects.create(
        customer=customer, before=before, chosen=chosen, support=support, said=said.strip(), recorded_by=actor, at=at
    )
    if before is None or chosen.pk != before.pk:
        credit_to = _credit(customer)
        plan_moves(Customer.objects.filter(pk=customer.pk), chosen.pk, credit_to)
        contact_by = first_contact(rules_in_force(), at)
        pass_on(source=Source.CHOICE, reason=said.strip(), contact_by=contact_by, actor=actor, at=at)
        drop("care_moves")
        customer.owner = chosen
    if support is not None and support.pk != chosen.pk:
        _end(customer, Part.SUPPORT, at)
        Ownership.objects.create(
            customer=customer,
            staff=support,
            part=Part.SUPPORT,
            period=DateTimeTZRange(at, None),
            source=Source.CHOICE,
            reason=said.strip()[:200],
            given_by=actor,
        )
    detail = {"name": chosen.name, "support": support.name if support else None}
    record("care.choice", actor=actor, at=at, target=customer, reason=said.strip(), detail=detail)
    return choice


def _credit(customer: Customer) -> int | None:
    """Who gets the income from now on: whoever got it until now."""
    held = Ownership.objects.current().owners().filter(customer=customer).first()
    return (held.credit_to_id or held.staff_id) if held else None


def _end(customer: Customer, part: Part, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from care_ownership where customer_id = %s and part = %s and upper_inf(period)"
            " and lower(period) >= %s",
            [customer.pk, part, at],
        )
        gone = cursor.rowcount
        cursor.execute(
            "update care_ownership set period = tstzrange(lower(period), %s)"
            " where customer_id = %s and part = %s and upper_inf(period)",
            [at, customer.pk, part],
        )
        return bool(gone + cursor.rowcount)
