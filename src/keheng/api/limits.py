"""How many calls a member of staff may make in a minute, over all processes."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection


@dataclass(frozen=True)
class Allowance:
    """The calls of a minute: how many there are, how many are left (below zero: one too many), when it ends."""

    limit: int
    left: int
    seconds: int


def take(actor_id: int, at: datetime) -> Allowance:
    """Count one call of ``actor_id``; one statement."""
    limit: int = settings.API_CALLS_A_MINUTE
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into api_usage (actor_id, minute, calls) values (%s, %s, 1)
            on conflict (actor_id) do update set
                minute = excluded.minute,
                calls = case when api_usage.minute = excluded.minute then api_usage.calls + 1 else 1 end
            returning calls
            """,
            [actor_id, at.replace(second=0, microsecond=0)],
        )
        (calls,) = cursor.fetchone()
    return Allowance(limit, limit - calls, 60 - at.second)
