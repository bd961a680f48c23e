"""How one customer wants to be cared for 一户一策: calendar of the birthday, hours, extra care, interval (A4, 003)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.care.models import CareProfile
from keheng.care.permissions.contacts import check_log
from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.org.models import Staff

FIELDS = ("birthday_calendar", "wedding_on", "hours_from", "hours_to", "extra_care", "every_days", "strategy")


@transaction.atomic
def change_profile(*, customer: Customer, values: Mapping[str, Any], actor: Staff, at: datetime) -> CareProfile:
    """Keep what differs from the rules for this customer; plans follow from the next one on.

    Args:
        values: any of :data:`FIELDS`; what is left out stays.

    Raises:
        ValidationError: one hour without the other, an interval outside a year, a wedding that lies ahead.
        PermissionDenied: the customer lies outside the actor's scope.
    """
    check_log(actor, customer)
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    profile = CareProfile.objects.filter(customer=customer).first() or CareProfile(customer=customer)
    changed = [name for name in FIELDS if name in values and (values[name] or None) != (getattr(profile, name) or None)]
    fields = {field.name: field for field in CareProfile._meta.concrete_fields}
    for name in changed:
        setattr(profile, name, values[name] or fields[name].get_default())
    if profile.wedding_on and profile.wedding_on > at.astimezone(SHANGHAI).date():
        raise ValidationError({"wedding_on": _("The wedding day lies ahead.")})
    if not changed:
        return profile
    profile.changed_by, profile.changed_at = actor, at
    profile.full_clean()
    profile.save()
    names = [str(fields[name].verbose_name) for name in changed]
    record("care.change_profile", actor=actor, at=at, target=customer, detail={"fields": "、".join(names)})
    return profile
