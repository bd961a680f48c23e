"""From duties to tasks, spread evenly over the working days that are left (A4)."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg.types.range import DateRange

from keheng.care.operations.planning.days import working_days
from keheng.care.policies.cadence import Group, slice_of, span, spread
from keheng.care.policies.priority import priority_sql
from keheng.care.queries.rules import cadence_rules, contribution_rules

_WANTED = """
    drop table if exists plan_wanted;
    create temporary table plan_wanted on commit drop as
    with slices as (
        select * from unnest(%(codes)s::text[], %(starts)s::date[], %(times)s::int[], %(places)s::int[],
                             %(firsts)s::date[], %(lasts)s::date[], %(urgencies)s::int[])
            as one (rule, starts_on, times, place, first, last, urgency)
    )
    select duty.id as duty_id, duty.customer_id, duty.branch_id, duty.rule, duty.ends_on, duty.channels,
           duty.times, slices.place, slices.urgency, coalesce(cover.cover_id, duty.staff_id) as staff_id,
           greatest(slices.first, %(day)s::date) as first,
           case when slices.last < %(day)s::date then duty.ends_on else slices.last end as last,
           coalesce(score.score, 0) as score
      from care_duty duty
      join slices on slices.rule = duty.rule and slices.starts_on = duty.starts_on and slices.times = duty.times
                 and slices.place >= duty.made
      join customers_customer c on c.id = duty.customer_id and c.status = 'active' and not c.do_not_disturb
      left join care_coverperiod cover on cover.staff_id = duty.staff_id and cover.days @> %(day)s::date
      left join care_contribution score on score.customer_id = duty.customer_id
     where duty.staff_id is not null and duty.made < duty.times
       and not exists (select from care_task task where task.cause = 'duty:' || duty.id || ':' || slices.place);
    analyze plan_wanted
"""


def plan_duties(day: date) -> int:
    """Make the tasks of every duty that is not met and has none yet; return how many.

    The customers who contribute most come first. A duty of several contacts falls into as many parts of its period;
    where several parts are left for the same days, all first contacts come before the second ones.
    """
    shapes = _slices(day)
    if not shapes["codes"]:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_WANTED, {**shapes, "day": day})
        groups = _groups(cursor)
        if not groups:
            return 0
        last = max(group.last for group in groups)
        placed = spread(groups, _loads(cursor, day, last), _days_of_staff(cursor, groups, day, last))
        return _insert(cursor, placed, day)


def _slices(day: date) -> dict[str, list[Any]]:
    """The parts of the present periods for every number of contacts that is owed in them."""
    rows: list[tuple[Any, ...]] = []
    rules = cadence_rules().rules
    with connection.cursor() as cursor:
        for rule in rules.rules:
            if not rule.enabled:
                continue
            starts_on, ends_on = span(rule.period, day)
            cursor.execute(
                "select distinct times from care_duty where rule = %s and starts_on = %s", [rule.code, starts_on]
            )
            for (times,) in cursor.fetchall():
                for place in range(times):
                    first, last = slice_of(starts_on, ends_on, place, times)
                    rows.append((rule.code, starts_on, times, place, first, last, rule.urgency))
    names = ("codes", "starts", "times", "places", "firsts", "lasts", "urgencies")
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def _groups(cursor: CursorWrapper) -> list[Group]:
    cursor.execute(
        "select staff_id, first, last, count(*) from plan_wanted group by 1, 2, 3 order by staff_id, last, first"
    )
    return [Group(*row) for row in cursor.fetchall()]


def _loads(cursor: CursorWrapper, day: date, last: date) -> dict[tuple[int, date], int]:
    cursor.execute(
        """
        select staff_id, due_on, count(*) from care_task
         where state = 'open' and due_on between %s and %s and staff_id in (select staff_id from plan_wanted)
         group by 1, 2
        """,
        [day, last],
    )
    return {(staff, due_on): count for staff, due_on, count in cursor.fetchall()}


def _days_of_staff(cursor: CursorWrapper, groups: list[Group], day: date, last: date) -> dict[int, list[date]]:
    """The working days of each person: those of their branch's calendar without the days they are away."""
    by_branch = working_days(day, last)
    cursor.execute("select id, branch_id from org_staff where id = any(%s)", [[group.staff for group in groups]])
    found = {staff: by_branch.get(branch, []) for staff, branch in cursor.fetchall()}
    cursor.execute(
        "select staff_id, lower(days), upper(days) from care_coverperiod where staff_id = any(%s) and days && %s",
        [list(found), _range(day, last)],
    )
    for staff, away_from, back_on in cursor.fetchall():
        left = [one for one in found[staff] if not away_from <= one < back_on]
        found[staff] = left or found[staff]
    return found


def _range(first: date, last: date) -> Any:
    return DateRange(first, last + timedelta(days=1))


def _insert(cursor: CursorWrapper, placed: list[tuple[Group, date, int, int]], day: date) -> int:
    rules = contribution_rules().rules
    cursor.execute(
        f"""
        with ranked as (
            select wanted.*, row_number() over (
                       partition by staff_id, first, last order by place, score desc, customer_id) - 1 as turn
              from plan_wanted wanted
        ), spans as (
            select * from unnest(%(staff)s::bigint[], %(firsts)s::date[], %(lasts)s::date[], %(days)s::date[],
                                 %(starts)s::int[], %(ends)s::int[])
                as one (staff_id, first, last, due_on, start, stop)
        )
        insert into care_task (customer_id, staff_id, branch_id, kind, rule, cause, duty_id, facts, text, opens_on,
                               due_on, closes_on, priority, urgency, channel, state, closing_reason)
        select customer_id, staff_id, branch_id, 'cadence', rule, 'duty:' || duty_id || ':' || place, duty_id,
               jsonb_build_object('place', place + 1, 'times', times),
               '', least(greatest(ranked.first, %(day)s::date), spans.due_on), spans.due_on,
               greatest(ends_on, spans.due_on), {priority_sql(rules, "score", "urgency")}, urgency,
               case when array_length(channels, 1) = 1 then channels[1] else '' end, 'open', ''
          from ranked join spans using (staff_id, first, last)
         where turn >= spans.start and turn < spans.stop
        on conflict (cause) do nothing
        """,
        {
            "staff": [group.staff for group, *_rest in placed],
            "firsts": [group.first for group, *_rest in placed],
            "lasts": [group.last for group, *_rest in placed],
            "days": [due_on for _group, due_on, _start, _stop in placed],
            "starts": [start for _group, _due, start, _stop in placed],
            "ends": [stop for _group, _due, _start, stop in placed],
            "day": day,
        },
    )
    return int(cursor.rowcount)
