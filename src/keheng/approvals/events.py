"""What approvals tell the modules above.

A kind registered with ``in_bulk`` hears of its requests as sets (``RequestsDecided``, also for a single one); every
other kind hears of each request alone (``RequestDecided``). So a receiver listens to one event only.
"""

from dataclasses import dataclass
from datetime import datetime

from keheng.approvals.enums import State


@dataclass(frozen=True)
class RequestAsked:
    """A request waits for somebody's decision (also one that was submitted again)."""

    request_id: int
    kind: str
    at: datetime


@dataclass(frozen=True)
class RequestsAsked:
    """Many requests of one kind wait, asked for at once."""

    request_ids: tuple[int, ...]
    kind: str
    at: datetime


@dataclass(frozen=True)
class RequestDecided:
    """A request has left the inbox: approved, refused, returned, withdrawn or expired."""

    request_id: int
    kind: str
    outcome: State
    at: datetime


@dataclass(frozen=True)
class RequestsDecided:
    """Requests of an ``in_bulk`` kind have left the inbox with one outcome."""

    request_ids: tuple[int, ...]
    kind: str
    outcome: State
    at: datetime


@dataclass(frozen=True)
class RequestsAnswered:
    """Whatever the kind: these requests have been decided by somebody; for those who tell the requesters."""

    request_ids: tuple[int, ...]
    outcome: State
    at: datetime


@dataclass(frozen=True)
class RequestsEscalated:
    """Nobody decided in time: the requests wait at the next level too."""

    request_ids: tuple[int, ...]
    at: datetime
