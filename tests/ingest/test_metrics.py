"""Metrics from movements: three ways agree, on invented movements, on the real ones, and on another engine."""

import csv
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories import AccountFactory, CustomerFactory, StaffFactory
from typer.testing import CliRunner

from keheng.audit.models import Entry
from keheng.cli.metrics import app
from keheng.common.keys import key_ring
from keheng.ingest.faults import Fault
from keheng.ingest.metrics.engines import Engine, computed, expression_sql
from keheng.ingest.metrics.engines.spark import why_not
from keheng.ingest.metrics.monthly import RESULT, months_between
from keheng.ingest.metrics.operations import compute_metrics, load_months
from keheng.ingest.metrics.profile import LIBRARY
from keheng.ingest.models import MetricsRun
from keheng.portfolio.models import CurrentFigures, MonthActivity, MonthEndFigures
from keheng.runtime.errors import SetupError

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
        with computed(BERKA, LIBRARY.find("berka-transactions"), through=through, today=TODAY) as found:
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
    with computed(BERKA, LIBRARY.find("berka-transactions"), through=None, today=TODAY) as found:
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


# -- months that a cluster hands over ---------------------------------------------------------------------------------

MOVEMENTS = """\
6222-1,2026-09-11,1000.00,1500.00,1,true,0,0
6222-1,2026-11-01,-300.00,1200.00,2,true,2.50,4
6222-2,2026-11-11,90.00,90.00,3,false,0,0
9999-9,2026-11-11,90.00,90.00,4,true,0,0
"""
THROUGH = date(2026, 11, 20)


def months_frame(tmp_path: Path) -> pl.DataFrame:
    """What a cluster would compute of the movements."""
    file = movements_file(tmp_path, MOVEMENTS)
    with computed(file, LIBRARY.find("transactions"), through=THROUGH, today=TODAY) as found:
        return pl.read_parquet(found.path)


def folder_of(tmp_path: Path, frame: pl.DataFrame, *, parts: int = 2) -> Path:
    """A folder as Spark leaves it: parts, a mark that all are written, sums of the parts."""
    folder = tmp_path / "months"
    folder.mkdir()
    for part in range(parts):
        frame[part::parts].write_parquet(folder / f"part-{part:05}.snappy.parquet")
        (folder / f".part-{part:05}.snappy.parquet.crc").write_bytes(b"crc")
    (folder / "_SUCCESS").touch()
    return folder


def take(path: Path) -> MetricsRun:
    return load_months(path=path, profile="transactions", actor=StaffFactory.create(), now=lambda: NOON)


def kept() -> list[tuple[Any, ...]]:
    rows = MonthActivity.objects.order_by("customer_id", "month_end", "source")
    names = [field.attname for field in MonthActivity._meta.concrete_fields if not field.primary_key]
    return list(rows.values_list(*names))


def test_months_of_a_cluster_are_kept_as_if_computed_here(tmp_path: Path, account_of: Any) -> None:
    account_of("6222-2", account_of("6222-1"))
    frame = months_frame(tmp_path)
    done = take(folder_of(tmp_path, frame))
    assert (done.transactions, done.accounts, done.unknown_accounts, done.customers) == (4, 3, 1, 1)
    assert (done.first_month, done.through, done.changed) == (date(2026, 9, 1), THROUGH, 3)
    there = kept()
    assert len(there) == 3
    assert run(tmp_path / "movements.csv", as_of=THROUGH).changed == 0, "computed here, it says the same"
    assert kept() == there
    frame.write_parquet(tmp_path / "one.parquet")
    assert take(tmp_path / "one.parquet").changed == 0, "one file serves as well as a folder"
    audited = Entry.objects.filter(action="ingest.metrics").order_by("pk")
    assert [entry.detail["engine"] for entry in audited] == ["elsewhere", "duckdb", "elsewhere"]


@pytest.mark.usefixtures("english", "db")
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda frame: frame.drop("fees"), "lacks the columns fees"),
        (lambda frame: frame.clear(), "no rows"),
        (lambda frame: frame.with_columns(pl.lit(None, pl.Int64).alias("balance")), "5 of the 5 months"),
        (lambda frame: frame.with_columns(inflow=-pl.col("inflow") - 1), "5 of the 5 months"),
        (lambda frame: frame.with_columns(own_transactions=pl.col("transactions") + 1), "5 of the 5 months"),
        (lambda frame: frame.with_columns(days=pl.col("days") + 1), "days of their month"),
        (lambda frame: frame.with_columns(days=pl.lit(0, pl.Int64)), "days of their month"),
        (lambda frame: frame.with_columns(month=pl.col("month").dt.offset_by("1d")), "days of their month"),
        (lambda frame: frame.with_columns(month=pl.col("month").dt.offset_by("3y")), "future"),
        (lambda frame: pl.concat([frame, frame]), "5 months stand twice"),
        (lambda frame: frame.filter(pl.col("month") != date(2026, 10, 1)), "1 months are missing"),
        (lambda frame: frame.with_columns(balance=pl.col("balance") * pl.col("days")), "2 balances do not follow"),
    ],
)
def test_months_that_are_not_whole_or_do_not_add_up_are_refused(
    tmp_path: Path, wrong: Callable[[pl.DataFrame], pl.DataFrame], says: str
) -> None:
    path = tmp_path / "months.parquet"
    frame = months_frame(tmp_path)
    wrong(frame).write_parquet(path)
    with pytest.raises(Fault, match=says):
        take(path)
    assert not MetricsRun.objects.exists()


@pytest.mark.usefixtures("english", "db")
def test_a_folder_that_is_still_written_is_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, months_frame(tmp_path))
    (folder / "_SUCCESS").unlink()
    with pytest.raises(Fault, match="was not finished"):
        take(folder)
    (folder / "_SUCCESS").touch()
    (folder / "part-00001.snappy.parquet").write_text("account,month")
    with pytest.raises(Fault, match="is no Parquet"):
        take(folder)
    (folder / "part-00001.snappy.parquet").write_bytes(b"PAR1 and nothing of a table")
    with pytest.raises(Fault, match="damaged"):
        take(folder)
    for part in folder.glob("*.parquet"):
        part.unlink()
    with pytest.raises(Fault, match="no rows"):
        take(folder)
    with pytest.raises(Fault, match="no file"):
        take(tmp_path / "nowhere")


@pytest.mark.parametrize("dialect", ["duckdb", "spark", "trino", "clickhouse"])
def test_the_command_prints_the_sql_for_a_cluster(dialect: str) -> None:
    told = CliRunner().invoke(app, ["sql", dialect, "--since", "2026-01-31", "--as-of", "2026-03-10", "--stated"])
    assert told.exit_code == 0
    for word in ("transactions", "own_transactions", "balance_days", "place"):
        assert word in told.stdout
    refused = CliRunner().invoke(app, ["sql", dialect, "--since", "2026-01-31", "--as-of", "2026-01-10"])
    assert isinstance(refused.exception, SetupError)


def test_what_the_command_prints_runs(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["sql", "duckdb", "--since", "2026-01-31", "--as-of", "2026-03-01"])
    movements: list[Movement] = [("a", date(2026, 1, 31), 3100, True, 0, 0)]
    with duckdb.connect() as duck:
        duck.execute(
            "create table transactions"
            " (account varchar, day date, amount bigint, is_own boolean, fee bigint, lots bigint)"
        )
        duck.executemany("insert into transactions values (?, ?, ?, ?, ?, ?)", movements)
        rows = duck.execute(told.stdout).fetchall()
    assert {(row[0], row[1]): dict(zip(RESULT[2:], row[2:], strict=True)) for row in rows} == in_python(
        movements, date(2026, 3, 1)
    )


# -- Spark ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("english", "db")
def test_without_spark_the_command_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = movements_file(tmp_path, MOVEMENTS)

    def refusal() -> str:
        with pytest.raises(Fault) as caught:
            compute_metrics(
                file=file,
                profile="transactions",
                as_of=THROUGH,
                actor=StaffFactory.create(),
                now=lambda: NOON,
                engine=Engine.SPARK,
            )
        return str(caught.value)

    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert refusal().startswith("Spark cannot run here: pyspark is not installed. Install it (uv sync --group spark")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert "there is no Java on this machine; Spark needs Java 17 or newer" in refusal()
    old = tmp_path / "java"
    old.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    old.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda _name: str(old))
    assert "Java here is 11; Spark needs Java 17 or newer" in refusal()
    assert not MetricsRun.objects.exists()


spark = pytest.mark.spark
with translation.override("en"):
    no_spark = pytest.mark.skipif(bool(why_not()), reason=f"Spark cannot run here: {why_not()}")


@spark
@no_spark
@pytest.mark.filterwarnings("ignore")
def test_spark_computes_the_same_months(tmp_path: Path) -> None:
    file = movements_file(tmp_path, MOVEMENTS + "6222-3, 2026-09-30 ,0.10,,,,,\n")
    file = file.rename(tmp_path / "流水 [9–11月].csv")
    frames = {}
    for engine in Engine:
        with computed(file, LIBRARY.find("transactions"), through=THROUGH, today=TODAY, engine=engine) as found:
            frames[engine] = pl.read_parquet(found.path).sort("account", "month")
            assert (found.transactions, found.later, found.accounts, found.through) == (5, 0, 4, THROUGH)
    assert frames[Engine.SPARK].equals(frames[Engine.DUCKDB])


@spark
@no_spark
@real
@pytest.mark.filterwarnings("ignore")
def test_spark_and_duckdb_agree_on_the_real_files() -> None:
    frames = {}
    through = date(1994, 3, 31)
    for engine in Engine:
        with computed(BERKA, LIBRARY.find("berka-transactions"), through=through, today=TODAY, engine=engine) as found:
            frames[engine] = pl.read_parquet(found.path).sort("account", "month")
    assert frames[Engine.SPARK].height > 1229
    assert frames[Engine.SPARK].equals(frames[Engine.DUCKDB])


@spark
@no_spark
@pytest.mark.usefixtures("english")
@pytest.mark.filterwarnings("ignore")
def test_what_a_cluster_writes_is_taken_and_what_spark_cannot_read_is_refused(tmp_path: Path, account_of: Any) -> None:
    account_of("6222-2", account_of("6222-1"))
    file = movements_file(tmp_path, MOVEMENTS)
    ask = {"file": file, "profile": "transactions", "actor": StaffFactory.create(), "now": lambda: NOON}
    assert compute_metrics(**ask, as_of=THROUGH, engine=Engine.SPARK).changed == 3
    there = kept()
    assert compute_metrics(**ask, as_of=THROUGH, engine=Engine.DUCKDB).changed == 0
    assert kept() == there
    file = movements_file(tmp_path, "6222-1,2026-13-01,100,100,1,,,\n")
    with pytest.raises(Fault, match="1 of the 1 rows"):
        compute_metrics(**ask, as_of=THROUGH, engine=Engine.SPARK)
    file.write_text("a,b\n1,2\n")
    with pytest.raises(Fault, match="does not run on these files"):
        compute_metrics(**ask, as_of=THROUGH, engine=Engine.SPARK)
