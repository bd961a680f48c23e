"""The service calendar as arithmetic (decision 12): which moments count, and when a limit is over.

Pure: no Django, no clock. Weekdays carry periods of service; exceptional days override their weekday: a holiday has no
service, a make-up day 调休 has Monday's. Instants are aware; everything is reckoned in the calendar's own zone.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import Enum
from functools import cached_property
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)
_MONDAY, _NO_WEEKDAY = 0, -1
_LONGEST_CLOSURE = 366


class Exceptional(Enum):
    """Why a date does not follow its weekday."""

    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


class NoServiceError(ValueError):
    """A calendar that never opens: a limit in it would never end."""


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """One stretch of service within a day; it ends at ``closes``, excluded."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError(f"A period must end after it begins: {self.opens:%H:%M}–{self.closes:%H:%M}.")

    @property
    def length(self) -> timedelta:
        return datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)


@dataclass(frozen=True)
class WorkingCalendar:
    """Periods by weekday (0 is Monday) and the dates that depart from them.

    Raises:
        NoServiceError: no weekday has a period.
        ValueError: two periods of one weekday overlap.
    """

    weekdays: Mapping[int, tuple[Period, ...]]
    days: Mapping[date, Exceptional] = field(default_factory=dict)
    zone: tzinfo = _SHANGHAI

    def __post_init__(self) -> None:
        if not any(self.weekdays.values()):
            raise NoServiceError("The calendar has no hours of service on any weekday.")
        for periods in self.weekdays.values():
            ordered = sorted(periods)
            if any(after.opens < before.closes for before, after in pairwise(ordered)):
                raise ValueError("Two periods of service overlap.")

    # -- days ---------------------------------------------------------------------------------------------------------

    def periods_on(self, day: date) -> tuple[Period, ...]:
        """The periods of service of one date, earliest first; none on a day off."""
        return self._ordered.get(self._weekday(day), ())

    def is_working_day(self, day: date) -> bool:
        """Tell whether there is service at all on a date."""
        return bool(self.periods_on(day))

    def add_working_days(self, day: date, count: int) -> date:
        """The date ``count`` working days after ``day`` (before it, if negative); ``day`` itself is not counted.

        With 0 the date itself, or the next working day if it is a day off.
        """
        if count == 0:
            return day if self.is_working_day(day) else self.add_working_days(day, 1)
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            day = self._first_working(day, step)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def closed_for_a_year(self, first: date, last: date) -> date | None:
        """The first day from ``first`` to ``last`` without a working day in the year after it; none in a sound one."""
        day = first
        while day <= last:
            try:
                day = self._first_working(day, _DAY) + _DAY
            except NoServiceError:
                return day
        return None

    # -- service time -------------------------------------------------------------------------------------------------

    def service_time_between(self, start: datetime, end: datetime) -> timedelta:
        """The service time from ``start`` to ``end``; negative when ``end`` is earlier."""
        return self._service_until(end) - self._service_until(start)

    def add_service_time(self, start: datetime, duration: timedelta) -> datetime:
        """The instant at which ``duration`` of service time after ``start`` has passed.

        A limit that ends exactly with a period ends at its closing, not at the next opening.

        Raises:
            ValueError: negative duration.
        """
        if duration < timedelta():
            raise ValueError("A limit cannot be negative.")
        if not duration:
            return start
        for opens, closes in self._stretches_from(start):
            available = closes - opens
            if duration <= available:
                return opens + duration
            duration -= available
        raise AssertionError("unreachable: the calendar goes on for ever")

    def add_days_of_service(self, start: datetime, count: int) -> datetime:
        """A limit in workdays: the same clock time on the ``count``-th next working day.

        What comes in outside the hours of service counts from the next opening.
        """
        begins = self.next_service(start)
        local = self._local(begins)
        day = self.add_working_days(local.date(), count)
        return self._local(datetime.combine(day, local.time(), self.zone))

    def next_service(self, moment: datetime) -> datetime:
        """The moment itself if there is service, else the next opening."""
        opens, _closes = next(self._stretches_from(moment))
        return opens

    # -- inside -------------------------------------------------------------------------------------------------------

    @cached_property
    def _ordered(self) -> dict[int, tuple[Period, ...]]:
        return {weekday: tuple(sorted(periods)) for weekday, periods in self.weekdays.items()}

    @cached_property
    def _lengths(self) -> dict[int, timedelta]:
        """The service time of a whole day, by weekday."""
        return {
            weekday: sum((period.length for period in periods), timedelta())
            for weekday, periods in self._ordered.items()
        }

    @cached_property
    def _week(self) -> tuple[timedelta, ...]:
        """The service time before each weekday of a plain week, and last that of the whole week."""
        return tuple(accumulate((self._lengths.get(day, timedelta()) for day in range(7)), initial=timedelta()))

    @cached_property
    def _departures(self) -> tuple[tuple[date, ...], tuple[timedelta, ...]]:
        """The exceptional dates in order, and by how much those before each, and last all of them, change the sum."""
        days = sorted(self.days)
        change = (self._length(day) - self._lengths.get(day.weekday(), timedelta()) for day in days)
        return tuple(days), tuple(accumulate(change, initial=timedelta()))

    def _service_until(self, moment: datetime) -> timedelta:
        """The service time since a Monday long ago: whole weeks, the days after them, what exceptional dates change."""
        local = self._local(moment)
        day = local.date()
        weeks, weekday = divmod(day.toordinal() - 1, 7)  # the first day of the calendar is a Monday
        days, changes = self._departures
        total = weeks * self._week[-1] + self._week[weekday] + changes[bisect_left(days, day)]
        for opens, closes in self._stretches(day):
            if opens >= local:
                break
            total += min(closes, local) - opens
        return total

    def _length(self, day: date) -> timedelta:
        return self._lengths.get(self._weekday(day), timedelta())

    def _weekday(self, day: date) -> int:
        """The weekday whose service a date has."""
        departs = self.days.get(day)
        if departs is None:
            return day.weekday()
        return _MONDAY if departs is Exceptional.MAKE_UP else _NO_WEEKDAY

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("An instant must carry its time zone.")
        return moment.astimezone(self.zone)

    def _stretches(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for period in self.periods_on(day):
            yield datetime.combine(day, period.opens, self.zone), datetime.combine(day, period.closes, self.zone)

    def _stretches_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """What is left of the periods from ``moment`` on, without end."""
        moment = self._local(moment)
        day = moment.date()
        while True:
            for opens, closes in self._stretches(day):
                if closes > moment:
                    yield max(opens, moment), closes
            day = self._first_working(day + _DAY, _DAY)

    def _first_working(self, day: date, step: timedelta) -> date:
        for _ in range(_LONGEST_CLOSURE):
            if self.is_working_day(day):
                return day
            day += step
        raise NoServiceError(f"There is no working day within a year of {day}.")
