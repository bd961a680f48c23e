"""Open tasks follow whoever acts for the customer: another owner, or whoever stands in during an absence (A3, A4)."""

from collections.abc import Collection
from datetime import date

from django.db import connection

_FOLLOW = """
    update care_task task set staff_id = acting.staff_id
      from (
        select task.id, coalesce(cover.cover_id, c.owner_id) as staff_id
          from care_task task
          join customers_customer c on c.id = task.customer_id and c.owner_id is not null
          left join care_duty duty on duty.id = task.duty_id
          left join care_coverperiod cover on cover.staff_id = c.owner_id and cover.days @> %(day)s::date
         where task.state = 'open' and {which}
           and (task.kind in ('new', 'quota') or duty.part = 'owner' or task.facts ->> 'who' = 'owner')
      ) acting
     where acting.id = task.id and acting.staff_id <> task.staff_id
"""


def follow_owners(day: date, customer_ids: Collection[int] | None = None) -> int:
    """Hand the tasks due by ``day`` to whoever acts that day; return how many changed hands.

    Tasks of later days stay with the owner, who may be back by then.

    Args:
        customer_ids: customers who have another owner from now on: all their tasks, also those of later days.
    """
    which = "task.due_on <= %(day)s" if customer_ids is None else "task.customer_id = any(%(customers)s)"
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW.replace("{which}", which), {"day": day, "customers": list(customer_ids or ())})
        return int(cursor.rowcount)
