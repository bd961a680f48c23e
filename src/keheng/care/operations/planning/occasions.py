"""Occasions become tasks and drafted messages: one statement finds them, one writes them (A4, decision 19)."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from json import dumps
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from keheng.care.enums.contacts import Channel
from keheng.care.enums.tasks import RuleTopic, TaskKind
from keheng.care.models import Task
from keheng.care.operations.calendars import lunar_months
from keheng.care.operations.planning.days import make_calendar
from keheng.care.policies.occasions import TOLD, Festival, OccasionRule, Trigger
from keheng.care.policies.priority import priority_sql
from keheng.care.queries.rules import contribution_rules, occasion_rules, preset
from keheng.customers.models import Customer
from keheng.customers.queries.consent import contactable
from keheng.notices.operations import wake

_GRACE = timedelta(days=7)
"""How long after its day an occasion is still worth a task."""
_PAST = {Trigger.MOVEMENT, Trigger.TIER_UP, Trigger.TIER_DOWN}
_WRITTEN = {Channel.SMS, Channel.WECHAT, Channel.EMAIL}

# Each source gives: id of the customer, the day, a key that names the occasion, facts for the sentence, an amount.
_SOURCES: dict[Trigger, str] = {
    Trigger.BIRTHDAY: """
        select c.id, d.day, to_char(d.day, 'YYYY') || 's' as key, jsonb_build_object('calendar', 'solar') as facts,
               0::numeric as amount
          from plan_span d
          join customers_customer c
            on extract(month from c.birth_date) = extract(month from d.day)
           and (extract(day from c.birth_date) = extract(day from d.day)
                or (to_char(d.day, 'MMDD') = '0228' and to_char(c.birth_date, 'MMDD') = '0229'
                    and to_char(d.day + 1, 'MMDD') = '0301'))
          left join care_careprofile p on p.customer_id = c.id
         where c.birth_date is not null and c.kind = 'person'
           and coalesce(p.birthday_calendar, 'solar') in ('solar', 'both')
        union all
        select c.id, kept.starts_on + least(c.birth_date - born.starts_on, kept.days - 1),
               kept.year || 'l', jsonb_build_object('calendar', 'lunar', 'month', born.month,
                                                    'day', c.birth_date - born.starts_on + 1), 0
          from care_careprofile p
          join customers_customer c on c.id = p.customer_id and c.birth_date is not null
          join care_lunarmonth born on c.birth_date >= born.starts_on and c.birth_date < born.starts_on + born.days
          join care_lunarmonth kept on kept.month = born.month and not kept.is_leap
           and kept.starts_on + least(c.birth_date - born.starts_on, kept.days - 1) in (select day from plan_span)
         where p.birthday_calendar in ('lunar', 'both')
    """,
    Trigger.OPENING: """
        select c.id, d.day, to_char(d.day, 'YYYY'),
               jsonb_build_object('years', (extract(year from d.day) - extract(year from c.opened_on))::int), 0::numeric
          from plan_span d
          join customers_customer c on to_char(c.opened_on, 'MMDD') = to_char(d.day, 'MMDD') and c.opened_on < d.day
         where c.kind = 'person'
    """,
    Trigger.WEDDING: """
        select c.id, d.day, to_char(d.day, 'YYYY'),
               jsonb_build_object('years', (extract(year from d.day) - extract(year from p.wedding_on))::int), 0
          from plan_span d
          join care_careprofile p on to_char(p.wedding_on, 'MMDD') = to_char(d.day, 'MMDD') and p.wedding_on < d.day
          join customers_customer c on c.id = p.customer_id
    """,
    Trigger.FESTIVAL: """
        select c.id, feast.day, feast.code || feast.day, jsonb_build_object('festival', feast.name), 0::numeric
          from unnest(%(festival_codes)s::text[], %(festival_names)s::text[], %(festival_days)s::date[])
               as feast (code, name, day)
          join plan_span d on d.day = feast.day
          join customers_customer c on c.kind = 'person' and c.aum >= coalesce(%(scanned_from)s, 0)
    """,
    Trigger.MATURITY: """
        select h.customer_id, h.matures_on, 'h' || h.id,
               jsonb_build_object('product', product.name, 'amount', h.amount), h.amount
          from plan_span d
          join portfolio_holding h on h.matures_on = d.day
          join portfolio_product product on product.id = h.product_id
         where h.amount >= %(least)s
    """,
    Trigger.MOVEMENT: """
        select m.customer_id, m.day, m.day::text,
               jsonb_build_object('inflow', m.inflow, 'outflow', m.outflow), greatest(m.inflow, m.outflow)
          from plan_span d join portfolio_daymovement m on m.day = d.day
         where greatest(m.inflow, m.outflow) >= %(least)s
    """,
    Trigger.CORPORATE_ACTION: """
        select h.customer_id, a.acts_by, 'a' || a.id,
               jsonb_build_object('product', product.name, 'action', a.kind, 'terms', a.terms), sum(h.amount)
          from plan_span d
          join portfolio_corporateaction a on a.acts_by = d.day
          join portfolio_product product on product.id = a.product_id
          join portfolio_holding h on h.product_id = a.product_id
         group by h.customer_id, a.id, product.name
    """,
    Trigger.RISK_EXPIRY: """
        select a.customer_id, a.valid_until, 'r' || a.id, jsonb_build_object('grade', a.grade), 0::numeric
          from plan_span d join customers_assessment a on a.valid_until = d.day and a.is_current
    """,
    Trigger.ARCHIVE_GAP: """
        select s.customer_id, %(day)s::date, to_char(%(day)s::date, 'YYYY"q"Q'),
               jsonb_build_object('score', s.score, 'missing', cardinality(s.missing)), 0::numeric
          from customers_archivescore s where s.is_effective and s.score < %(least)s
    """,
    Trigger.TIER_UP: """
        select m.customer_id, m.effective_on, 'm' || m.id,
               jsonb_build_object('from', m.from_tier, 'to', m.to_tier), 0::numeric
          from plan_span d join tiering_move m on m.effective_on = d.day and m.direction = 'up'
    """,
    Trigger.TIER_DOWN: """
        select m.customer_id, m.effective_on, 'm' || m.id,
               jsonb_build_object('from', m.from_tier, 'to', m.to_tier), 0::numeric
          from plan_span d join tiering_move m on m.effective_on = d.day and m.direction = 'down'
    """,
    Trigger.COMPLAINT_CLOSED: """
        select %(told_customer)s::bigint, %(told_by)s::date, %(told_key)s::text, %(told_facts)s::jsonb, 0::numeric
    """,
}


@dataclass(frozen=True)
class _Stage:
    """One distance of a rule: the days of occasions that fall to it when a day is planned."""

    rule: OccasionRule
    days: int
    first: date
    last: date


def plan_occasions(day: date) -> int:
    """Make the tasks and messages of all occasions whose time has come by ``day``; return how many.

    A stage that was missed is made good while the next one has not come, so no day of planning may be lost.
    """
    _number, rules = occasion_rules()
    made = 0
    with connection.cursor() as cursor:
        make_calendar(cursor, day - _GRACE, day + timedelta(days=130))
        cursor.execute(_NEAREST, {"customer": None})
        for rule in rules.rules:
            if rule.enabled and rule.trigger not in TOLD:
                for stage in _stages(rule, day):
                    made += _plan(cursor, stage, day, rules.festivals)
        made += _message_tasks(cursor, day)
    return made


@transaction.atomic
def tell_occasion(
    *, trigger: Trigger, customer: Customer, key: str, by: date, facts: Mapping[str, str], day: date
) -> int:
    """Make the tasks and messages of an occasion that a module above tells of; return how many. Told again: none.

    The rules say who acts, how and how urgently. Whether the teller may is for that module to check.

    Args:
        key: what names the occasion: the key of the complaint.
        by: the day by which somebody acts; the working day before it where it is a day off.
        facts: what the sentence of the reason tells (:mod:`keheng.care.wording`).
        day: the day on which it is told.
    """
    in_force, shipped = occasion_rules().rules.rules, preset(RuleTopic.OCCASIONS).rules
    known = [rule for rule in in_force if rule.trigger == trigger] or [
        rule
        for rule in shipped
        if rule.trigger == trigger  # versions that people made before there was such a rule
    ]
    rules = [rule for rule in known if rule.enabled]
    if not rules:
        return 0
    told = {"told_customer": customer.pk, "told_by": by, "told_key": key, "told_facts": dumps(dict(facts))}
    with connection.cursor() as cursor:
        make_calendar(cursor, day, by)
        cursor.execute(_NEAREST, {"customer": customer.pk})
        made = sum(_plan(cursor, _Stage(rule, 0, day, by), day, (), told) for rule in rules)
    given = Task.objects.open().filter(customer=customer, rule__in=[rule.code for rule in rules])
    wake(given.values_list("staff", flat=True))
    return made


def _stages(rule: OccasionRule, day: date) -> list[_Stage]:
    """For each distance the days that belong to it: from the day itself, or after the next nearer distance."""
    if rule.trigger in _PAST:
        return [_Stage(rule, 0, day - timedelta(days=max(rule.days)), day)]
    near = sorted(rule.days)
    stages = []
    for place, ahead in enumerate(near):
        first = day if place == 0 else day + timedelta(days=near[place - 1] + 1)
        stages.append(_Stage(rule, ahead, first, day + timedelta(days=ahead)))
    return stages


def _plan(
    cursor: CursorWrapper,
    stage: _Stage,
    day: date,
    festivals: tuple[Festival, ...],
    told: Mapping[str, Any] | None = None,
) -> int:
    rule = stage.rule
    cursor.execute(
        "drop table if exists plan_span; create temporary table plan_span on commit drop as"
        " select day::date as day from generate_series(%s::date, %s::date, interval '1 day') day",
        [stage.first, stage.last],
    )
    feasts = [] if rule.trigger != Trigger.FESTIVAL else _feasts(rule, festivals, stage)
    params: dict[str, Any] = {
        "day": day,
        "code": rule.code,
        "stage": stage.days,
        "ahead": 0 if rule.trigger in _PAST else min(rule.days) if len(rule.days) == 1 else 0,
        "least": rule.least,
        "aum_from": rule.aum_from,
        "aum_below": rule.aum_below,
        "scanned_from": None if rule.contribution_from is not None else rule.aum_from,
        "score_from": None if rule.contribution_from is None else 10 * rule.contribution_from,
        "score_below": None if rule.contribution_below is None else 10 * rule.contribution_below,
        "contacted": day - timedelta(days=rule.contacted_within_days),
        "urgency": rule.urgency,
        "channel": rule.channel,
        "template": rule.template,
        "purpose": rule.purpose,
        "who": list(rule.who),
        "festival_codes": [feast.code for feast, _day in feasts],
        "festival_names": [feast.name for feast, _day in feasts],
        "festival_days": [one for _feast, one in feasts],
        **(told or {}),
    }
    if rule.channel in _WRITTEN and rule.template:
        return _draft(cursor, rule, day, params)
    return _write(cursor, rule, params)


_FOUND = """
    select found.id as customer_id, found.day, found.key, found.facts, c.branch_id, c.owner_id,
           coalesce(score.score, 0) as score, who.role, who.place,
           case when who.role = 'owner' then coalesce(cover.cover_id, c.owner_id) else nearest.staff_id end as staff_id
      from ({source}) as found (id, day, key, facts, amount)
      join customers_customer c on c.id = found.id and c.status = 'active' {undisturbed}
      cross join unnest(%(who)s::text[]) with ordinality as who (role, place)
      left join plan_nearest nearest on nearest.branch_id = c.branch_id and nearest.role = who.role
      left join care_coverperiod cover on cover.staff_id = c.owner_id and cover.days @> %(day)s::date
      left join care_contribution score on score.customer_id = c.id
     where (c.aum >= coalesce(%(aum_from)s, c.aum) and (%(aum_below)s::numeric is null or c.aum < %(aum_below)s)
            or score.score >= %(score_from)s::int)
       and (%(score_below)s::int is null or coalesce(score.score, 0) < %(score_below)s) {more}
"""
_NEAREST = """
    drop table if exists plan_nearest;
    create temporary table plan_nearest on commit drop as
    select distinct on (branch.id, role.code) branch.id as branch_id, role.code::text as role, staff.id as staff_id
      from org_branch branch
      join org_branch above on starts_with(branch.path, above.path)
      join org_staff staff on staff.branch_id = above.id and staff.is_active
      join org_role role on role.id = staff.role_id
     where %(customer)s::bigint is null
        or branch.id = (select c.branch_id from customers_customer c where c.id = %(customer)s)
     order by branch.id, role.code, length(above.path) desc, staff.id;
    create index on plan_nearest (branch_id, role)
"""


def _found(rule: OccasionRule, more: str = "") -> str:
    if rule.contacted_within_days:
        more += (
            " and exists (select from care_contact contact where contact.customer_id = c.id and contact.counts"
            " and contact.withdrawn_at is null and contact.at >= %(contacted)s::date)"
        )
    undisturbed = "" if rule.purpose == "service" else "and not c.do_not_disturb"
    return _FOUND.format(source=_SOURCES[rule.trigger], more=more, undisturbed=undisturbed)


def _write(cursor: CursorWrapper, rule: OccasionRule, params: dict[str, Any]) -> int:
    """Due on the last working day by the occasion, or as soon as there is one; several who act know of each other."""
    weights = contribution_rules().rules
    cursor.execute(
        f"""
        with found as ({_found(rule)}), placed as (
            select found.*, greatest(coalesce(before.work_before, found.day), %(day)s::date) as wanted
              from found left join plan_day before on before.branch_id = found.branch_id and before.day = found.day
             where staff_id is not null
        )
        insert into care_task (customer_id, staff_id, branch_id, kind, rule, cause, facts, text, opens_on, due_on,
                               closes_on, priority, urgency, channel, state, closing_reason)
        select customer_id, staff_id, placed.branch_id, 'occasion', %(code)s,
               'occasion:' || %(code)s || ':' || customer_id || ':' || key || ':' || %(stage)s || ':' || role,
               facts || jsonb_build_object('on', placed.day, 'who', role)
                   || case when cardinality(%(who)s::text[]) > 1
                           then jsonb_build_object('joint', array_remove(%(who)s::text[], role)) else '{{}}' end,
               '', %(day)s, due.due_on, greatest(due.due_on, placed.day) + 7,
               {priority_sql(weights, "score", "%(urgency)s")}, %(urgency)s, %(channel)s, 'open', ''
          from placed
          left join plan_day soon on soon.branch_id = placed.branch_id
               and soon.day = case when {"true" if len(rule.days) > 1 or rule.trigger in _PAST else "false"}
                                   then %(day)s::date else placed.wanted end
          cross join lateral (select greatest(coalesce(soon.work_after, placed.wanted), %(day)s::date) as due_on) due
        on conflict (cause) do nothing
        """,
        params,
    )
    return int(cursor.rowcount)


def _draft(cursor: CursorWrapper, rule: OccasionRule, day: date, params: dict[str, Any]) -> int:
    """Messages only for those who agreed to them by this channel."""
    wanted = contactable(Customer.objects.all(), rule.purpose, rule.channel, day).order_by().values("pk")
    sql, values = wanted.query.sql_with_params()
    names = {f"agreed_{place}": value for place, value in enumerate(values)}
    agreed = sql % tuple(f"%({name})s" for name in names)
    cursor.execute(
        f"""
        insert into care_message (customer_id, staff_id, rule, template, cause, facts, channel, purpose, due_on, state)
        select customer_id, staff_id, %(code)s, %(template)s,
               'occasion:' || %(code)s || ':' || customer_id || ':' || key || ':' || role,
               facts || jsonb_build_object('on', day), %(channel)s, %(purpose)s,
               greatest(day - {"1" if rule.trigger == Trigger.FESTIVAL else "0"}, %(day)s::date), 'draft'
          from ({_found(rule, f" and c.id in ({agreed})")}) found
         where staff_id is not null
        on conflict (cause) do nothing
        """,
        {**params, **names},
    )
    return int(cursor.rowcount)


def _message_tasks(cursor: CursorWrapper, day: date) -> int:
    """One task a person, rule and day for all messages that wait to be sent."""
    weights = contribution_rules().rules
    cursor.execute(
        f"""
        insert into care_task as known (staff_id, branch_id, kind, rule, cause, facts, text, opens_on, due_on,
                                        closes_on, priority, urgency, channel, state, closing_reason)
        select message.staff_id, staff.branch_id, 'messages', message.rule,
               'messages:' || message.rule || ':' || message.staff_id || ':' || message.due_on,
               jsonb_build_object('count', count(*)), '', least(%(day)s::date, message.due_on), message.due_on,
               message.due_on + 3, {priority_sql(weights, "500", "%(urgency)s")}, %(urgency)s, message.channel,
               'open', ''
          from care_message message join org_staff staff on staff.id = message.staff_id
         where message.state = 'draft' and message.due_on >= %(day)s
         group by message.staff_id, staff.branch_id, message.rule, message.due_on, message.channel
        on conflict (cause) do update set facts = excluded.facts
         where known.facts <> excluded.facts and known.state = 'open'
        """,
        {"day": day, "urgency": weights.urgency[TaskKind.MESSAGES]},
    )
    return int(cursor.rowcount)


def festival_days(festival: Festival, first: date, last: date) -> list[date]:
    """The days of a festival between two days, by the calendar it follows."""
    if not festival.lunar:
        years = range(first.year, last.year + 1)
        found = [date(year, festival.month, festival.day or monthrange(year, festival.month)[1]) for year in years]
    else:
        found = [
            month.starts_on + timedelta(days=min(festival.day or month.days, month.days) - 1)
            for month in lunar_months(first.year - 1, last.year)
            if month.month == festival.month and not month.leap
        ]
    return [one for one in found if first <= one <= last]


def _feasts(rule: OccasionRule, festivals: tuple[Festival, ...], stage: _Stage) -> list[tuple[Festival, date]]:
    named = [festival for festival in festivals if festival.code in rule.festivals]
    return [(festival, one) for festival in named for one in festival_days(festival, stage.first, stage.last)]
