"""What complaints tell."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ComplaintChanged:
    """A complaint was registered, or an act was done to it: ``act`` is a ``StepKind``, ``state`` where it stands."""

    complaint_id: int
    act: str
    state: str
    at: datetime


@dataclass(frozen=True)
class DeadlinesReached:
    """Clocks have reached marks (80, 100 % of a limit): ``ClockEvent`` rows, as a set."""

    event_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class CustomerAtRisk:
    """A customer may leave over a complaint, for ``reasons`` (``RiskReason``); this module asks for care."""

    customer_id: int
    complaint_id: int
    reasons: tuple[str, ...]
    at: datetime
