"""What is owed to whom in the periods that a day lies in: one statement a rule (A4, decisions 17 and 27)."""

from datetime import date
from typing import Any

from django.db import connection

from keheng.care.policies.cadence import CadenceRule, Chosen, Times, span
from keheng.care.queries.rules import cadence_rules
from keheng.tiering.queries.entitlements import entitlement_rows

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_NEAREST = """
    left join lateral (
        select staff.id from org_branch above
          join org_staff staff on staff.branch_id = above.id and staff.is_active
          join org_role role on role.id = staff.role_id and role.code = any(%(roles)s)
         where starts_with(branch.path, above.path)
         order by length(above.path) desc, array_position(%(roles)s::text[], role.code::text), staff.id limit 1
    ) found on true
"""


def owe(day: date) -> int:
    """Write the duties of the periods that ``day`` lies in; those that are there follow a new owner. Return how many.

    Idempotent: a duty is known by customer, rule, part and the beginning of its period.
    """
    number, rules = cadence_rules()
    return sum(_owe(rule, number, day) for rule in rules.rules if rule.enabled)


def chosen_sql(chosen: Chosen) -> tuple[str, str, dict[str, Any]]:
    """The joins, the condition and the parameters by which a rule chooses customers ``c``."""
    joins: list[str] = []
    conditions = ["c.status = 'active'"]
    if chosen.kind:
        conditions.append("c.kind = %(kind)s")
    if chosen.aum_from is not None:
        conditions.append("c.aum >= %(aum_from)s")
    if chosen.aum_below is not None:
        conditions.append("c.aum < %(aum_below)s")
    if chosen.scheme:
        joins.append(
            "join tiering_standing standing on standing.customer_id = c.id and standing.tier = any(%(tiers)s)"
            " and standing.scheme_id = (select id from tiering_scheme where code = %(scheme)s)"
        )
    elif chosen.tiers:
        conditions.append("c.tier = any(%(tiers)s)")
    if chosen.extra_care:
        conditions.append("exists (select from care_careprofile p where p.customer_id = c.id and p.extra_care <> '{}')")
    if chosen.with_projects:
        conditions.append("exists (select from customers_project p where p.customer_id = c.id and p.state <> 'ended')")
    params = {**chosen.model_dump(mode="python"), "tiers": list(chosen.tiers)}
    return "\n".join(joins), " and ".join(conditions), params


def _owe(rule: CadenceRule, number: int, day: date) -> int:
    starts_on, ends_on = span(rule.period, day)
    joins, condition, params = chosen_sql(rule.customers)
    times: str = str(rule.times)
    if rule.times == Times.TIER:
        granted, more = entitlement_rows(day)
        joins += f" join {granted} granted on granted.kind = c.kind and granted.tier = c.tier"
        condition += " and granted.contact_times > 0 and granted.contact_months = %(months)s"
        params |= {**more, "months": _MONTHS.get(rule.period, 1)}
        times = "granted.contact_times"
    elif rule.times == Times.OWN:
        joins += " join care_careprofile own on own.customer_id = c.id and own.every_days is not null"
        times = "ceil(((%(ends_on)s::date - %(starts_on)s::date) + 1)::numeric / own.every_days)::int"
    staff = "c.owner_id"
    if not rule.owner:
        if rule.share:
            keep = "" if rule.only_shared else "left "
            joins += (
                f" {keep}join care_ownership share on share.customer_id = c.id and share.part = %(share)s"
                " and upper_inf(share.period)"
            )
        staff = "share.staff_id" if rule.only_shared else "nearest.staff_id"
        if rule.share and not rule.only_shared:
            staff = "coalesce(share.staff_id, nearest.staff_id)"
    nearest = ""
    if not rule.owner and rule.roles:
        nearest = (
            "with nearest as materialized (select branch.id as branch_id, found.id as staff_id"
            f" from org_branch branch {_NEAREST})"
        )
        joins += " left join nearest on nearest.branch_id = c.branch_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            {nearest}
            insert into care_duty as known (customer_id, staff_id, branch_id, rule, part, starts_on, ends_on, times,
                                            roles, channels, rules)
            select c.id, {staff}, c.branch_id, %(code)s, %(part)s, %(starts_on)s, %(ends_on)s, {times},
                   %(roles)s, %(channels)s, %(number)s
              from customers_customer c {joins}
             where {condition}
            on conflict (customer_id, rule, part, starts_on) do update
               set staff_id = excluded.staff_id, branch_id = excluded.branch_id
             where (known.staff_id, known.branch_id) is distinct from (excluded.staff_id, excluded.branch_id)
            """,
            {
                **params,
                "code": rule.code,
                "part": rule.part,
                "share": rule.share,
                "starts_on": starts_on,
                "ends_on": ends_on,
                "roles": list(rule.roles),
                "channels": list(rule.channels),
                "number": number,
            },
        )
        return int(cursor.rowcount)
