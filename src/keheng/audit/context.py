"""Where the present act comes from, so that whoever records it need not pass it along."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import pghistory

_address: ContextVar[str | None] = ContextVar("keheng_network_address", default=None)


def address() -> str | None:
    """The network address behind the present request; ``None`` in commands and workers."""
    return _address.get()


@contextmanager
def coming_from(network_address: str | None) -> Iterator[None]:
    """Everything recorded inside bears this network address."""
    token = _address.set(network_address)
    try:
        yield
    finally:
        _address.reset(token)


@contextmanager
def acting(actor_id: int, actor_name: str) -> Iterator[None]:
    """Row history written inside, even by bulk SQL, names the actor (pghistory's context)."""
    with pghistory.context(actor=actor_id, name=actor_name):
        yield
