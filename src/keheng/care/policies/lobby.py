"""Who is called next in the lobby: large customers first (decision 13), but nobody waits without end for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import Field

from keheng.care.policies.outcomes import Part


class LobbyRules(Part):
    """In minutes.

    ``overtaken``: who has waited so long is called as if they had priority; ``long``: waits that are shown in red.
    """

    overtaken: int = Field(ge=1, le=480)
    long: int = Field(ge=1, le=480)

    def has_priority(self, waited: timedelta) -> bool:
        """Whether somebody has waited so long that nobody who came later goes first."""
        return waited >= timedelta(minutes=self.overtaken)

    def is_long(self, waited: timedelta) -> bool:
        """Whether a wait is shown in red."""
        return waited >= timedelta(minutes=self.long)


@dataclass(frozen=True)
class Waiting:
    """One who waits."""

    key: int
    taken_at: datetime
    priority: bool


def call_order(waiting: Sequence[Waiting], rules: LobbyRules, at: datetime) -> list[int]:
    """The keys in the order in which they are called: priority or waited long enough first, then by arrival."""

    def turn(one: Waiting) -> tuple[bool, datetime, int]:
        return not (one.priority or rules.has_priority(at - one.taken_at)), one.taken_at, one.key

    return [one.key for one in sorted(waiting, key=turn)]
