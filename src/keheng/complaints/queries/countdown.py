"""What is left of the clocks of complaints, as lists and pages show it: both sets side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from keheng.common.working_calendar import WorkingCalendar
from keheng.complaints.enums import ClockKind, RuleSet
from keheng.complaints.models import Complaint, ComplaintClock
from keheng.complaints.operations.clocks import EVERY_DAY, value_of
from keheng.service_requests.queries.countdown import Countdown, counted
from keheng.service_requests.queries.hours import hours_of


@dataclass(frozen=True)
class Left:
    """One clock: what is left of it, and whether that is told in days on the wall."""

    row: ComplaintClock
    countdown: Countdown

    @property
    def in_days(self) -> bool:
        return self.row.every_day


type Pair = tuple[Left | None, Left | None]


def countdowns(complaints: Sequence[Complaint], at: datetime) -> dict[int, Pair]:
    """The internal and the regulatory clock that are due first, by complaint; one query and one a calendar."""
    rows = ComplaintClock.objects.filter(complaint__in=[one.pk for one in complaints], stopped_at=None)
    hours = {calendar: hours_of(calendar) for calendar in {one.calendar_id for one in complaints if one.is_open}}
    calendars = {one.pk: one.calendar_id for one in complaints}
    first: dict[tuple[int, str], ComplaintClock] = {}
    for row in sorted(rows, key=lambda row: row.due_at, reverse=True):
        first[row.complaint_id, row.rule_set] = row
    shown = {key: _left(row, hours.get(calendars[key[0]]), at) for key, row in first.items()}
    return {
        one.pk: (shown.get((one.pk, RuleSet.INTERNAL)), shown.get((one.pk, RuleSet.REGULATORY))) for one in complaints
    }


def of_page(complaint: Complaint, at: datetime) -> dict[str, list[tuple[ComplaintClock, Left | None]]]:
    """All clocks of a complaint by set of rules, those that run with what is left of them."""
    hours = hours_of(complaint.calendar_id)
    found: dict[str, list[tuple[ComplaintClock, Left | None]]] = {rule_set.value: [] for rule_set in RuleSet}
    for row in complaint.clocks.filter(dropped=False).order_by("pk"):
        found[row.rule_set].append((row, _left(row, hours, at) if row.stopped_at is None else None))
    return found


def _left(row: ComplaintClock, hours: WorkingCalendar | None, at: datetime) -> Left:
    calendar = EVERY_DAY if row.every_day or hours is None else hours
    return Left(row, counted(ClockKind(row.kind), value_of(row, calendar), at, at))
