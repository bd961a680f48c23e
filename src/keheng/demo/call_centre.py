"""The demo's call centre: queues with half a year of history, forecasts, a published roster and one in the making."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import product

import numpy as np

from keheng.common import clock
from keheng.demo.plan import Plan
from keheng.org.models import Branch, Staff
from keheng.org.queries import system_actor
from keheng.workforce.enums import QueueKind
from keheng.workforce.models import (
    Adjustment,
    Agent,
    Contract,
    Duty,
    Event,
    Leave,
    Profile,
    Queue,
    Roster,
    Target,
    Team,
    Wish,
    Worked,
)
from keheng.workforce.operations import forecasts, history, requests, rosters, solving
from keheng.workforce.policies.forecasting.blend import MODELS
from keheng.workforce.queries import reports

_WEEKS = 26
_ROLES = ("call-agent", "service-officer", "lobby-manager", "teller")
_PEOPLE = 44
_QUICK = {name: MODELS[name] for name in ("level × profile", "same weekdays")}
"""Two models are enough for a first look; what people forecast uses them all."""

_SECONDS = 5
_WEEK = (1.22, 1.06, 1.0, 0.98, 1.02, 0.55, 0.45)


def build_call_centre(plan: Plan, at: datetime) -> None:
    """Build it by the operations of the product."""
    actor = Staff.objects.filter(role__code="call-supervisor").order_by("pk").first() or system_actor()
    head = Branch.objects.get(parent=None)
    queues = _queues(plan, head)
    random = np.random.default_rng(plan.seed + 13)
    for queue, scale in zip(queues, (30.0, 6.0, 7.0, 3.0), strict=True):
        content = _history(at.astimezone(clock.SHANGHAI), scale, random)
        profile = Profile.objects.get(code="interval-report")
        history.take_in(queue=queue, content=content, name=f"{queue.name}.csv", profile=profile, actor=actor, at=at)
    _events(plan, queues[0])
    for queue in queues:
        history.propose_marks(queue=queue, today=plan.today)
    monday = plan.today + timedelta(days=-plan.today.weekday())
    for queue in queues:
        for first, days in ((monday - timedelta(days=21), 28), (monday - timedelta(days=7), 14), (monday, 42)):
            asked = forecasts.new_forecast(queue=queue, first_day=first, days=days, actor=actor, at=at)
            forecasts.make_forecast(forecast=asked, now=clock.now, models=_QUICK)
    forecasts.adjust(
        adjustment=Adjustment(
            queue=queues[0], first_day=monday + timedelta(days=8), last_day=monday + timedelta(days=9), factor=1.15,
            reason="信用卡账单日提前，预计来电增加",
        ),
        actor=actor, at=at,
    )  # fmt: skip
    teams = _people(plan, head, queues)
    _rosters(monday, teams, queues, actor, at)
    _log(plan)


def _queues(plan: Plan, head: Branch) -> list[Queue]:
    since = plan.today - timedelta(days=400)
    rows = (
        ("hotline", "服务热线", QueueKind.CALLS, "", {"level": 0.8, "within": 20, "handling": 200, "patience": 120}),
        ("vip", "贵宾专线", QueueKind.CALLS, "T4", {"level": 0.9, "within": 10, "handling": 260, "patience": 90}),
        ("chat", "在线客服", QueueKind.CHAT, "", {"level": 0.8, "within": 60, "handling": 420, "at_once": 3}),
        ("letters", "邮件工单", QueueKind.DEFERRABLE, "", {"level": 0.9, "within": 3600, "handling": 360}),
    )
    queues = []
    for code, name, kind, tier, target in rows:
        queue = Queue.objects.create(code=code, name=name, kind=kind, tier=tier, branch=head, step=30)
        values = {"occupancy": 0.88, "shrinkage": 0.12, "source": "演示数据", **target}
        Target.objects.create(queue=queue, valid_from=since, **values)
        queues.append(queue)
    return queues


def _history(until: datetime, scale: float, random: np.random.Generator) -> bytes:
    """A report of the switch by half-hour: two humps a day, quiet weekends, month-end peaks, an outage, a busy day.

    The last day is today, as far as it has gone.
    """
    today = until.date()
    lines = ["日期,时段,呼入量,接通量,服务水平内接通量,平均处理时长"]
    hours = np.arange(8, 21, 0.5)
    shape = 0.15 + np.exp(-(((hours - 10.5) / 1.9) ** 2)) + 0.75 * np.exp(-(((hours - 15.6) / 2.2) ** 2))
    for back in range(_WEEKS * 7, -1, -1):
        day = today - timedelta(days=back)
        level = _WEEK[day.weekday()] * (1.12 if day.day >= 25 else 1.0) * random.normal(1, 0.04)
        level *= {40: 1.7, 75: 0.4}.get(back, 1.0)
        calls = random.poisson(scale * level * shape)
        answered = np.minimum(calls, random.binomial(calls, 0.965))
        in_time = random.binomial(answered, np.where(shape > 0.9, 0.80, 0.9))
        handling = random.normal(205, 14, len(hours))
        for hour, row in zip(hours, zip(calls, answered, in_time, handling, strict=True), strict=True):
            if back == 0 and hour + 0.5 > until.hour + until.minute / 60:
                break
            when = f"{day},{int(hour):02d}:{int(hour % 1 * 60):02d}"
            lines.append(f"{when},{row[0]},{row[1]},{row[2]},{row[3]:.0f}")
    return "\n".join(lines).encode()


def _events(plan: Plan, hotline: Queue) -> None:
    busy, broken, ahead, after = (plan.today - timedelta(days=days) for days in (40, 75, -10, -11))
    Event.objects.bulk_create(
        [
            Event(queue=hotline, kind="campaign", name="理财节", first_day=busy, last_day=busy),
            Event(queue=hotline, kind="outage", name="交换机故障", first_day=broken, last_day=broken),
            Event(queue=hotline, kind="campaign", name="年终理财节", first_day=ahead, last_day=after),
        ]
    )


def _people(plan: Plan, head: Branch, queues: Sequence[Queue]) -> list[Team]:
    """The call-centre agents, and service officers and lobby managers who take turns on the line."""
    teams = [
        Team.objects.create(code="hotline-1", name="热线一组", branch=head),
        Team.objects.create(code="hotline-2", name="热线二组", branch=head),
        Team.objects.create(code="standby", name="机动班", branch=head, is_standby=True),
    ]
    contracts = {contract.code: contract for contract in Contract.objects.all()}
    people = [
        staff for role in _ROLES for staff in Staff.objects.filter(role__code=role, is_active=True).order_by("pk")
    ][:_PEOPLE]
    for place, staff in enumerate(people):
        on_standby = place % 9 == 8
        team = teams[2] if on_standby else teams[place % 2]
        contract = contracts["standby" if on_standby else "part-time" if place % 11 == 10 else "full-time"]
        since = plan.today - timedelta(days=400)
        agent = Agent.objects.create(staff=staff, team=team, contract=contract, since=since)
        agent.skills.set(queues if on_standby else (queues[:2], queues[:1], queues[2:])[place % 3])
    return teams


def _rosters(monday: date, teams: Sequence[Team], queues: Sequence[Queue], actor: Staff, at: datetime) -> None:
    agents = list(Agent.objects.select_related("staff").order_by("pk"))
    first, following = monday - timedelta(days=7), monday + timedelta(days=7)
    for place, agent in enumerate(agents[:12]):
        Wish.objects.create(agent=agent, day=first + timedelta(days=place % 14), kind="off", weight=3, at=at)
    days = [monday + timedelta(days=ahead) for ahead in (2, 4, 7, 8)]
    given_leave = {"agent": agents[1], "kind": "annual", "first_day": days[0], "last_day": days[1], "asked_at": at}
    Leave.objects.create(**given_leave, state="approved", decided_by=actor, decided_at=at)
    asked = {"agent": agents[2], "kind": "personal", "first_day": days[2], "last_day": days[3], "asked_at": at}
    Leave.objects.create(**asked, reason="陪同家人就医", state="asked")
    served = [queue for queue in queues if queue.kind != QueueKind.DEFERRABLE]
    now = rosters.begin(
        roster=Roster(name="本期班表", first_day=first, days=14, seconds=_SECONDS),
        teams=list(teams),
        queues=served,
        actor=actor,
        at=at,
    )
    waiting = rosters.queue_up(roster=now, seconds=_SECONDS, kept_until=None, actor=actor, at=at)
    solving.make(roster=waiting, now=clock.now)
    rosters.publish(roster=waiting, actor=actor, at=at)
    _ask(agents, waiting, actor, at)
    rosters.begin(
        roster=Roster(name="下期班表", first_day=following, days=14),
        teams=list(teams),
        queues=served,
        actor=actor,
        at=at,
    )


def _ask(agents: Sequence[Agent], roster: Roster, actor: Staff, at: datetime) -> None:
    """Somebody has fallen ill, so that shifts are to be covered; two colleagues would like to exchange a day."""
    tomorrow = at.astimezone(clock.SHANGHAI).date() + timedelta(days=1)
    ill = {"agent": agents[4], "kind": "sick", "first_day": tomorrow, "last_day": tomorrow + timedelta(days=1)}
    Leave.objects.create(**ill, asked_at=at, state="approved", decided_by=actor, decided_at=at, reason="发热就诊")
    days = list(roster.duties.filter(day__gt=tomorrow, agent__in=agents[5:12]).select_related("agent", "shift")[:4])
    for duty, other in product(days, agents[12:16]):
        if not requests.rules_of_swap(duty, other):
            swap = requests.ask_swap(duty=duty, other=other, reason="孩子家长会", actor=actor, at=at)
            requests.answer_swap(swap=swap, agree=True, actor=actor, at=at)
            break


def _log(plan: Plan) -> None:
    """What the telephone system logged of the shifts until today: late beginnings, short breaks, early ends."""
    random = plan.random("call centre log")
    past = Duty.objects.filter(is_published=True, day__lt=plan.today, queue__isnull=False).select_related("shift")
    rows = []
    for duty in past:
        for since, to in reports.stretches(duty):
            late, away, early = (timedelta(minutes=int(random.integers(0, most))) for most in (7, 12, 6))
            middle = since + (to - since) / 2
            for state, begin, end in (
                ("通话", since + late, middle), ("小休", middle, middle + away), ("就绪", middle + away, to - early),
            ):  # fmt: skip
                if begin < end:
                    is_work = state != "小休"
                    rows.append(
                        Worked(agent_id=duty.agent_id, starts_at=begin, ends_at=end, state=state, is_work=is_work)
                    )
    Worked.objects.bulk_create(rows, batch_size=2000)
