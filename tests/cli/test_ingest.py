"""``keheng ingest`` as a person or a scheduler runs it."""

import json
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import duckdb
import pytest
from tests.cli.commands import Command, sentence

ROWS = "客户号,姓名,手机,日期,AUM\nCLI001,黄雅琴,13812345678,2026-01-31,1000\nCLI002,王建国,138,2026-01-31,1\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "customers.csv"
    path.write_text(ROWS)
    return path


def answer(done: "CompletedProcess[str]") -> dict[str, Any]:
    """The JSON object that stands last on standard output."""
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def test_json_is_one_object_with_the_counts(demo: Command, file: Path) -> None:
    trial = answer(demo.run("ingest", "standard", str(file), "--dry-run", "--json"))
    first = answer(demo.run("ingest", "standard", str(file), "--json"))
    again = answer(demo.run("ingest", "standard", str(file), "--json"))
    names = ["batch", "read", "created", "updated", "unchanged", "rejected", "rejects_file", "seconds"]
    assert [list(found) for found in (trial, first, again)] == [names] * 3
    counts = [[found[name] for name in names[1:6]] for found in (trial, first, again)]
    assert counts == [[2, 1, 0, 0, 1], [2, 1, 0, 0, 1], [2, 0, 0, 1, 1]]
    rejects = Path(first["rejects_file"]).read_text(encoding="utf-8-sig")
    assert rejects.splitlines()[1].startswith("3,手机,****,")


def test_people_read_counts_and_reconciliation(demo: Command, file: Path) -> None:
    done = demo.run("ingest", "standard", str(file), "--branch", "HO", "--as-of", "2026-01-31")
    assert done.returncode == 0, done.stderr
    assert ": 2 rows read, 0 customers new, 0 changed, 1 unchanged, 1 rejected, " in done.stdout
    assert "in the file" in done.stdout
    assert "rejects.csv" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("gold", "x.csv"), "There is no profile gold. Take one of bank-marketing, berka, standard, or give the path"),
        (("standard", "/nowhere.csv"), "There is no file /nowhere.csv. Check the path."),
        (("standard", "/tmp"), "/tmp is a folder, but the profile standard reads one file."),
        (("berka", "/tmp"), "The folder /tmp lacks client.asc."),
        (("standard", "FILE", "--branch", "X9"), "There is no branch with the code X9."),
        (("standard", "FILE", "--as-of", "2999-01-01"), "The date of the figures, 2999-01-01, lies in the future."),
    ],
)
def test_what_cannot_be_loaded_is_one_sentence(
    demo: Command, file: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = demo.run("ingest", *(str(file) if argument == "FILE" else argument for argument in arguments))
    assert words in sentence(done)
    assert not done.stdout


# -- metrics ----------------------------------------------------------------------------------------------------------


def test_metrics_are_computed_here_or_taken_from_a_cluster(demo: Command, tmp_path: Path) -> None:
    movements = tmp_path / "movements.csv"
    movements.write_text(
        "account,day,amount,balance,serial,own,fee,lots\nNOBODY-1,2026-01-31,100,100,1,,,\n", encoding="utf-8"
    )
    found = answer(demo.run("metrics", "run", str(movements), "--as-of", "2026-03-10", "--json"))
    assert (found["accounts"], found["unknown_accounts"], found["changed"]) == (1, 1, 0)
    sql = demo.run("metrics", "sql", "duckdb", "--since", "2026-01-31", "--as-of", "2026-03-10")
    assert sql.returncode == 0, sql.stderr
    months = tmp_path / "months.parquet"
    with duckdb.connect() as cluster:
        cluster.execute(
            "create table transactions as select 'NOBODY-1' as account, date '2026-01-31' as day,"
            " 10000::bigint as amount, true as is_own, 0::bigint as fee, 0::bigint as lots"
        )
        cluster.execute(f"copy ({sql.stdout}) to '{months}' (format parquet)")
    taken = answer(demo.run("metrics", "load", str(months), "--json"))
    same = ("first_month", "through", "transactions", "accounts", "unknown_accounts", "changed")
    assert [taken[name] for name in same] == [found[name] for name in same]
    movements.rename(months)
    assert "months.parquet is no Parquet." in sentence(demo.run("metrics", "load", str(months)))
    help_text = demo.run("metrics", "run", "--help").stdout
    assert "duckdb|spark" in help_text
