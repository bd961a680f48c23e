"""What people hand in, and how they are led: days, month group analyses, checks, the board of the team (A4)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import BranchFactory, CustomerFactory, RoleFactory, StaffFactory

from keheng.care.enums.reports import AnalysisState, CheckKind, CheckState, DayState
from keheng.care.models import DayReport, LogCheck, LogCheckItem, MonthAnalysis, Task
from keheng.care.models.analysis import SECTIONS
from keheng.care.operations.analysis import open_analyses, remind_of_analyses, review_analysis, write_analysis
from keheng.care.operations.checks import draw_check, draw_daily_checks, step_check
from keheng.care.operations.contacts import log_contact
from keheng.care.operations.day import begin_day_report, read_day_report, save_day_report
from keheng.care.operations.reminding import remind_of_tasks
from keheng.care.operations.tasks import add_task, complete_task
from keheng.care.policies.analysis import TRANSITIONS, follows, nth_working_day
from keheng.care.queries.analysis import draft_sections
from keheng.care.queries.supervision import leaders_of, team_board
from keheng.customers.models import Customer
from keheng.notices.models import Notice
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.org.operations import load_presets

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
WORDS = dict.fromkeys(SECTIONS, "说明")
LEADS = ("customers.view", "care.view", "care.log", "care.compliance")


@pytest.fixture
def outlet(db: None) -> Branch:
    load_presets()
    return BranchFactory.create()


@pytest.fixture
def manager(outlet: Branch) -> Staff:
    role = RoleFactory.create(
        scope=DataScope.OWN, order=80, permissions=["customers.view", "customers.reveal", "care.view", "care.log"]
    )
    return StaffFactory.create(branch=outlet, role=role)


@pytest.fixture
def leader(outlet: Branch) -> Staff:
    role = RoleFactory.create(scope=DataScope.SUBTREE, order=60, permissions=list(LEADS))
    return StaffFactory.create(branch=outlet, role=role)


@pytest.fixture
def customer(manager: Staff) -> Customer:
    return CustomerFactory.create(owner=manager, branch=manager.branch, name="陈国栋")


@pytest.fixture
def talk(manager: Staff, customer: Customer) -> Callable[..., None]:
    def log(note: str = "") -> None:
        log_contact(customer=customer, channel="phone", outcome="talked", note=note, actor=manager, at=NOW)

    return log


# -- the day ----------------------------------------------------------------------------------------------------------


def test_a4_the_day_is_summed_up_from_its_data_handed_in_and_read(
    manager: Staff, leader: Staff, customer: Customer, talk: Callable[..., None]
) -> None:
    talk()
    add_task(staff=manager, customer=customer, cause="t:1", due_on=TODAY, text="理财到期", actor=manager, at=NOW)
    report = begin_day_report(actor=manager, at=NOW)
    assert "沟通 1 次，联系到客户 1 位（电话 1 次）" in (report.summary or "")
    assert "陈国栋：理财到期" in (report.plan or "")
    kept = save_day_report(day=TODAY, summary="小结", plan="计划", hand_in=True, actor=manager, at=NOW)
    assert (kept.state, kept.figures["left"]) == (DayState.HANDED_IN, 1)
    assert Notice.objects.filter(staff=leader).count() == 1
    read = read_day_report(report=kept, comment="继续跟进", actor=leader, at=NOW)
    assert (read.state, read.read_by) == (DayState.READ, leader)
    assert Notice.objects.get(staff=manager).body == "继续跟进"
    with pytest.raises(ValidationError):
        save_day_report(day=TODAY, summary="改", plan="改", hand_in=False, actor=manager, at=NOW)


def test_a_day_is_written_on_the_day_and_read_by_whoever_leads(manager: Staff, leader: Staff) -> None:
    with pytest.raises(ValidationError, match="当天"):
        save_day_report(day=TODAY - timedelta(days=1), summary="x", plan="x", hand_in=False, actor=manager, at=NOW)
    with pytest.raises(ValidationError, match="填写小结和计划"):
        save_day_report(day=TODAY, summary="x", plan="", hand_in=True, actor=manager, at=NOW)
    draft = save_day_report(day=TODAY, summary="x", plan="", hand_in=False, actor=manager, at=NOW)
    for reader in (manager, leader):  # one's own, and one that is not handed in
        with pytest.raises(PermissionDenied):
            read_day_report(report=draft, comment="", actor=reader, at=NOW)
    assert not DayReport.objects.visible_to(leader).exists()


def test_leaders_are_the_nearest_upward(manager: Staff, leader: Staff) -> None:
    above = RoleFactory.create(scope=DataScope.ALL, order=20, permissions=list(LEADS))
    chief = StaffFactory.create(role=above)
    assert leaders_of(manager) == [leader]
    assert leaders_of(leader) == [chief]
    assert leaders_of(chief) == []


# -- the month --------------------------------------------------------------------------------------------------------


@given(st.integers(1, 12), st.integers(1, 8))
def test_the_nth_working_day_has_n_working_days_up_to_it(month: int, count: int) -> None:
    def is_working(day: date) -> bool:
        return day.weekday() < 5

    first = date(2026, month, 1)
    day = nth_working_day(first, count, is_working)
    assert is_working(day)
    assert sum(is_working(first + timedelta(days=n)) for n in range((day - first).days + 1)) == count


def test_the_way_of_an_analysis_ends_only_when_reviewed() -> None:
    assert all(AnalysisState.APPROVED not in moves for moves in TRANSITIONS.values())
    assert follows("hand_in", AnalysisState.RETURNED) == AnalysisState.HANDED_IN


def test_a4_the_analysis_is_reviewed_within_the_first_five_working_days(
    manager: Staff, leader: Staff, customer: Customer
) -> None:
    assert open_analyses(month=date(2026, 10, 31), at=NOW) == 1
    assert open_analyses(month=date(2026, 10, 1), at=NOW) == 0, "once, however often it is asked"
    analysis = MonthAnalysis.objects.get()
    assert (analysis.staff, analysis.write_by, analysis.review_by) == (manager, date(2026, 11, 4), date(2026, 11, 6))
    assert analysis.is_late(TODAY)
    with pytest.raises(ValidationError):
        write_analysis(analysis=analysis, sections={"funds": "流入"}, hand_in=True, actor=manager, at=NOW)
    with pytest.raises(PermissionDenied):
        write_analysis(analysis=analysis, sections=WORDS, hand_in=True, actor=leader, at=NOW)
    write_analysis(analysis=analysis, sections=WORDS, hand_in=True, actor=manager, at=NOW)
    with pytest.raises(ValidationError, match="说明需要修改"):
        review_analysis(analysis=analysis, approve=False, comment="", actor=leader, at=NOW)
    review_analysis(analysis=analysis, approve=False, comment="补充原因", actor=leader, at=NOW)
    write_analysis(analysis=analysis, sections=WORDS, hand_in=True, actor=manager, at=NOW)
    done = review_analysis(analysis=analysis, approve=True, comment="", actor=leader, at=NOW)
    assert (done.state, done.reviewed_by, done.is_late(TODAY)) == (AnalysisState.APPROVED, leader, False)
    with pytest.raises(ValidationError):
        review_analysis(analysis=analysis, approve=True, comment="", actor=leader, at=NOW)
    assert Notice.objects.filter(staff=manager).count() == 2


def test_an_analysis_begins_with_plain_sentences(customer: Customer) -> None:
    now = {"aum": 2_150_000, "deposits": 1_980_000, "wealth": 0, "funds": 0, "customers": 1, "lots": 674}
    figures = {
        "now": now,
        "before": {**now, "aum": 2_170_000},
        "falls": [(customer.pk, -20_000)],
        "rises": [],
        **dict.fromkeys(("lost", "returned", "opened", "inflow", "outflow", "trades", "reached"), 0),
    }
    sections = draft_sections(figures)
    assert "215.00万" in sections["funds"]
    assert "−0.9%" in sections["funds"]
    assert f"{customer.name} -2.00万" in sections["causes"]
    assert "<" not in "".join(sections.values()), "people edit and print these words"


def test_writers_and_reviewers_are_reminded(manager: Staff, leader: Staff, customer: Customer) -> None:
    open_analyses(month=date(2026, 10, 1), at=NOW)
    early, ahead = datetime(2026, 11, 2, 1, tzinfo=UTC), datetime(2026, 11, 3, 1, tzinfo=UTC)
    assert remind_of_analyses(at=early) == 0
    assert remind_of_analyses(at=ahead) == 1
    write_analysis(analysis=MonthAnalysis.objects.get(), sections=WORDS, hand_in=True, actor=manager, at=ahead)
    assert remind_of_analyses(at=NOW) == 1
    assert Notice.objects.filter(staff=leader, kind="care.analysis_due").count() == 1


def test_the_database_lets_nobody_review_their_own(manager: Staff, customer: Customer) -> None:
    open_analyses(month=date(2026, 10, 1), at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthAnalysis.objects.update(reviewed_by=manager)


# -- checks -----------------------------------------------------------------------------------------------------------


def test_a4_the_daily_check_takes_three_contacts_of_each_person_those_without_a_note_first(
    manager: Staff, leader: Staff, talk: Callable[..., None]
) -> None:
    for note in ("谈了产品", "谈了到期", "", "约了面访", "已回访"):
        talk(note)
    assert draw_daily_checks(day=TODAY, at=NOW) == 1
    assert draw_daily_checks(day=TODAY, at=NOW) == 0
    check = LogCheck.objects.get()
    items = list(LogCheckItem.objects.select_related("contact"))
    assert (check.kind, len(items)) == (CheckKind.DAILY, 3)
    assert "" in [item.contact.note or "" for item in items]
    for place, item in enumerate(items):
        with pytest.raises(PermissionDenied):
            step_check(item=item, act="pass", text="", actor=manager, at=NOW)
        if place:
            step_check(item=item, act="pass", text="", actor=leader, at=NOW)
    with pytest.raises(ValidationError):
        step_check(item=items[0], act="fault", text="", actor=leader, at=NOW)
    faulty = step_check(item=items[0], act="fault", text="没有备注", actor=leader, at=NOW)
    assert (faulty.state, faulty.answer_by) == (CheckState.FAULTY, date(2026, 11, 24))
    with pytest.raises(PermissionDenied):
        step_check(item=items[0], act="answer", text="补了", actor=leader, at=NOW)
    step_check(item=items[0], act="answer", text="已补备注", actor=manager, at=NOW)
    step_check(item=items[0], act="close", text="", actor=leader, at=NOW)
    check.refresh_from_db()
    assert check.closed_at is not None


def test_a_period_without_contacts_or_ahead_is_refused(outlet: Branch, leader: Staff) -> None:
    for begins, ends in ((TODAY, TODAY), (TODAY, TODAY + timedelta(days=1)), (TODAY, TODAY - timedelta(days=1))):
        with pytest.raises(ValidationError):
            draw_check(kind=CheckKind.PERIODIC, branch=outlet, starts_on=begins, ends_on=ends, actor=leader, at=NOW)
    assert not LogCheck.objects.exists()
    stranger = StaffFactory.create(scope=DataScope.SUBTREE, permissions=LEADS, branch=BranchFactory.create())
    with pytest.raises(PermissionDenied):
        draw_check(kind=CheckKind.PERIODIC, branch=outlet, starts_on=TODAY, ends_on=TODAY, actor=stranger, at=NOW)


# -- the board and reminders ------------------------------------------------------------------------------------------


def test_the_board_says_what_was_planned_done_and_is_late(
    manager: Staff, leader: Staff, customer: Customer, talk: Callable[..., None]
) -> None:
    talk("有备注")
    talk()
    for cause in ("a", "b"):
        add_task(staff=manager, customer=customer, cause=cause, due_on=TODAY, actor=manager, at=NOW)
    board = team_board(leader, TODAY, TODAY, TODAY + timedelta(days=4))
    assert [(one.name, one.planned, one.done, one.overdue, one.contacts, one.reached, one.noted) for one in board] == [
        (manager.name, 2, 0, 2, 2, 1, 50)
    ]
    other = StaffFactory.create(scope=DataScope.SUBTREE, permissions=LEADS, branch=BranchFactory.create())
    assert team_board(other, TODAY, TODAY, TODAY) == []


def test_late_tasks_are_told_to_their_owner_and_after_three_days_to_the_leader(
    manager: Staff, leader: Staff, customer: Customer
) -> None:
    add_task(staff=manager, customer=customer, cause="a", due_on=TODAY, actor=manager, at=NOW)
    assert remind_of_tasks(at=NOW) == 0
    assert remind_of_tasks(at=NOW + timedelta(days=1)) == 1
    assert remind_of_tasks(at=NOW + timedelta(days=3)) == 2
    assert "1 项待办逾期 3 天以上" in Notice.objects.get(staff=leader).title


PAGES = ("team", "team-tasks", "work-log", "checks", "day-reports", "my-day", "analyses")


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_and_their_queries_do_not_grow(
    client: Client, manager: Staff, leader: Staff, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keheng.common.clock.now", lambda: NOW)
    client.force_login(leader)
    counts = []
    for number in (1, 2):
        for n in range(number * 2 - 1):
            customer = CustomerFactory.create(owner=manager, branch=manager.branch, name="陈国栋")
            log_contact(customer=customer, channel="phone", outcome="talked", note="有", actor=manager, at=NOW)
            cause = f"{number}.{n}"
            add_task(staff=manager, customer=customer, cause=cause, due_on=TODAY, actor=manager, at=NOW)
        client.get(reverse(f"care:{name}"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"care:{name}")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a4_tasks_open_with_what_is_still_to_be_done_and_first_due(
    client: Client, manager: Staff, leader: Staff, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cause, days in (("later", 9), ("late", 0), ("soon", 2), ("done", 1)):
        add_task(
            staff=manager, customer=customer, cause=cause, due_on=TODAY + timedelta(days=days), actor=manager, at=NOW
        )
    complete_task(task=Task.objects.get(cause="done"), actor=manager, at=NOW)
    monkeypatch.setattr("keheng.common.clock.now", lambda: NOW + timedelta(days=1))
    client.force_login(leader)

    def shown(**asked: object) -> list[str]:
        rows = client.get(reverse("care:team-tasks"), asked).context["rows"]
        causes = Task.objects.in_bulk([row["pk"] for row in rows])
        return [causes[row["pk"]].cause for row in rows]

    assert shown() == ["late", "soon", "later"]
    assert shown(late="yes") == ["late"]
    assert shown(state="done") == ["done"]
    planned = shown(staff=manager.pk, due_on_after=f"{TODAY}", due_on_before=f"{TODAY + timedelta(days=2)}")
    assert planned == ["late", "done", "soon"], "what the board counts as planned is there whatever became of it"


def test_whoever_leads_nobody_does_not_see_the_board(client: Client, manager: Staff) -> None:
    client.force_login(manager)
    assert client.get(reverse("care:team")).status_code == 403


def test_an_analysis_is_drafted_handed_in_and_printed(client: Client, manager: Staff, customer: Customer) -> None:
    open_analyses(month=date(2026, 10, 1), at=NOW)
    address = reverse("care:analysis", args=[MonthAnalysis.objects.get().pk])
    client.force_login(manager)
    assert "2026-10" in client.get(reverse("care:analyses")).content.decode()
    assert "月日均 AUM" in client.get(address).content.decode()
    assert client.post(address, {**WORDS, "act": "hand-in"}).status_code == 302
    assert MonthAnalysis.objects.get().state == AnalysisState.HANDED_IN
    assert "客户组月度运行情况分析" in client.get(address, {"format": "print"}).content.decode()
