"""How complete archives are (A1 有效资料完备率): one SQL statement for all customers, the same for one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from keheng.customers import queries
from keheng.customers.enums import RuleTopic
from keheng.customers.models import QualityRun
from keheng.customers.policies.quality import CompletenessRules
from keheng.customers.quality import completeness
from keheng.customers.quality.completeness import Field


@transaction.atomic
def refresh_completeness(*, at: datetime) -> QualityRun:
    """Score every archive anew."""
    run = QualityRun.objects.create(
        topic=RuleTopic.COMPLETENESS, rules=queries.quality_rules(RuleTopic.COMPLETENESS).number, started_at=at
    )
    run.found = score_archives(None)
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from customers_archivescore score where not exists ("
            "select from customers_customer where id = score.customer_id and status <> 'closed')"
        )
        cursor.execute(
            "select (select count(*) from customers_archivescore),"
            " extract(epoch from clock_timestamp() - transaction_timestamp())"
        )
        run.counted, seconds = cursor.fetchone()
    run.seconds = round(seconds, 3)
    run.save()
    return run


def score_archives(customer_ids: Sequence[int] | None) -> int:
    """Score these archives, or all; return how many scores are new or changed. Part of the caller's transaction."""
    in_force = queries.quality_rules(RuleTopic.COMPLETENESS)
    rules: CompletenessRules = in_force.rules
    values: dict[str, Any] = {
        "rules": in_force.number,
        "idle_below": rules.idle_below,
        "idle_months": rules.idle_months,
        "customers": list(customer_ids or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_statement(rules, few=customer_ids is not None), values)
        return int(cursor.rowcount)


def _statement(rules: CompletenessRules, *, few: bool) -> str:
    known = queries.weighable_fields()
    weighed = {code: known[code] for profile in rules.profiles for code in profile.weights if code in known}
    some = "= any(%(customers)s)"
    sources = {field.source: completeness.source(field.source) for field in weighed.values() if field.source}
    joins = " ".join(
        f"left join ({one.sql.format(customers=f'customer_id {some}' if few else 'true')}) {one.name}"
        f" on {one.name}.customer_id = c.id"
        for one in sources.values()
    )
    has = ", ".join(f"coalesce({field.sql}, false) as has_{code}" for code, field in weighed.items())
    profiles = " ".join(
        f"when c.kind = '{profile.kind}'{_of_tiers(profile.tiers)} then {place}"
        for place, profile in enumerate(rules.profiles)
    )
    scores = _by_profile(rules, weighed, "case when has_{code} then {weight} else 0 end", " + ", "({parts})")
    missing = _by_profile(
        rules,
        weighed,
        "case when not has_{code} then '{code}' end",
        ", ",
        "array_remove(array[{parts}]::varchar[], null)",
    )
    return f"""
        insert into customers_archivescore as score (customer_id, score, missing, is_effective, rules)
        select id, case profile {scores} else 0 end, case profile {missing} else '{{}}' end, is_effective, %(rules)s
          from (select c.id, case {profiles} end as profile,
                       c.status = 'active' and not coalesce({completeness.idle()}, false) as is_effective, {has}
                  from customers_customer c {joins}
                 where c.status <> 'closed' {f"and c.id {some}" if few else ""} offset 0) known
        on conflict (customer_id) do update
           set score = excluded.score, missing = excluded.missing, is_effective = excluded.is_effective,
               rules = excluded.rules
         where (score.score, score.missing, score.is_effective, score.rules)
               is distinct from (excluded.score, excluded.missing, excluded.is_effective, excluded.rules)
    """


def _of_tiers(tiers: Sequence[str]) -> str:
    return f" and c.tier in ({', '.join(f"'{tier}'" for tier in tiers)})" if tiers else ""


def _by_profile(rules: CompletenessRules, weighed: dict[str, Field], part: str, between: str, whole: str) -> str:
    return " ".join(
        f"when {place} then "
        + whole.format(
            parts=between.join(
                part.format(code=code, weight=weight) for code, weight in profile.weights.items() if code in weighed
            )
        )
        for place, profile in enumerate(rules.profiles)
    )
