"""What happened about events for customers, for whoever is above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class GuestsListed:
    """Customers are on the list of an event."""

    event_id: int
    customer_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class GuestsMovedUp:
    """Seats became free, and guests of the waiting list have them."""

    event_id: int
    guest_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class EventHeld:
    """An event is over: who came is known."""

    event_id: int
    at: datetime
