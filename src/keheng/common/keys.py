"""The key ring of this installation: ``KEHENG_KEYS`` (JSON), else ``keys.json`` in the home folder."""

import os
from functools import lru_cache
from pathlib import Path

from keheng.common.crypto import KeyRing, load_key_ring, parse_key_ring, write_key_ring
from keheng.runtime.errors import SetupError
from keheng.runtime.home import home


def key_ring() -> KeyRing:
    """Return the ring; read again when the file has changed, so that a running process follows a rotation."""
    given = os.environ.get("KEHENG_KEYS")
    if given:
        return _given(given)
    path = _path()
    try:
        stamp = path.stat().st_mtime_ns
    except FileNotFoundError:
        stamp = 0
    return _read(path, stamp)


def add_key() -> int:
    """Put a fresh key into the key file and make it current; return its number. Values written so far still open.

    Raises:
        SetupError: the ring comes from the environment, where only its owner can change it.
    """
    if os.environ.get("KEHENG_KEYS"):
        raise SetupError(
            "The keys come from KEHENG_KEYS, which this command cannot change.",
            'Add a key to its "keys", name it in "current", restart, then run `keheng keys rotate --only-reencrypt`.',
        )
    ring = key_ring().with_fresh_key()
    write_key_ring(ring, _path())
    return ring.current


def _path() -> Path:
    return home() / "keys.json"


@lru_cache(maxsize=1)
def _given(text: str) -> KeyRing:
    return parse_key_ring(text)


@lru_cache(maxsize=1)
def _read(path: Path, stamp: int) -> KeyRing:  # noqa: ARG001  # the stamp makes a changed file another ring
    return load_key_ring(path)
