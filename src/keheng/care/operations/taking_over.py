"""What a new owner finds at once: the open tasks of the customers, and a first contact to make [004a]."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from keheng.care.operations.assigning import AT_ONCE
from keheng.care.operations.planning.following import follow_owners
from keheng.care.operations.planning.fresh import plan_first_contacts
from keheng.common.clock import SHANGHAI


@transaction.atomic
def take_over(*, customer_ids: Collection[int], contact_by: date | None, at: datetime) -> int:
    """Let open tasks follow customers to their new owners, and give these the first contacts; return how many.

    Told again it gives none twice; what was not done because the process died, or because very many passed at once
    (a batch is spread over days), the next planning of a day makes good.
    """
    if not customer_ids or len(customer_ids) > AT_ONCE:
        return 0
    day = at.astimezone(SHANGHAI).date()
    follow_owners(day, customer_ids)
    return plan_first_contacts(customer_ids=customer_ids, day=day, by=contact_by) if contact_by else 0
