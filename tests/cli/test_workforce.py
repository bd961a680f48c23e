"""``keheng workforce`` as a planner runs it; no database is needed."""

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from keheng.cli.main import app

run = CliRunner().invoke


def staffing(options: str) -> Result:
    return run(app, ["workforce", "staff", *options.split()])


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Seven weeks of half-hours, Monday to Friday."""
    random = np.random.default_rng(2)
    rows = ["DateTime,Calls"]
    for ahead in range(49):
        day = date(2026, 8, 3) + timedelta(days=ahead)
        if ahead % 7 < 5 and ahead != 16:
            rows += [f"{day} {9 + at // 2:02d}:{30 * (at % 2):02d},{random.poisson(40 + 5 * at)}" for at in range(16)]
    path = tmp_path / "calls.csv"
    path.write_text("\n".join(rows))
    return path


def test_staff_prints_one_object() -> None:
    done = staffing("--calls 100 --interval 30m --aht 180 --target 80/20 --shrinkage .3 --json")
    found = json.loads(done.stdout)
    assert (found["agents"], found["staff"], found["load"], found["model"]) == (14, 20, 10.0, "erlang-c")
    assert found["service_level"] == pytest.approx(0.8884, abs=5e-5)
    assert found["asa"] == pytest.approx(7.84, abs=5e-3)
    assert [row["agents"] for row in found["curve"]] == list(range(11, 18))


def test_staff_with_patience_and_other_targets() -> None:
    words = "--calls 2880 --interval 1h --aht 60 --target - --abandon 5 --patience 120 --json"
    found = json.loads(staffing(words).stdout)
    assert found["model"] == "erlang-a"
    assert found["abandon"] <= 0.05 < found["curve"][2]["abandon"]


def test_staff_speaks_to_people() -> None:
    shown = staffing("--calls 100 --aht 180").stdout
    assert "14 agents on calls, 14 on the roster, for 10 erlangs (erlang-c)" in shown
    assert ">    14  in time 88.8" in shown


def test_backtest_prints_one_object(calls: Path) -> None:
    found = json.loads(run(app, ["workforce", "backtest", str(calls), "--days", "10", "--json"]).stdout)
    assert list(found) == [
        "mape_interval",
        "mape_30min",
        "wape_interval",
        "wape_30min",
        "mase_week",
        "bias",
        "model",
        "seconds",
    ]
    assert found["mape_interval"] == found["mape_30min"] < 20
    assert found["mase_week"] < 1


def test_backtest_names_days_taken_as_closed(calls: Path) -> None:
    shown = run(app, ["workforce", "backtest", str(calls), "--days", "5", "--horizon", "7d"]).stdout
    assert "1 days without rows are taken as closed: 2026-08-19" in shown
    assert "5 days of 30-minute intervals, 7 day(s) ahead" in shown


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("staff --calls -1 --aht 180", "calls of an interval must be a number, 0 or more"),
        ("staff --calls 10 --aht 180 --target 80", "80 is no target. Write percent of calls/seconds"),
        ("staff --calls 10 --aht 180 --target 100/20", "must lie between 0 and 100 %"),
        ("staff --calls 10 --aht 180 --shrinkage 1", "Shrinkage must lie between"),
        ("staff --calls 10 --aht 180 --interval soon", "soon is no length of time"),
        ("backtest absent.csv", "absent.csv cannot be read"),
        ("backtest absent.csv --horizon 90d", "90d is no horizon"),
        ("backtest {calls} --days 60", "cannot be held back from a history of 34"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(calls: Path, words: str, sentence: str) -> None:
    done = run(app, ["workforce", *words.format(calls=calls).split()])
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.output
