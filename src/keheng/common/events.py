"""The event bus: modules hear of each other upward only through it.

``publish`` waits for the commit, so that no receiver acts on what may still be undone. Receivers are plain functions
registered in a module's ``receivers.py``; they run in the order of registration, in the publishing process.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import transaction

type Receiver[E] = Callable[[E], None]

_receivers: dict[type, list[Receiver[Any]]] = defaultdict(list)


def receiver[E](event_type: type[E]) -> Callable[[Receiver[E]], Receiver[E]]:
    """Register the decorated function for one event type."""

    def register(function: Receiver[E]) -> Receiver[E]:
        _receivers[event_type].append(function)
        return function

    return register


def publish(event: object) -> None:
    """Hand ``event`` to its receivers once the present transaction has committed."""
    for function in _receivers[type(event)]:
        transaction.on_commit(lambda function=function: function(event))  # type: ignore[misc]
