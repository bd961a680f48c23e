"""Metrics from movements: three ways agree, on invented movements, on the real ones, and on another engine."""

import csv
import importlib.util
import shutil
import subprocess
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories import AccountFactory, CustomerFactory, StaffFactory

from keheng.common.keys import key_ring
from keheng.ingest.faults import Fault
from keheng.ingest.metrics.engine import computed, expression_sql
from keheng.ingest.metrics.monthly import RESULT, months_between
from keheng.ingest.metrics.operations import compute_metrics
from keheng.ingest.metrics.profile import find_profile
from keheng.ingest.models import MetricsRun
from keheng.portfolio.models import CurrentFigures, MonthActivity, MonthEndFigures

BERKA = Path(__file__).parents[3] / "shared" / "data" / "berka" / "trans.asc"
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
real = pytest.mark.skipif(not BERKA.is_file(), reason="Berka's movements are not on this machine (../shared/data)")

type Movement = tuple[str, date, int, bool, int, int]


def in_python(movements: list[Movement], through: date) -> dict[tuple[str, date], dict[str, int]]:
    """Day by day, as one would explain it."""
    of_account: dict[str, list[Movement]] = defaultdict(list)
    for movement in movements:
        if movement[1] <= through:
            of_account[movement[0]].append(movement)
    found: dict[tuple[str, date], dict[str, int]] = {}
    for account, rows in of_account.items():
        balance, day = 0, min(row[1] for row in rows).replace(day=1)
        on: dict[date, list[Movement]] = defaultdict(list)
        for row in rows:
            on[row[1]].append(row)
        while day <= through:
            month = found.setdefault((account, day.replace(day=1)), dict.fromkeys(RESULT[2:], 0))
            for _account, _day, amount, is_own, fee, lots in on[day]:
                balance += amount
                month["inflow"] += max(amount, 0)
                month["outflow"] += max(-amount, 0)
                month["fees"] += fee
                month["lots"] += lots
                month["transactions"] += 1
                month["own_transactions"] += is_own
            month["days"] += 1
            month["balance_days"] += balance
            month["balance"] = balance
            day += timedelta(days=1)
    return found


PLAIN_SQL = """
with day_by_day as (
    select account, day, sum(sum(amount)) over (partition by account order by day) as balance
      from transactions where day <= $through group by account, day),
calendar as (
    select account, unnest(generate_series(date_trunc('month', min(day)), $through, interval 1 day))::date as day
      from day_by_day group by account),
filled as (
    select calendar.account, calendar.day,
           coalesce(last_value(balance ignore nulls) over (partition by calendar.account order by calendar.day), 0)
               as balance
      from calendar left join day_by_day using (account, day))
select account, date_trunc('month', day)::date as month, count(*) as days, sum(balance)::bigint as balance_days
  from filled group by all
"""


def by_expressions(movements: list[Movement], through: date) -> dict[tuple[str, date], dict[str, int]]:
    with duckdb.connect() as duck:
        duck.execute(
            "create table transactions"
            " (account varchar, day date, amount bigint, is_own boolean, fee bigint, lots bigint)"
        )
        duck.executemany("insert into transactions values (?, ?, ?, ?, ?, ?)", movements)
        months = months_between(min(row[1] for row in movements), through)
        sql = expression_sql("duckdb", months, through)
        rows = duck.execute(f"select account, cast(month as date), {', '.join(RESULT[2:])} from ({sql})").fetchall()
    return {(row[0], row[1]): dict(zip(RESULT[2:], row[2:], strict=True)) for row in rows}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.dates(date(2024, 1, 1), date(2024, 7, 31)),
            st.integers(-(10**12), 10**12),
            st.booleans(),
            st.integers(0, 500),
            st.integers(0, 9),
        ),
        min_size=1,
        max_size=12,
    ),
    st.dates(date(2024, 5, 1), date(2024, 8, 20)),
)
@settings(max_examples=40)
def test_decision_28_the_sum_of_daily_balances_needs_no_row_for_each_day(
    movements: list[Movement], through: date
) -> None:
    movements = [("a", date(2024, 1, 31), 700, True, 0, 0), *movements]
    assert by_expressions(movements, through) == in_python(movements, through)


def test_months_end_where_the_days_have_elapsed() -> None:
    assert months_between(date(2024, 1, 31), date(2024, 3, 1)) == [date(2024, n, 1) for n in (1, 2, 3)]
    found = by_expressions([("a", date(2024, 1, 31), 3100, True, 0, 0)], date(2024, 3, 1))
    assert found["a", date(2024, 1, 1)]["balance_days"] == 3100
    assert found["a", date(2024, 2, 1)]["balance_days"] == 29 * 3100
    assert found["a", date(2024, 3, 1)] == {**dict.fromkeys(RESULT[2:], 0), "days": 1} | {
        "balance_days": 3100,
        "balance": 3100,
    }


@real
def test_sql_python_and_ibis_agree_on_the_real_files() -> None:
    with BERKA.open(encoding="latin-1") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    bank = ("UROK", "SLUZBY", "SANKC. UROK")
    movements: list[Movement] = [
        (
            f"BKA{int(row['account_id']):06}",
            datetime.strptime(f"19{row['date']}", "%Y%m%d").date(),  # noqa: DTZ007
            int(Decimal(row["amount"]) * 100) * (1 if row["type"] == "PRIJEM" else -1),
            row["k_symbol"] not in bank,
            int(Decimal(row["amount"]) * 100) if row["k_symbol"] in bank[1:] else 0,
            0,
        )
        for row in rows
    ]
    for through in (date(1994, 3, 31), date(1994, 2, 15)):
        expected = in_python(movements, through)
        with computed(BERKA, find_profile("berka-transactions"), through=through, today=TODAY) as found:
            assert found.transactions == sum(row[1] <= through for row in movements)
            frame = pl.read_parquet(found.path)
        got = {(row["account"], row["month"]): {n: row[n] for n in RESULT[2:]} for row in frame.iter_rows(named=True)}
        assert got == expected
        with duckdb.connect() as duck:
            duck.execute("create table transactions (account varchar, day date, amount bigint)")
            frame = pl.DataFrame([row[:3] for row in movements], schema=["account", "day", "amount"], orient="row")
            duck.execute(
                "insert into transactions select unnest($1), unnest($2), unnest($3)",
                [frame[name].to_list() for name in frame.columns],
            )
            plain = duck.execute(PLAIN_SQL, {"through": through}).fetchall()
        assert {(a, m): (d, b) for a, m, d, b in plain} == {
            key: (row["days"], row["balance_days"]) for key, row in expected.items()
        }


@real
def test_the_balances_of_the_real_file_follow_from_its_movements() -> None:
    """The file states balances rounded to tenths, in no order within a day: one of the last day's is ours."""
    with computed(BERKA, find_profile("berka-transactions"), through=None, today=TODAY) as found:
        months = pl.read_parquet(found.path)
    stated: dict[str, tuple[str, list[float]]] = {}
    with BERKA.open(encoding="latin-1") as file:
        for row in csv.DictReader(file, delimiter=";"):
            account, balance = f"BKA{int(row['account_id']):06}", float(row["balance"])
            day, balances = stated.get(account, ("", []))
            stated[account] = (row["date"], [*balances, balance] if day == row["date"] else [balance])
    last = months.filter(pl.col("month") == date(1994, 3, 1))
    off = [
        min(abs(row["balance"] / 100 - one) for one in stated[row["account"]][1]) for row in last.iter_rows(named=True)
    ]
    assert last.height == 1229
    assert sum(gap < 2.5 for gap in off) == 1201  # crowns; 28 accounts' balances do not follow from their movements
    assert max(off) < 333


def movements_file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "movements.csv"
    file.write_text("account,day,amount,balance,serial,own,fee,lots\n" + text)
    return file


def run(file: Path, profile: str = "transactions", as_of: date | None = None) -> MetricsRun:
    return compute_metrics(file=file, profile=profile, as_of=as_of, actor=StaffFactory.create(), now=lambda: NOON)


@pytest.fixture
def account_of(db: None) -> Any:
    def make(number: str, customer: Any = None) -> Any:
        customer = customer or CustomerFactory.create()
        AccountFactory.create(
            customer=customer, number=number, number_index=key_ring().blind_index(number, "portfolio.account")
        )
        return customer

    return make


def test_months_reach_the_customer_and_the_figures_in_one_go(tmp_path: Path, account_of: Any) -> None:
    customer = account_of("6222-1")
    account_of("6222-2", customer)
    file = movements_file(
        tmp_path,
        "6222-1,2026-09-11,1000.00,1500.00,1,true,0,0\n"  # held 500 before
        "6222-1,2026-11-01,-300.00,1200.00,2,true,2.50,4\n"
        "6222-2,2026-11-11,90.00,90.00,3,false,0,0\n"
        "9999-9,2026-11-11,90.00,90.00,4,true,0,0\n",
    )
    done = run(file, as_of=date(2026, 11, 20))
    assert (done.transactions, done.accounts, done.unknown_accounts, done.customers) == (4, 3, 1, 1)
    months = {row.month_end.month: row for row in MonthActivity.objects.filter(customer=customer)}
    assert months[9].balance_average == Decimal("1166.67")  # 10 days of 500 and 20 of 1500, over 30
    assert (months[10].balance_average, months[10].inflow, months[10].active_accounts) == (1500, 0, 0)
    november = months[11]
    assert november.balance_average == 1200 + 45  # 90 on 10 of the 20 days elapsed
    assert (november.inflow, november.outflow, november.fees, november.lots) == (90, 300, Decimal("2.50"), 4)
    assert (november.accounts, november.active_accounts, november.own_transactions) == (2, 1, 1)
    figures = CurrentFigures.objects.get(customer=customer)
    assert (figures.as_of, figures.deposits, figures.deposits_average) == (date(2026, 11, 20), 1290, 1245)
    assert figures.lots == 4
    ends = MonthEndFigures.objects.filter(customer=customer).values_list("month_end__month", "deposits_average")
    assert dict(ends) == {9: Decimal("1166.67"), 10: Decimal(1500)}
    assert run(file, as_of=date(2026, 11, 20)).changed == 0


def test_a_later_computation_stays(tmp_path: Path, account_of: Any) -> None:
    customer = account_of("6222-1")
    file = movements_file(tmp_path, "6222-1,2026-11-01,100,100,1,,,\n6222-1,2026-11-20,100,200,2,,,\n")
    run(file)
    assert run(file, as_of=date(2026, 11, 10)).changed == 0
    assert MonthActivity.objects.get(customer=customer).through == date(2026, 11, 20)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no rows"),
        ("6222-1,2026-13-01,100,100,1,,,\n", "1 of the 1 rows"),
        ("6222-1,2026-11-01,abc,100,1,,,\n6222-1,2026-11-01,1,1,2,,,\n", "1 of the 2 rows"),
        ("6222-1,2027-01-01,100,100,1,,,\n", "future"),
    ],
)
def test_a_file_with_faults_changes_nothing(tmp_path: Path, account_of: Any, text: str, says: str) -> None:
    account_of("6222-1")
    with pytest.raises(Fault, match=says):
        run(movements_file(tmp_path, text))
    assert not MonthActivity.objects.exists()
    assert not MetricsRun.objects.exists()


@pytest.mark.usefixtures("english", "db")
def test_what_is_no_file_of_movements_is_said(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="no file"):
        run(tmp_path / "none.csv")
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(Fault, match="does not run on these files"):
        run(other)
    with pytest.raises(Fault, match="begins on 2026-11-01"):
        run(movements_file(tmp_path, "6222-1,2026-11-01,100,100,1,,,\n"), as_of=date(2026, 10, 1))
    with pytest.raises(Fault, match="no profile nobody"):
        run(other, profile="nobody")


def why_no_spark() -> str:
    """Why the same expressions cannot run on Spark here; empty when they can."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed: uv sync --group spark"
    java = shutil.which("java")
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr if java else ""
    version = told.partition('version "')[2].partition(".")[0]
    return "" if version.isdecimal() and int(version) >= 17 else "Spark needs Java 17 or newer"


@pytest.mark.spark
@pytest.mark.skipif(bool(why_no_spark()), reason=why_no_spark() or "-")
@pytest.mark.filterwarnings("ignore")
def test_the_same_expressions_run_on_spark() -> None:
    from pyspark.sql import SparkSession

    movements: list[Movement] = [
        ("a", date(2026, 1, 31), 70_000, True, 0, 3),
        ("a", date(2026, 2, 1), -1_000, False, 1_000, 0),
        ("a", date(2026, 5, 9), 5, True, 0, 0),
        ("b", date(2026, 3, 15), 123_456, True, 0, 0),
    ]
    through = date(2026, 6, 10)
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    try:
        values = ", ".join(
            f"('{account}', date '{day}', {amount}L, {is_own}, {fee}L, {lots}L)"
            for account, day, amount, is_own, fee, lots in movements
        )
        spark.sql(f"select * from values {values} as t(account, day, amount, is_own, fee, lots)").createTempView(
            "transactions"
        )
        sql = expression_sql("pyspark", months_between(date(2026, 1, 31), through), through)
        rows = spark.sql(
            f"select account, cast(month as date) as month, {', '.join(RESULT[2:])} from ({sql})"
        ).collect()
    finally:
        spark.stop()
    got = {(row["account"], row["month"]): {name: row[name] for name in RESULT[2:]} for row in rows}
    assert got == by_expressions(movements, through) == in_python(movements, through)
