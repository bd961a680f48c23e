"""What is left of the clocks of complaints, as lists and pages show it: both sets side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from keheng.complaints.enums import ClockKind, RuleSet
from keheng.complaints.models import Complaint, ComplaintClock
from keheng.complaints.operations.clocks import EVERY_DAY, value_of
from keheng.service_requests.queries.countdown import Countdown, Present, counted
from keheng.service_requests.queries.hours import hours_of


@dataclass(frozen=True)
class Left:
    """One clock: what is left of it, and whether that is told in days on the wall."""

    row: ComplaintClock
    countdown: Countdown

    @property
    def in_days(self) -> bool:
        return self.row.every_day

    @property
    def rules(self) -> str:
        """The set of rules that it belongs to."""
        return str(RuleSet(self.row.rule_set).label)


type Pair = tuple[Left | None, Left | None]


def countdowns(complaints: Sequence[Complaint], at: datetime) -> dict[int, Pair]:
    """The internal and the regulatory clock that are due first, by complaint; one query and one a calendar."""
    rows = ComplaintClock.objects.filter(complaint__in=[one.pk for one in complaints], stopped_at=None)
    every_day = Present(EVERY_DAY, at)
    open_in = {one.calendar_id for one in complaints if one.is_open}
    present = {calendar: Present(hours_of(calendar), at) for calendar in open_in}
    calendars = {one.pk: one.calendar_id for one in complaints}
    first: dict[tuple[int, str], ComplaintClock] = {}
    for row in sorted(rows, key=lambda row: row.due_at, reverse=True):
        first[row.complaint_id, row.rule_set] = row
    shown = {
        key: _left(row, every_day if row.every_day else present.get(calendars[key[0]], every_day))
        for key, row in first.items()
    }
    return {
        one.pk: (shown.get((one.pk, RuleSet.INTERNAL)), shown.get((one.pk, RuleSet.REGULATORY))) for one in complaints
    }


def of_page(complaint: Complaint, at: datetime) -> dict[str, list[tuple[ComplaintClock, Left | None]]]:
    """All clocks of a complaint by set of rules, those that run with what is left of them."""
    present, every_day = Present(hours_of(complaint.calendar_id), at), Present(EVERY_DAY, at)
    found: dict[str, list[tuple[ComplaintClock, Left | None]]] = {rule_set.value: [] for rule_set in RuleSet}
    for row in complaint.clocks.filter(dropped=False).order_by("pk"):
        left = _left(row, every_day if row.every_day else present) if row.stopped_at is None else None
        found[row.rule_set].append((row, left))
    return found


def _left(row: ComplaintClock, present: Present) -> Left:
    return Left(row, counted(ClockKind(row.kind), value_of(row, present.hours), present))
