"""Failures as people read them: one sentence on standard error, exit code 1, no traceback."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from keheng.runtime.errors import SetupError


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn a setup that cannot work and a database that refuses into a sentence; ``KEHENG_DEBUG=1`` shows the trace."""
    try:
        yield
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None or os.environ.get("KEHENG_DEBUG") == "1":
            raise
        sys.stderr.write(f"{sentence}\n")
        raise typer.Exit(1) from None


def _sentence(error: Exception) -> str | None:
    if isinstance(error, SetupError):
        return str(error)
    if "psycopg" not in sys.modules:  # nothing has spoken to a database yet
        return None
    import psycopg
    from django.db import OperationalError

    if isinstance(error, OperationalError | psycopg.OperationalError):
        said = " ".join(str(error).split())
        return f"The database refused: {said.rstrip('.')}. Run `keheng doctor` to see what is wrong."
    return None
