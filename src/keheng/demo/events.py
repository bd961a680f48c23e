"""Events of the demo bank (A4): salons of the last months, a seminar, a banquet that invites, and the plans ahead.

Events are written row by row, they are a dozen; their guests by one statement each, whatever the size of the bank.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.db.backends.utils import CursorWrapper

from keheng.common.clock import SHANGHAI
from keheng.demo.plan import Plan
from keheng.org.models import Branch, Staff
from keheng.outreach.enums import CostItem, EventState, KeptOutReason
from keheng.outreach.models import Cost, Event, KeptOut
from keheng.outreach.operations.closing import measure
from keheng.outreach.queries.rules import preset
from keheng.versions.queries import FIRST

TABLES = ["outreach_event", "outreach_guest"]


@dataclass(frozen=True)
class _Planned:
    """One event: so many days from today, for so many customers on the list."""

    days: int
    hour: int
    kind: str
    title: str
    venue: str
    state: EventState
    listed: int
    at_branch: bool = False


_EVENTS = (
    _Planned(-96, 15, "salon", "大额存单与国债配置沙龙", "网点二楼理财室", EventState.CLOSED, 24),
    _Planned(-68, 15, "salon", "家庭保障规划沙龙", "网点二楼理财室", EventState.CLOSED, 22),
    _Planned(-52, 14, "seminar", "下半年投资报告会", "支行三楼会议厅", EventState.CLOSED, 160, at_branch=True),
    _Planned(-40, 15, "salon", "养老规划沙龙", "网点二楼理财室", EventState.CLOSED, 26),
    _Planned(-9, 15, "appreciation", "重阳客户答谢茶会", "江心屿茶室", EventState.HELD, 21),
    _Planned(6, 15, "salon", "年末资产配置沙龙", "网点二楼理财室", EventState.OPEN, 34),
    _Planned(18, 18, "banquet", "贵宾迎新酒会", "瓯江大酒店三楼", EventState.OPEN, 70, at_branch=True),
    _Planned(33, 14, "seminar", "新年投资报告会", "支行三楼会议厅", EventState.PLANNED, 0, at_branch=True),
)
_COSTS = ((CostItem.VENUE, 20), (CostItem.CATERING, 50), (CostItem.GIFTS, 30))
"""Percent of the budget."""
_SMALL = "由网点邀约，理财师主讲，现场答疑。"
_LARGE = "研究员主讲市场展望，产品经理介绍重点产品。"
_LASTS = timedelta(hours=2)


def write_events(cursor: CursorWrapper, plan: Plan) -> None:
    """Write the events of the outlet and the branch of the story, with guests, costs and what became of them."""
    people = {one.username: one for one in Staff.objects.filter(username__in=("outlet-head", "branch-head"))}
    if len(people) < 2:
        return
    outlet = people["outlet-head"].branch
    for place, planned in enumerate(_EVENTS):
        organiser = people["branch-head" if planned.at_branch else "outlet-head"]
        event = _event(plan, planned, place, organiser.branch if planned.at_branch else outlet, organiser)
        if planned.listed:
            _guests(cursor, plan, planned, event)
    cursor.execute(_SEATS)
    cursor.execute(f"analyze {', '.join(TABLES)}")
    measure(day=plan.today)
    _keep_out(cursor, plan, people["outlet-head"])


def _event(plan: Plan, planned: _Planned, place: int, branch: Branch, organiser: Staff) -> Event:
    kind = preset().kind(planned.kind)
    assert kind is not None
    starts = datetime.combine(plan.today + timedelta(days=planned.days), time(planned.hour), SHANGHAI)
    made = min(starts - timedelta(days=25), plan.at)
    over = planned.state in (EventState.HELD, EventState.CLOSED)
    event = Event.objects.create(
        number=f"H{made.astimezone(SHANGHAI):%y%m%d}-{place + 1:02d}",
        kind=kind.code,
        rules=FIRST,
        title=planned.title,
        about=_SMALL if kind.capacity < 50 else _LARGE,
        branch=branch,
        venue=planned.venue,
        starts_at=starts,
        ends_at=starts + _LASTS,
        reply_by=starts.date() - timedelta(days=kind.reply_days),
        capacity=kind.capacity,
        least_aum=kind.least_aum,
        state=planned.state,
        organiser=organiser,
        made_at=made,
        held_at=starts + _LASTS if over else None,
        closed_at=starts + timedelta(days=3) if planned.state == EventState.CLOSED else None,
    )
    budget = kind.budget_per_head * kind.capacity
    actual = Decimal("0.93") if over else None
    Cost.objects.bulk_create(
        [
            Cost(
                event=event,
                item=item,
                planned=budget * share / 100,
                actual=round(budget * share / 100 * actual, 2) if actual else None,
            )
            for item, share in _COSTS
        ]
    )
    return event


def _guests(cursor: CursorWrapper, plan: Plan, planned: _Planned, event: Event) -> None:
    """Draw customers of the branch who are worth inviting, and let them answer as people do."""
    over = planned.state in (EventState.HELD, EventState.CLOSED)
    cursor.execute(
        _GUESTS,
        {
            "event": event.pk,
            "path": f"{event.branch.path}%",
            "least": event.least_aum or 50_000,
            "number": planned.listed,
            "seed": plan.seed + event.pk,
            "organiser": event.organiser_id,
            "capacity": event.capacity,
            "listed": min(event.starts_at - timedelta(days=14), plan.at - timedelta(days=2)),
            "starts": event.starts_at,
            "over": over,
        },
    )


_GUESTS = """
    with chosen as (
        select c.id, c.aum, c.owner_id,
               row_number() over (order by hashtextextended(c.number, %(seed)s)) as place,
               abs(hashtextextended(c.number, %(seed)s + 7) %% 100) as luck
          from customers_customer c join org_branch b on b.id = c.branch_id
         where b.path like %(path)s and c.kind = 'person' and c.status = 'active' and not c.do_not_disturb
           and c.aum >= %(least)s
         order by hashtextextended(c.number, %(seed)s) limit %(number)s
    ), answered as (
        select *, case when luck < 62 then 'confirmed' when luck < 78 then 'declined' when luck < 90 then 'told'
                       else 'listed' end as said
          from chosen
    ), seated as (
        select *, row_number() over (partition by said order by place) as turn from answered
    ), stands as (
        select *, case when said = 'confirmed' and turn > %(capacity)s and %(over)s then 'declined'
                       when said = 'confirmed' and turn > %(capacity)s then 'waiting'
                       when said = 'confirmed' and %(over)s and luck %% 9 = 0 then 'absent'
                       when said = 'confirmed' and %(over)s then 'came'
                       else said end as state
          from seated
    )
    insert into outreach_guest (event_id, customer_id, inviter_id, channel, state, seats, listed_at, told_at,
                                answered_at, waiting_since, signed_in_at, signed_in_by_id, signed_how, aum_before,
                                aum_after)
    select %(event)s, id, coalesce(owner_id, %(organiser)s),
           (array['phone', 'wechat', 'sms'])[1 + luck %% 3], state, 1, %(listed)s,
           case when state <> 'listed' then %(listed)s + interval '1 day' end,
           case when state not in ('listed', 'told') then %(listed)s + interval '1 day' * (1 + luck %% 2) end,
           case when state = 'waiting' then %(listed)s + interval '1 minute' * place end,
           case when state = 'came' then %(starts)s - interval '1 minute' * (luck %% 25) end,
           case when state = 'came' then %(organiser)s end,
           case when state = 'came' then (array['code', 'search'])[1 + luck %% 2] else '' end,
           case when %(over)s then round(aum * (case when state = 'came' then 0.93 else 0.99 end), 2) end,
           case when %(over)s then aum end
      from stands
"""
_SEATS = """
    update outreach_event event
       set taken = (select coalesce(sum(seats), 0) from outreach_guest guest
                     where guest.event_id = event.id and guest.state in ('confirmed', 'came'))
"""


def _keep_out(cursor: CursorWrapper, plan: Plan, head: Staff) -> None:
    """Two customers whom nobody invites."""
    cursor.execute(
        "select id from customers_customer where branch_id = %s and kind = 'person' order by id limit 2",
        [head.branch_id],
    )
    reasons = (KeptOutReason.STAFF, KeptOutReason.WISH)
    KeptOut.objects.bulk_create(
        [
            KeptOut(customer_id=key, reason=reason, noted_by=head, noted_at=plan.at)
            for (key,), reason in zip(cursor.fetchall(), reasons, strict=False)
        ]
    )
