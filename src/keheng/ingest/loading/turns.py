"""One load of a profile at a time: an advisory lock that ends with its transaction, however that ends."""

import time
from collections.abc import Callable

from django.db import OperationalError, transaction
from django.db.backends.utils import CursorWrapper

from keheng.ingest.faults import fault

_LOCK = 20_261  # names the advisory locks of data intake
_LOOK_AGAIN = 0.5  # seconds
_PATIENCE = "3s"

TURN_IS_TAKEN = f"""exists (
    select from pg_locks turn
     where turn.locktype = 'advisory' and turn.granted and turn.classid = {_LOCK}
       and turn.objid = (hashtext(ingest_batch.profile)::bigint & 4294967295)::oid
       and turn.database = (select oid from pg_database where datname = current_database()))"""
"""A condition on ``ingest_batch``: somebody holds the turn of the batch's profile."""


type Wait = Callable[[], None] | None
"""Called twice a second while the turn is taken; ``None``: do not wait."""


def take_turn(cursor: CursorWrapper, profile: str, wait: Wait) -> None:
    """Wait until no other load of the profile runs.

    Raises:
        Fault: one runs, and nobody wants to wait.
    """
    while True:
        cursor.execute("select pg_try_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, profile])
        if cursor.fetchone()[0]:
            return
        if wait is None:
            raise fault("busy", profile=profile)
        wait()
        time.sleep(_LOOK_AGAIN)


def take_tables(cursor: CursorWrapper, tables: tuple[str, ...]) -> bool:
    """Try to lock the tables against everyone until the transaction ends; give up when someone stays on them."""
    try:
        with transaction.atomic():
            cursor.execute(f"set local lock_timeout = '{_PATIENCE}'")
            cursor.execute(f"lock table {', '.join(tables)} in access exclusive mode")
    except OperationalError:
        return False
    cursor.execute("set local lock_timeout = 0")
    return True
