"""Who uses the server, and whose turn it is to start or stop it: two lock files in the home folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from keheng.runtime.errors import SetupError
from keheng.runtime.home import home


class Use:
    """A share in the use of the server, held until it is given up."""

    def __init__(self) -> None:
        self._descriptor = _open("postgres.lock")
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Tell whether nobody else uses the server; if so nobody can begin to before this share is given up."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def give_up(self) -> None:
        os.close(self._descriptor)


@contextmanager
def turn() -> Iterator[None]:
    """Let one process at a time prepare, start or stop the server."""
    descriptor = _open("postgres.start.lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open(name: str) -> int:
    path = home() / name
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SetupError(
            f"The file {path} cannot be opened ({error.strerror}).",
            "Run Keheng as the account that owns the home folder, or set KEHENG_HOME to another folder.",
        ) from error
