"""Customers pass to other owners: column, periods, parts beside the owner, trail and news in one go."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.care.enums.ownership import Source
from keheng.care.events import OwnersPassed
from keheng.care.operations.ownership import write_periods
from keheng.common.events import publish
from keheng.customers.operations import write_owners
from keheng.notices import operations as notices
from keheng.notices.operations import Message
from keheng.org.models import Staff

GIVEN, TAKEN = "care.given", "care.taken"


def pass_on(
    *, source: Source, reason: str, contact_by: date | None, actor: Staff, at: datetime, told: bool = True
) -> dict[int, int]:
    """Carry out the temporary table ``care_moves``, in the caller's transaction; return the new owner by customer.

    ``care_moves`` has ``customer_id, staff_id, before_id, credit_to_id``. Whoever got another owner meanwhile is left
    alone. A part beside the owner that the new owner had ends. Old and new owners are told, one notice each.
    """
    if not write_owners("care_moves", at=at):
        return {}
    given: dict[str, Any] = {
        "source": source,
        "reason": reason[:200],
        "actor": actor.pk,
        "at": at,
    }
    write_periods("select customer_id, staff_id, credit_to_id from care_moves", given)
    with connection.cursor() as cursor:
        cursor.execute(_END_PARTS, given)
        cursor.execute("select customer_id, staff_id, before_id from care_moves")
        moves = cursor.fetchall()
    owners = {customer_id: staff_id for customer_id, staff_id, _before in moves if staff_id is not None}
    if told:
        _tell(Counter(owners.values()), Counter(before for *_rest, before in moves if before), actor, reason, at)
    publish(OwnersPassed(owners, source, contact_by, at))
    return owners


_END_PARTS = """
    update care_ownership held set period = tstzrange(lower(held.period), greatest(%(at)s, lower(held.period)
                                                                                  + interval '1 microsecond'))
      from care_moves move
     where held.customer_id = move.customer_id
       and held.staff_id = move.staff_id and held.part <> 'owner' and upper_inf(held.period)
"""


def _tell(gained: Mapping[int, int], lost: Mapping[int, int], actor: Staff, reason: str, at: datetime) -> None:
    page = reverse("customers")
    new = _("%(count)d customers are yours now: contact them at once and complete their data.")
    old = _("%(count)d of your customers have another owner now.")
    notices.tell_each(
        kind=GIVEN,
        messages=[
            Message(staff, new % {"count": count}, f"{page}?owner={staff}", reason)
            for staff, count in gained.items()
            if staff != actor.pk
        ],
        at=at,
    )
    notices.tell_each(
        kind=TAKEN,
        messages=[Message(staff, old % {"count": count}, page, reason) for staff, count in lost.items()],
        at=at,
    )
