"""Reads of approvals: inboxes, limits in force, who is to decide, when it is due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import connection
from django.utils.translation import gettext as _

from keheng.approvals.enums import Act, State
from keheng.approvals.kinds import kind_of
from keheng.approvals.models import ANY_KIND, LimitTable, Request, Step
from keheng.common.working_calendar import Period, WorkingCalendar
from keheng.org.models import Branch, ServiceCalendar, Staff
from keheng.org.queries import working_calendar

# -- inboxes ----------------------------------------------------------------------------------------------------------


def waiting_count(staff: Staff) -> int:
    """How many requests wait for this person."""
    return Request.objects.waiting_for(staff).count()


def open_request(*, kind: str, subject_type: str, subject_id: int) -> Request | None:
    """The open request of a kind about a record, the newest."""
    found = Request.objects.filter(
        kind=kind, subject_type=subject_type, subject_id=subject_id, state__in=[State.OPEN, State.RETURNED]
    )
    return found.order_by("-id").first()


def history(request: Request) -> list[Step]:
    """What was done to a request after it was asked, oldest first."""
    return list(request.steps.select_related("actor").order_by("id"))


def evidence(request: Request) -> Sequence[tuple[str, str]]:
    """What a request rests on, as pairs of words."""
    kind = kind_of(request.kind)
    if kind.evidence is not None:
        return kind.evidence(request)
    return [(str(name), str(value)) for name, value in request.payload.get("evidence", [])]


# -- limits -----------------------------------------------------------------------------------------------------------


def table_on(kind: str, day: date) -> LimitTable | None:
    """The limits of a kind in force on a date: its own, else those of every kind; ``None`` where none is set."""
    for code in (kind, ANY_KIND):
        found = LimitTable.objects.filter(kind=code, valid_from__lte=day).order_by("-valid_from", "-number").first()
        if found is not None:
            return found
    return None


def tables_in_force(day: date) -> dict[str, LimitTable]:
    """The version in force of every kind that has limits of its own, with its rows."""
    newest = (
        LimitTable.objects.filter(valid_from__lte=day)
        .order_by("kind", "-valid_from", "-number")
        .distinct("kind")
        .values("pk")
    )
    tables = LimitTable.objects.filter(pk__in=newest).select_related("set_by").prefetch_related("limits__role")
    return {table.kind: table for table in tables}


@dataclass(frozen=True)
class Waiting:
    """How many requests out of a set have come to one person."""

    staff_id: int
    count: int
    one: int


#: SQL: may a limit ``l`` (with its role's people) decide a request of this amount, rank, branch and requester?
COVERS = """
    (l.max_amount is null or l.max_amount >= coalesce({r}.amount, 0))
    and (l.max_rank is null or l.max_rank >= coalesce({r}.rank, 0))
"""
IN_REACH = "(l.scope = 'all' or starts_with({b}.path, sb.path))"


def approvers(request_ids: Sequence[int]) -> list[Waiting]:
    """The people to whose level open requests have come, with how many of them, and one by number; one query."""
    sql = f"""
        select s.id, count(*), min(r.id)
          from approvals_request r
          join org_branch b on b.id = r.branch_id
          join approvals_limit l on l.table_id = r.table_id and l.level = r.level and {COVERS.format(r="r")}
          join org_staff s on s.role_id = l.role_id and s.is_active and s.id <> r.requester_id
          join org_branch sb on sb.id = s.branch_id and {IN_REACH.format(b="b")}
         where r.id = any(%s) and r.state = 'open'
         group by s.id order by s.id
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(request_ids)])
        return [Waiting(*row) for row in cursor.fetchall()]


def stranded_count() -> int:
    """Open requests that nobody may decide: no limit covers them, or nobody in reach holds the role."""
    sql = f"""
        select count(*)
          from approvals_request r join org_branch b on b.id = r.branch_id
         where r.state = 'open' and not exists (
               select from approvals_limit l
                 join org_staff s on s.role_id = l.role_id and s.is_active and s.id <> r.requester_id
                 join org_branch sb on sb.id = s.branch_id
                where l.table_id = r.table_id and {COVERS.format(r="r")} and {IN_REACH.format(b="b")})
    """
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchall()[0][0])


def approver_names(request: Request, *, limit: int = 8) -> list[str]:
    """Who has the request in their inbox, by name and role."""
    found = [waiting.staff_id for waiting in approvers([request.pk])]
    return [f"{member.name}（{member.role}）" for member in Staff.objects.filter(pk__in=found)[:limit]]


def requesters(request_ids: Sequence[int]) -> list[Waiting]:
    """Whose requests these are, with how many of them, and one by number; one query."""
    sql = """select requester_id, count(*), min(id) from approvals_request where id = any(%s)
              group by requester_id order by requester_id"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(request_ids)])
        return [Waiting(*row) for row in cursor.fetchall()]


# -- time -------------------------------------------------------------------------------------------------------------

_PLAIN = WorkingCalendar({weekday: (Period(time(9), time(17)),) for weekday in range(5)})


def due_times(branch_ids: Iterable[int], at: datetime, days: int) -> Mapping[int, datetime]:
    """``at`` plus ``days`` working days in the calendar of each branch (decision 12).

    Where no calendar is set up, weekdays count.
    """
    calendars = {calendar.pk: calendar for calendar in ServiceCalendar.objects.prefetch_related("periods")}
    named = dict(Branch.objects.filter(calendar__isnull=False).values_list("path", "calendar_id"))
    times: dict[int | None, datetime] = {}
    due: dict[int, datetime] = {}
    for pk, path in Branch.objects.filter(pk__in=set(branch_ids)).values_list("pk", "path"):
        above = [path[: place + 1] for place, char in enumerate(path) if char == "/"]
        key = next((named[step] for step in reversed(above) if step in named), None)
        if key not in times:
            calendar = working_calendar(calendars[key]) if key is not None else _PLAIN
            times[key] = calendar.add_days_of_service(at, days)
        due[pk] = times[key]
    return due


def act_in_words(act: str) -> str:
    """What was done, in the past tense."""
    return {
        Act.APPROVE: _("approved"),
        Act.REFUSE: _("refused"),
        Act.RETURN: _("returned"),
        Act.WITHDRAW: _("withdrew"),
        Act.RESUBMIT: _("submitted again"),
        Act.ESCALATE: _("escalated: nobody decided in time"),
        Act.EXPIRE: _("expired"),
    }[Act(act)]
