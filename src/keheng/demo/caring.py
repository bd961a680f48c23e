"""Who looks after the demo's customers: periods with a past, parts beside owners, what passes between people (A3)."""

from datetime import timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.backends.utils import CursorWrapper

from keheng.care.enums.ownership import Absence, HandOverState, Part, ReferralState, Source
from keheng.care.models import (
    CareProfile,
    CoverPeriod,
    CustomerChoice,
    CustomerNeed,
    HandOver,
    HandOverItem,
    Ownership,
    Referral,
    StaffSkill,
)
from keheng.care.queries.assignment import rules_in_force
from keheng.customers.models import Customer
from keheng.demo.plan import Plan
from keheng.org.models import Staff

TABLES = [model._meta.db_table for model in (Ownership, Referral, HandOver, CoverPeriod, CareProfile)]
_HANDED_ON = 12
"""Of a hundred customers so many had another owner before."""
_ANSWERED = (ReferralState.ACCEPTED, ReferralState.DONE)
_NEEDS = ("想配置大额存单和国债", "咨询养老理财与保险规划", "企业主，关注贷款与代发工资", "资金即将到期，寻求稳健理财")


def write_ownership(cursor: CursorWrapper, plan: Plan) -> None:
    """Give owners by the rules, write the periods of all owned customers, and a few of everything else."""
    given: dict[str, Any] = {"at": plan.at, "seed": plan.seed, "share": _HANDED_ON}
    _follow_rules(cursor, plan)
    cursor.execute(_PERIODS, {**given, "top": _TOP, "heads": list(_HEADS)})
    cursor.execute(_SIDES, {**given, "tier": "T3", "part": Part.LOBBY, "role": "lobby-manager"})
    for tier in ("T4", "T5"):
        cursor.execute(_SIDES, {**given, "tier": tier, "part": Part.SUPERVISOR, "role": "rm-supervisor"})
    cursor.execute(_PROFILES, given)
    cursor.execute(f"analyze {', '.join(TABLES)}")
    people = {one.username: one for one in Staff.objects.filter(username__in=_PEOPLE)}
    if len(people) == len(_PEOPLE):
        _between(plan, people)


def _follow_rules(cursor: CursorWrapper, plan: Plan) -> None:
    """Give whoever needs an owner by name to the position that the rules of assignment name, at their outlet.

    The core system's files know managers for whoever has 20万; the rules also ask for those whom an extra door lifted,
    and give the highest tier to heads of outlets. A few are left open, and some of the highest stay with their manager.
    """
    rules = rules_in_force().rules
    story = Staff.objects.filter(username="relationship-manager").values_list("branch_id", flat=True).first()
    cursor.execute(_LEAVE_OPEN, {"seed": plan.seed, "story": story, "open": _OPEN})
    for rule in rules.tiers:
        if rule.scheme == rules.schemes["person"] and rule.by_name:
            given: dict[str, Any] = {"tier": rule.tier, "roles": list(rule.owner.roles), "seed": plan.seed}
            cursor.execute(_GIVE, {**given, "passing": _PASSED_UP if rule.tier == _TOP else 0})
    cursor.execute(_GIVE_COMPANIES, {"seed": plan.seed})


_TOP, _HEADS = "T5", ("outlet-head", "deputy-outlet-head")
_OPEN = 9
"""So many customers who need an owner by name have none yet, spread over the outlets."""
_PASSED_UP = 70
"""Of a hundred customers of the highest tier so many have passed from their manager to the head of the outlet."""
_LEAVE_OPEN = """
    create temporary table demo_open on commit drop as
    select id from (select c.id, c.branch_id, c.number, row_number() over (
                           partition by c.branch_id order by hashtextextended(c.number, %(seed)s), c.id) as place
                      from customers_customer c
                     where c.kind = 'person' and c.tier = 'T3' and c.status <> 'closed' and c.owner_id is null) found
     order by place, branch_id <> %(story)s, hashtextextended(number, %(seed)s) limit %(open)s
"""
_GIVE = """
    update customers_customer customer set owner_id = chosen.staff_id
      from (select c.id, people.keys[1 + lot.luck %% cardinality(people.keys)] as staff_id
              from customers_customer c
              join lateral (select abs(hashtextextended(c.number, %(seed)s + 7) %% 1000003)::int as luck) lot on true
              join (select s.branch_id, array_agg(s.id order by s.id) as keys
                      from org_staff s join org_role r on r.id = s.role_id
                     where r.code = any(%(roles)s) and s.is_active group by s.branch_id) people
                on people.branch_id = c.branch_id
             where c.kind = 'person' and c.tier = %(tier)s and c.status <> 'closed'
               and (c.owner_id is null and c.id not in (select id from demo_open)
                    or c.owner_id is not null and lot.luck %% 100 < %(passing)s)) chosen
     where customer.id = chosen.id
"""
_GIVE_COMPANIES = """
    update customers_customer customer set owner_id = chosen.staff_id
      from (select c.id, found.id as staff_id
              from customers_customer c join org_branch place on place.id = c.branch_id
              join lateral (select s.id from org_staff s join org_role r on r.id = s.role_id
                                             join org_branch b on b.id = s.branch_id
                             where r.code = 'corporate-manager' and s.is_active and starts_with(place.path, b.path)
                             order by length(b.path) desc, hashtextextended(c.number || s.username, %(seed)s)
                             limit 1) found on true
             where c.kind = 'company' and c.status <> 'closed' and c.owner_id is null) chosen
     where customer.id = chosen.id
"""
_PERIODS = """
    with owned as (
        select c.id, c.owner_id, c.branch_id,
               c.tier = %(top)s and not exists (
                   select from org_staff s join org_role r on r.id = s.role_id
                    where s.id = c.owner_id and r.code = any(%(heads)s)) as by_choice,
               greatest(least(c.opened_on + 30, %(at)s::date - 5), %(at)s::date - 900)::timestamptz as since,
               abs(hashtextextended(c.number, %(seed)s + 31) %% 100) as luck
          from customers_customer c where c.owner_id is not null
    ), before as (
        select owned.*, other.id as other_id, since + (%(at)s - since) * (0.2 + luck * 0.05) as changed
          from owned
          left join lateral (
                select s.id from org_staff s join org_role r on r.id = s.role_id
                 where s.branch_id = owned.branch_id and s.id <> owned.owner_id
                   and r.code in ('relationship-manager', 'wealth-manager', 'corporate-manager')
                 order by s.id limit 1) other on luck < %(share)s
    )
    insert into care_ownership (customer_id, staff_id, part, period, source, reason)
    select id, other_id, 'owner', tstzrange(since, changed), 'feed', '' from before where other_id is not null
    union all
    select id, owner_id, 'owner', tstzrange(case when other_id is null then since else changed end, null),
           case when by_choice then 'choice' when other_id is null then 'feed' else 'handed_over' end,
           case when by_choice then '升级后客户选择由原客户经理继续维护'
                when other_id is null then '' else '岗位调整，客户随岗移交' end
      from before
"""
_SIDES = """
    insert into care_ownership (customer_id, staff_id, part, period, source, reason)
    select c.id, s.id, %(part)s, tstzrange(%(at)s - interval '120 days', null), 'rule', ''
      from customers_customer c
      join lateral (select s.id from org_staff s join org_role r on r.id = s.role_id
                     where s.branch_id = c.branch_id and r.code = %(role)s and s.is_active
                     order by hashtextextended(c.number || s.username, %(seed)s) limit 1) s on true
     where c.kind = 'person' and c.tier = %(tier)s and c.owner_id is not null and s.id <> c.owner_id
"""
_PROFILES = """
    insert into care_careprofile (customer_id, birthday_calendar, wedding_on, hours_from, hours_to, extra_care,
                                  every_days, strategy, changed_by_id, changed_at)
    select id, case when age >= 55 and luck %% 3 <> 0 then 'lunar' when age >= 55 then 'both' else 'solar' end,
           case when luck %% 4 = 1 then birth_date + interval '26 years' + make_interval(days => luck * 11) end,
           case luck %% 4 when 0 then time '13:30' when 2 then time '19:00' end,
           case luck %% 4 when 0 then time '15:30' when 2 then time '20:30' end,
           case when age >= 72 then array['elderly'] when luck %% 8 = 3 then array['literacy']
                when luck %% 8 = 7 then array['laid-off'] else '{}'::text[] end,
           case when luck %% 6 = 0 then 14 end, null, owner_id, %(at)s
      from (select c.id, c.birth_date, c.owner_id, extract(year from age(%(at)s, c.birth_date))::int as age,
                   abs(hashtextextended(c.number, %(seed)s + 57) %% 100)::int as luck
              from customers_customer c
             where c.owner_id is not null and c.kind = 'person' and c.status = 'active' and c.birth_date is not null
               and c.birth_date < %(at)s::date - interval '35 years') found
     where luck < 12
"""
_STRATEGIES = (
    "餐饮店主，午市、晚市不接电话，下午两点后到店里谈；看重资金随时可用，每次先谈活期理财收益。",
    "退休教师，喜欢面谈和纸质材料；存款到期前一周上门，家人在场时再谈保险。",
    "企业主，常出差，用微信先约时间；关注代发工资和贷款利率，每季拜访一次公司财务。",
)
_PEOPLE = ("relationship-manager", "outlet-head", "rm-supervisor", "lobby-manager", "teller", "wealth-manager")


def _between(plan: Plan, people: dict[str, Staff]) -> None:
    """What passes between the people of the story: referrals and hand-overs in every state, a leave with cover."""
    manager, head = people["relationship-manager"], people["outlet-head"]
    mates = list(
        Staff.objects.filter(branch=manager.branch, role=manager.role, is_active=True).exclude(pk=manager.pk)[:2]
    )
    mine = list(Customer.objects.filter(owner=manager, kind="person").order_by("-aum")[:30])
    theirs = list(Customer.objects.filter(owner__in=mates, kind="person").order_by("-aum")[:20])
    free = list(Customer.objects.filter(owner=None, kind="person", branch=manager.branch).order_by("-aum")[:8])
    if not mates or len(mine) < 12 or len(theirs) < 8:
        return
    _refer(plan, people, [*free, *mine[3:]], mine)
    _hand_over(plan, (manager, mates[0], head), mine, theirs)
    day = plan.today
    CoverPeriod.objects.create(
        staff=mates[0],
        cover=manager,
        days=DateRange(day - timedelta(days=2), day + timedelta(days=6)),
        kind=Absence.LEAVE,
        note="本周有三位客户理财到期，请提前联系",
        set_by=head,
        set_at=plan.at - timedelta(days=6),
    )
    CoverPeriod.objects.create(
        staff=mates[-1],
        cover=None if len(mates) > 1 else manager,
        days=DateRange(day + timedelta(days=7), day + timedelta(days=9)),
        kind=Absence.TRAINING,
        note="支行业务培训，代管人待定",
        set_by=head,
        set_at=plan.at - timedelta(days=1),
    )
    CoverPeriod.objects.create(
        staff=people["wealth-manager"],
        cover=people["rm-supervisor"],
        days=DateRange(day + timedelta(days=9), day + timedelta(days=14)),
        kind=Absence.TRAINING,
        note="省行理财师培训",
        set_by=head,
        set_at=plan.at - timedelta(days=2),
    )
    CustomerChoice.objects.create(
        customer=mine[1],
        before=manager,
        chosen=manager,
        support=people["wealth-manager"],
        said="客户在柜面表示仍由原客户经理维护，需要理财经理支持",
        recorded_by=head,
        at=plan.at - timedelta(days=40),
    )
    Ownership.objects.filter(customer=mine[2], part=Part.OWNER, period__upper_inf=True).update(
        credit_to=people["teller"], source=Source.CHOICE, reason="升级后客户选择客户经理，收入仍归原维护柜员"
    )
    for customer, strategy in zip(mine[3:6], _STRATEGIES, strict=True):
        CareProfile.objects.update_or_create(
            customer=customer,
            defaults={"strategy": strategy, "changed_by": manager, "changed_at": plan.at - timedelta(days=25)},
        )
    skills = {"dialect": [manager, people["teller"]], "english": [people["wealth-manager"]], "sign": [mates[0]]}
    StaffSkill.objects.bulk_create(
        [StaffSkill(staff=staff, skill=skill) for skill, holders in skills.items() for staff in holders]
    )
    CustomerNeed.objects.bulk_create([CustomerNeed(customer=one, skill="dialect") for one in [*mine[:3], *free[:3]]])


def _refer(plan: Plan, people: dict[str, Staff], passing: list[Customer], mine: list[Customer]) -> None:
    teller, manager, supervisor = people["teller"], people["relationship-manager"], people["rm-supervisor"]
    rows = [
        (passing[0], people["lobby-manager"], manager, ReferralState.OFFERED, 0),
        (passing[1], teller, manager, ReferralState.OFFERED, 1),
        (passing[2], teller, manager, ReferralState.ACCEPTED, 4),
        (passing[3], people["lobby-manager"], manager, ReferralState.DONE, 15),
        (passing[4], teller, manager, ReferralState.DECLINED, 20),
        (mine[0], manager, supervisor, ReferralState.ACCEPTED, 6),
    ]
    for place, (customer, giver, taker, state, age) in enumerate(rows):
        offered, over = plan.at - timedelta(days=age, hours=2), state in (ReferralState.DONE, ReferralState.DECLINED)
        Referral.objects.create(
            customer=customer,
            giver=giver,
            taker=taker,
            need=_NEEDS[place % len(_NEEDS)],
            state=state,
            passes_on=place in (0, 1),
            answer="客户已由理财经理跟进" if state == ReferralState.DECLINED else "",
            offered_at=offered,
            answered_at=offered + timedelta(days=1) if state in _ANSWERED else None,
            closed_at=offered + timedelta(days=3) if over else None,
        )


def _hand_over(plan: Plan, people: tuple[Staff, Staff, Staff], mine: list[Customer], theirs: list[Customer]) -> None:
    manager, mate, head = people
    rows = [
        (mate, manager, theirs[:4], HandOverState.OFFERED, 1, "片区调整", "均为定期存款客户，两位要求下午联系"),
        (manager, mate, mine[8:10], HandOverState.DECLINED, 12, "客户搬迁", ""),
        (mate, manager, mine[4:8], HandOverState.ACCEPTED, 30, "岗位轮换", "已电话告知客户，首次拜访请带新名片"),
    ]
    for giver, taker, customers, state, age, reason, note in rows:
        at = plan.at - timedelta(days=age)
        answered = None if state == HandOverState.OFFERED else at + timedelta(days=1)
        made = HandOver.objects.create(
            giver=giver,
            taker=taker,
            state=state,
            reason=reason,
            note=note,
            size=len(customers),
            offered_by=head,
            offered_at=at,
            accept_by=at.date() + timedelta(days=3),
            answer="名下户数已接近上限" if state == HandOverState.DECLINED else "",
            answered_at=answered,
            contact_by=answered.date() + timedelta(days=2) if answered and state == HandOverState.ACCEPTED else None,
        )
        HandOverItem.objects.bulk_create(
            [
                HandOverItem(hand_over=made, customer=customer, moved=state == HandOverState.ACCEPTED)
                for customer in customers
            ]
        )
