"""Whose turn it is to write customers in bulk.

Two statements that update the same million rows in different orders end in a deadlock. So whoever writes customers in
bulk takes this advisory lock first: loads of files share it among themselves, an evaluation of tiers has it alone.
"""

from django.db import connection

LOCK = 20_262


def share_bulk_turn() -> None:
    """Wait until nobody has the turn alone, and keep others from having it so until the transaction ends."""
    _take("pg_advisory_xact_lock_shared")


def take_bulk_turn() -> None:
    """Wait until nobody else writes in bulk, and have the turn alone until the transaction ends."""
    _take("pg_advisory_xact_lock")


def _take(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s)", [LOCK])
