"""``keheng demo`` as a person runs it: in processes of its own."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from tests.cli.commands import FEW, Command, free_port, sentence

from keheng.demo.ownership import PASSWORD
from keheng.runtime import postgres


def test_it_builds_and_shows_one_account_a_role(demo: Command) -> None:
    assert demo.first.returncode == 0, demo.first.stderr
    assert PASSWORD in demo.first.stdout
    for role in ("administrator", "branch-head", "relationship-manager", "teller", "corporate-manager"):
        assert re.search(rf"│ {role}\s+│", demo.first.stdout), role
    assert "Database server" in demo.first.stderr
    assert "Figures of 24 months" in demo.first.stderr
    assert demo.left_behind() == []


def test_a_second_start_builds_nothing(demo: Command) -> None:
    done = demo.run("demo", "--no-serve", "--customers", "9000")
    assert done.returncode == 0, done.stderr
    assert "Persons" not in done.stderr


def test_it_serves_pages_that_the_shown_accounts_open(demo: Command) -> None:
    port = free_port()
    running = demo.start("demo", "--port", str(port))
    try:
        address = running.wait_for(r"runs at (http://127\.0\.0\.1:\d+)")[1]
        assert address == f"http://127.0.0.1:{port}"
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = browser.open(f"{address}/accounts/login/").read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "login": "branch-head", "password": PASSWORD}
        answer = browser.open(f"{address}/accounts/login/", urlencode(form).encode())
        assert answer.status == 200
        assert "/accounts/login/" not in answer.url, "signed in"
        workers = [line for line in demo.left_behind() if line.endswith("keheng.cli worker")]
        assert len(workers) == 1
    finally:
        assert running.end(signal.SIGINT) == 0
    demo.wait_until_nothing_is_left()


def test_a_terminal_that_is_closed_leaves_no_process(demo: Command) -> None:
    running = demo.start("demo", "--port", str(free_port()))
    running.wait_for("runs at")
    assert running.end(signal.SIGHUP) == 0
    demo.wait_until_nothing_is_left(seconds=5)


def test_kill_9_leaves_no_process_either(demo: Command) -> None:
    running = demo.start("demo", "--port", str(free_port()))
    running.wait_for("runs at")
    running.end(signal.SIGKILL)
    demo.wait_until_nothing_is_left()


def test_when_the_web_process_dies_all_ends_and_it_is_said(demo: Command) -> None:
    running = demo.start("demo", "--port", str(free_port()))
    running.wait_for("runs at")
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    web = re.search(rf"^\s*(\d+)\s+{running.process.pid} .* web --", listed, re.MULTILINE)
    assert web
    os.kill(int(web[1]), signal.SIGKILL)
    assert running.process.wait(30) == 1
    assert "The web process has stopped (exit code -9)." in running.said
    demo.wait_until_nothing_is_left()


@pytest.mark.parametrize(
    ("number", "moment", "later"),
    [
        (signal.SIGTERM, "postgres.start.lock", 0.1),  # while the database is made
        (signal.SIGINT, "postgres/base", 1.0),  # the tables
        (signal.SIGINT, "keys.json", 0.5),  # the customers
        (signal.SIGKILL, "keys.json", 0.5),
    ],
)
def test_cut_off_while_it_builds_it_leaves_no_process_and_the_next_start_builds(
    keheng: Command, number: signal.Signals, moment: str, later: float
) -> None:
    running = keheng.start("demo", "--no-serve", "--customers", "3000")
    deadline = time.monotonic() + 30
    while not (keheng.home / moment).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(later)
    assert running.end(number) in {0, -signal.SIGKILL, 130, 143}, running.said
    if number is not signal.SIGKILL:
        keheng.wait_until_nothing_is_left()
    done = keheng.run("demo", "--no-serve", *FEW)
    assert done.returncode == 0, done.stderr


# -- one clear sentence each ---------------------------------------------------------------------------------------


def test_a_taken_port(demo: Command) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        words = sentence(demo.run("demo", "--port", str(port)))
    assert f"Port {port} on 127.0.0.1 cannot be used" in words
    assert f"(process {os.getpid()}) listens on it" in words
    assert f"--port {port + 1}" in words


def test_a_home_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    words = sentence(Command(tmp_path / "file" / "home").run("demo", "--no-serve"))
    assert re.fullmatch(r"The folder .*file/home cannot be written to \(.+\)\. Give .* or set KEHENG_HOME .*", words)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk, which only root may")
def test_a_full_disk(frontend_packages: Path, home: Path) -> None:
    small = home.parent / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=45m", "keheng-test", small], check=False)
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        (small / "home").mkdir()
        shutil.copytree(home / "frontend", small / "home" / "frontend", symlinks=True)
        words = sentence(Command(small / "home").run("demo", "--no-serve", *FEW))
        assert "No space left on device" in words
    finally:
        subprocess.run(["umount", small], check=True)


def test_a_damaged_database_and_its_way_out(keheng: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keheng.run("demo", "--no-serve", *FEW).returncode == 0
    monkeypatch.setenv("KEHENG_HOME", str(keheng.home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with postgres.running() as here, psycopg.connect(here.url) as connection:
        row = connection.execute("select pg_relation_filepath('audit_entry')").fetchone()
    assert row
    (here.data / row[0]).unlink()
    words = sentence(keheng.run("demo", "--no-serve"))
    assert re.match(r"The database refused: .*No such file", words), words
    done = keheng.run("demo", "--no-serve", "--fresh", *FEW)
    assert done.returncode == 0, done.stderr
    assert "Deleting the demo's database" in done.stderr
    assert "Persons" in done.stderr
    (here.data / "global" / "pg_control").write_bytes(b"")
    words = sentence(keheng.run("demo", "--no-serve"))
    assert "did not start" in words
    assert "keheng demo --fresh" in words


def test_data_that_are_not_the_demos_are_left_alone(keheng: Command) -> None:
    assert keheng.run("migrate").returncode == 0
    done = keheng.run("user", "add", "boss", "--name", "张三", "--role", "administrator")
    assert done.returncode == 0, done.stderr
    assert "not the demo's" in sentence(keheng.run("demo", "--no-serve"))
    assert "holds other data" in sentence(keheng.run("demo", "--no-serve", "--fresh"))
    assert keheng.run("user", "password", "boss").returncode == 0


def test_a_damaged_database_that_the_demo_did_not_make_is_left_alone(keheng: Command) -> None:
    assert keheng.run("migrate").returncode == 0
    (keheng.home / "postgres" / "global" / "pg_control").write_bytes(b"")
    assert "The demo did not make it" in sentence(keheng.run("demo", "--no-serve", "--fresh"))
    assert (keheng.home / "postgres" / "base").exists()


def test_fresh_refuses_while_a_demo_runs(demo: Command) -> None:
    running = demo.start("demo", "--port", str(free_port()))
    running.wait_for("runs at")
    assert "in use by another Keheng process" in sentence(demo.run("demo", "--no-serve", "--fresh"))
    assert running.end(signal.SIGTERM) == 0
    demo.wait_until_nothing_is_left(seconds=5)
