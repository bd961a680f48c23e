"""Service requests of the demo bank: customers who come, and what the tellers do for them, by the very operations of
the desk (A6). So every clock, mark and penalty of the demo is real, and can be recomputed by hand.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np
from django.core.files.base import ContentFile
from django.db import transaction

from keheng.common.clock import SHANGHAI
from keheng.common.working_calendar import WorkingCalendar
from keheng.customers.models import Customer
from keheng.demo.plan import Plan
from keheng.org.models import Branch, Staff
from keheng.org.queries import calendar_of, system_actor
from keheng.service_requests.enums import Channel, ClockKind, PenaltyKind, Stage, State
from keheng.service_requests.models import PenaltyEntry, ServiceRequest
from keheng.service_requests.operations import closing, following, hand_over, handling, penalties
from keheng.service_requests.operations.opening import open_request
from keheng.service_requests.policies.catalogue import Business, Catalogue
from keheng.service_requests.queries.catalogue import version_on
from keheng.service_requests.queries.hours import hours_of

_DAYS, _CAME, _CAME_LATELY = 3, 44, 16
_LATELY = timedelta(minutes=75)
_LONGEST = timedelta(minutes=90)
"""Work takes at most so long, even where the limit is a working day."""
_SLOW = 7
"""Of so many who come, one is served late."""
_STUCK = (9, 12)
"""Their places from the end: they came about three quarters of an hour ago, and their limits are over."""
_LARGEST = 15
_SHORT = timedelta(minutes=30)
HANDLERS = ("teller", "lobby-manager")
CHANNELS = (Channel.COUNTER, Channel.COUNTER, Channel.PHONE, Channel.WECHAT)
WISHES = ("来电咨询并申请办理", "到店申请，资料已带齐", "手机银行提示后来电", "客户经理转介", "")
FINDINGS = ("证件与系统信息一致", "客户信息已核对", "资料齐全，可以办理")
RESULTS = ("已在核心系统办理完成", "按客户要求办结", "已办理并请客户核对")
ANSWERS = {
    "account_kind": "个人Ⅰ类账户",
    "what": "更换预留手机号",
    "password": "交易密码",
    "target": "鹿城支行",
    "reason": "搬家至外地",
}
PAPER = "客户已签字确认。"


@dataclass(frozen=True)
class Outlet:
    """A branch with those who serve there, and customers who come."""

    branch: Branch
    people: list[Staff]
    customers: list[Customer]


def write_requests(plan: Plan, at: datetime) -> None:
    """Let customers come on the last working days up to ``at``, a good part of them a short while ago."""
    found = outlets()
    if not found:
        return
    random = plan.random("service requests")
    story = Staff.objects.get(username="teller").branch_id
    at_story = next((outlet for outlet in found if outlet.branch.pk == story), found[0])
    shares = np.array([len(found) if outlet.branch.pk == story else 1 for outlet in found], dtype=float)
    hours = hours_of(calendar_of(found[0].branch))
    arrivals = _arrivals(random, hours, at)
    for place, came in enumerate(arrivals, 1):
        outlet = found[int(random.choice(len(found), p=shares / shares.sum()))]
        is_stuck = len(arrivals) - place in _STUCK
        outlet = at_story if is_stuck else outlet
        visit = _Visit(random, outlet, hours_of(calendar_of(outlet.branch)), at, place % _SLOW == 0, is_stuck)
        visit.happen(came, is_seen=place < len(arrivals))  # whoever came last waits still
    _come_back(at)
    following.tick(actor=system_actor(), at=at)
    transaction.on_commit(lambda: _appeal(at))  # penalties are charged once their clocks are committed


def outlets() -> list[Outlet]:
    """The outlets at which somebody serves."""
    branches = Branch.objects.filter(kind="outlet").order_by("path")
    return [outlet for branch in branches if (outlet := _outlet(branch))]


def _outlet(branch: Branch) -> Outlet | None:
    """Some customers of all kinds, and the largest ones, who have the short limits."""
    people = Staff.objects.people().filter(branch=branch, is_active=True, role__code__in=HANDLERS).order_by("pk")
    customers = Customer.objects.filter(branch=branch, status="active", kind="person")
    some = [*customers.order_by("pk")[:60], *customers.order_by("-aum")[:_LARGEST]]
    return Outlet(branch, list(people.select_related("role", "branch")), some) if people and some else None


def _arrivals(random: np.random.Generator, hours: WorkingCalendar, at: datetime) -> list[datetime]:
    """Moments of service of the last working days, oldest first."""
    local = at.astimezone(SHANGHAI)
    begin = datetime.combine(hours.add_working_days(local.date(), -_DAYS), time.min, SHANGHAI)
    whole = hours.service_time_between(begin, at)
    passed = [whole * float(share) for share in random.random(_CAME)]
    passed += [whole - _LATELY * float(share) for share in random.random(_CAME_LATELY)]
    return [hours.add_service_time(begin, each) for each in sorted(passed)]


@dataclass(frozen=True)
class _Visit:
    """One customer at one outlet, up to the present: served in time, late (``is_slow``), or late and not done yet
    (``is_stuck``: a large customer, who has the short limits)."""

    random: np.random.Generator
    outlet: Outlet
    hours: WorkingCalendar
    at: datetime
    is_slow: bool = False
    is_stuck: bool = False

    def happen(self, came: datetime, *, is_seen: bool = True) -> None:
        """Take the request in, and let it go as far as it has got, if anybody has seen it at all."""
        catalogue = version_on(came.astimezone(SHANGHAI).date()).catalogue
        lately = self.hours.service_time_between(came, self.at) < _LATELY
        request = self._open(self._business(catalogue, lately=lately), came)
        response = self._limit(request, ClockKind.RESPONSE)
        claimed = self.hours.add_service_time(came, response * float(self.random.beta(2, 4)) * 1.1)
        if not is_seen or claimed > self.at or (lately and not self.is_stuck and self.random.random() < 0.2):
            return
        handler = self._one(self.outlet.people)
        request = handling.claim(request=request, actor=handler, at=claimed)
        if lately and not self.is_stuck and self.random.random() < 0.25:
            self._set_aside(request, handler, claimed)
        else:
            self._work(request, handler, claimed, catalogue)

    def _business(self, catalogue: Catalogue, *, lately: bool) -> Business:
        """What tellers do; what needs a second person only lately, since nobody has approved it yet."""
        tellers = [about for about in catalogue.businesses.values() if not about.posts or "teller" in about.posts]
        if self.is_stuck:
            return self._one([about for about in tellers if self._is_short(about)])
        return self._one([about for about in tellers if lately or not about.approval])

    def _is_short(self, about: Business) -> bool:
        """Whether large customers have it done within half an hour, by one person."""
        limit = about.limit(ClockKind.HANDLING, priority=True)
        return limit is not None and timedelta(0) < limit.service_time <= _SHORT and not about.approval

    def _open(self, about: Business, came: datetime) -> ServiceRequest:
        return open_request(
            customer=self._one(self.outlet.customers[-_LARGEST:] if self.is_stuck else self.outlet.customers),
            business=about.code,
            channel=self._one(CHANNELS),
            subject=self._one(WISHES),
            answers={field.code: ANSWERS.get(field.code, "") for field in about.fields},
            branch=self.outlet.branch,
            actor=self._one(self.outlet.people),
            at=came,
        )

    def _work(self, request: ServiceRequest, handler: Staff, claimed: datetime, catalogue: Catalogue) -> None:
        done = self._end_of_work(request, claimed)
        analysed = claimed + (min(done, self.at) - claimed) / 3
        note = self._one(FINDINGS)
        handling.advance(request=request, stage=Stage.EXECUTION, note=note, actor=handler, at=analysed)
        codes = [check.code for check in request.about.checks]
        handling.check(request=request, codes=codes, actor=handler, at=analysed)
        if self.is_stuck or done > self.at:
            return
        for document in request.about.documents if request.about.evidence else ():
            paper = ContentFile(PAPER.encode(), name="客户确认.txt")
            handling.attach(request=request, upload=paper, document=document.code, actor=handler, at=analysed)
        request = closing.resolve(request=request, resolution=self._one(RESULTS), actor=handler, at=done)
        replied = self.hours.add_service_time(done, timedelta(minutes=float(self.random.exponential(6))))
        if request.resolved_at is None or replied > self.at:
            return
        words = catalogue.templates[0].text.format(number=request.number, business=request.business_name)
        closing.reply(request=request, words=words, actor=handler, at=replied)
        if self.random.random() < 0.4:
            rated = min(replied + timedelta(hours=2), self.at)
            closing.rate(request=request, rating=self._one((5, 5, 5, 4, 4, 3, 2)), note="", at=rated)

    def _end_of_work(self, request: ServiceRequest, claimed: datetime) -> datetime:
        """Within the limit, or beyond it by minutes that have a long tail."""
        due = self.hours.add_service_time(request.opened_at, _LONGEST)
        limit = request.about.limit(ClockKind.HANDLING, priority=request.is_priority)
        if limit:
            due = limit.due(self.hours, request.opened_at)
        if self.is_slow:
            return self.hours.add_service_time(
                max(due, claimed), timedelta(minutes=1 + float(self.random.exponential(8)))
            )
        left = min(self.hours.service_time_between(claimed, due), _LONGEST)
        return self.hours.add_service_time(claimed, left * float(self.random.beta(3, 3)))

    def _set_aside(self, request: ServiceRequest, handler: Staff, at: datetime) -> None:
        """It waits for the customer, or is offered to a colleague."""
        others = [member for member in self.outlet.people if member.pk != handler.pk]
        if others and self.random.random() < 0.4:
            to = self._one(others)
            hand_over.offer(request=request, to=to, reason="外出上门，请代为办理", actor=handler, at=at)
        else:
            handling.pause(request=request, reason="customer", note="待客户补充资料", actor=handler, at=at)

    def _limit(self, request: ServiceRequest, kind: ClockKind) -> timedelta:
        limit = request.about.limit(kind, priority=request.is_priority)
        return limit.service_time if limit else _LONGEST

    def _one[T](self, among: list[T] | tuple[T, ...]) -> T:
        return among[int(self.random.integers(len(among)))]


def _come_back(at: datetime) -> None:
    """Two customers do not find it done, an hour after they were told."""
    since = timedelta(hours=1)
    told = ServiceRequest.objects.filter(state=State.CLOSED, closed_at__lte=at - since).select_related("assignee")
    for request in told.order_by("-closed_at")[:2]:
        assert request.assignee is not None
        assert request.closed_at is not None
        came = request.closed_at + since
        closing.reopen(request=request, reason="客户反映仍未生效", actor=request.assignee, at=came)


def _appeal(at: datetime) -> None:
    """Two people do not agree with what they were charged."""
    charged = PenaltyEntry.objects.filter(kind__in=[PenaltyKind.OVERTIME, PenaltyKind.ERROR])
    for entry in charged.select_related("sheet__staff").order_by("pk")[:2]:
        reason = "核心系统响应缓慢，已在值班记录登记"
        penalties.appeal(entry=entry, reason=reason, actor=entry.sheet.staff, at=at)
