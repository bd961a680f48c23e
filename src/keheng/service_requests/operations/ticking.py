"""The tick of the worker: what has come due since the last one, as a set (A6).

One statement finds the clocks whose next mark is behind (an index holds running clocks only, so the number of open
requests does not matter), locks them and their requests past whatever somebody else holds, writes an event for each
mark that was reached, and moves them to the next one. Each mark is therefore told exactly once. A mark that is told
later than ``late_after`` says so: the worker was away.

An event names whoever had the request in hand at the moment of the mark: who takes it between the mark and the tick
answers for nothing that was late before.

Tables are joined by their keys: two sets that the statement itself makes the planner takes for a row each, and would
compare them pair by pair.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.notices.operations import Message, tell_each
from keheng.org.models import Staff
from keheng.service_requests.enums import ClockKind
from keheng.service_requests.events import LimitsPassed, MarksReached
from keheng.service_requests.models import CatalogueVersion
from keheng.service_requests.policies.clocks import Mark
from keheng.webhooks.operations import News, announce, is_awaited

MARK = "service_requests.mark"
MOST_AT_ONCE = 5_000

_TICK = """
    with due as materialized (
        select c.id, c.request_id, c.kind, c.marks, c.reached, c.due_at,
               case when c.kind <> 'response' then r.paused_at end as paused_at
          from service_requests_requestclock c
          join service_requests_servicerequest r on r.id = c.request_id
         where c.next_at <= %(at)s
         order by c.next_at limit %(most)s
           for update of c, r skip locked
    ), fired as materialized (
        select due.id, due.request_id, due.kind, due.due_at, due.paused_at, mark.place, mark.at
          from due cross join lateral unnest(due.marks) with ordinality as mark(at, place)
         where mark.place > due.reached and mark.at <= %(at)s
           and (due.paused_at < least(mark.at, due.due_at)) is not true
    ), moved as (
        update service_requests_requestclock c
           set reached = counted.reached,
               next_at = case when (counted.paused_at < least(c.marks[counted.reached + 1], c.due_at)) is not true
                              then c.marks[counted.reached + 1] end
          from (select id, paused_at, max(place)::int as reached from fired group by id, paused_at) counted
         where c.id = counted.id
    ), late as (
        update service_requests_servicerequest r
           set is_late = true
         where r.id in (select request_id from fired where at >= due_at) and not r.is_late
    ), told as (
        insert into service_requests_slaevent
               (request_id, clock_id, kind, mark, at, recorded_at, due_at, assignee_id, told_late, detail)
        select fired.request_id, fired.id, 'mark',
               %(codes)s::jsonb -> r.version_id::text ->> (fired.place::int - 1),
               fired.at, %(at)s, fired.due_at,
               case when fired.at < fired.due_at
                      or not exists (select from service_requests_step taken
                                      where taken.request_id = r.id and taken.kind = 'claimed' and taken.at > fired.at)
                      or exists (select from service_requests_step given
                                  where given.request_id = r.id and given.kind = 'assigned' and given.at <= fired.at)
                    then r.assignee_id end,
               %(at)s - fired.at > (%(late)s::jsonb ->> r.version_id::text)::interval, '{}'
          from fired join service_requests_servicerequest r on r.id = fired.request_id
         order by fired.at, fired.id
        returning id, request_id, clock_id, mark, at, told_late
    )
    select told.id, told.request_id, told.mark, told.at, told.told_late, r.assignee_id, c.kind,
           r.number, r.version_id, r.business, r.opened_by_id, b.path
      from told
      join service_requests_requestclock c on c.id = told.clock_id
      join service_requests_servicerequest r on r.id = told.request_id
      join org_branch b on b.id = r.branch_id
     order by told.id
"""


@dataclass(frozen=True)
class _Fired:
    event_id: int
    request_id: int
    mark: str
    at: datetime
    told_late: bool
    assignee_id: int | None
    kind: str
    number: str
    version_id: int
    business: str
    opened_by_id: int
    path: str

    @property
    def point(self) -> tuple[int, str, str]:
        """Which mark of which clock it is: version, clock and mark."""
        return self.version_id, self.kind, self.mark

    @property
    def words(self) -> tuple[int, str, str, str, bool]:
        """What the sentence about it depends on, but for the number."""
        return *self.point, self.business, self.told_late


@transaction.atomic
def tick(*, actor: Staff, at: datetime) -> int:
    """Tell whatever marks have been reached by an instant; return how many."""
    versions = [CatalogueVersion.kept(pk) for pk in CatalogueVersion.objects.values_list("pk", flat=True)]
    codes = {str(version.pk): [mark.code for mark in version.catalogue.marks] for version in versions}
    late = {str(version.pk): f"{version.catalogue.late_after.total_seconds()} s" for version in versions}
    with connection.cursor() as cursor:
        cursor.execute(_TICK, {"at": at, "most": MOST_AT_ONCE, "codes": json.dumps(codes), "late": json.dumps(late)})
        fired = [_Fired(*row) for row in cursor.fetchall()]
    if fired:
        tell_each(kind="service_requests.clock", messages=_messages(fired), at=at)
        record("service_requests.tick", actor=actor, at=at, detail={"count": len(fired)})
        if is_awaited(MARK):
            announce(kind=MARK, news=[News(_news(mark), mark.path) for mark in fired], at=at)
        publish(MarksReached(tuple(mark.event_id for mark in fired), at))
        passed = tuple(mark.event_id for mark in fired if _is_final(*mark.point))
        if passed:
            publish(LimitsPassed(passed, at))
    return len(fired)


def _news(fired: _Fired) -> dict[str, Any]:
    """What other programs are told of a mark."""
    return {
        "id": fired.request_id,
        "number": fired.number,
        "business": fired.business,
        "clock": fired.kind,
        "mark": fired.mark,
        "reached_at": fired.at.isoformat(),
        "told_late": fired.told_late,
    }


@lru_cache(maxsize=1024)
def _is_final(version_id: int, kind: str, code: str) -> bool:
    """Whether overtime has passed the last edge of the penalties: nothing gets worse from here."""
    rules, mark = CatalogueVersion.kept(version_id).catalogue.penalties, _mark(version_id, code)
    return kind in rules.clocks and mark.over is not None and mark.over >= rules.final_edge


@lru_cache(maxsize=1024)
def _mark(version_id: int, code: str) -> Mark:
    return next(mark for mark in CatalogueVersion.kept(version_id).catalogue.marks if mark.code == code)


def _messages(fired: list[_Fired]) -> list[Message]:
    """To whoever has the request in hand, or was asked first, and up the chain of posts."""
    holders = _holders({post for mark in fired for post in _posts(*mark.point)})
    sentences = {each: _sentence(*each) for each in {mark.words for mark in fired}}
    messages = []
    for mark in fired:
        people = {mark.assignee_id or mark.opened_by_id}
        for post in _posts(*mark.point):
            people |= _nearest(holders[post], mark.path)
        sentence, values = sentences[mark.words]
        title = sentence % {"number": mark.number, **values}
        messages += [Message(person, title, f"/service/{mark.request_id}/") for person in sorted(people)]
    return messages


def _posts(version_id: int, kind: str, code: str) -> tuple[str, ...]:
    return () if kind == ClockKind.FEEDBACK else _mark(version_id, code).posts


def _holders(posts: set[str]) -> dict[str, dict[str, set[int]]]:
    """Who holds a post, by the path of their branch; one query."""
    found: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    people = Staff.objects.people().filter(is_active=True, role__code__in=posts).order_by()
    for post, path, pk in people.values_list("role__code", "branch__path", "pk"):
        found[post][path].add(pk)
    return found


def _nearest(holders: dict[str, set[int]], path: str) -> set[int]:
    """The holders of a post in the branch itself, or else in the nearest one above."""
    above = [path[: place + 1] for place, char in enumerate(path) if char == "/"]
    return next((holders[step] for step in reversed(above) if holders.get(step)), set())


def _sentence(version_id: int, kind: str, code: str, business: str, told_late: bool) -> tuple[str, dict[str, str]]:
    """What people are told, with its words but for the number of the request."""
    mark = _mark(version_id, code)
    values = {
        "business": CatalogueVersion.kept(version_id).catalogue.businesses[business].name,
        "clock": str(ClockKind(kind).label),
    }
    if mark.over is not None:
        values["minutes"] = str(int(mark.over / timedelta(minutes=1)))
        sentence = _("%(number)s %(business)s: %(clock)s is %(minutes)s minutes over the limit")
    elif mark.is_breach:
        sentence = _("%(number)s %(business)s: the limit of %(clock)s has been reached")
    else:
        values["share"] = str(mark.share)
        sentence = _("%(number)s %(business)s: %(share)s%% of the limit of %(clock)s is used")
    return (_("%(sentence)s (told late)") % {"sentence": sentence} if told_late else sentence), values
