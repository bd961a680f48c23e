"""Taking history in and cleaning it (A13: 历史话务统计, 话务量清洗); bad input is named by row."""

from datetime import date, timedelta
from io import BytesIO

import numpy as np
import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import BranchFactory, StaffFactory
from tests.workforce.call_centre import MONDAY, NOON, a_file, a_queue, take_in

from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.workforce.models import Event, Mark, Profile, Queue
from keheng.workforce.operations import history as operations
from keheng.workforce.policies.intraday import rest_of_day
from keheng.workforce.queries import history

pytestmark = pytest.mark.django_db
HEAD = "DateTime,Calls\n"


@pytest.fixture
def planner() -> Staff:
    return StaffFactory.create(permissions=("workforce.*",))


@pytest.fixture
def queue() -> Queue:
    return a_queue()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD + "2026-11-02 09:00,1\n2026-11-02 09:30,-4\n", "第 3 行：'-4' 应为不小于 0 的数字"),
        (HEAD + "2026-11-02 09:00,1\n2026-11-02 09:07,2\n", "时段为 7 分钟，不能整除一小时"),
        (HEAD + "2026-11-02 09:00,1\n昨天,2\n", "第 3 行：'昨天' 不是有效时间"),
        (HEAD + "2026-11-02 09:00,1\n2026-11-02 09:00,2\n", "第 3 行：2026-11-02 09:00 重复出现"),
        (HEAD + "2026-11-02 09:00,1\n2026-11-02 09:30,\n", "第 3 行：'' 应为不小于 0"),
        (HEAD, "只有表头"),
        ("", "空文件"),
        ("时间,数量\n2026-11-02 09:00,1\n", "没有文件格式符合这些列：时间, 数量"),
        (
            HEAD + "2026-11-02 09:00,1\n2026-11-02 09:30,2\n2026-11-03 09:10,1\n",
            "时段为 30 分钟，但有一个从 09:10 开始",
        ),
    ],
)
def test_a13_bad_input_is_named_by_row(queue: Queue, planner: Staff, text: str, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        take_in(queue, planner, text.encode())
    assert told in " ".join(caught.value.messages)
    assert not queue.intakes.exists()


@pytest.mark.parametrize("step", [5, 6, 15, 30])
def test_a13_every_interval_that_divides_the_hour_is_taken_in(queue: Queue, planner: Staff, step: int) -> None:
    intake = take_in(queue, planner, a_file(2, step=step))
    queue.refresh_from_db()
    assert (intake.step, queue.step) == (step, step)
    assert len(history.history_of(queue).dates) == 14


def test_a13_a_workbook_with_its_own_columns(queue: Queue, planner: Staff) -> None:
    """Day and interval in columns of their own, as switches report them."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["日期", "时段", "呼入量", "接通量", "服务水平内接通量", "平均处理时长"])
    for minute in ("09:00-09:30", "09:30-10:00"):
        sheet.append([date(2026, 11, 2), minute, 12, 11, 9, 201.5])
    book.save(content := BytesIO())
    operations.take_in(queue=queue, content=content.getvalue(), name="报表.xlsx", profile=None, actor=planner, at=NOON)
    _dates, level = history.figures_of(queue, "in_time")
    assert level[0][18:20].tolist() == [9, 9]


def test_a13_days_without_rows_are_told(queue: Queue, planner: Staff) -> None:
    lines = a_file(2).decode().splitlines()
    intake = take_in(queue, planner, "\n".join(line for line in lines if not line.startswith("2026-11-17")).encode())
    assert intake.missing == [date(2026, 11, 17)]


def test_a13_the_raw_never_changes_and_the_newest_file_holds(queue: Queue, planner: Staff) -> None:
    intake = take_in(queue, planner, a_file(2))
    with pytest.raises(ValidationError):
        take_in(queue, planner, a_file(2))
    for statement in ("update workforce_day set calls = '{}'", "delete from workforce_day"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    corrected = (HEAD + "2026-11-20 09:00,500\n2026-11-20 09:30,1\n").encode()
    take_in(queue, planner, corrected)
    _dates, calls = history.figures_of(queue, "calls", date(2026, 11, 20), date(2026, 11, 20))
    assert calls[0][18] == 500
    assert intake.days.filter(day=date(2026, 11, 20)).exists()


def test_a13_a_finer_file_is_summed_a_coarser_one_refused(queue: Queue, planner: Staff) -> None:
    take_in(queue, planner, a_file(1))
    fine = HEAD + "".join(f"2026-11-23 09:{minute:02d},2\n" for minute in range(0, 60, 15))
    take_in(queue, planner, fine.encode())
    assert history.figures_of(queue, "calls", MONDAY)[1][0][18:20].tolist() == [4, 4]
    with pytest.raises(ValidationError):
        take_in(queue, planner, (HEAD + "2026-11-24 09:00,2\n2026-11-24 10:00,2\n").encode())


def test_a13_cleaning_names_reasons_and_people_decide(queue: Queue, planner: Staff) -> None:
    lines = a_file(10).decode().splitlines()
    odd, outage = date(2026, 11, 4), date(2026, 10, 21)
    changed = [
        f"{when},{int(number) * 6}" if when.startswith(str(odd)) else f"{when},{int(number) // 8}"
        if when.startswith(str(outage)) else line
        for line in lines[1:]
        for when, _, number in [line.partition(",")]
    ]  # fmt: skip
    Event.objects.create(queue=queue, kind="outage", name="交换机故障", first_day=outage, last_day=outage)
    take_in(queue, planner, "\n".join([lines[0], *changed]).encode())
    marks = {(mark.day, mark.reason) for mark in Mark.objects.filter(minute=None)}
    assert {(odd, "outlier"), (outage, "outage")} <= marks
    queue.refresh_from_db()
    assert odd not in history.cleaned_history(queue).dates
    mark = Mark.objects.get(day=odd, minute=None)
    with pytest.raises(ValidationError):
        operations.decide_mark(mark=mark, treatment="replace", note="x", actor=planner, at=NOON)
    operations.decide_mark(mark=mark, treatment="keep", note="真实业务高峰", actor=planner, at=NOON)
    operations.propose_marks(queue=queue, today=MONDAY)
    mark.refresh_from_db()
    assert (mark.treatment, mark.decided_by) == ("keep", planner)
    assert odd in history.cleaned_history(queue).dates


def test_a13_only_planners_of_the_branch_take_history_in(queue: Queue) -> None:
    for staff in (
        StaffFactory.create(permissions=("workforce.view", "workforce.own")),
        StaffFactory.create(permissions=("workforce.*",), scope=DataScope.SUBTREE, branch=BranchFactory.create()),
    ):
        with pytest.raises(PermissionDenied):
            take_in(queue, staff)
    assert not Queue.objects.visible_to(staff).exists()


def test_profiles_are_recognised_by_most_columns(queue: Queue, planner: Staff) -> None:
    content = "日期,时段,呼入量\n2026/11/2,09:00,1\n2026/11/2,09:30,3\n".encode("gb18030")
    intake = take_in(queue, planner, content)
    assert intake.profile == Profile.objects.get(code="interval-calls")


@given(share=st.floats(0.2, 3), known=st.integers(0, 24))
def test_a13_the_rest_of_today_follows_what_came(share: float, known: int) -> None:
    forecast = np.full(24, 100.0)
    actual = np.full(24, np.nan)
    actual[:known] = 100 * share
    day, factor = rest_of_day(forecast, actual)
    assert np.allclose(day[:known], 100 * share)
    assert min(share, 1) - 1e-9 <= factor <= max(share, 1) + 1e-9
    if known >= 12:
        assert abs(factor - share) < abs(1 - share) * 0.15 + 1e-9
    assert not np.isnan(day).any()


def test_a13_the_heat_map_has_a_row_a_weekday(queue: Queue, planner: Staff) -> None:
    take_in(queue, planner, a_file(4, step=15))
    queue.refresh_from_db()
    starts, rows = history.heat(queue)
    assert (starts[0], starts[-1], len(rows)) == ("08:00", "19:30", 7)
    monday, sunday = (sum(value or 0 for value in rows[at]) for at in (0, 6))
    assert monday > 2 * sunday
    assert history.history_of(queue, since=MONDAY - timedelta(days=3)).dates[0] == MONDAY - timedelta(days=3)
