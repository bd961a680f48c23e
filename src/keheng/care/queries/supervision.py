"""How people are led: who leads whom, and the team's board."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from keheng.care.permissions.contacts import COMPLIANCE, LOG
from keheng.common.clock import SHANGHAI
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff


@dataclass(frozen=True)
class Member:
    """One person's tasks and contacts of a period. ``noted``: percent of the contacts that have a note."""

    staff_id: int
    name: str
    branch_id: int
    branch: str
    role: str
    planned: int
    done: int
    skipped: int
    lapsed: int
    overdue: int
    contacts: int
    reached: int
    noted: int | None
    faults: int

    @property
    def rate(self) -> float | None:
        """Share of the planned tasks that were done."""
        return self.done / self.planned if self.planned else None


def leaders_of(staff: Staff) -> list[Staff]:
    """Who leads somebody: at the nearest branch from theirs upward, those who do not lead beside them; lowest first."""
    above = [staff.branch.path[: place + 1] for place, char in enumerate(staff.branch.path) if char == "/"]
    keys = Branch.objects.filter(path__in=above).values("pk")
    people = Staff.objects.people().filter(branch__in=keys, is_active=True).exclude(pk=staff.pk)
    leading = [one for one in people if one.can(COMPLIANCE) and one.role.order < staff.role.order]
    if not leading:
        return []
    nearest = max(len(one.branch.path) for one in leading)
    return sorted(
        (one for one in leading if len(one.branch.path) == nearest), key=lambda one: (-one.role.order, one.pk)
    )


def team_board(staff: Staff, starts_on: date, ends_on: date, today: date) -> list[Member]:
    """Everybody of the scope who does tasks, with the figures of a period; one statement, whatever their number.

    A task belongs to the period in which it is due. Overdue is what is open and late today.
    """
    begin = datetime(starts_on.year, starts_on.month, starts_on.day, tzinfo=SHANGHAI)
    end = datetime(ends_on.year, ends_on.month, ends_on.day, tzinfo=SHANGHAI) + timedelta(days=1)
    branches = None if staff.scope == DataScope.ALL else list(staff.branch_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with people as (
                select s.id, s.name, s.branch_id, b.name as branch, b.path, r.name as role, r."order"
                  from org_staff s join org_branch b on b.id = s.branch_id join org_role r on r.id = s.role_id
                 where s.is_active and (%(branches)s::bigint[] is null or s.branch_id = any(%(branches)s))
                   and (%(log)s = any(r.permissions) or 'care.*' = any(r.permissions)) and s.username <> 'system'
            ), due as (
                select t.staff_id, count(*) as planned,
                       count(*) filter (where t.state = 'done') as done,
                       count(*) filter (where t.state = 'skipped') as skipped,
                       count(*) filter (where t.state = 'lapsed') as lapsed
                  from care_task t join people on people.id = t.staff_id
                 where t.due_on between %(starts)s and %(ends)s group by 1
            ), late as (
                select t.staff_id, count(*) as overdue from care_task t join people on people.id = t.staff_id
                 where t.state = 'open' and t.due_on < %(today)s group by 1
            ), talked as (
                select c.staff_id, count(*) as contacts,
                       count(distinct c.customer_id) filter (where c.counts) as reached,
                       count(*) filter (where c.note is not null and c.note <> '') as noted
                  from care_contact c join people on people.id = c.staff_id
                 where c.at >= %(begin)s and c.at < %(end)s and c.withdrawn_at is null group by 1
            ), faulty as (
                select i.staff_id, count(*) as faults from care_logcheckitem i join people on people.id = i.staff_id
                 where i.finding <> '' and i.checked_at >= %(begin)s and i.checked_at < %(end)s group by 1
            )
            select people.id, people.name, people.branch_id, people.branch, people.role,
                   coalesce(planned, 0), coalesce(done, 0), coalesce(skipped, 0), coalesce(lapsed, 0),
                   coalesce(overdue, 0), coalesce(contacts, 0), coalesce(reached, 0),
                   case when contacts > 0 then (100 * noted / contacts)::int end, coalesce(faults, 0)
              from people left join due on due.staff_id = people.id left join late on late.staff_id = people.id
              left join talked on talked.staff_id = people.id left join faulty on faulty.staff_id = people.id
             where planned > 0 or overdue > 0 or contacts > 0
             order by people.path, people."order", people.name, people.id
            """,
            {
                "branches": branches,
                "log": LOG,
                "starts": starts_on,
                "ends": ends_on,
                "today": today,
                "begin": begin,
                "end": end,
            },
        )
        return [Member(*row) for row in cursor.fetchall()]
