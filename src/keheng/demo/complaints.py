"""Complaints of the demo bank (A7): a quarter's worth that has ended, and some that run, each as far as it has come.

Those that run are handled by the very operations of the page, so each clock, signature and mark of them is real.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from keheng.approvals.enums import Act as Answer
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.common.clock import SHANGHAI
from keheng.complaints.enums import (
    Bone,
    Channel,
    ClockKind,
    Grade,
    IdentityCheck,
    MeasureKind,
    Outcome,
    RuleSet,
    State,
    StepKind,
    VisitFinding,
)
from keheng.complaints.models import Cause, ClosingTalk, Complaint, ComplaintClock, Party, RuleVersion, Step
from keheng.complaints.operations import consequences, correction, forms, reviewing, ticking
from keheng.complaints.operations.clocks import due_of
from keheng.complaints.operations.intake import Complaining, register
from keheng.complaints.operations.learning import learn
from keheng.complaints.queries.rules import version_on
from keheng.customers.models import Customer
from keheng.demo.plan import Plan
from keheng.org.models import Branch, Staff
from keheng.org.queries import calendar_of, system_actor
from keheng.service_requests.queries.hours import hours_of

_RUNNING, _ENDED, _DAYS = 26, 110, 92
_CHANNELS = (Channel.PHONE, Channel.PHONE, Channel.ON_SITE, Channel.MAIL, Channel.WEB, Channel.REGULATOR)
_WISHES = ("请核实并道歉", "要求退还已扣费用", "尽快办好并给答复", "要求说明原因", "")
_FINDINGS = (
    "经核查情况属实，已向客户致歉并整改。",
    "系统提示不清造成误解，已向客户解释并优化提示。",
    "费用已退还，客户认可。",
)
_TALKS = ("电话回访，客户表示满意", "客户接受处理结果", "三次致电未接通，已发短信告知")
_GRAVE = frozenset({"mis-selling", "privacy-leak", "unauthorised", "card-dispute"})
_WHYS = ("高峰时段窗口不足", "排班按平均客流安排", "没有按半小时客流预测")
_MEASURES = ("调整午间排班，增开弹性窗口", "补充岗位话术并组织演练", "修订业务提示，逐条复核")


@dataclass(frozen=True)
class _Team:
    """Who deals with complaints about the outlets of one branch."""

    branch: Branch
    officer: Staff
    manager: Staff
    deputy: Staff
    outlets: Sequence[tuple[Branch, Staff]]


def write_complaints(plan: Plan, at: datetime) -> None:
    """Let customers complain over the last quarter, most of all lately."""
    team = _team()
    customers = list(Customer.objects.filter(status="active", kind="person").order_by("pk")[:400])
    if team is None or not customers:
        return
    random = plan.random("complaints")
    words: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "data" / "complaints.yaml").read_text())
    causes = {cause.code: cause for cause in Cause.objects.all()}
    told = [(causes[code], sentences) for code, sentences in words.items()]
    _write_ended(random, team, customers, told, at)
    hours = hours_of(calendar_of(team.branch))
    ages = np.sort(random.gamma(1.1, 22, _RUNNING))[::-1]
    for place, age in enumerate(ages):
        came = hours.next_service(at - timedelta(hours=0.2 + float(age) * 3))
        if came >= at:
            came = at - timedelta(minutes=20)
        cause, sentences = _one(random, told)
        story = _Story(random, team, came, at, cause, _one(random, sentences))
        story.tell(_one(random, customers), place)
    ticking.tick(actor=system_actor(), at=at)
    consequences.mend_flags(at=at)


def _team() -> _Team | None:
    people = {
        role: Staff.objects.people().filter(username=role).select_related("role", "branch").first()
        for role in ("complaint-officer", "service-manager", "deputy-branch-head")
    }
    officer, manager, deputy = people.values()
    if officer is None or manager is None or deputy is None:
        return None
    heads = Staff.objects.people().filter(role__code="outlet-head", branch__path__startswith=officer.branch.path)
    outlets = [(head.branch, head) for head in heads.select_related("branch", "role").order_by("branch__path")]
    return _Team(officer.branch, officer, manager, deputy, outlets) if outlets else None


def _one(random: np.random.Generator, among: Sequence[Any]) -> Any:
    return among[int(random.integers(len(among)))]


@dataclass
class _Story:
    """One complaint that runs: acts at ever later moments, until the present or until its story has an end."""

    random: np.random.Generator
    team: _Team
    came: datetime
    at: datetime
    cause: Cause
    words: str

    def tell(self, customer: Customer, place: int) -> None:
        outlet, head = _one(self.random, self.team.outlets)
        channel = _one(self.random, _CHANNELS)
        known = place % 9 != 4  # now and then somebody whom the bank does not know
        complaint = register(
            channel=channel,
            statement=self.words,
            wish=_one(self.random, _WISHES),
            customer=customer if known else None,
            complaining=[Complaining(customer.name if known else "匿名来电人", f"1385771{1000 + place}")],
            about_branch=outlet,
            external_number=f"转办〔2026〕{100 + place} 号" if channel == Channel.REGULATOR else "",
            identity_by=IdentityCheck.ARCHIVE if known else IdentityCheck.NONE,
            read_back=True,
            actor=self.team.officer,
            at=self.came,
        )
        for act in self._acts(complaint, outlet, head, place):
            self.came += (self.at - self.came) * float(self.random.beta(1.3, 6))
            act()
            complaint.refresh_from_db()
            if self.random.random() < 0.09:
                return

    def _acts(self, complaint: Complaint, outlet: Branch, head: Staff, place: int) -> Sequence[Callable[[], Any]]:
        team, grade = self.team, Grade.MAJOR if self.cause.code in _GRAVE else Grade.MINOR
        plan_to = self.came + timedelta(days=20)
        lead: dict[str, Any] = {"complaint": complaint, "actor": team.officer}
        unit: dict[str, Any] = {"complaint": complaint, "actor": head}
        kind = self.cause.kind
        acts: list[Callable[[], Any]] = [
            lambda: reviewing.classify(kind=kind, cause=self.cause, grade=grade, at=self.came, **lead)  # type: ignore[arg-type]
        ]
        if place % 5 == 0 and grade == Grade.MINOR:
            finding = _one(self.random, _FINDINGS)
            return [
                *acts,
                lambda: forms.settle(outcome=Outcome.JUSTIFIED, finding=finding, at=self.came, **lead),
            ]
        task = "请查明原因，三日内提出整改方案。"
        acts.append(lambda: forms.issue(to_branch=outlet, to_staff=head, task=task, at=self.came, **lead))
        acts.append(lambda: self._if(State.SIGNING, complaint, self._sign))
        if kind == "professional":
            seen = "已上门了解情况，属操作问题。"
            acts.append(lambda: correction.visit(found=VisitFinding.USE, words=seen, at=self.came, **lead))
        acts += [
            lambda: forms.receive(at=self.came, **unit),
            lambda: correction.contain(text="已致歉，并指定专人跟进。", at=self.came, **unit),
            lambda: correction.find_cause(
                whys=_WHYS,
                bones={Bone.PROCESS: [_WHYS[1]], Bone.MANAGEMENT: [_WHYS[2]]},
                main_bone=Bone.PROCESS,
                conclusion="排班与提示没有跟上客流和业务变化。",
                at=self.came,
                **unit,
            ),
            lambda: correction.plan_measure(
                kind=MeasureKind.CORRECTIVE,
                text=_one(self.random, _MEASURES),
                owner=head,
                due_on=plan_to.date(),
                at=self.came,
                **unit,
            ),
            lambda: correction.submit(at=self.came, **unit),
            lambda: self._if(State.PLAN_REVIEW, complaint, self._review),
        ]
        if place % 3:
            acts += [lambda: self._approve(complaint), lambda: self._prove(complaint, head)]
        return acts

    def _if(self, state: State, complaint: Complaint, act: Callable[[Complaint], Any]) -> None:
        complaint.refresh_from_db()
        if complaint.state == state:
            act(complaint)

    def _sign(self, complaint: Complaint) -> None:
        forms.sign(complaint=complaint, actor=self.team.deputy, at=self.came)

    def _review(self, complaint: Complaint) -> None:
        words = "措施可行，按期落实。"
        correction.review_plan(complaint=complaint, accepted=True, words=words, actor=self.team.manager, at=self.came)

    def _approve(self, complaint: Complaint) -> None:
        asked = Request.objects.filter(kind=correction.PLAN, subject_id=complaint.pk).latest("pk")
        boss = Staff.objects.select_related("role", "branch").get(username="branch-head")
        decide(request=asked, outcome=Answer.APPROVE, actor=boss, reason="", at=self.came)
        correction.decide_plan(complaint=complaint, approved=True, words="", actor=boss, at=self.came)

    def _prove(self, complaint: Complaint, head: Staff) -> None:
        complaint.refresh_from_db()
        for measure in complaint.measures.filter(done_at=None, dropped_at=None):
            correction.prove(measure=measure, proof="新排班表已执行，附签到记录。", actor=head, at=self.came)


def _write_ended(
    random: np.random.Generator,
    team: _Team,
    customers: Sequence[Customer],
    told: Sequence[tuple[Cause, list[str]]],
    at: datetime,
) -> None:
    """Complaints that were settled and closed, as whole sets of rows."""
    internal, regulatory = (version_on(rule_set, at.astimezone(SHANGHAI).date()) for rule_set in RuleSet)
    hours, made = hours_of(calendar_of(team.branch)), []
    moments = sorted(at - timedelta(days=4 + float(share) * _DAYS) for share in random.random(_ENDED))
    for number, moment in enumerate(moments, start=1):
        came = hours.next_service(moment)
        cause, words = told[int(random.zipf(1.4) % len(told))]
        customer, (outlet, _head) = _one(random, customers), _one(random, team.outlets)
        replied = hours.add_service_time(came, timedelta(hours=float(random.gamma(2.2, 4))))
        ended = min(hours.add_service_time(replied, timedelta(hours=2)), at)
        made.append(
            Complaint(
                number=f"TS{came.astimezone(SHANGHAI):%y%m%d}-{9000 + number:04d}",
                customer=customer,
                branch=team.branch,
                calendar=calendar_of(team.branch),
                internal_rules=internal,
                regulatory_rules=regulatory,
                channel=_one(random, _CHANNELS[:-1]),
                state=State.CLOSED,
                kind=cause.kind,
                cause=cause,
                grade=Grade.MINOR,
                path=(internal.rules.kind_paths or {}).get(cause.kind, internal.rules.default_path),
                statement=_one(random, words),
                wish=_one(random, _WISHES) or None,
                about_branch=outlet,
                read_back_at=came,
                registered_by=team.officer,
                received_at=came,
                registered_at=came,
                acknowledged_at=came,
                handler=team.officer,
                responsible_branch=outlet,
                outcome=_one(random, [Outcome.JUSTIFIED, Outcome.PARTLY, Outcome.UNJUSTIFIED]),
                finding=_one(random, _FINDINGS),
                replied_at=min(replied, at),
                closed_at=ended,
            )
        )
    made = Complaint.objects.bulk_create(made)
    Party.objects.bulk_create(Party(complaint=one, name=one.customer.name if one.customer else None) for one in made)
    ComplaintClock.objects.bulk_create(clock for one in made for clock in _clocks(one, internal, regulatory))
    late = ComplaintClock.objects.filter(complaint__in=made, met=False).values("complaint_id")
    Complaint.objects.filter(pk__in=late).update(is_internal_late=True)
    ClosingTalk.objects.bulk_create(
        ClosingTalk(
            complaint=one,
            satisfied=_one(random, [True, True, True, False, None]),
            words=_one(random, _TALKS),
            talked_by=team.officer,
            talked_at=one.closed_at or at,
        )
        for one in made
    )
    Step.objects.bulk_create(
        Step(complaint=one, kind=kind, actor=team.officer, at=moment or at)
        for one in made
        for kind, moment in (
            (StepKind.REGISTERED, one.registered_at),
            (StepKind.CLASSIFIED, one.registered_at),
            (StepKind.REPLIED, one.replied_at),
            (StepKind.CLOSED, one.closed_at),
        )
    )
    for one in made:
        if one.cause is not None and one.statement:
            learn(one.cause, one.statement)


def _clocks(complaint: Complaint, internal: RuleVersion, regulatory: RuleVersion) -> list[ComplaintClock]:
    """The clocks of reply and decision, stopped by the reply."""
    rows = []
    sets = ((RuleSet.INTERNAL, internal, ClockKind.REPLY), (RuleSet.REGULATORY, regulatory, ClockKind.DECISION))
    for rule_set, version, kind in sets:
        rule = version.rules.clock(kind)
        if rule is None or complaint.replied_at is None:
            continue
        due = due_of(rule, hours_of(complaint.calendar_id), complaint.received_at)
        rows.append(
            ComplaintClock(
                complaint=complaint,
                rule_set=rule_set,
                kind=kind,
                limit=str(rule.limit),
                every_day=rule.every_day,
                started_at=complaint.received_at,
                due_at=due,
                marks=[due],
                stopped_at=complaint.replied_at,
                met=complaint.replied_at <= due,
            )
        )
    return rows
