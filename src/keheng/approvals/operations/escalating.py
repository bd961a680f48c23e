"""What time does to requests: overdue ones rise a level, forgotten ones expire."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.approvals import queries
from keheng.approvals.enums import Act
from keheng.approvals.events import RequestsEscalated
from keheng.approvals.models import Request
from keheng.approvals.operations.closing import close_all, write_steps
from keheng.audit import operations as audit
from keheng.common import events
from keheng.org.models import Staff

_RISING = f"""
    select r.id, r.branch_id, t.id, t.due_days,
           (select min(l.level) from approvals_limit l
             where l.table_id = r.table_id and l.level > r.level and {queries.COVERS.format(r="r")}
               and exists (select from org_staff s join org_branch sb on sb.id = s.branch_id
                            where s.role_id = l.role_id and s.is_active and s.id <> r.requester_id
                              and {queries.IN_REACH.format(b="b")})) as next
      from approvals_request r join approvals_limittable t on t.id = r.table_id join org_branch b on b.id = r.branch_id
     where r.state = 'open' and r.due_at <= %(at)s
       and r.level < (select max(level) from approvals_limit where table_id = r.table_id)
     order by r.id
       for update of r skip locked
"""


@transaction.atomic
def escalate_overdue(*, actor: Staff, at: datetime) -> int:
    """Let overdue requests rise to the next level that covers them, with a new limit of time; return how many.

    The lower level may still decide. At the last level a request stays, overdue, until it expires.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RISING, {"at": at})
        rising = [row for row in cursor.fetchall() if row[4] is not None]
        if not rising:
            return 0
        due = {
            days: queries.due_times([row[1] for row in rising if row[3] == days], at, days)
            for days in {row[3] for row in rising}
        }
        keys = [row[0] for row in rising]
        cursor.execute(
            """update approvals_request r set level = n.level, due_at = n.due
                 from unnest(%s::bigint[], %s::smallint[], %s::timestamptz[]) as n(id, level, due) where r.id = n.id""",
            [keys, [row[4] for row in rising], [due[row[3]][row[1]] for row in rising]],
        )
    write_steps(keys, Act.ESCALATE, actor=actor, reason="", at=at)
    audit.record("approvals.escalate", actor=actor, at=at, detail={"count": len(keys)})
    events.publish(RequestsEscalated(tuple(keys), at))
    return len(keys)


@transaction.atomic
def expire_lapsed(*, actor: Staff, at: datetime) -> int:
    """End requests that nobody answered within the last limit of time of their kind; return how many."""
    lapsed = Request.objects.filter(lapses_at__lte=at)
    keys = close_all(lapsed, act=Act.EXPIRE, actor=actor, reason=_("Nobody decided in time."), at=at)
    if keys:
        audit.record("approvals.expire", actor=actor, at=at, detail={"count": len(keys)})
    return len(keys)
