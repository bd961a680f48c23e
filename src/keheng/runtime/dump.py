"""The database as one file, by the wheel's ``pg_dump`` and ``pg_restore``, which serve every server up to theirs."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import IO

from keheng.runtime.database import connection_settings
from keheng.runtime.errors import SetupError
from keheng.runtime.postgres.place import wheel_programs
from keheng.runtime.postgres.programs import complaint

CLEAR = "drop schema public cascade; create schema public authorization pg_database_owner;"
"""Deletes all that a database holds and leaves it as a new one."""

_PREAMBLE_ENDS = b"SELECT pg_catalog.set_config"
_UNKNOWN_TO_OLD_SERVERS = b"SET transaction_timeout"  # pg_restore sets it whatever the server; it came with version 17


def write(path: Path) -> None:
    """Write the database to ``path`` (mode 0600); nothing is left there when it fails.

    Raises:
        SetupError: with the program's own complaint.
    """
    partial = path.with_name(f"{path.name}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with _start("pg_dump", "--format=custom", "--no-owner", "--no-privileges", stdout=file) as program:
                _check("pg_dump", program)
            os.fsync(file.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def read(path: Path, *, replace: bool) -> None:
    """Bring a file that :func:`write` made into the database, in one transaction.

    Args:
        replace: delete what is in the database first, in the same transaction.

    Raises:
        SetupError: with the program's own complaint; then the database is as it was.
    """
    with (
        _start("pg_restore", "--file=-", "--no-owner", "--no-privileges", str(path), stdout=subprocess.PIPE) as source,
        _start("psql", "--single-transaction", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1") as target,
    ):
        assert source.stdout
        assert target.stdin
        try:
            if replace:
                target.stdin.write(CLEAR.encode() + b"\n")
            _pour(source.stdout, target.stdin)
        except BrokenPipeError:  # psql has stopped; its complaint is told below
            source.kill()
        else:
            if source.wait():
                target.kill()  # the file ends too early: its part must not be committed
                _check("pg_restore", source)
        _check("psql", target)


def _pour(source: IO[bytes], target: IO[bytes]) -> None:
    """Pass the script on, without the setting that an older server does not know."""
    for line in source:
        if not line.startswith(_UNKNOWN_TO_OLD_SERVERS):
            target.write(line)
        if line.startswith(_PREAMBLE_ENDS):
            break
    shutil.copyfileobj(source, target, 2**20)
    target.flush()


def _start(program: str, *arguments: str, stdout: int | IO[bytes] = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
    from psycopg.conninfo import make_conninfo

    settings = connection_settings()
    named = {"dbname": "NAME", "user": "USER", "host": "HOST", "port": "PORT"}
    address = {key: settings[name] for key, name in named.items() if settings.get(name)}
    address |= {key: value for key, value in settings["OPTIONS"].items() if key != "pool"}
    target = [] if program == "pg_restore" else [f"--dbname={make_conninfo(**address)}"]
    return subprocess.Popen(
        [str(wheel_programs() / program), *target, *arguments],
        env={**os.environ, "PGPASSWORD": settings.get("PASSWORD", ""), "LC_ALL": "C"},
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def _check(name: str, program: "subprocess.Popen[bytes]") -> None:
    _, said = program.communicate()
    if program.returncode:
        raise SetupError(
            f"{name} failed: {complaint(said.decode(errors='replace'))}.",
            "Nothing was changed; mend the cause and run it again.",
        )
