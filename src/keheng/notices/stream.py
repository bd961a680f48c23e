"""The live stream: one connection a process listens to the database and wakes the streams of all its pages.

A bell that misses a signal is wrong until the next one or the next page, never broken: pages do without the stream.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection

from keheng.notices.operations import CHANNEL

_RETRY_SECONDS = 5.0
log = logging.getLogger(__name__)

type Bell = asyncio.Event


class Hub:
    """Listens while anybody subscribes; a signal sets the bells of the people that it names."""

    def __init__(self) -> None:
        self._bells: dict[int, set[Bell]] = defaultdict(set)
        self._listener: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()

    @asynccontextmanager
    async def subscribe(self, staff_id: int) -> AsyncIterator[Bell]:
        """A bell that rings whenever something changed for this person."""
        bell = asyncio.Event()
        self._bells[staff_id].add(bell)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen())
        try:
            yield bell
        finally:
            self._bells[staff_id].discard(bell)
            if not self._bells[staff_id]:
                del self._bells[staff_id]
            if not self._bells and self._listener is not None:
                self._listener.cancel()
                with suppress(asyncio.CancelledError):
                    await self._listener
                self._listener = None

    async def _listen(self) -> None:
        while True:
            try:
                listener = await psycopg.AsyncConnection.connect(**_address(), autocommit=True)
                async with listener:
                    await listener.execute(f"listen {CHANNEL}")
                    self.listening.set()
                    self._ring(set(self._bells))  # what happened while nobody listened
                    async for signal in listener.notifies():
                        self._ring({int(key) for key in signal.payload.split(",")})
            except psycopg.OperationalError as error:
                log.warning("The live stream has lost the database: %s", type(error).__name__)
            finally:
                self.listening.clear()
            await asyncio.sleep(_RETRY_SECONDS)

    def _ring(self, staff_ids: set[int]) -> None:
        for key in staff_ids & self._bells.keys():
            for bell in self._bells[key]:
                bell.set()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of this process (of its event loop)."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


def _address() -> dict[str, Any]:
    """Where the database is; its own connection, outside the pool."""
    given = connection.get_connection_params()
    return {key: value for key, value in given.items() if key in {"dbname", "user", "password", "host", "port"}} | {
        key: value for key, value in given.items() if key.startswith("ssl")
    }
