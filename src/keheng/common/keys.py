"""The key ring of this installation: ``KEHENG_KEYS`` (JSON), else ``keys.json`` in the home folder."""

import os
from functools import cache

from keheng.common.crypto import KeyRing, load_key_ring, parse_key_ring
from keheng.runtime.home import home


@cache
def key_ring() -> KeyRing:
    """Return the ring; read once a process."""
    given = os.environ.get("KEHENG_KEYS")
    return parse_key_ring(given) if given else load_key_ring(home() / "keys.json")
