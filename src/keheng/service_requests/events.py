"""What service requests tell."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RequestChanged:
    """A request was opened, or an act led to another state; webhooks and pages above listen."""

    request_id: int
    act: str
    state: str
    at: datetime


@dataclass(frozen=True)
class MarksReached:
    """Clocks have reached marks (50, 80, 100 % of a limit and beyond): ``SlaEvent`` rows, as a set."""

    event_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class LimitsPassed:
    """Clocks were stopped too late, or have passed the last edge: penalties follow."""

    event_ids: tuple[int, ...]
    at: datetime
