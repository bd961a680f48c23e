"""Periods of ownership: written with every change of ``Customer.owner``, by one statement however many they are."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from keheng.care.enums.ownership import Source


@transaction.atomic
def follow_owners(
    *,
    customer_ids: Collection[int] | None = None,
    source: Source = Source.FEED,
    reason: str = "",
    actor_id: int | None = None,
    at: datetime,
) -> int:
    """Let the periods follow ``Customer.owner`` where it differs from them; return how many customers it was.

    Files of the core system, merges and erasures set the column; everything else in care writes both at once. Run
    again it finds nothing to do.

    Args:
        customer_ids: only these; all customers by default.
    """
    some = "" if customer_ids is None else "and c.id = any(%(ids)s)"
    given = {"ids": list(customer_ids or ()), "source": source, "reason": reason, "actor": actor_id, "at": at}
    return write_periods(
        f"""
        select c.id as customer_id, c.owner_id as staff_id, null::bigint as credit_to_id
          from customers_customer c
          left join care_ownership held
            on held.customer_id = c.id and held.part = 'owner' and upper_inf(held.period)
         where held.staff_id is distinct from c.owner_id {some}
        """,
        given,
    )


def write_periods(rows: str, given: dict[str, Any]) -> int:
    """End the current owners' periods of customers and begin others, in the caller's transaction; return how many.

    A period that began at this very instant, or later by another clock, leaves nothing behind.

    Args:
        rows: SQL of ``customer_id, staff_id, credit_to_id``; no ``staff_id``: nobody owns the customer from now on.
        given: its values, and ``source``, ``reason``, ``actor``, ``at``.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"create temporary table care_passing on commit drop as {rows}", given)
        cursor.execute("analyze care_passing (customer_id)")
        cursor.execute(_UNDO, given)
        cursor.execute(_END, given)
        cursor.execute(_BEGIN, given)
        cursor.execute("select count(*) from care_passing")
        ((number,),) = cursor.fetchall()
        cursor.execute("drop table care_passing")
    return int(number)


_HELD = "held.customer_id = p.customer_id and held.part = 'owner' and upper_inf(held.period)"
_UNDO = f"delete from care_ownership held using care_passing p where {_HELD} and lower(held.period) >= %(at)s"
_END = f"""
    update care_ownership held set period = tstzrange(lower(held.period), %(at)s) from care_passing p where {_HELD}
"""
_BEGIN = """
    insert into care_ownership (customer_id, staff_id, part, period, source, reason, credit_to_id, given_by_id)
    select customer_id, staff_id, 'owner', tstzrange(%(at)s, null), %(source)s, %(reason)s,
           nullif(credit_to_id, staff_id), %(actor)s
      from care_passing where staff_id is not null order by customer_id
"""
