"""What tiering tells the modules above it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TiersEvaluated:
    """An evaluation has set tiers. Its moves are ``Move.objects.filter(run=run_id)``: treat them as a set."""

    run_id: int
