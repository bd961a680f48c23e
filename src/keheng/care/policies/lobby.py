"""Who is called next in the lobby: large customers first (decision 13), but nobody waits without end for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class LobbyRules:
    """``overtaken``: who has waited so long is called as if they had priority; ``long``: waits shown in red."""

    overtaken: timedelta
    long: timedelta


@dataclass(frozen=True)
class Waiting:
    """One who waits."""

    key: int
    taken_at: datetime
    priority: bool


def call_order(waiting: Sequence[Waiting], rules: LobbyRules, at: datetime) -> list[int]:
    """The keys in the order in which they are called: priority or waited long enough first, then by arrival."""
    return [
        one.key
        for one in sorted(
            waiting, key=lambda one: (not (one.priority or at - one.taken_at >= rules.overtaken), one.taken_at, one.key)
        )
    ]
