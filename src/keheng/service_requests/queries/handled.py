"""Requests whose handling came to an end in a period: what the figures count, and the lists that they open.

Both are made from what stands here, so a number and its list cannot differ.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import BoolAnd
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from keheng.common.clock import midnight
from keheng.service_requests.enums import ClockKind, HandOverState
from keheng.service_requests.models import HandOver, RequestClock

MINUTES: Sequence[int] = (5, 15, 30, 60, 240)
"""Where one class of handling times ends and the next begins, in minutes of service."""
AGES: Sequence[timedelta] = tuple(timedelta(hours=hours) for hours in (1, 4, 24, 72, 168))
"""Where one class of ages of open requests ends and the next begins."""


def handled(requests: "QuerySet[Any]", first: date | None, last: date | None) -> "QuerySet[Any]":
    """Those of ``requests`` whose handling was judged from ``first`` to ``last``, both included.

    Adds ``took``, the service time of handling, and ``in_time``, whether it kept its limit; of a request that was
    reopened, of all its turns in the period. What was cancelled or merged was not judged.
    """
    judged = Q(clocks__kind=ClockKind.HANDLING, clocks__stopped_at__isnull=False, clocks__used__isnull=False)
    if first is not None:
        judged &= Q(clocks__stopped_at__gte=midnight(first))
    if last is not None:
        judged &= Q(clocks__stopped_at__lt=midnight(last + timedelta(days=1)))
    found = requests.order_by().filter(judged)
    counted: QuerySet[Any] = found.annotate(took=Sum("clocks__used"), in_time=BoolAnd("clocks__met"))
    return counted


def at_once() -> Q:
    """First-contact resolution: done by whoever was asked first, and neither handed over, paused nor reopened."""
    handed_over = HandOver.objects.filter(request=OuterRef("pk"), state=HandOverState.ACCEPTED)
    paused = RequestClock.objects.filter(request=OuterRef("pk"), kind=ClockKind.HANDLING).exclude(pauses=[])
    return Q(assignee=F("opened_by"), reopened=0) & ~Exists(handed_over) & ~Exists(paused)


def opened_when(place: int, at: datetime) -> tuple[datetime | None, datetime | None]:
    """Between which instants the class of :data:`AGES` at ``place`` was opened, seen from an instant."""
    return (at - AGES[place] if place < len(AGES) else None, at - AGES[place - 1] if place else None)
