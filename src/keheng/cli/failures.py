"""Failures as people read them: one sentence on standard error, exit code 1, no traceback."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from keheng.cli import interruption
from keheng.runtime.errors import SetupError
from keheng.runtime.postgres import last_words

_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what a person can mend into a sentence (``KEHENG_DEBUG=1``: a trace), and signals into an orderly end."""
    with interruption.unwinding_on_signals():
        try:
            yield
            interruption.check()
        except interruption.Interrupted:
            raise typer.Exit(interruption.exit_code()) from None
        except Exception as error:
            if interruption.asked():  # a failure that the signal brought about, such as an npm that got it too
                raise typer.Exit(interruption.exit_code()) from None
            sentence = _sentence(error)
            if sentence is None or os.environ.get("KEHENG_DEBUG") == "1":
                raise
            sys.stderr.write(f"{sentence}\n")
            raise typer.Exit(1) from None


def _sentence(error: Exception) -> str | None:
    if isinstance(error, SetupError):
        return str(error)
    if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
        return f"{error.filename or 'A file'} cannot be written or read: {error.strerror}. Free or open it, then retry."
    return _of_django(error) or _of_the_database(error)


def _of_django(error: Exception) -> str | None:
    if "django.core.exceptions" not in sys.modules:  # nothing can have raised one
        return None
    from django.core.exceptions import PermissionDenied, ValidationError

    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error) if isinstance(error, PermissionDenied) else None


def _of_the_database(error: Exception) -> str | None:
    if "psycopg" not in sys.modules:  # nothing has spoken to a database yet
        return None
    import psycopg

    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if isinstance(cause, psycopg.OperationalError | psycopg.InternalError | psycopg.errors.InsufficientPrivilege):
        said = " ".join(str(cause).split()).rstrip(".")
        if cause.sqlstate is None and (reason := last_words()):  # it does not answer any more
            said = f"{said}; its log says: {reason}"
        return f"The database refused: {said}. Run `keheng doctor` to see what is wrong."
    return None
