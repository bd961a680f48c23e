"""Starting, extending and stopping the clocks of a complaint, within the caller's transaction.

The arithmetic is that of service requests (``service_requests.policies.clocks``). Calendar days 自然日 are the same sum
in a calendar that is open around the clock: a limit ends at the same time of the day, so never later than the law has
it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet

from keheng.common.limits import Limit
from keheng.common.working_calendar import Period, WorkingCalendar
from keheng.complaints.enums import ClockEventKind, ClockKind, Grade, RuleSet
from keheng.complaints.models import ClockEvent, Complaint, ComplaintClock
from keheng.complaints.policies.rules import ClockRule, Rules
from keheng.service_requests.policies.clocks import Clock
from keheng.service_requests.queries.hours import hours_of

EVERY_DAY = WorkingCalendar({weekday: (Period(time.min, time.max),) for weekday in range(7)})
_ON_DEMAND = frozenset({ClockKind.HAND_OVER, ClockKind.REVIEW})
"""Clocks that run only where there is cause: a transfer of the regulator, an internal review."""


def rules_of(complaint: Complaint, rule_set: RuleSet) -> Rules:
    """What a set of rules says in the version that the complaint keeps."""
    version = complaint.internal_rules if rule_set == RuleSet.INTERNAL else complaint.regulatory_rules
    return version.rules


def start_usual(complaint: Complaint, since: datetime, at: datetime) -> None:
    """Start what runs for the complaint's grade and path and does not run yet; drop what does not concern it any more.

    Called at the registration, and again when the first review has given it a grade and a path: limits count from the
    receipt all the same.
    """
    grade = Grade(complaint.grade) if complaint.grade else None
    for rule_set in RuleSet:
        rules = rules_of(complaint, rule_set)
        usual = [rule for rule in rules.clocks if rule.kind not in _ON_DEMAND]
        wanted = [rule for rule in usual if rule.runs_for(grade, complaint.path)]
        known = set(complaint.clocks.filter(rule_set=rule_set, started_at__gte=since).values_list("kind", flat=True))
        _create(complaint, rule_set, [rule for rule in wanted if rule.kind not in known], since, at)
        drop(complaint, at, rule_set, {rule.kind for rule in usual} - {rule.kind for rule in wanted})


def start(complaint: Complaint, rule_set: RuleSet, kind: ClockKind, since: datetime, at: datetime) -> None:
    """Start one clock for which the rules have a limit."""
    rule = rules_of(complaint, rule_set).clock(kind)
    if rule is not None and not complaint.clocks.filter(rule_set=rule_set, kind=kind, stopped_at=None).exists():
        _create(complaint, rule_set, [rule], since, at)


def stop(complaint: Complaint, kinds: Collection[ClockKind], at: datetime) -> None:
    """Stop running clocks of both sets; whether they were met follows from the due time."""
    for row in _running(complaint).filter(kind__in=kinds):
        moment = max(at, row.started_at)
        row.met, row.stopped_at, row.next_at = moment <= row.due_at, moment, None
        row.save(update_fields=["met", "stopped_at", "next_at"])
        if not row.met:
            _late(complaint, row.rule_set)
        _tell([row], complaint, ClockEventKind.MET if row.met else ClockEventKind.LATE, at)


def drop(
    complaint: Complaint, at: datetime, rule_set: RuleSet | None = None, kinds: Collection[ClockKind] | None = None
) -> None:
    """Stop what runs without judging it: withdrawn, joined, or of another grade."""
    rows = _running(complaint)
    rows = rows.filter(rule_set=rule_set) if rule_set else rows
    for row in rows if kinds is None else rows.filter(kind__in=kinds):
        row.stopped_at, row.next_at, row.dropped = max(at, row.started_at), None, True
        row.save(update_fields=["stopped_at", "next_at", "dropped"])
        _tell([row], complaint, ClockEventKind.DROPPED, at)


def extend(complaint: Complaint, days: int, at: datetime) -> ComplaintClock | None:
    """Put the decision off by calendar days; marks are told anew for the longer limit."""
    row = _running(complaint).filter(rule_set=RuleSet.REGULATORY, kind=ClockKind.DECISION).first()
    if row is None:
        return None
    limit = Limit.read(row.limit)
    row.limit = str(Limit(limit.amount + days, limit.unit))
    _compute(row, complaint, at)
    _tell([row], complaint, ClockEventKind.EXTENDED, at, days=days)
    return row


def recompute(complaint: Complaint, at: datetime) -> bool:
    """Compute what runs anew after a change of calendars; return whether anything moved."""
    moved = False
    for row in _running(complaint).filter(every_day=False):
        before = row.due_at
        _compute(row, complaint, at, told_again=False)
        if row.due_at != before:
            moved = True
            _tell([row], complaint, ClockEventKind.RECOMPUTED, at, before=before.isoformat())
    return moved


def refresh(complaint: Complaint) -> None:
    """Keep the copies that lists show: of each set the running clock that is due first."""
    first: dict[str, tuple[datetime | None, str]] = {}
    running = complaint.clocks.filter(stopped_at=None).order_by("-due_at").values_list("rule_set", "due_at", "kind")
    for rule_set, due_at, kind in running:
        first[rule_set] = due_at, kind
    nothing: tuple[datetime | None, str] = (None, "")
    complaint.internal_due_at, complaint.internal_due_kind = first.get(RuleSet.INTERNAL, nothing)
    complaint.regulatory_due_at, complaint.regulatory_due_kind = first.get(RuleSet.REGULATORY, nothing)


def hours_for(row: ComplaintClock, complaint: Complaint) -> WorkingCalendar:
    """The calendar that a clock counts in."""
    return EVERY_DAY if row.every_day else hours_of(complaint.calendar_id)


def value_of(row: ComplaintClock, hours: WorkingCalendar) -> Clock:
    """A stored clock as arithmetic."""
    return Clock(hours, Limit.read(row.limit), row.started_at)


def due_of(rule: ClockRule, hours: WorkingCalendar, since: datetime) -> datetime:
    """When a rule's limit is over that begins at ``since``."""
    return Clock(EVERY_DAY if rule.every_day else hours, rule.limit, since).due()


def _create(complaint: Complaint, rule_set: RuleSet, rules: Sequence[ClockRule], since: datetime, at: datetime) -> None:
    marks, rows = rules_of(complaint, rule_set).marks, []
    for rule in rules:
        row = ComplaintClock(
            complaint=complaint,
            rule_set=rule_set,
            kind=rule.kind,
            limit=str(rule.limit),
            every_day=rule.every_day,
            started_at=since,
        )
        clock = value_of(row, hours_for(row, complaint))
        row.due_at, row.marks = clock.due(), list(clock.marks(marks))
        row.next_at = row.marks[0]
        rows.append(row)
    ComplaintClock.objects.bulk_create(rows)
    _tell(rows, complaint, ClockEventKind.STARTED, at)


def _compute(row: ComplaintClock, complaint: Complaint, at: datetime, *, told_again: bool = True) -> None:
    clock = value_of(row, hours_for(row, complaint))
    row.due_at = clock.due()
    row.marks = list(clock.marks(rules_of(complaint, RuleSet(row.rule_set)).marks))
    if told_again:
        row.reached = sum(mark <= at for mark in row.marks)
    ahead = row.marks[row.reached :]
    row.next_at = ahead[0] if ahead else None
    row.save(update_fields=["limit", "due_at", "marks", "reached", "next_at"])


def _running(complaint: Complaint) -> "QuerySet[ComplaintClock]":
    return complaint.clocks.select_for_update().filter(stopped_at=None).order_by("pk")


def _late(complaint: Complaint, rule_set: str) -> None:
    if rule_set == RuleSet.INTERNAL:
        complaint.is_internal_late = True
    else:
        complaint.is_regulatory_late = True


def _tell(
    rows: Sequence[ComplaintClock], complaint: Complaint, kind: ClockEventKind, at: datetime, **detail: Any
) -> None:
    ClockEvent.objects.bulk_create(
        ClockEvent(
            complaint=complaint,
            clock=row,
            kind=kind,
            at=at,
            recorded_at=at,
            due_at=row.due_at,
            detail={"limit": row.limit, **detail},
        )
        for row in rows
    )
