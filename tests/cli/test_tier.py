"""``keheng tier`` as a person or a scheduler runs it."""

import json
from datetime import date, timedelta
from subprocess import CompletedProcess
from typing import Any

import pytest
from tests.cli.commands import Command


def answer(done: "CompletedProcess[str]") -> Any:
    """The JSON object that stands last on standard output."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


def test_run_prints_one_json_object(demo: Command) -> None:
    found = answer(demo.run("tier", "run", "--scheme", "bank-retail", "--json"))
    assert list(found) == ["scheme", "version", "as_of", "evaluated", "distribution", "moves", "seconds"]
    assert (found["scheme"], found["version"]) == ("bank-retail", 1)
    assert list(found["distribution"]) == ["T0", "T1", "T2", "T3", "T4", "T5"]
    assert sum(found["distribution"].values()) == found["evaluated"] > 0
    assert set(found["moves"]) == {"new", "up", "down"}


def test_a_past_date_counts_and_moves_nobody(demo: Command) -> None:
    done = demo.run("tier", "run", "--scheme", "bank-retail", "--as-of", "2026-01-31")
    assert done.returncode == 0, done.stderr
    assert "bank-retail v1 as of 2026-01-31, by the figures of 2026-01-31" in done.stdout
    assert "nobody was moved" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("run", "--scheme", "gold"), "There is no tier scheme gold. Known are: bank-retail, "),
        (
            ("run", "--scheme", "bank-retail", "--as-of", "31.10.2026"),
            "31.10.2026 is not a date. Write it",
        ),
        (("run", "--scheme", "bank-retail", "--as-of", "2999-01-01"), "2999-01-01 lies ahead: the last date that can"),
        (("run", "--scheme", "bank-retail", "--as-of", "1999-01-01"), "There are no figures on or before 1999-01-01"),
        (("explain", "000"), "There is no customer with the number 000."),
    ],
)
def test_what_cannot_be_is_one_sentence(demo: Command, arguments: tuple[str, ...], sentence: str) -> None:
    done = demo.run("tier", *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert sentence in done.stderr.strip().splitlines()[-1]


def test_schemes_and_explain(demo: Command) -> None:
    schemes = {row["scheme"]: row for row in answer(demo.run("tier", "schemes", "--json"))}
    assert schemes["bank-retail"]["primary"]
    assert schemes["bank-retail"]["customers"] > 0
    assert not schemes["futures"]["primary"]
    told = demo.run("tier", "explain", "1000000001")
    assert told.returncode == 0, told.stderr
    assert "bank-retail v1" in told.stdout
    assert "by today's figures" in told.stdout
    explained = answer(demo.run("tier", "explain", "1000000001", "--json"))
    assert {part["scheme"] for part in explained} >= {"bank-retail", "futures"}


def test_a_dry_run_tells_who_would_move_and_who_would_wait(demo: Command) -> None:
    found = answer(demo.run("tier", "dry-run", "--scheme", "bank-retail", "--version", "1", "--json"))
    assert set(found["moves"]) == {"new", "up", "down", "left"}
    assert set(found["fates"]) == {"moves", "proposed", "waits", "stays", "protected"}
    assert sum(cell["customers"] for cell in found["matrix"]) >= found["evaluated"] > 0
    told = demo.run("tier", "dry-run", "--scheme", "bank-retail")
    assert told.returncode == 0, told.stderr
    assert "proposed" in told.stdout


def test_the_matrix_the_proposals_and_the_entitlements_are_printed(demo: Command) -> None:
    day = answer(demo.run("tier", "run", "--scheme", "bank-retail", "--json"))["as_of"]
    matrix = answer(
        demo.run("tier", "matrix", "--scheme", "bank-retail", "--from", _month_before(day), "--to", day, "--json")
    )
    assert matrix["stayed"] > 0
    assert {"from", "to", "customers", "aum"} == set(matrix["matrix"][0])
    chosen = ("tier", "proposals", "--scheme", "bank-retail", "--state", "open")
    waiting = answer(demo.run(*chosen, "--json"))
    assert demo.run(*chosen).stdout.strip().endswith(f"{len(waiting)} open")
    granted = {
        row["tier"]: row for row in answer(demo.run("tier", "entitlements", "--scheme", "bank-retail", "--json"))
    }
    assert (granted["T4"]["sla_class"], granted["T3"]["contact_times"], granted["T1"]["contact_times"]) == ("big", 1, 0)
    wrong = demo.run("tier", "proposals", "--state", "gone")
    assert (wrong.returncode, "There is no state gone" in wrong.stderr) == (2, True)


def test_a2_goals_and_penetration_are_printed(demo: Command) -> None:
    found = answer(demo.run("tier", "goals", "--scheme", "bank-retail", "--json"))
    *tiers, total = found["tiers"]
    assert (total["tier"], total["now"]) == ("", sum(row["now"] for row in tiers))
    whole, *rows = found["penetration"]
    assert whole["customers"] == sum(row["customers"] for row in rows) > 0
    assert 0 < whole["users"]["deposits"] <= whole["customers"]
    told = demo.run("tier", "goals", "--scheme", "corporate-size")
    assert (told.returncode, "large" in told.stdout) == (0, True), told.stderr
    none = demo.run("tier", "goals", "--scheme", "futures")
    assert (none.returncode, "no goals yet" in none.stderr) == (2, True)


def test_value_scores_the_companies(demo: Command) -> None:
    found = answer(demo.run("tier", "value", "--json"))
    assert set(found) == {"run", "as_of", "weights", "customers", "unscored", "known"}
    assert found["customers"] > found["unscored"] >= 0


def _month_before(day: str) -> str:
    return (date.fromisoformat(day).replace(day=1) - timedelta(days=1)).isoformat()
