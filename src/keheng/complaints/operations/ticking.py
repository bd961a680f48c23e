"""The tick of the worker: what has come due since the last one, as a set; each mark is told once."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.complaints.enums import ClockKind, RuleSet
from keheng.complaints.events import DeadlinesReached
from keheng.complaints.models import RuleVersion
from keheng.complaints.queries.posts import nearest_holders
from keheng.notices.operations import Message, tell_each
from keheng.org.models import Staff

MOST_AT_ONCE = 5_000

_TICK = """
    with due as materialized (
        select k.id, k.complaint_id, k.rule_set, k.kind, k.marks, k.reached, k.due_at
          from complaints_complaintclock k
          join complaints_complaint c on c.id = k.complaint_id
         where k.next_at <= %(at)s
         order by k.next_at limit %(most)s
           for update of k, c skip locked
    ), fired as materialized (
        select due.id, due.complaint_id, due.rule_set, due.kind, due.due_at, mark.place, mark.at
          from due cross join lateral unnest(due.marks) with ordinality as mark(at, place)
         where mark.place > due.reached and mark.at <= %(at)s
    ), moved as (
        update complaints_complaintclock k
           set reached = counted.reached, next_at = k.marks[counted.reached + 1]
          from (select id, max(place)::int as reached from fired group by id) counted
         where k.id = counted.id
    ), passed as (
        select complaint_id, bool_or(rule_set = 'internal') as internal, bool_or(rule_set = 'regulatory') as regulatory
          from fired where at >= due_at group by complaint_id
    ), late as (
        update complaints_complaint c
           set is_internal_late = c.is_internal_late or passed.internal,
               is_regulatory_late = c.is_regulatory_late or passed.regulatory
          from passed where passed.complaint_id = c.id
    ), told as (
        insert into complaints_clockevent (complaint_id, clock_id, kind, mark, at, recorded_at, due_at, detail)
        select fired.complaint_id, fired.id, 'mark',
               %(codes)s::jsonb -> (case fired.rule_set when 'internal' then c.internal_rules_id
                                                         else c.regulatory_rules_id end)::text
                                ->> (fired.place::int - 1),
               fired.at, %(at)s, fired.due_at, '{}'
          from fired join complaints_complaint c on c.id = fired.complaint_id
         order by fired.at, fired.id
        returning id, complaint_id, clock_id, mark, at, due_at
    )
    select told.id, told.complaint_id, told.mark, k.rule_set, k.kind, told.at >= told.due_at,
           c.number, coalesce(c.handler_id, c.registered_by_id), branch.path,
           case k.rule_set when 'internal' then c.internal_rules_id else c.regulatory_rules_id end,
           c.about_staff_id
      from told
      join complaints_complaintclock k on k.id = told.clock_id
      join complaints_complaint c on c.id = told.complaint_id
      join org_branch branch on branch.id = c.branch_id
     order by told.id
"""


@dataclass(frozen=True)
class _Fired:
    event_id: int
    complaint_id: int
    mark: str
    rule_set: str
    kind: str
    is_over: bool
    number: str
    holder_id: int
    path: str
    version_id: int
    about_staff_id: int | None


@transaction.atomic
def tick(*, actor: Staff, at: datetime) -> int:
    """Tell whatever marks have been reached by an instant; return how many."""
    versions = [RuleVersion.kept(pk) for pk in RuleVersion.objects.values_list("pk", flat=True)]
    codes = {str(version.pk): [mark.code for mark in version.rules.marks] for version in versions}
    with connection.cursor() as cursor:
        cursor.execute(_TICK, {"at": at, "most": MOST_AT_ONCE, "codes": json.dumps(codes)})
        fired = [_Fired(*row) for row in cursor.fetchall()]
    if fired:
        tell_each(kind="complaints.clock", messages=_messages(fired), at=at)
        record("complaints.tick", actor=actor, at=at, detail={"count": len(fired)})
        publish(DeadlinesReached(tuple(mark.event_id for mark in fired), at))
    return len(fired)


def _messages(fired: list[_Fired]) -> list[Message]:
    """To whoever has the complaint in hand, and to the posts of the mark; never to whoever is complained about."""
    holders = nearest_holders({(mark.path, post) for mark in fired for post in _posts(mark)})
    messages = []
    for mark in fired:
        people = {mark.holder_id}
        for post in _posts(mark):
            people |= holders[mark.path, post]
        title = _sentence(mark)
        messages += [
            Message(person, title, f"/complaints/{mark.complaint_id}/")
            for person in sorted(people - {mark.about_staff_id or 0})
        ]
    return messages


def _posts(fired: _Fired) -> tuple[str, ...]:
    return next((mark.posts for mark in RuleVersion.kept(fired.version_id).rules.marks if mark.code == fired.mark), ())


def _sentence(fired: _Fired) -> str:
    values = {
        "number": fired.number,
        "clock": ClockKind(fired.kind).label,
        "rules": RuleSet(fired.rule_set).label,
    }
    if fired.is_over:
        return _("%(number)s: the %(rules)s limit “%(clock)s” has been reached") % values
    return _("%(number)s: the %(rules)s limit “%(clock)s” is nearly used up") % values
