"""The home folder: the only place on disk that the application writes to."""

import os
from pathlib import Path

from keheng.runtime.errors import SetupError

_CHECKOUT = Path(__file__).resolve().parents[3]


def home() -> Path:
    """Return the home folder: ``KEHENG_HOME``, else ``var/`` of the checkout, else ``var/`` of the working folder."""
    named = os.environ.get("KEHENG_HOME")
    if named:
        return Path(named).expanduser().resolve()
    base = _CHECKOUT if (_CHECKOUT / "pyproject.toml").exists() else Path.cwd()
    return base / "var"


def ensure_home() -> Path:
    """Create the home folder and prove that it can be written to.

    Raises:
        SetupError: when the folder cannot be created or is read-only.
    """
    folder = home()
    probe = folder / f".writable-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SetupError(
            f"The folder {folder} cannot be written to ({error.strerror}).",
            "Give this account write access to it, or set KEHENG_HOME to a folder that it may write.",
        ) from error
    return folder
