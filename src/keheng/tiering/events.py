"""What tiering tells the modules above it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TiersMoved:
    """Approved moves have taken effect: ``Move.objects.filter(pk__in=move_ids)``."""

    move_ids: tuple[int, ...]
    at: datetime


@dataclass(frozen=True)
class TiersEvaluated:
    """An evaluation has set tiers. Its moves are ``Move.objects.filter(run=run_id)``: treat them as a set."""

    run_id: int
