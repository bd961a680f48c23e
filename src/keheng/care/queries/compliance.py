"""Who was contacted as owed, and who was not and why: by branch, by person, by customer (A4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.org.enums import DataScope
from keheng.org.models import Staff


class Why(StrEnum):
    """Why somebody was not contacted, the weightiest first."""

    NOBODY = "nobody"
    DISTURB = "disturb"
    UNREACHED = "unreached"
    ABSENT = "absent"
    SKIPPED = "skipped"
    OVERDUE = "overdue"
    NO_TASK = "no-task"
    COMING = "coming"


WORDS = {
    Why.NOBODY: _("Nobody answers for the customer"),
    Why.DISTURB: _("Does not want to be disturbed"),
    Why.UNREACHED: _("Tried, not reached"),
    Why.ABSENT: _("The manager is away"),
    Why.SKIPPED: pgettext_lazy("compliance", "Struck off"),
    Why.OVERDUE: _("Task overdue"),
    Why.NO_TASK: _("No task"),
    Why.COMING: _("Planned for a later day"),
}


@dataclass(frozen=True)
class Rate:
    """How many duties there are and how many are met; ``key`` and ``name`` say whose."""

    key: int | None
    name: str
    due: int
    met: int

    @property
    def rate(self) -> float:
        """Met ÷ due; 1 where nothing is owed."""
        return self.met / self.due if self.due else 1.0

    @property
    def open(self) -> int:
        return self.due - self.met


@dataclass(frozen=True)
class Missed:
    """One duty that is not met."""

    duty_id: int
    customer_id: int
    customer: str
    number: str
    tier: str
    tier_rank: int
    staff: str
    branch: str
    rule: str
    times: int
    made: int
    due_on: date | None
    last_on: date | None
    why: Why

    @property
    def words(self) -> str:
        """Why, as people read it."""
        return str(WORDS[self.why])


_WHY = """
    case when duty.staff_id is null then 'nobody'
         when c.do_not_disturb then 'disturb'
         when task.attempts > 0 then 'unreached'
         when task.due_on < %(today)s and exists (
             select from care_coverperiod away where away.staff_id = duty.staff_id and away.days @> %(today)s::date)
             then 'absent'
         when task.state = 'skipped' then 'skipped'
         when task.state = 'lapsed' or task.due_on < %(today)s then 'overdue'
         when task.id is null then 'no-task'
         else 'coming' end
"""
_TASK = """
    left join lateral (
        select one.id, one.state, one.attempts, one.due_on from care_task one
         where one.customer_id = duty.customer_id and one.duty_id = duty.id and one.state <> 'done'
         order by one.due_on limit 1
    ) task on true
"""


def by_branch(actor: Staff, day: date) -> list[Rate]:
    """Each outlet in scope with what it owes in the month of a day, the worst first. One statement."""
    join = "join org_branch branch on branch.id = duty.branch_id"
    return _rates(_scope(actor, day, None), "branch.id", "branch.name", join)


def by_staff(actor: Staff, day: date, branch_id: int | None = None) -> list[Rate]:
    """Each person in scope, the worst first; duties that nobody answers for stand together."""
    join = "left join org_staff staff on staff.id = duty.staff_id"
    return _rates(_scope(actor, day, branch_id), "staff.id", "coalesce(staff.name, '')", join)


def by_rule(actor: Staff, day: date, branch_id: int | None = None) -> list[tuple[str, Rate]]:
    """Each rule by its code."""
    rates = _rates(_scope(actor, day, branch_id), "null::bigint", "duty.rule", "")
    return [(rate.name, rate) for rate in rates]


def by_why(actor: Staff, day: date, today: date, branch_id: int | None = None) -> dict[Why, int]:
    """How many are not contacted for each reason. One statement."""
    scope, params = _scope(actor, day, branch_id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select {_WHY}, count(*) from care_duty duty join customers_customer c on c.id = duty.customer_id {_TASK}
             where duty.made < duty.times and {scope} group by 1
            """,
            {**params, "today": today},
        )
        found = dict(cursor.fetchall())
    return {why: found[why.value] for why in Why if why.value in found}


def not_contacted(
    actor: Staff,
    day: date,
    today: date,
    *,
    branch_id: int | None = None,
    staff_id: int | None = None,
    why: Why | None = None,
    limit: int = 200,
) -> Sequence[Missed]:
    """Who was not contacted in the month of a day, and why, the greatest AUM first. One statement."""
    scope, params = _scope(actor, day, branch_id)
    if staff_id is not None:
        scope += " and duty.staff_id = %(staff)s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select * from (
                select duty.id, c.id as customer_id, c.name, c.number, c.tier, c.tier_rank,
                       coalesce(staff.name, ''), branch.name, duty.rule, duty.times, duty.made, task.due_on,
                       (last.at at time zone 'Asia/Shanghai')::date, {_WHY} as why, c.aum
                  from care_duty duty
                  join customers_customer c on c.id = duty.customer_id
                  join org_branch branch on branch.id = duty.branch_id
                  left join org_staff staff on staff.id = duty.staff_id {_TASK}
                  left join lateral (
                      select contact.at from care_contact contact
                       where contact.customer_id = c.id and contact.counts and contact.withdrawn_at is null
                       order by contact.at desc limit 1) last on true
                 where duty.made < duty.times and {scope}
            ) one where %(why)s::text is null or why = %(why)s
             order by aum desc, customer_id limit %(limit)s
            """,
            {**params, "today": today, "staff": staff_id, "why": why.value if why else None, "limit": limit},
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return [Missed(*(*row[:13], Why(row[13]))) for row in rows]


def _rates(scope: tuple[str, dict[str, Any]], key: str, name: str, join: str) -> list[Rate]:
    condition, params = scope
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            select {key}, {name}, count(*), count(*) filter (where duty.made >= duty.times)
              from care_duty duty {join} where {condition} group by 1, 2
             order by count(*) filter (where duty.made >= duty.times)::float / count(*), 2
            """,
            params,
        )
        return [Rate(*row) for row in cursor.fetchall()]


def _scope(actor: Staff, day: date, branch_id: int | None) -> tuple[str, dict[str, Any]]:
    """The duties of the periods that a day lies in, of the branches or the person that the actor sees."""
    condition = "duty.starts_on <= %(day)s and duty.ends_on >= %(day)s"
    params: dict[str, Any] = {"day": day}
    if actor.scope == DataScope.SUBTREE:
        condition += " and duty.branch_id = any(%(branches)s)"
        params["branches"] = actor.branch_ids
    elif actor.scope == DataScope.OWN:
        condition += " and duty.staff_id = %(actor)s"
        params["actor"] = actor.pk
    if branch_id is not None:
        condition += " and duty.branch_id = %(branch)s"
        params["branch"] = branch_id
    return condition, params
