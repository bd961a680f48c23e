"""A clock against a limit, as arithmetic over the service calendar (A6, decision 12).

Everything follows from facts: when it began, its limit, and when it stood still. So a change of limit or calendar is
the same sum with another limit or calendar, and nothing has to be carried along. Exact to the second and beyond.

Pure: no Django, no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from keheng.common.limits import Limit
from keheng.common.working_calendar import WorkingCalendar

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch of time in which the clock stood still; ``end`` is excluded."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("A pause cannot end before it begins.")


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a clock at which something happens.

    Attributes:
        share: percent of the limit (50, 80, 100), or
        over: service time after the limit.
        posts: role codes told besides whoever handles the request (the escalation chain).
    """

    code: str
    share: int | None = None
    over: timedelta | None = None
    posts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.share is None) == (self.over is None):
            raise ValueError(f"The mark {self.code} needs either a share of the limit or a time over it.")

    @property
    def is_breach(self) -> bool:
        return self.share == 100


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of a request, with the pauses that have ended, in their order."""

    calendar: WorkingCalendar
    limit: Limit
    started_at: datetime
    pauses: tuple[Pause, ...] = ()

    def due(self) -> datetime:
        """When the limit is over, should the clock run on from now."""
        return self._stretched(self.limit.due(self.calendar, self.started_at))

    def at(self, mark: Mark) -> datetime:
        """When a mark is reached."""
        if mark.over is not None:
            return self.calendar.add_service_time(self.due(), mark.over)
        if mark.share == 100:
            return self.due()
        assert mark.share is not None
        part = self.allowance() * mark.share / 100
        return self._stretched(self.calendar.add_service_time(self.started_at, part))

    def marks(self, marks: Sequence[Mark]) -> tuple[datetime, ...]:
        """When each mark is reached; never earlier than the one before it."""
        reached: list[datetime] = []
        for mark in marks:
            moment = self.at(mark)
            reached.append(max(moment, reached[-1]) if reached else moment)
        return tuple(reached)

    def allowance(self) -> timedelta:
        """The service time that the limit grants: for a limit in days as much as lies before its end."""
        if not self.limit.is_days:
            return self.limit.service_time
        return self.calendar.service_time_between(self.started_at, self.limit.due(self.calendar, self.started_at))

    def used(self, at: datetime) -> timedelta:
        """The service time that has counted by an instant; never negative, whatever the machine's clock says."""
        if at <= self.started_at:
            return _NOTHING
        stood = sum(
            (self.calendar.service_time_between(min(pause.start, at), min(pause.end, at)) for pause in self.pauses),
            _NOTHING,
        )
        return max(self.calendar.service_time_between(self.started_at, at) - stood, _NOTHING)

    def overtime(self, at: datetime) -> timedelta:
        """The service time by which an instant lies behind the limit; nothing while it holds."""
        due = self.due()
        return self.calendar.service_time_between(due, at) if at > due else _NOTHING

    def is_met(self, at: datetime) -> bool:
        """Whether stopping at an instant keeps the limit; the very end still does."""
        return at <= self.due()

    def _stretched(self, moment: datetime) -> datetime:
        """Move a moment by the service time of the pauses before it; one that begins when it is past moves nothing."""
        for pause in self.pauses:
            if pause.start >= moment:
                break
            moment = self.calendar.add_service_time(moment, self.calendar.service_time_between(pause.start, pause.end))
        return moment
