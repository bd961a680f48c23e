"""How far a load is, written beside its transaction so that everyone sees it, and whether someone asked it to stop."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from keheng.ingest.faults import fault
from keheng.ingest.models import Batch


class Beacon:
    """A connection of its own that commits each report at once."""

    def __init__(self, batch: Batch, beside: BaseDatabaseWrapper) -> None:
        self._batch = batch
        self._connection = beside

    def begin(self, at: datetime) -> None:
        """Tell that the load has begun. Whoever else of the profile claims to run has died: it had no turn to hold.

        Raises:
            Fault: the batch is no longer waiting.
        """
        with self._connection.cursor() as cursor:
            cursor.execute(
                "update ingest_batch set state = 'interrupted', fault = 'interrupted', finished_at = %s"
                " where profile = %s and state = 'running'",
                [at, self._batch.profile],
            )
            cursor.execute(
                "update ingest_batch set state = 'running', started_at = %s where id = %s and state = 'queued'",
                [at, self._batch.pk],
            )
            if not cursor.rowcount:
                raise fault("cancelled")

    def report(self, *, read: int, rejected: int, done: int, total: int) -> None:
        """Tell how many rows are dealt with and how far the file is read.

        Raises:
            Fault: someone asked the load to stop.
        """
        with self._connection.cursor() as cursor:
            cursor.execute(
                "update ingest_batch set read = %s, rejected = %s, progress_done = %s, progress_total = %s"
                " where id = %s returning cancel_requested",
                [read, rejected, done, total, self._batch.pk],
            )
            self._stop_if_asked(cursor.fetchone())

    def wait(self) -> None:
        """Look for a request to stop while the load waits for its turn."""
        with self._connection.cursor() as cursor:
            cursor.execute("select cancel_requested from ingest_batch where id = %s", [self._batch.pk])
            self._stop_if_asked(cursor.fetchone())

    @staticmethod
    def _stop_if_asked(row: tuple[bool] | None) -> None:
        if row and row[0]:
            raise fault("cancelled")


@contextmanager
def beacon(batch: Batch) -> Iterator[Beacon]:
    """Open the connection for the length of the load."""
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute("set synchronous_commit = off")  # a report that a crash of the server eats is no loss
        yield Beacon(batch, beside)
    finally:
        with suppress(DatabaseError), beside.cursor() as cursor:
            cursor.execute("reset synchronous_commit")  # others use the connection after us
        beside.close()
