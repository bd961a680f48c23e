"""A limit of time as people write it (decision 12): ``30m``, ``4h``, ``1d``.

Minutes and hours are service time. Days are working days: ``1d`` ends at the same clock time on the next one.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from keheng.common.working_calendar import WorkingCalendar

type Unit = Literal["m", "h", "d"]

_WRITTEN = re.compile(r"([1-9][0-9]{0,5})\s*(m|h|d)", re.ASCII)
_LONGEST: dict[Unit, int] = {"m": 366 * 24 * 60, "h": 366 * 24, "d": 366}
_MINUTES: dict[Unit, int] = {"m": 1, "h": 60, "d": 0}


class BadLimitError(ValueError):
    """What is written is no limit, or one longer than a year."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take: an amount of minutes or hours of service, or of working days."""

    amount: int
    unit: Unit

    @classmethod
    def read(cls, text: str) -> "Limit":
        """The limit that a text writes.

        Raises:
            BadLimitError: with one sentence that says what can be written.
        """
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise BadLimitError(
                f"{text!r} is not a limit. Write minutes, hours or working days, such as 30m, 4h or 1d."
            )
        unit: Unit = match[2]  # type: ignore[assignment]
        if int(match[1]) > _LONGEST[unit]:
            raise BadLimitError(f"{text!r} is too long: a limit is at most {_LONGEST[unit]}{unit}, a year.")
        return cls(int(match[1]), unit)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def is_days(self) -> bool:
        return self.unit == "d"

    @property
    def service_time(self) -> timedelta:
        """The service time of a limit in minutes or hours; a limit in days has none of its own: it depends on the day.

        Raises:
            ValueError: the limit is one of days.
        """
        if self.is_days:
            raise ValueError(f"{self} is counted in days, not in service time.")
        return timedelta(minutes=self.amount * _MINUTES[self.unit])

    def due(self, calendar: WorkingCalendar, start: datetime) -> datetime:
        """When the limit is over that begins at ``start``."""
        if self.is_days:
            return calendar.add_days_of_service(start, self.amount)
        return calendar.add_service_time(start, self.service_time)
