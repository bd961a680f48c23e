"""What contacts settle: the duties they count for, the tasks they do; sets of customers, one statement each."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from keheng.notices.operations import wake

_TALLY = """
    update care_duty duty set made = counted.made
      from (
        select duty.id, count(distinct (contact.at at time zone 'Asia/Shanghai')::date) as made
          from care_duty duty
          left join care_contact contact
            on contact.customer_id = duty.customer_id and contact.counts and contact.withdrawn_at is null
           and contact.at >= duty.starts_on::timestamp at time zone 'Asia/Shanghai'
           and contact.at < (duty.ends_on + 1)::timestamp at time zone 'Asia/Shanghai'
           and (duty.channels = '{}' or contact.channel = any(duty.channels))
           and (contact.staff_id = duty.staff_id or contact.role = any(duty.roles))
         where {which}
         group by duty.id
      ) counted
     where counted.id = duty.id and duty.made <> counted.made
"""

_BY_CONTACT = """
    update care_task task
       set state = 'done', contact_id = logged.id, closed_by_id = logged.staff_id, closed_at = logged.logged_at
      from (
        select distinct on (task.id) task.id as task_id, contact.id, contact.staff_id, contact.logged_at
          from care_contact contact
          join care_task task
            on task.state = 'open'
           and (task.id = contact.task_id
                or (task.customer_id = contact.customer_id and task.staff_id = contact.staff_id
                    and task.kind in ('quota', 'new')
                    and task.opens_on <= (contact.at at time zone 'Asia/Shanghai')::date
                    and task.channel in ('', contact.channel)))
         where contact.id = any(%(contacts)s) and contact.counts and contact.withdrawn_at is null
         order by task.id, contact.at
      ) logged
     where logged.task_id = task.id
    returning task.staff_id
"""

_TRIED = """
    update care_task task set attempts = task.attempts + 1
      from care_contact contact
     where contact.id = any(%(contacts)s) and not contact.counts and task.id = contact.task_id and task.state = 'open'
    returning task.staff_id
"""

_BY_DUTY = """
    update care_task task
       set state = 'done', contact_id = last.id, closed_by_id = last.staff_id, closed_at = last.logged_at
      from (
        select task.id, duty.customer_id, duty.made,
               row_number() over (partition by duty.id, task.state order by task.due_on, task.id)
               + count(*) filter (where task.state = 'done') over (partition by duty.id) as place,
               task.state
          from care_duty duty join care_task task on task.duty_id = duty.id
         where duty.customer_id = any(%(customers)s) and duty.made > 0 and task.state in ('open', 'done')
      ) surplus
      join lateral (
        select contact.id, contact.staff_id, contact.logged_at from care_contact contact
         where contact.customer_id = surplus.customer_id and contact.counts and contact.withdrawn_at is null
         order by contact.at desc limit 1
      ) last on true
     where surplus.id = task.id and surplus.state = 'open' and surplus.place <= surplus.made
    returning task.staff_id
"""

_REOPEN = """
    update care_task set state = 'open', contact_id = null, closed_by_id = null, closed_at = null
     where contact_id = any(%(contacts)s) and state = 'done'
       and exists (select from care_contact contact where contact.id = care_task.contact_id
                      and (not contact.counts or contact.withdrawn_at is not null))
    returning staff_id
"""


def settle(contact_ids: Sequence[int], customer_ids: Sequence[int]) -> None:
    """Bring duties and tasks in line with contacts just logged, corrected or withdrawn, in the caller's transaction.

    Several contacts of one day count once: three calls in an afternoon are no three visits. The open workbenches of
    those whose tasks changed load them anew.
    """
    keys = {"contacts": list(contact_ids), "customers": list(customer_ids)}
    changed: set[int] = set()
    with connection.cursor() as cursor:
        for statement in (_REOPEN, _BY_CONTACT, _TRIED):
            cursor.execute(statement, keys)
            changed |= {staff for (staff,) in cursor.fetchall()}
        cursor.execute(_TALLY.replace("{which}", "duty.customer_id = any(%(customers)s)"), keys)
        cursor.execute(_BY_DUTY, keys)
        changed |= {staff for (staff,) in cursor.fetchall()}
    wake(changed)


def tally_since(day: date) -> int:
    """Count anew what has been made of the duties whose period has not ended by ``day``; return how many differed."""
    with connection.cursor() as cursor:
        cursor.execute(_TALLY.replace("{which}", "duty.ends_on >= %(day)s"), {"day": day})
        return int(cursor.rowcount)
