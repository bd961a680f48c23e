"""Who comes before the plan: new customers, customers just assigned, the daily quota by contribution (A4)."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import connection

from keheng.care.operations.planning.days import make_calendar
from keheng.care.policies.cadence import FreshRule, QuotaRule
from keheng.care.policies.priority import priority_sql
from keheng.care.queries.rules import cadence_rules, contribution_rules


def plan_fresh(day: date) -> int:
    """A prompt first contact for whoever became a customer, or got another owner, in the last days."""
    rule = cadence_rules().rules.fresh
    return _plan_fresh(rule, day) if rule.enabled else 0


def plan_first_contacts(*, customer_ids: Collection[int], day: date, by: date) -> int:
    """The same for customers who have just got another owner: at once, each due on a working day up to ``by``."""
    rule = cadence_rules().rules.fresh
    return _plan_fresh(rule, day, customer_ids, by) if rule.enabled else 0


def plan_quotas(day: date) -> int:
    """So many visits today for each member of the roles, the greatest contribution first; none on a day off."""
    return sum(_plan_quota(rule, day) for rule in cadence_rules().rules.quotas if rule.enabled)


def _plan_fresh(rule: FreshRule, day: date, only: Collection[int] | None = None, by: date | None = None) -> int:
    weights = contribution_rules().rules
    some = "" if only is None else "and c.id = any(%(only)s)"
    with connection.cursor() as cursor:
        make_calendar(cursor, day, max(day + timedelta(days=2 * rule.work_days + 12), by or day))
        cursor.execute(
            f"""
            with fresh as (
                select c.id, c.branch_id, c.owner_id, 'new:' || c.id as cause, c.opened_on as since, 'opened' as why
                  from customers_customer c
                 where c.status = 'active' and c.owner_id is not null and c.opened_on between %(opened)s and %(day)s
                   and c.aum >= %(aum)s and not c.do_not_disturb {some}
                union all
                select c.id, c.branch_id, c.owner_id, 'owned:' || held.id,
                       (lower(held.period) at time zone 'Asia/Shanghai')::date, 'assigned'
                  from care_ownership held join customers_customer c on c.id = held.customer_id
                 where held.part = 'owner' and upper_inf(held.period) and held.source not in ('opening', 'feed')
                   and lower(held.period) >= %(assigned)s::timestamp at time zone 'Asia/Shanghai'
                   and c.status = 'active' and c.owner_id is not null and not c.do_not_disturb {some}
            ), placed as (
                select fresh.*, coalesce(cover.cover_id, fresh.owner_id) as staff_id, coalesce(score.score, 0) as score,
                       row_number() over (partition by fresh.owner_id order by score.score desc nulls last, fresh.id)
                       as turn, count(*) over (partition by fresh.owner_id) as total
                  from fresh
                  left join care_coverperiod cover on cover.staff_id = fresh.owner_id and cover.days @> %(day)s::date
                  left join care_contribution score on score.customer_id = fresh.id
                 where not exists (select from care_task task where task.cause = fresh.cause)
                   and not exists (select from care_contact contact where contact.customer_id = fresh.id
                                      and contact.counts and contact.withdrawn_at is null
                                      and contact.at >= fresh.since::timestamp at time zone 'Asia/Shanghai')
            ), days as (
                select branch_id, work_after as due_on,
                       row_number() over (partition by branch_id order by work_after) - 1 as place
                  from (select distinct branch_id, work_after from plan_day) one
            )
            insert into care_task (customer_id, staff_id, branch_id, kind, rule, cause, facts, text, opens_on, due_on,
                                   closes_on, priority, urgency, channel, state, closing_reason)
            select placed.id, staff_id, placed.branch_id, 'new', 'fresh', cause,
                   jsonb_build_object('since', since, 'why', why), '', %(day)s, due.due_on,
                   due.due_on + 30, {priority_sql(weights, "score", "%(urgency)s")},
                   %(urgency)s, '', 'open', ''
              from placed
              left join days on days.branch_id = placed.branch_id
               and days.place = (turn - 1) * least(total, %(work_days)s) / total
              left join plan_day last on last.branch_id = placed.branch_id and last.day = %(by)s::date
              cross join lateral (
                select coalesce(case when last.work_before >= %(day)s::date then least(days.due_on, last.work_before)
                                     else days.due_on end, %(day)s::date) as due_on) due
            on conflict (cause) do nothing
            """,
            {
                "day": day,
                "only": list(only or ()),
                "by": by,
                "opened": day - timedelta(days=rule.new_within_days),
                "assigned": day - timedelta(days=rule.assigned_within_days),
                "aum": rule.aum_from,
                "work_days": rule.work_days,
                "urgency": rule.urgency,
            },
        )
        return int(cursor.rowcount)


def _plan_quota(rule: QuotaRule, day: date) -> int:
    weights = contribution_rules().rules
    with connection.cursor() as cursor:
        make_calendar(cursor, day, day)
        cursor.execute(
            f"""
            with people as (
                select staff.id as staff_id, (
                    select count(*) from care_task task where task.staff_id = staff.id and task.due_on = %(day)s
                       and task.customer_id is not null and task.rule <> %(code)s) as planned
                  from org_staff staff join org_role role on role.id = staff.role_id and role.code = any(%(roles)s)
                  join plan_day on plan_day.branch_id = staff.branch_id and plan_day.day = %(day)s
                       and plan_day.work_after = plan_day.day
                 where staff.is_active
                   and not exists (select from care_coverperiod cover
                                    where cover.staff_id = staff.id and cover.days @> %(day)s::date)
            ), ranked as (
                select people.staff_id, people.planned, c.id as customer_id, c.branch_id,
                       coalesce(score.score, 0) as score,
                       row_number() over (partition by people.staff_id order by score.score desc nulls last, c.id)
                       as turn
                  from people join customers_customer c on c.owner_id = people.staff_id and c.status = 'active'
                   and not c.do_not_disturb
                  left join care_contribution score on score.customer_id = c.id
                 where not exists (select from care_task task where task.customer_id = c.id and task.state = 'open')
                   and not exists (select from care_contact contact where contact.customer_id = c.id and contact.counts
                                      and contact.withdrawn_at is null and contact.at >= %(since)s::date)
            )
            insert into care_task (customer_id, staff_id, branch_id, kind, rule, cause, facts, text, opens_on, due_on,
                                   closes_on, priority, urgency, channel, state, closing_reason)
            select customer_id, staff_id, branch_id, 'quota', %(code)s,
                   'quota:' || %(code)s || ':' || staff_id || ':' || %(day)s || ':' || turn + planned,
                   jsonb_build_object('turn', turn + planned, 'a_day', %(a_day)s::int), '', %(day)s, %(day)s,
                   %(day)s::date + 7, {priority_sql(weights, "score", "%(urgency)s")}, %(urgency)s, %(channel)s,
                   'open', ''
              from ranked where turn + planned <= %(a_day)s
            on conflict (cause) do nothing
            """,
            {
                "day": day,
                "code": rule.code,
                "roles": list(rule.roles),
                "a_day": rule.a_day,
                "since": day - timedelta(days=rule.rest_days),
                "channel": rule.channel or "",
                "urgency": rule.urgency,
            },
        )
        return int(cursor.rowcount)
