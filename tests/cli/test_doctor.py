"""``keheng doctor`` finds what is wrong, and only that."""

import json
import os
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from tests.cli.commands import Command

from keheng.cli.doctor import data, machine
from keheng.cli.doctor.finding import Finding, State
from keheng.common.clock import today
from keheng.customers.models import Customer
from keheng.org.models import Branch
from keheng.org.operations import load_presets


def test_a_sound_demo(demo: Command) -> None:
    done = demo.run("doctor", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout.splitlines()[-1])
    assert answer["ok"] is True
    states = {check["check"]: check["state"] for check in answer["checks"]}
    assert "fail" not in states.values()
    assert states["Tables"] == states["Encrypted values"] == states["AUM of customers"] == "ok"
    assert states["Worker"] == "warn"
    account = next(check["found"] for check in answer["checks"] if check["check"] == "Account")
    if os.geteuid() == 0:
        assert "keheng_pg runs it" in account
        assert "No other folder's permissions are changed" in account


def test_a_home_without_tables(keheng: Command) -> None:
    done = keheng.run("doctor")
    assert done.returncode == 1
    assert "migrations are not applied" in done.stdout
    assert "keheng migrate" in done.stdout


# -- the machine ---------------------------------------------------------------------------------------------------


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KEHENG_HOME", str(tmp_path))
    for name in ("KEHENG_KEYS", "KEHENG_SECRET_KEY", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def found(check: str) -> Finding:
    return next(finding for finding in machine.findings(8000) if finding.check == check)


@pytest.mark.parametrize("name", ["keys.json", "secret_key"])
def test_files_that_others_can_read(at_home: Path, name: str) -> None:
    path = at_home / name
    path.write_text('{"keys": {"1": "a"}, "current": 1, "index_key": "b"}')
    path.chmod(0o640)
    check = found("Key ring" if name == "keys.json" else "Secret")
    assert (check.state, check.remedy) == (State.FAIL, f"Run `chmod 600 {path}`.")
    path.chmod(0o600)
    assert found("Key ring" if name == "keys.json" else "Secret").state is State.OK


@pytest.mark.parametrize("text", ["", "{}", '{"keys": {"1": "a"}, "current": 2, "index_key": "b"}', "[]"])
def test_a_key_ring_that_is_none(at_home: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("KEHENG_KEYS", text or "nonsense")
    assert found("Key ring").state is State.FAIL


def test_a_home_that_cannot_be_written_to(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (at_home / "file").touch()
    monkeypatch.setenv("KEHENG_HOME", str(at_home / "file" / "home"))
    assert found("Home folder").state is State.FAIL


# -- the data ------------------------------------------------------------------------------------------------------


@pytest.fixture
def customer(db: None) -> Customer:
    load_presets()
    root = Branch.objects.get(parent=None)
    return Customer.objects.create(number="1", kind="person", name="张三", branch=root)


def state_of(check: str) -> State:
    return next(finding.state for finding in data.findings() if finding.check == check)


def test_a_copy_of_the_aum_that_differs_from_its_source(customer: Customer) -> None:
    assert state_of("AUM of customers") is State.OK
    Customer.objects.update(aum=5)
    assert state_of("AUM of customers") is State.FAIL


def test_a_copy_of_the_tier_that_differs_from_its_source(customer: Customer) -> None:
    assert state_of("Tiers of customers") is State.OK
    Customer.objects.update(tier="T3", tier_rank=3)
    assert state_of("Tiers of customers") is State.FAIL


def test_a_path_that_does_not_follow_the_tree(customer: Customer) -> None:
    assert state_of("Branch paths") is State.OK
    Branch.objects.update(path="XX/")
    assert state_of("Branch paths") is State.FAIL


def test_rows_that_point_to_nothing(customer: Customer) -> None:
    assert state_of("Stray rows") is State.OK
    with connection.cursor() as cursor:
        cursor.execute("insert into portfolio_currentfigures (customer_id, as_of) values (-1, now())")
    assert state_of("Stray rows") is State.FAIL


def test_values_that_the_key_ring_does_not_open(customer: Customer) -> None:
    customer.id_number = "11010519491231002X"
    customer.save()
    assert state_of("Encrypted values") is State.OK
    with connection.cursor() as cursor:
        cursor.execute("update customers_customer set id_number = '\\x7700'::bytea")
    assert state_of("Encrypted values") is State.FAIL


def test_a_worker_that_is_alive_and_jobs_that_wait_too_long(customer: Customer) -> None:
    assert (state_of("Worker"), state_of("Queue")) == (State.WARN, State.OK)
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers default values")
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, lock, args, scheduled_at)"
            " values ('q', 't', null, '{}', now() - interval '20 minutes')"
        )
        cursor.execute("update procrastinate_events set at = now() - interval '20 minutes'")
    assert (state_of("Worker"), state_of("Queue")) == (State.OK, State.WARN)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 10, 31), State.OK),
        (date(2026, 11, 1), State.WARN),
        (date(2026, 12, 31), State.WARN),
        (date(2027, 1, 1), State.FAIL),
    ],
)
def test_holidays_must_be_known_for_the_coming_year_once_they_are_published(
    customer: Customer, day: date, state: State
) -> None:
    assert data.calendar(day).state is state


def test_the_clock_is_asked(customer: Customer) -> None:
    assert data.calendar(today()) in list(data.findings())
