"""``keheng calendar`` as a person or a program runs it."""

import json
from pathlib import Path

import pytest
from tests.cli.commands import Command
from typer.testing import CliRunner

from keheng.cli.main import app
from keheng.common.working_calendar import WorkingCalendar


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-09-30 16:50", "30m", "2026-10-08T09:20:00+08:00"),
        ("2026-09-30 16:50", "1d", "2026-10-08T16:50:00+08:00"),
        ("2026-09-30T08:50:00+00:00", "4h", "2026-10-08T14:20:00+08:00"),
    ],
)
def test_due_prints_one_object(demo: Command, start: str, limit: str, due: str) -> None:
    done = demo.run("calendar", "due", start, limit, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"due": due}


def test_a_date_beyond_the_published_days_is_said_to_be_open(demo: Command) -> None:
    done = demo.run("calendar", "due", "2027-02-04 16:50", "30m", "--calendar", "branch-default", "--json")
    assert json.loads(done.stdout) == {"due": "2027-02-09T09:20:00+08:00"}  # the days off by law
    assert "known until 2026-12-31" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("tomorrow", "30m"), "'tomorrow' is not a moment."),
        (("2026-13-01 10:00", "30m"), "is not a moment."),
        (("1026-01-01 10:00", "30m"), "lies outside of the years"),
        (("2026-09-30 16:50", "half an hour"), "is not a limit."),
        (("2026-09-30 16:50", "0m"), "is not a limit."),
    ],
)
def test_bad_input_is_one_sentence(arguments: tuple[str, ...], sentence: str) -> None:
    done = CliRunner().invoke(app, ["calendar", "due", *arguments, "--json"])
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_an_unknown_calendar_is_one_sentence(demo: Command) -> None:
    done = demo.run("calendar", "due", "2026-09-30 16:50", "30m", "--calendar", "moon")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip() == "There is no service calendar moon. Known are: branch-default."


def test_a_list_that_cannot_be_read_is_one_sentence(demo: Command, tmp_path: Path) -> None:
    (tmp_path / "days.csv").write_text("2027-02-30,holiday,春节\n")
    for file, sentence in (("days.csv", "“2027-02-30”"), ("none.csv", "cannot be read")):
        done = demo.run("calendar", "import", str(tmp_path / file))
        assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1), done.stderr
        assert sentence in done.stderr


def test_a_calendar_without_hours_is_refused() -> None:
    with pytest.raises(ValueError, match="no hours of service"):
        WorkingCalendar({0: ()})
