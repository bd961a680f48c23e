"""Files become customers: all of them or none, once and not twice, newer over older, what is unknown left alone."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from tests.factories import BranchFactory, StaffFactory
from tests.ingest.conftest import AT, Loader
from tests.ingest.files import GOOD_CODE, GOOD_ID, ROW, write_csv

from keheng.audit.models import Entry
from keheng.common import events
from keheng.common.keys import key_ring
from keheng.customers.models import Company, ContactPoint, Customer
from keheng.ingest import operations
from keheng.ingest.enums import BatchState
from keheng.ingest.events import BatchLoaded
from keheng.ingest.faults import Fault
from keheng.ingest.models import Batch
from keheng.org.models import Staff
from keheng.portfolio.models import CurrentFigures, MonthEndFigures

FULL = {
    **ROW,
    "类型": "个人",
    "证件号码": GOOD_ID,
    "邮箱": "Huang@Example.com",
    "地址": "温州市人民路1号",
    "职业": "教师",
    "开户日期": "2010-03-02",
    "勿扰": "是",
    "日期": "2026-11-20",
    "月日均AUM": "900.00",
    "贷款余额": "0",
    "卡等级": "金卡",
    "产品数": "3",
}
FIRM = {
    **dict.fromkeys(FULL, ""),
    "客户号": "C001",
    "姓名": "温州鑫恒鞋业有限公司",
    "类型": "公司",
    "证件号码": GOOD_CODE,
    "日期": "2026-11-20",
    "AUM": "5000000",
    "行业": "制鞋",
    "年销售额": "30000000",
    "有贷户": "是",
    "员工数": "120",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "customers.csv", [{**dict.fromkeys(FIRM, ""), **FULL}, FIRM])


def counts(batch: Batch) -> tuple[int, int, int, int, int]:
    return batch.read, batch.created, batch.updated, batch.unchanged, batch.rejected


def test_rows_become_customers_with_contacts_figures_and_companies(load: Loader, file: Path) -> None:
    batch = load(file)
    assert batch.state == BatchState.DONE
    assert counts(batch) == (2, 2, 0, 0, 0)
    person = Customer.objects.get(number="K001")
    ring = key_ring()
    assert (person.name, person.pinyin, person.initials, person.kind) == ("黄雅琴", "huangyaqin", "hyq", "person")
    assert (person.id_kind, person.id_number) == ("resident", GOOD_ID)
    assert bytes(person.id_index) == ring.blind_index(GOOD_ID, "customers.id_number")
    assert person.id_tail == ring.blind_tail(GOOD_ID, "customers.id_number")
    assert (person.birth_date, person.sex, person.occupation) == (date(1949, 12, 31), "f", "教师")
    assert (person.do_not_disturb, person.opened_on, person.source) == (True, date(2010, 3, 2), "standard")
    assert (person.branch.code, person.owner, person.confidentiality, person.tier_rank) == ("HO", None, 1, -1)
    assert (person.aum, person.created_at, person.updated_at) == (Decimal("900.00"), AT, AT)
    points = {point.kind: point for point in ContactPoint.objects.filter(customer=person)}
    assert {kind: point.value for kind, point in points.items()} == {
        "mobile": "13812345678",
        "email": "huang@example.com",
        "address": "温州市人民路1号",
    }
    assert bytes(points["mobile"].value_index) == ring.blind_index("13812345678", "customers.contact")
    assert points["mobile"].value_tail == ring.blind_tail("13812345678", "customers.contact")
    assert points["mobile"].is_primary
    figures = CurrentFigures.objects.get(customer=person)
    assert (figures.as_of, figures.aum, figures.loans, figures.card_grade) == (
        date(2026, 11, 20),
        Decimal(1000),
        Decimal(0),
        2,
    )
    assert (figures.product_count, figures.deposits) == (3, None)
    firm = Company.objects.get(customer__number="C001")
    assert (firm.industry, firm.annual_sales, firm.is_borrower, firm.employees) == ("制鞋", 30_000_000, True, 120)
    assert (firm.customer.id_kind, firm.customer.aum) == ("uscc", 5_000_000)


def test_the_same_file_twice_changes_nothing(load: Loader, file: Path) -> None:
    load(file)
    before = physical_rows()
    again = load(file, at=AT + timedelta(days=1))
    assert counts(again) == (2, 0, 0, 2, 0)
    assert physical_rows() == before


def physical_rows() -> list[tuple[str, str, str]]:
    """Which version of each row stands where: the same as long as nothing is written."""
    tables = ("customers_customer", "customers_contactpoint", "customers_company", "portfolio_currentfigures")
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(f"select '{name}', ctid::text, xmin::text from {name}" for name in tables))
        return sorted(cursor.fetchall())


def test_what_differs_is_changed_and_only_that(load: Loader, file: Path, tmp_path: Path) -> None:
    load(file)
    other = GOOD_ID.replace("11010519491231002X", "110105194912310038")
    changed = {**FULL, "姓名": "黄雅芹", "证件号码": other, "月日均AUM": "950", "卡等级": "白金卡"}
    later = AT + timedelta(days=1)
    batch = load(write_csv(tmp_path / "next.csv", [{**dict.fromkeys(FIRM, ""), **changed}, FIRM]), at=later)
    assert counts(batch) == (2, 0, 1, 1, 0)
    person = Customer.objects.get(number="K001")
    assert (person.name, person.initials, person.id_number, person.aum) == ("黄雅芹", "hyq", other, Decimal(950))
    assert (person.created_at, person.updated_at) == (AT, later)
    assert CurrentFigures.objects.get(customer=person).card_grade == 3
    assert Customer.objects.get(number="C001").updated_at == AT


def test_an_empty_cell_and_a_missing_column_erase_nothing(load: Loader, file: Path, tmp_path: Path) -> None:
    load(file)
    batch = load(write_csv(tmp_path / "next.csv", [{**dict.fromkeys(FULL, ""), "客户号": "K001", "姓名": "黄雅琴"}]))
    assert counts(batch) == (1, 0, 0, 1, 0)
    batch = load(write_csv(tmp_path / "next.csv", [{"客户号": "K001", "姓名": "黄雅琴"}]))
    assert counts(batch) == (1, 0, 0, 1, 0)
    person = Customer.objects.get(number="K001")
    assert (person.occupation, person.id_number, person.do_not_disturb) == ("教师", GOOD_ID, True)
    assert CurrentFigures.objects.get(customer=person).aum == 1000


def test_a_new_number_becomes_the_first_choice_and_the_old_one_stays(load: Loader, tmp_path: Path) -> None:
    load(write_csv(tmp_path / "a.csv", [ROW]))
    batch = load(write_csv(tmp_path / "b.csv", [{**ROW, "手机": "13987654321"}]))
    assert counts(batch) == (1, 0, 1, 0, 0)
    points = ContactPoint.objects.filter(customer__number="K001").order_by("pk")
    assert [(point.value, point.is_primary) for point in points] == [("13812345678", False), ("13987654321", True)]
    again = load(write_csv(tmp_path / "a.csv", [ROW]))
    assert counts(again) == (1, 0, 0, 1, 0)


def test_older_figures_never_overwrite_newer_ones(load: Loader, tmp_path: Path) -> None:
    row = {**ROW, "日期": "2026-11-20", "职业": "教师"}
    load(write_csv(tmp_path / "new.csv", [row]))
    batch = load(write_csv(tmp_path / "old.csv", [{**row, "日期": "2026-10-31", "AUM": "7", "职业": "学生"}]))
    figures = CurrentFigures.objects.get()
    assert (figures.as_of, figures.aum) == (date(2026, 11, 20), 1000)
    assert Customer.objects.get().occupation == "教师"
    assert MonthEndFigures.objects.get().aum == 7
    assert counts(batch) == (1, 0, 1, 0, 0)
    _rows, aum = batch.lines
    assert (aum.accepted, aum.older, aum.loaded) == (7, 7, 0)
    assert aum.agrees


def test_figures_of_a_last_day_also_stand_at_the_month_end(load: Loader, tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "file.csv", [{**ROW, "日期": "2026-10-31"}, {**ROW, "客户号": "K2", "日期": "2026-10-30"}]
    )
    load(path)
    assert [(row.month_end, row.customer.number, row.aum) for row in MonthEndFigures.objects.all()] == [
        (date(2026, 10, 31), "K001", 1000)
    ]
    changed = write_csv(tmp_path / "file.csv", [{**ROW, "日期": "2026-10-31", "AUM": "2000"}])
    load(changed)
    assert MonthEndFigures.objects.get().aum == 2000


def test_good_rows_load_and_bad_ones_are_told(load: Loader, tmp_path: Path, home: Path) -> None:
    rows = [
        ROW,
        {**ROW, "客户号": "K2", "AUM": "=1+1"},
        {**ROW, "客户号": "K3", "手机": "138"},
        {**ROW, "客户号": "K4"},
    ]
    batch = load(write_csv(tmp_path / "file.csv", rows))
    assert counts(batch) == (4, 2, 0, 0, 2)
    path = home / "ingest" / str(batch.pk) / "rejects.csv"
    assert batch.rejects_path == str(path)
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").splitlines()[1:] == [
        '3,AUM,\'=1+1,Not a number,"Write digits only, such as 1234567.89"',
        '4,手机,****,Not a mobile number,"Write 11 digits, beginning with 13 to 19"',
    ]


def test_customers_without_a_branch_go_where_they_are_told(load: Loader, tmp_path: Path) -> None:
    branch = BranchFactory.create(code="WZ01")
    rm = StaffFactory.create(username="rm01", branch=branch)
    load(write_csv(tmp_path / "a.csv", [ROW]), branch="WZ01")
    load(write_csv(tmp_path / "b.csv", [{**ROW, "客户号": "K2", "机构号": "HO", "客户经理": "rm01"}]), branch="WZ01")
    assert list(Customer.objects.order_by("number").values_list("branch__code", "owner")) == [
        ("WZ01", None),
        ("HO", rm.pk),
    ]
    load(write_csv(tmp_path / "a.csv", [ROW]))
    assert Customer.objects.get(number="K001").branch == branch  # the profile's branch is for new customers


def test_the_footer_and_the_side_file_are_held_against_the_rows(load: Loader, tmp_path: Path) -> None:
    rows = [ROW, {**ROW, "客户号": "K2", "AUM": "0.5"}]
    total = {"客户号": "合计", "姓名": "2", "手机": "", "AUM": "1000.50"}
    path = write_csv(tmp_path / "file.csv", [*rows, total])
    side = tmp_path / "file.ctl"
    side.write_text("行数=2\nAUM=1,000.50\n", encoding="gb18030")
    batch = load(path)
    assert counts(batch) == (2, 2, 0, 0, 0)
    assert [(line.field, line.stated, line.found, line.loaded) for line in batch.lines] == [
        ("rows", 2, 2, 2),
        ("aum", Decimal("1000.50"), Decimal("1000.50"), Decimal("1000.50")),
    ]


@pytest.mark.parametrize(
    ("side", "sentence"),
    [
        (
            "rows=3",
            "The control total names 3 rows, but the file has 1. "
            "The file is incomplete: ask for it again. Nothing was loaded.",
        ),
        (
            "AUM=1000.01",
            "The control total of AUM is 1,000.01, but the rows of the file add up to 1,000. "
            "The file is incomplete or was changed: ask for it again. Nothing was loaded.",
        ),
        (
            "size=12",
            "The control file file.ctl cannot be understood: size=12. "
            "It holds lines such as rows=1000 and AUM=1234.56.",
        ),
    ],
)
def test_a_file_that_misses_its_control_total_is_not_loaded(
    load: Loader, tmp_path: Path, side: str, sentence: str
) -> None:
    (tmp_path / "file.ctl").write_text(side)
    with pytest.raises(Fault) as caught:
        load(write_csv(tmp_path / "file.csv", [ROW]))
    assert str(caught.value) == sentence
    batch = Batch.objects.get()
    assert (batch.state, batch.error) == (BatchState.FAILED, sentence)
    assert not Customer.objects.exists()


def test_a_trial_leaves_only_its_counts(load: Loader, file: Path) -> None:
    batch = load(file, dry_run=True)
    assert (batch.state, *counts(batch)) == (BatchState.DONE, 2, 2, 0, 0, 0)
    assert not Customer.objects.exists()


def test_a_load_is_on_the_trail_and_told_to_others(
    load: Loader, file: Path, actor: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[BatchLoaded] = []
    monkeypatch.setitem(events._receivers, BatchLoaded, [heard.append])
    batch = load(file)
    entry = Entry.objects.get(action="ingest.load")
    assert (entry.actor_name, entry.target_id, entry.detail["created"]) == (actor.name, batch.pk, 2)
    assert heard == [BatchLoaded(batch.pk)]


def test_a_load_that_breaks_leaves_nothing_and_quotes_no_row(
    load: Loader, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise ValueError("13812345678")

    monkeypatch.setattr("keheng.portfolio.merge.insert_figures", broken)
    with pytest.raises(Fault) as caught:
        load(file)
    assert str(caught.value).startswith("The load failed (ValueError).")
    assert Batch.objects.get().state == BatchState.FAILED
    assert not Customer.objects.exists()


def test_a_second_load_of_the_profile_is_refused_or_waits(load: Loader, file: Path, actor: Staff) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(20261, hashtext('standard'))")
        try:
            beside = connection.copy()
            with pytest.raises(Fault) as caught:
                in_thread(lambda: load(file, wait=None))
            assert str(caught.value) == (
                "Another load of the profile standard is running. Wait until it has ended; then load this file."
            )
            beside.close()
            waiting = threading.Thread(target=lambda: done.append(in_thread(lambda: load(file))))
            done: list[Batch] = []
            waiting.start()
            waiting.join(1.2)
            assert not done
            assert Batch.objects.latest("pk").state == BatchState.QUEUED
        finally:
            cursor.execute("select pg_advisory_unlock(20261, hashtext('standard'))")
    waiting.join(20)
    assert done[0].state == BatchState.DONE


def in_thread[T](work: Callable[[], T]) -> T:
    """Run on a connection of its own, as another process would."""
    result: list[T] = []
    problem: list[BaseException] = []

    def run() -> None:
        try:
            result.append(work())
        except BaseException as error:
            problem.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if problem:
        raise problem[0]
    return result[0]


def test_figures_are_never_of_the_future(load: Loader, file: Path) -> None:
    with pytest.raises(Fault) as caught:
        load(file, as_of=date(2026, 11, 23))
    assert str(caught.value) == (
        "The date of the figures, 2026-11-23, lies in the future. Give the date of the file's figures."
    )


def test_ctrl_c_is_told_in_the_batch(load: Loader, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("keheng.portfolio.merge.insert_figures", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load(file)
    assert Batch.objects.get().state == BatchState.INTERRUPTED
    assert not Customer.objects.exists()


def test_a_load_can_be_stopped(load: Loader, file: Path, actor: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = operations.create(profile="standard", path=file, actor=actor, at=AT, as_of=AT.date())

    def stop(*_args: object) -> None:
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("update ingest_batch set cancel_requested = true where id = %s", [batch.pk])
        other.close()

    with pytest.raises(Fault) as caught:
        operations.load(batch=batch, actor=actor, now=lambda: (stop(), AT)[1])
    assert caught.value.code == "cancelled"
    batch.refresh_from_db()
    assert (batch.state, batch.error) == (BatchState.CANCELLED, "The load was cancelled. Nothing was loaded.")
    assert not Customer.objects.exists()


def test_a_batch_whose_program_died_is_told_to_be_interrupted(actor: Staff, file: Path) -> None:
    batch = operations.create(profile="standard", path=file, actor=actor, at=AT)
    Batch.objects.update(state=BatchState.RUNNING, started_at=AT)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(20261, hashtext('standard'))")
        assert operations.settle(at=AT) == 0
        cursor.execute("select pg_advisory_unlock(20261, hashtext('standard'))")
    assert operations.settle(at=AT) == 1
    batch.refresh_from_db()
    assert batch.state == BatchState.INTERRUPTED
    assert batch.error.startswith("The program ended before the load was complete")


def test_only_those_who_may_load_files_do(actor: Staff, file: Path) -> None:
    reader = StaffFactory.create(permissions=("ingest.view",))
    with pytest.raises(PermissionDenied):
        operations.create(profile="standard", path=file, actor=reader, at=AT)
    batch = operations.create(profile="standard", path=file, actor=actor, at=AT)
    with pytest.raises(PermissionDenied):
        operations.load(batch=batch, actor=reader, now=lambda: AT)
    with pytest.raises(PermissionDenied):
        operations.cancel(batch=batch, actor=reader, at=AT)
    with pytest.raises(PermissionDenied):
        operations.enqueue(batch=batch, actor=reader)


def test_a_first_load_builds_the_indexes_anew(load: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keheng.ingest.policies.rebuild_pays", lambda **_numbers: True)
    query = "select indexdef from pg_indexes where tablename like 'customers_%%' order by 1"
    with connection.cursor() as cursor:
        cursor.execute(query)
        before = cursor.fetchall()
    load(write_csv(tmp_path / "file.csv", [ROW]))
    with connection.cursor() as cursor:
        cursor.execute(query)
        assert cursor.fetchall() == before
