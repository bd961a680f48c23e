"""What people can and what customers need: languages, qualifications, exams passed (A3 [000])."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.models import CustomerNeed, StaffSkill
from keheng.care.permissions.ownership import can_vouch, check_care_for
from keheng.care.queries.assignment import rules_in_force
from keheng.customers.models import Customer
from keheng.org.models import Staff


@transaction.atomic
def set_skills(*, member: Staff, skills: Collection[str], actor: Staff, at: datetime) -> None:
    """Keep what somebody can, as whoever leads them has seen it; nobody vouches for themselves.

    Raises:
        ValidationError: a skill that the rules of assignment do not know.
        PermissionDenied: somebody of another branch, or oneself.
    """
    if not can_vouch(actor, member):
        raise PermissionDenied(_("Whoever assigns customers says what the people of their branches can."))
    names = _named(skills)
    Staff.objects.select_for_update(of=("self",)).get(pk=member.pk)
    held = set(StaffSkill.objects.filter(staff=member).values_list("skill", flat=True))
    if held == names.keys():
        return
    StaffSkill.objects.filter(staff=member, skill__in=held - names.keys()).delete()
    StaffSkill.objects.bulk_create([StaffSkill(staff=member, skill=one) for one in sorted(names.keys() - held)])
    record("care.set_skills", actor=actor, at=at, target=member, detail={"skills": "、".join(names.values())})


@transaction.atomic
def set_needs(*, customer: Customer, skills: Collection[str], actor: Staff, at: datetime) -> None:
    """Keep what whoever looks after a customer should be able to do. Raises as :func:`set_skills`."""
    check_care_for(actor, customer)
    names = _named(skills)
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    held = set(CustomerNeed.objects.filter(customer=customer).values_list("skill", flat=True))
    if held == names.keys():
        return
    CustomerNeed.objects.filter(customer=customer, skill__in=held - names.keys()).delete()
    needs = [CustomerNeed(customer=customer, skill=one) for one in sorted(names.keys() - held)]
    CustomerNeed.objects.bulk_create(needs)
    record("care.set_needs", actor=actor, at=at, target=customer, detail={"skills": "、".join(names.values())})


def _named(skills: Collection[str]) -> dict[str, str]:
    known = rules_in_force().rules.skills
    if unknown := set(skills) - known.keys():
        raise ValidationError(
            {"skills": _("The rules of assignment know no skill %(skill)s.") % {"skill": ", ".join(sorted(unknown))}}
        )
    return {code: name for code, name in known.items() if code in set(skills)}
