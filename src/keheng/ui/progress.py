"""Long work as a page shows it: how far, how fast, how much longer."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Progress:
    """The state of a piece of long work, for ``ui/progress.html``.

    Attributes:
        done, total: units of work; ``total`` 0: not yet known.
        now: the present instant, for rate and time left.
        poll_url: answers the same fragment again; asked every second until ``finished``.
        cancel_url: stops the work when posted to; empty: it cannot be stopped.
        timed: the work has so many seconds, and ``done`` counts them: no rate is told.
    """

    label: str
    done: int
    total: int
    started_at: datetime
    now: datetime
    poll_url: str
    finished: bool = False
    cancel_url: str = ""
    timed: bool = False

    @property
    def share(self) -> float:
        return min(self.done / self.total, 1.0) if self.total else 0.0

    @property
    def spent(self) -> timedelta:
        """The time that timed work has had."""
        return timedelta(seconds=self.done)

    @property
    def granted(self) -> timedelta:
        """The time that timed work may take."""
        return timedelta(seconds=self.total)

    @property
    def per_second(self) -> int:
        if self.timed:
            return 0
        seconds = (self.now - self.started_at).total_seconds()
        return round(self.done / seconds) if seconds > 0 else 0

    @property
    def left(self) -> timedelta | None:
        """The time that the rest will take at the present rate; ``None`` while it cannot be told."""
        if self.timed:
            return self.granted - self.spent
        if not self.total or not self.per_second:
            return None
        return timedelta(seconds=round(max(self.total - self.done, 0) / self.per_second))
