"""Asking for consent, one request at a time or as a set; taking back, submitting again."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from keheng.approvals import permissions, queries
from keheng.approvals.enums import Act, State
from keheng.approvals.events import RequestAsked, RequestsAsked
from keheng.approvals.models import LimitTable, Request, RequestQuerySet
from keheng.approvals.operations.closing import close, close_all, write_steps
from keheng.approvals.policies import NEEDS_REASON, states_before
from keheng.audit import operations as audit
from keheng.common import events
from keheng.common.clock import SHANGHAI
from keheng.org.models import Branch, Staff

_ONE_ROW = """
    select %(title)s::text as title, %(subject_type)s::text as subject_type, %(subject_id)s::bigint as subject_id,
           %(subject_label)s::text as subject_label, %(subject_url)s::text as subject_url,
           %(branch)s::bigint as branch_id,
           %(amount)s::numeric as amount, %(rank)s::int as rank, %(payload)s::jsonb as payload
"""


@runtime_checkable
class _HasPage(Protocol):
    def get_absolute_url(self) -> str: ...


@transaction.atomic
def ask(
    *,
    kind: str,
    subject: models.Model | None,
    title: str,
    branch: Branch,
    amount: Decimal | None = None,
    rank: int | None = None,
    payload: Mapping[str, Any] | None = None,
    url: str = "",
    actor: Staff,
    reason: str,
    at: datetime,
) -> Request:
    """Ask for a second person's consent. Whether the actor may ask at all is for the calling module to check.

    Args:
        kind: a code registered in :mod:`keheng.approvals.kinds`.
        amount, rank: what the limits are held against; in CNY, and such as the rank of the tier.
        payload: JSON values for whoever carries the request out; ``"evidence"`` holds pairs of words for the page.
            No personal data in the clear.
        url: the page of the subject; its ``get_absolute_url`` by default.

    Raises:
        ValidationError: no limits are set for the kind, or nobody may decide it.
    """
    row = {
        "title": title,
        "subject_type": subject._meta.label_lower if subject else "",
        "subject_id": subject.pk if subject else None,
        "subject_label": str(subject) if subject else "",
        "subject_url": url or _page_of(subject),
        "branch": branch.pk,
        "amount": amount,
        "rank": rank,
        "payload": Jsonb(dict(payload or {})),
    }
    (request_id,) = _insert(kind, _ONE_ROW, row, actor=actor, reason=reason, at=at)
    request = Request.objects.select_related("branch", "requester", "table").get(pk=request_id)
    if not queries.approvers([request.pk]):
        raise ValidationError(_nobody(request))
    audit.record("approvals.ask", actor=actor, at=at, target=request, reason=reason, detail={"kind": kind})
    events.publish(RequestAsked(request.pk, kind, at))
    return request


@transaction.atomic
def ask_many(
    *, kind: str, rows: str, params: Mapping[str, Any], actor: Staff, reason: str, at: datetime, target: models.Model
) -> int:
    """Ask for everything that a query yields, by one statement; return how many requests were made.

    A request that nobody may decide for want of people goes to the last level, where the page of limits shows it.

    Args:
        rows: SQL of ``title, subject_type, subject_id, subject_label, subject_url, branch_id, amount, rank, payload``.
        target: the run that asks, for the trail.

    Raises:
        ValidationError: no limits are set for the kind.
    """
    made = _insert(kind, rows, params, actor=actor, reason=reason, at=at)
    if made:
        audit.record(
            "approvals.ask", actor=actor, at=at, target=target, reason=reason, detail={"kind": kind, "count": len(made)}
        )
        events.publish(RequestsAsked(tuple(made), kind, at))
    return len(made)


@transaction.atomic
def withdraw(*, request: Request, actor: Staff, reason: str, at: datetime) -> Request:
    """Take one's own request back.

    Raises:
        PermissionDenied: somebody else asked.
        ValidationError: it has been decided meanwhile.
    """
    permissions.check_withdraw(actor, request)
    return close(request=request, act=Act.WITHDRAW, actor=actor, reason=reason, at=at)


@transaction.atomic
def withdraw_many(*, requests: RequestQuerySet, actor: Staff, reason: str, at: datetime) -> int:
    """Take a set of one's own requests back, those that still wait; return how many."""
    own = requests.filter(requester=actor)
    return len(close_all(own, act=Act.WITHDRAW, actor=actor, reason=reason, at=at))


@transaction.atomic
def resubmit(*, request: Request, actor: Staff, reason: str, at: datetime) -> Request:
    """Submit a returned request again, with what was asked for; it starts anew under the limits of the day.

    Raises:
        PermissionDenied: somebody else asked.
        ValidationError: it was not returned, or no reason was given.
    """
    permissions.check_withdraw(actor, request)
    if Act.RESUBMIT in NEEDS_REASON and not reason.strip():
        raise ValidationError({"reason": _("Say what you changed or added.")})
    held = Request.objects.select_for_update().get(pk=request.pk)
    if held.state not in states_before(Act.RESUBMIT):
        raise ValidationError(
            _("Only a returned request can be submitted again; this one is: %s.") % held.get_state_display()
        )
    table = _table(held.kind, at)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select coalesce({_level('r')}, {_LAST}) from approvals_request r where r.id = %(id)s",
            {"id": held.pk, "table": table.pk},
        )
        ((held.level,),) = cursor.fetchall()
    held.table, held.state, held.decided_at, held.decided_by, held.answer = table, State.OPEN, None, None, ""
    held.due_at = queries.due_times([held.branch_id], at, table.due_days)[held.branch_id]
    held.lapses_at = (
        queries.due_times([held.branch_id], at, table.lapse_days)[held.branch_id] if table.lapse_days else None
    )
    held.save()
    write_steps([held.pk], Act.RESUBMIT, actor=actor, reason=reason, at=at)
    audit.record("approvals.resubmit", actor=actor, at=at, target=held, reason=reason)
    events.publish(RequestAsked(held.pk, held.kind, at))
    return held


# -- inside -----------------------------------------------------------------------------------------------------------

_LAST = "(select max(level) from approvals_limit where table_id = %(table)s)"


def _level(request: str) -> str:
    """SQL: the lowest level whose limit covers the request and has somebody in reach who did not ask for it."""
    return f"""(
        select min(l.level)
          from approvals_limit l
         where l.table_id = %(table)s and {queries.COVERS.format(r=request)}
           and exists (select from org_staff s join org_branch sb on sb.id = s.branch_id
                                               join org_branch b on b.id = {request}.branch_id
                        where s.role_id = l.role_id and s.is_active and s.id <> {request}.requester_id
                          and {queries.IN_REACH.format(b="b")}))"""


def _insert(kind: str, rows: str, params: Mapping[str, Any], *, actor: Staff, reason: str, at: datetime) -> list[int]:
    table = _table(kind, at)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""create temporary table approvals_asked on commit drop as
                select *, %(asker)s::bigint as requester_id from ({rows}) as asked""",
            {**params, "asker": actor.pk},
        )
        cursor.execute("select distinct branch_id from approvals_asked")
        branches = [branch for (branch,) in cursor.fetchall()]
        due = queries.due_times(branches, at, table.due_days)
        lapse = queries.due_times(branches, at, table.lapse_days) if table.lapse_days else {}
        cursor.execute(
            f"""
            insert into approvals_request (kind, title, state, subject_type, subject_id, subject_label, subject_url,
                   branch_id, amount, rank, payload, reason, requester_id, requested_at, table_id, level, due_at,
                   lapses_at, answer)
            select %(kind)s, left(asked.title, 160), 'open', asked.subject_type, asked.subject_id,
                   left(asked.subject_label, 120), asked.subject_url, asked.branch_id, asked.amount, asked.rank,
                   coalesce(asked.payload, '{{}}'), %(reason)s, requester_id, %(at)s, %(table)s,
                   coalesce({_level("asked")}, {_LAST}), times.due, times.lapses, ''
              from approvals_asked asked
              join unnest(%(branches)s::bigint[], %(due)s::timestamptz[], %(lapses)s::timestamptz[])
                   as times(branch, due, lapses) on times.branch = asked.branch_id
            returning id
            """,
            {
                "kind": kind,
                "reason": reason[:300],
                "at": at,
                "table": table.pk,
                "branches": branches,
                "due": [due[branch] for branch in branches],
                "lapses": [lapse.get(branch) for branch in branches],
            },
        )
        made = [row[0] for row in cursor.fetchall()]
        cursor.execute("drop table approvals_asked")
    return made


def _table(kind: str, at: datetime) -> LimitTable:
    table = queries.table_on(kind, at.astimezone(SHANGHAI).date())
    if table is None:
        raise ValidationError(
            _("No approval limits are set for this kind of request. Ask an administrator to set them.")
        )
    return table


def _page_of(subject: models.Model | None) -> str:
    return str(subject.get_absolute_url()) if isinstance(subject, _HasPage) else ""


def _nobody(request: Request) -> str:
    return _(
        "Nobody in reach of %(branch)s may approve this: no role's limit covers it, or nobody else holds the role. "
        "Ask an administrator to look at the approval limits."
    ) % {"branch": request.branch.name}
