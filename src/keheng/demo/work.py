"""The demo bank at work: two weeks of contacts, today's tasks, a lobby with people in it, days and months handed in.

What other parts of the demo have planned or logged already is left as it is.
"""

from datetime import datetime, timedelta

from django.db.backends.utils import CursorWrapper

from keheng.care.enums.lobby import LobbyService
from keheng.care.enums.reports import AnalysisState, DayState
from keheng.care.models import AgendaTemplate, Contact, DayReport, LobbyTicket, LogCheckItem, MonthAnalysis, Task
from keheng.care.models.analysis import SECTIONS
from keheng.care.operations.agenda import choose_agenda
from keheng.care.operations.analysis import open_analyses, review_analysis, write_analysis
from keheng.care.operations.checks import draw_daily_checks, step_check
from keheng.care.operations.lobby import call_next, recognise, take_ticket
from keheng.care.operations.planning import plan_day
from keheng.care.queries.analysis import draft_sections, group_figures
from keheng.care.queries.supervision import leaders_of
from keheng.customers.models import Customer
from keheng.demo.organisation import BRANCH_CODE
from keheng.demo.plan import Plan
from keheng.org.models import Branch, Staff
from keheng.org.queries import system_actor

TABLES = ["care_contact", "care_task"]
_LESSONS = "重点客户联系及时，到期资金承接较好；中小客户电话接通率偏低，需错峰联系。"
_AHEAD = "每天上午先联系到期和资金下降客户；对接近升级客户逐户制定方案；每周补齐三份档案。"
_CAUSES = "部分客户年末备付、购房和经营周转转出资金；上升客户主要为理财到期续作和代发工资增长。"


def build_work(cursor: CursorWrapper, plan: Plan, at: datetime) -> None:
    """Put people to work on the day of the plan; the lobby fills up at the moment of the build."""
    if not Contact.objects.exists():
        _talk(cursor, plan)
    if not Task.objects.exists():
        plan_day(day=plan.today, actor=system_actor(), at=plan.at)
    cursor.execute(f"analyze {', '.join(TABLES)}")
    choose_agenda(
        branch=Branch.objects.get(code=BRANCH_CODE),
        template=AgendaTemplate.objects.filter(code="bank-outlet").first(),
        actor=system_actor(),
        at=plan.at,
    )
    story = Branch.objects.get(pk=Staff.objects.get(username="relationship-manager").branch_id)
    _fill_lobby(story, at)
    _hand_in_days(story, plan)
    _write_month(story, plan)
    _check_logs(plan)


def _talk(cursor: CursorWrapper, plan: Plan) -> None:
    """A contact with each larger customer now and then within two weeks, on working days, in working hours."""
    cursor.execute(
        """
        insert into care_contact (customer_id, staff_id, role, branch_id, channel, direction, purpose, at, outcome,
                                  counts, rules, words, next_step, origin, event, logged_at)
        select c.id, c.owner_id, r.code, c.branch_id,
               (array['phone', 'phone', 'wechat', 'phone', 'visit', 'sms', 'outlet'])[1 + lot %% 7], 'out', 'service',
               day.at, said.code, said.counts, 1, '{}', '', 'person', '', day.at
          from (select c.*, abs(hashtextextended(c.number, %(seed)s) %% 1000003)::int as lot
                  from customers_customer c
                 where c.owner_id is not null and c.status = 'active' and c.aum >= 200000) c
          join org_staff s on s.id = c.owner_id join org_role r on r.id = s.role_id
          join lateral (select (%(today)s::date - 1 - lot %% 12 + time '09:30' + make_interval(mins => lot %% 380))
                               at time zone 'Asia/Shanghai' as at) day
            on extract(isodow from day.at at time zone 'Asia/Shanghai') < 6
          join lateral (select * from (values (0, 'talked', true), (1, 'agreed', true), (2, 'no-answer', false),
                                              (3, 'declined', true), (4, 'talked', true)) as o(place, code, counts)
                         where place = lot / 7 %% 5) said on true
         where c.lot %% 100 < 55
        """,
        {"seed": plan.seed, "today": plan.today},
    )


def _fill_lobby(story: Branch, at: datetime) -> None:
    """Seven people in the lobby of the outlet of the story; one is large and recognised, one is being served."""
    if LobbyTicket.objects.filter(branch=story).exists():
        return
    lobby_manager = Staff.objects.get(username="lobby-manager")
    services = list(LobbyService)
    tickets = [
        take_ticket(
            branch=story,
            service=services[place % len(services)],
            actor=lobby_manager,
            at=at - timedelta(minutes=24 - 3 * place),
        )
        for place in range(7)
    ]
    large = Customer.objects.filter(branch=story, owner__isnull=False).order_by("-aum").first()
    if large is not None:
        recognise(ticket=tickets[4], customer=large, actor=lobby_manager, at=at)
    teller = Staff.objects.filter(branch=story, role__code="teller").order_by("pk").first()
    if teller is not None:
        call_next(branch=story, window="2号窗", ticket=tickets[0], actor=teller, at=at - timedelta(minutes=15))


def _hand_in_days(story: Branch, plan: Plan) -> None:
    """The summaries of the last two days of the story's people; the older ones have been read."""
    if DayReport.objects.exists():
        return
    people = Staff.objects.filter(branch=story, role__code__in=["relationship-manager", "wealth-manager"])
    rows = []
    for place, staff in enumerate(people.order_by("pk")):
        leader = next(iter(leaders_of(staff)), None)
        for ago in (1, 2):
            read = ago == 2 and leader is not None
            rows.append(
                DayReport(
                    staff=staff,
                    branch=story,
                    day=plan.today - timedelta(days=ago),
                    figures={
                        "contacts": 5 + place,
                        "channels": {"phone": 4},
                        "reached": 4,
                        "done": 6,
                        "skipped": 1,
                        "left": 3,
                    },
                    summary=f"沟通 {5 + place} 次，联系到客户 4 位。\n到期客户已约续作，两位客户约下周面谈。",
                    plan="1. 到期客户回访\n2. 资金下降客户电访\n3. 补录两份档案",
                    state=DayState.READ if read else DayState.HANDED_IN,
                    handed_in_at=plan.at - timedelta(days=ago),
                    read_by=leader if read else None,
                    read_at=plan.at - timedelta(days=1) if read else None,
                    comment="注意理财到期客户的承接" if read else "",
                )
            )
    DayReport.objects.bulk_create(rows)


def _write_month(story: Branch, plan: Plan) -> None:
    """Last month's analyses: begun for all; the story's people have handed in, one was returned, one is unwritten."""
    open_analyses(month=plan.month_ends[-1], at=plan.at)
    written = MonthAnalysis.objects.filter(branch=story, state=AnalysisState.DRAFT).select_related("staff__role")
    own = "relationship-manager"
    for place, analysis in enumerate(written.exclude(staff__username=own).order_by("pk")):
        words = draft_sections(group_figures(analysis.staff, analysis.month))
        words |= {"causes": f"{words['causes']}\n{_CAUSES}", "lessons": _LESSONS, "ahead": _AHEAD}
        sections = {name: words[name] for name in SECTIONS}
        at = plan.at - timedelta(days=2)
        handed = write_analysis(analysis=analysis, sections=sections, hand_in=True, actor=analysis.staff, at=at)
        leader = next(iter(leaders_of(analysis.staff)), None)
        if leader is not None and place:
            comment = "" if place > 1 else "请补充流失客户的原因"
            review_analysis(analysis=handed, approve=place > 1, comment=comment, actor=leader, at=plan.at)


def _check_logs(plan: Plan) -> None:
    """The daily checks of the last working days, some findings among them."""
    for ago in range(1, 4):
        draw_daily_checks(day=plan.today - timedelta(days=ago), at=plan.at)
    items = LogCheckItem.objects.select_related("check_run__branch", "staff").order_by("pk")
    head = Staff.objects.get(username="branch-head")
    for place, item in enumerate(items.filter(check_run__branch__in=head.branch_ids).exclude(staff=head)[:24]):
        act, text = ("fault", "没有沟通内容，请补充") if place % 5 == 0 else ("pass", "")
        if place % 3 != 2:
            step_check(item=item, act=act, text=text, actor=head, at=plan.at)
