"""Late tasks rise: each day late makes them more urgent, as the rules say (A4, decision 20)."""

from datetime import date

from django.db import connection

from keheng.care.policies.priority import priority_sql
from keheng.care.queries.rules import contribution_rules

_MESSAGES_SCORE = 500  # messages belong to many customers: the middle of the scale, as when they were planned


def raise_late(day: date) -> int:
    """Work the priority of all late tasks out anew, by one statement; return how many rose."""
    late = priority_sql(
        contribution_rules().rules,
        f"coalesce(score.score, case task.kind when 'messages' then {_MESSAGES_SCORE} else 0 end)",
        "task.urgency",
        "%(day)s::date - task.due_on",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            update care_task task set priority = late.priority
              from (
                select task.id, {late} as priority
                  from care_task task left join care_contribution score on score.customer_id = task.customer_id
                 where task.state = 'open' and task.due_on < %(day)s
              ) late
             where late.id = task.id and late.priority <> task.priority
            """,
            {"day": day},
        )
        return int(cursor.rowcount)
