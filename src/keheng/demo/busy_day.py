"""A day at the desks of the demo bank: customers come, wait for somebody free, and are served, by the very operations
of the desk (A6). Being late follows from the queue, as in life, and costs what decision 10 says.

The day runs from event to event, with the worker's tick every minute, in one transaction: nobody sees half a day, and
what is broken off leaves nothing.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count

import numpy as np
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import override

from keheng.common.clock import SHANGHAI, midnight
from keheng.common.working_calendar import WorkingCalendar
from keheng.demo.serving import (
    ANSWERS,
    CHANNELS,
    FINDINGS,
    RESULTS,
    WISHES,
    Outlet,
    outlets,
)
from keheng.org.models import Staff
from keheng.org.queries import calendar_of, system_actor
from keheng.service_requests.enums import ClockKind, Stage, State
from keheng.service_requests.models import PenaltyEntry, RequestClock, ServiceRequest
from keheng.service_requests.operations import closing, following, handling
from keheng.service_requests.operations.opening import open_request
from keheng.service_requests.policies.catalogue import Business
from keheng.service_requests.queries.catalogue import catalogue_on
from keheng.service_requests.queries.hours import hours_of

_MINUTE = timedelta(minutes=1)
_BUSY = 0.8
"""The share of their time that people work."""
_LONGEST = 12.0
_LAST_COMES_BEFORE = timedelta(minutes=15)
_PAUSED, _CANCELLED, _REOPENED, _RATED = 0.05, 0.03, 0.02, 0.35


@dataclass(frozen=True)
class Outcome:
    """What a day came to."""

    day: date
    opened: int
    closed: int
    cancelled: int
    in_time: int
    late: int
    marks: int
    penalties: int
    points: Decimal


def simulate(
    *, day: date, requests: int, seed: int, now: datetime, report: Callable[[float], None] | None = None
) -> Outcome:
    """Let so many customers come on a working day that is over.

    Raises:
        ValidationError: the day is not over, has no service, or nobody serves.
    """
    found = outlets()
    if not found:
        raise ValidationError("Nobody serves in this bank: there is no outlet with tellers and customers.")
    hours = hours_of(calendar_of(found[0].branch))
    if not hours.is_working_day(day):
        raise ValidationError(f"{day} has no hours of service. Choose a working day.")
    if now < midnight(day + timedelta(days=1)):
        raise ValidationError(f"{day} is not over yet. Choose a day that is.")
    run = _Day(hours, day, np.random.default_rng([seed, day.toordinal(), requests]), report or (lambda _share: None))
    with override(settings.LANGUAGE_CODE), transaction.atomic():
        run.go(found, requests)
    return run.outcome()


@dataclass
class _Place:
    """An outlet during the day."""

    outlet: Outlet
    waiting: list[int] = field(default_factory=list)
    free: list[Staff] = field(default_factory=list)


@dataclass
class _Day:
    """The day as a queue of events."""

    hours: WorkingCalendar
    day: date
    random: np.random.Generator
    report: Callable[[float], None]
    mean: float = 5.0
    marks: int = 0
    made: list[int] = field(default_factory=list)
    events: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    order: "count[int]" = field(default_factory=count)

    def go(self, found: list[Outlet], requests: int) -> None:
        """Run the whole day."""
        self._plan(found, requests)
        begin, actor = self.hours.next_service(midnight(self.day)), system_actor()
        whole, next_tick = self.events[-1][0] - begin, begin
        while self.events:
            at, _order, happen = heapq.heappop(self.events)
            while next_tick <= at:
                self.marks += following.tick(actor=actor, at=next_tick)
                next_tick += _MINUTE
            happen(at)
            self.report(min((at - begin) / whole, 1.0))
        self.report(1.0)

    def outcome(self) -> Outcome:
        """The figures of what this run has made."""
        made = ServiceRequest.objects.filter(pk__in=self.made)
        clocks = RequestClock.objects.filter(request__in=self.made, kind=ClockKind.HANDLING, stopped_at__isnull=False)
        judged = clocks.exclude(request__state=State.CANCELLED)
        entries = PenaltyEntry.objects.filter(request__in=self.made)
        return Outcome(
            day=self.day,
            opened=len(self.made),
            closed=made.filter(state=State.CLOSED).count(),
            cancelled=made.filter(state=State.CANCELLED).count(),
            in_time=judged.filter(met=True).count(),
            late=judged.filter(met=False).count(),
            marks=self.marks,
            penalties=entries.count(),
            points=entries.aggregate(points=Sum("points"))["points"] or Decimal(0),
        )

    def _plan(self, found: list[Outlet], requests: int) -> None:
        """Who comes when and where: more in the morning, most where most people serve."""
        begin = self.hours.next_service(midnight(self.day))
        whole = self.hours.service_time_between(begin, midnight(self.day + timedelta(days=1)))
        places = [_Place(outlet, free=list(outlet.people)) for outlet in found]
        sizes = np.array([len(place.free) for place in places], dtype=float)
        minutes = whole / _MINUTE
        self.mean = min(_BUSY * float(sizes.sum()) * minutes / requests, _LONGEST)
        early = self.random.beta(2, 3, requests)
        shares = np.where(self.random.random(requests) < 0.6, early, self.random.random(requests))
        where = self.random.choice(len(places), requests, p=sizes / sizes.sum())
        for share, index in zip(np.sort(shares), where, strict=True):
            came = self.hours.add_service_time(begin, (whole - _LAST_COMES_BEFORE) * float(share))
            self._then(came, partial(self._come, places[index]))

    def _then(self, at: datetime, happen: Callable[[datetime], None]) -> None:
        heapq.heappush(self.events, (at, next(self.order), happen))

    def _come(self, place: _Place, at: datetime) -> None:
        about = self._business()
        request = open_request(
            customer=self._one(place.outlet.customers),
            business=about.code,
            channel=self._one(CHANNELS),
            subject=self._one(WISHES),
            answers={each.code: ANSWERS.get(each.code, "") for each in about.fields},
            branch=place.outlet.branch,
            actor=self._one(place.outlet.people),
            at=at,
        )
        self.made.append(request.pk)
        place.waiting.append(request.pk)
        self._serve(place, at)

    def _serve(self, place: _Place, at: datetime) -> None:
        """Whoever is free takes the most urgent one."""
        while place.free and place.waiting:
            actor = place.free.pop(0)
            request = handling.claim_next(candidates=place.waiting, actor=actor, at=at)
            assert request is not None
            place.waiting.remove(request.pk)
            done = self._worked(at, self._minutes(request.about))
            follow = self._pause if self.random.random() < _PAUSED else self._finish
            self._then(done, partial(follow, place, request, actor))

    def _pause(self, place: _Place, request: ServiceRequest, actor: Staff, at: datetime) -> None:
        """It waits for the customer; whoever had it is free meanwhile, and finishes it when they are back."""
        handling.pause(request=request, reason="customer", note="待客户补充资料", actor=actor, at=at)
        back = self._worked(at, float(self.random.exponential(15)) + 1)

        def resume(at: datetime) -> None:
            resumed = handling.resume(request=request, actor=actor, at=at)
            self._then(self._worked(at, 1), lambda at: self._done(resumed, actor, at))

        self._then(back, resume)
        self._free(place, actor, at)

    def _finish(self, place: _Place, request: ServiceRequest, actor: Staff, at: datetime) -> None:
        if self.random.random() < _CANCELLED:
            handling.cancel(request=request, reason="客户改日再办", actor=actor, at=at)
        else:
            self._done(request, actor, at)
        self._free(place, actor, at)

    def _free(self, place: _Place, actor: Staff, at: datetime) -> None:
        place.free.append(actor)
        self._serve(place, at)

    def _done(self, request: ServiceRequest, actor: Staff, at: datetime) -> None:
        about = request.about
        if request.stage != Stage.EXECUTION:
            handling.advance(request=request, stage=Stage.EXECUTION, note=self._one(FINDINGS), actor=actor, at=at)
        handling.check(request=request, codes=[check.code for check in about.checks], actor=actor, at=at)
        request = closing.resolve(request=request, resolution=self._one(RESULTS), actor=actor, at=at)
        self._then(at + 2 * _MINUTE, lambda at: self._reply(request, actor, at))

    def _reply(self, request: ServiceRequest, actor: Staff, at: datetime) -> None:
        request = closing.reply(request=request, words=self._words(request), actor=actor, at=at)
        if not request.reopened and self.random.random() < _REOPENED:
            again = closing.reopen(request=request, reason="客户反映未到账", actor=actor, at=at + _MINUTE)
            self._then(at + 3 * _MINUTE, lambda at: self._done(again, actor, at))
        elif self.random.random() < _RATED:
            rating = self._one((5, 5, 5, 5, 4, 4, 3, 2))
            self._then(at + 10 * _MINUTE, lambda at: closing.rate(request=request, rating=rating, note="", at=at))

    def _business(self) -> Business:
        """What is asked for at a desk, but for what a second person approves: approvals take effect with the commit."""
        known = catalogue_on(self.day).businesses.values()
        return self._one([each for each in known if not each.approval and (not each.posts or "teller" in each.posts)])

    def _minutes(self, about: Business) -> float:
        """How long the work takes: what may take a day takes longer than a code does."""
        limit = about.limit(ClockKind.HANDLING, priority=False)
        scale = 1.3 if limit is None or limit.is_days else 0.7
        return float(self.random.lognormal(-0.125, 0.5)) * self.mean * scale

    def _worked(self, at: datetime, minutes: float) -> datetime:
        """After so much work; whoever has begun finishes, over lunch and after hours."""
        return at + timedelta(seconds=round(minutes * 60))

    def _words(self, request: ServiceRequest) -> str:
        template = request.catalogue.templates[0].text
        return template.format(number=request.number, business=request.business_name)

    def _one[T](self, among: list[T] | tuple[T, ...]) -> T:
        return among[int(self.random.integers(len(among)))]


def last_working_day(now: datetime) -> date:
    """The last working day that is over."""
    found = outlets()
    hours = hours_of(calendar_of(found[0].branch)) if found else None
    day = (now.astimezone(SHANGHAI) - timedelta(days=1)).date()
    while hours is not None and not hours.is_working_day(day):
        day -= timedelta(days=1)
    return day
