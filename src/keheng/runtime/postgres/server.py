"""Starting, finding and stopping the server of one data folder."""

import os
import shutil
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from keheng.runtime.errors import BrokenDatabase, SetupError
from keheng.runtime.postgres.place import DATABASE, PORT, SUPERUSER, Cluster
from keheng.runtime.postgres.programs import complaint, finish

_START_SECONDS = 300  # after a power failure the server first replays up to max_wal_size
_STOP_SECONDS = 120
_ORPHAN_SECONDS = 10
_MARK = "postmaster.pid"
_LOG_BYTES = 5 * 2**20
_MIB = 2**20


@dataclass(frozen=True)
class Postmaster:
    """A server process that runs on our data folder."""

    process: psutil.Process
    is_ready: bool


def find(here: Cluster) -> Postmaster | None:
    """Return the server that runs on the data folder; a stale ``postmaster.pid`` is none, whoever has its number."""
    try:
        lines = (here.data / _MARK).read_text().splitlines()
        process = psutil.Process(int(lines[0]))
    except (OSError, IndexError, ValueError, psutil.Error):
        return None
    if not _works_in(process, here.data):
        return None
    return Postmaster(process, len(lines) > 7 and lines[7].strip() == "ready")


def start(here: Cluster) -> None:
    """Start the server, or adopt the one that runs, and make sure that it holds our database.

    Raises:
        SetupError: it does not start or does not answer; the sentence carries its complaint.
    """
    if _settled(here) is None:
        _clear_stale_marks(here)
        _launch(here)
    _create_database(here)


def stop(here: Cluster) -> None:
    """Stop the server in order and wait until it is gone."""
    running = find(here)
    if running is None:
        return
    running.process.send_signal(signal.SIGINT)  # "fast": ends sessions, then writes a clean checkpoint
    deadline = time.monotonic() + _STOP_SECONDS
    while find(here) is not None and time.monotonic() < deadline:
        time.sleep(0.02)


def _settled(here: Cluster) -> Postmaster | None:
    """Wait out a server that is on its way up or down."""
    deadline = time.monotonic() + _START_SECONDS
    while (running := find(here)) is not None and not running.is_ready:
        if time.monotonic() > deadline:
            raise SetupError("The database is still recovering.", f"Wait and retry; {here.log} shows its progress.")
        time.sleep(0.05)
    return running


def _clear_stale_marks(here: Cluster) -> None:
    """Remove the marks of a server that was killed, once its children are gone too.

    The server does so itself, but not while its number is in use: by a stranger, or by the dead server in a
    container whose first process buries nobody.
    """
    marks = [here.data / _MARK, here.socket_dir / f".s.PGSQL.{PORT}.lock"]
    if not any(mark.exists() for mark in marks):
        return
    deadline = time.monotonic() + _ORPHAN_SECONDS
    while any(_works_in(process, here.data) for process in psutil.process_iter()):
        if time.monotonic() > deadline:
            return
        time.sleep(0.02)
    for mark in marks:
        mark.unlink(missing_ok=True)


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).samefile(folder)
    except (OSError, psutil.Error):
        return False


def _launch(here: Cluster) -> None:
    if here.log.exists() and here.log.stat().st_size > _LOG_BYTES:
        here.log.rename(here.log.with_suffix(".log.old"))
    seen = here.log.stat().st_size if here.log.exists() else 0
    _write_settings(here)
    command = [str(here.programs / "pg_ctl"), "start", "-w", "-t", str(_START_SECONDS), "-D", ".", "-l", here.log.name]
    failed, _ = finish([*command, "-o", "-c config_file=keheng.conf"], here.account, here.data)
    if failed:
        raise BrokenDatabase(
            f"The database in {here.data} did not start: {_last_complaint(here.log, seen)}.",
            f"See {here.log}; restore a backup, or start over with `keheng demo --fresh`.",
        )


def _last_complaint(log: Path, seen: int) -> str:
    if not log.exists():
        return "it wrote no log"
    with log.open("rb") as file:
        file.seek(seen)
        return complaint(file.read().decode(errors="replace"))


def _write_settings(here: Cluster) -> None:
    """Write ``keheng.conf``: the server's own file, then ours. No setting passes through a shell."""
    lines = ["include 'postgresql.conf'", *(f"{name} = {_quoted(value)}" for name, value in _settings(here).items())]
    path = here.data / "keheng.conf"
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o644)  # inside a folder of mode 0700


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _settings(here: Cluster) -> dict[str, str]:
    """Settings for a server that shares one machine with the application: long checkpoints, no JIT, no replication."""
    memory = psutil.virtual_memory().total // _MIB
    socket_dir = str(here.socket_dir).replace('"', '""')
    return {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_directories": f'"{socket_dir}"',
        "unix_socket_permissions": "0700",
        "dynamic_shared_memory_type": "posix" if _has_shared_memory() else "mmap",
        "shared_buffers": f"{min(512, memory // 8)}MB",
        "effective_cache_size": f"{min(4096, memory // 2)}MB",
        "work_mem": f"{min(64, max(4, memory // 64))}MB",
        "maintenance_work_mem": f"{min(512, memory // 16)}MB",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "15min",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
    }


def _has_shared_memory() -> bool:
    """Tell whether /dev/shm can hold the tables of a parallel hash; containers give it 64 MB as a rule."""
    try:
        return shutil.disk_usage("/dev/shm").total >= 1024 * _MIB  # noqa: S108
    except OSError:
        return os.uname().sysname != "Linux"


def _create_database(here: Cluster) -> None:
    import psycopg

    try:
        with psycopg.connect(
            host=str(here.socket_dir), port=PORT, user=SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(f'create database "{DATABASE}"')
    except psycopg.Error as error:
        raise BrokenDatabase(
            f"The database in {here.data} runs but refuses: {complaint(str(error))}.",
            f"See {here.log}; restore a backup, or start over with `keheng demo --fresh`.",
        ) from error
