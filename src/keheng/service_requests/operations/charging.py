"""Charging what the events of clocks cost (decisions 10 and 11)."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from keheng.notices.operations import tell
from keheng.org.models import Staff
from keheng.service_requests.enums import PenaltyKind, SlaEventKind
from keheng.service_requests.models import PenaltyEntry, PenaltySheet, SlaEvent
from keheng.service_requests.operations.penalties import errors_of, month_of, open_sheet
from keheng.service_requests.policies.penalties import Band


@transaction.atomic
def charge(*, event_ids: Collection[int], at: datetime) -> int:
    """Charge what the events of clocks cost, each clock once; return how many entries were written.

    Whoever had the request in hand is charged, or else whoever was asked first. Sheets are locked person by person:
    two processes that charge the same people wait for each other, never in a circle.
    """
    events = SlaEvent.objects.filter(pk__in=event_ids).select_related(
        "clock", "request__opened_by__branch", "assignee__branch"
    )
    costly = sorted(
        (event for event in events if _band(event) is not None),
        key=lambda event: (_responsible(event).pk, event.at, event.pk),
    )
    _lock_sheets({(_responsible(event), month_of(event.at)) for event in costly})
    return sum(_charge(event, at) for event in costly)


def charge_missed(*, since: datetime, at: datetime) -> int:
    """Charge what a process that was killed right after a clock had stopped left uncharged; return how many entries.

    A clock that still runs needs none of this: it is charged in full when it stops.
    """
    late = SlaEvent.objects.filter(kind=SlaEventKind.LATE, at__gte=since, at__lte=at)
    missed = late.exclude(clock__in=PenaltyEntry.objects.filter(event__clock__isnull=False).values("event__clock"))
    return charge(event_ids=list(missed.values_list("pk", flat=True)), at=at)


def _charge(event: SlaEvent, at: datetime) -> int:
    rules, band = event.request.catalogue.penalties, _band(event)
    assert band is not None
    sheet = open_sheet(_responsible(event), event.at, at)
    if PenaltyEntry.objects.filter(event__clock=event.clock).exists():
        return 0
    number = errors_of(sheet).count() + 1 if band.error else None
    points = rules.points_of_error(number) if number else band.points
    assert points is not None
    PenaltyEntry.objects.create(
        sheet=sheet,
        kind=PenaltyKind.ERROR if band.error else PenaltyKind.OVERTIME,
        points=points,
        request=event.request,
        event=event,
        overtime=_overtime(event),
        error_number=number,
        inspection=band.inspection,
        version_id=event.request.version_id,
        at=at,
    )
    tell(
        staff_ids=[sheet.staff_id],
        kind="service_requests.penalty",
        title=_("%(number)s: %(points)s points for being late") % {"number": event.request, "points": points},
        url=sheet.get_absolute_url(),
        at=at,
    )
    return 1


def _responsible(event: SlaEvent) -> Staff:
    return event.assignee or event.request.opened_by


def _band(event: SlaEvent) -> Band | None:
    """What an event costs, if anything; clocks without penalties cost nothing."""
    rules = event.request.catalogue.penalties
    return rules.band_of(_overtime(event)) if event.clock.kind in rules.clocks else None


def _overtime(event: SlaEvent) -> timedelta:
    """By how much the limit was passed; an event of the last mark is a moment beyond the last edge."""
    if event.overtime is not None:
        return event.overtime
    edge = event.request.catalogue.penalties.final_edge
    return edge + timedelta(seconds=1)


def _lock_sheets(wanted: Collection[tuple[Staff, date]]) -> None:
    """Begin and lock the sheets of people's months, always in the same order."""
    ordered = sorted(wanted, key=lambda one: (one[0].pk, one[1]))
    PenaltySheet.objects.bulk_create(
        [PenaltySheet(staff=staff, month=month, branch=staff.branch) for staff, month in ordered], ignore_conflicts=True
    )
    sheets = PenaltySheet.objects.filter(
        staff__in={staff for staff, _month in ordered}, month__in={month for _staff, month in ordered}
    )
    list(sheets.select_for_update().order_by("staff_id", "month").values_list("pk"))
