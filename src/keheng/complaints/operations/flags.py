"""The flag of a customer who complains or lately did (A7), kept for one customer at a time or for all at once."""

from collections.abc import Collection
from datetime import date

from django.db import connection

from keheng.complaints.models import Complaint, CustomerFlag
from keheng.complaints.policies.flow import OPEN

_KEEP = """
    with told as (
        select distinct on (customer_id) customer_id, id, registered_at, state = any(%(open)s) as is_open,
               (closed_at at time zone 'Asia/Shanghai')::date + %(days)s::int as until
          from complaints_complaint
         where customer_id is not null and (%(customers)s::bigint[] is null or customer_id = any(%(customers)s))
         order by customer_id, state = any(%(open)s) desc, coalesce(closed_at, registered_at) desc, id desc
    )
    insert into complaints_customerflag as kept (customer_id, complaint_id, since, until, reasons)
    select customer_id, id, registered_at, case when is_open then null else until end, '{}'
      from told
     where is_open or until >= %(today)s
     order by customer_id
    on conflict (customer_id) do update
       set complaint_id = excluded.complaint_id, since = excluded.since, until = excluded.until,
           reasons = case when kept.until < %(today)s then '{}' else kept.reasons end
     where (kept.complaint_id, kept.until) is distinct from (excluded.complaint_id, excluded.until)
"""


def keep_flags(*, customers: Collection[int] | None, days: int, today: date) -> int:
    """Let the flags say what the complaints say: one that runs, or the last that ended; return how many changed.

    Args:
        customers: their keys; ``None``: everybody's, which also mends what a broken process left undone.
        days: how long the flag of an ended complaint stands.
    """
    keys = None if customers is None else sorted(customers)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, {"open": sorted(OPEN), "customers": keys, "days": days, "today": today})
        return int(cursor.rowcount)


def note_risk(*, complaint: Complaint, reasons: Collection[str]) -> None:
    """Keep with the flag why the customer may leave; no reason takes back only what this complaint gave."""
    flags = CustomerFlag.objects.filter(customer=complaint.customer_id)
    (flags if reasons else flags.filter(complaint=complaint)).update(reasons=list(reasons))
