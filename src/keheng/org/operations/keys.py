"""A fresh key for personal data, and everything written again under it."""

from collections.abc import Callable
from datetime import datetime

from keheng.audit.operations import record
from keheng.common import keys, rotation
from keheng.org import permissions
from keheng.org.models import Staff


def rotate_keys(
    *, fresh: bool = True, progress: Callable[[str, int], None] | None = None, actor: Staff, at: datetime
) -> dict[str, int]:
    """Make a key, write every sealed value again under it, and say how many of each column; safe to stop and repeat.

    The old keys stay in the ring: backups, and the secrets of second steps, still need them.

    Args:
        fresh: ``False`` goes on where an earlier rotation stopped, or follows a key given by hand.
        progress: told column and number after every batch.
    """
    permissions.check_manage(actor)
    number = keys.add_key() if fresh else keys.key_ring().current
    record("org.rotate_keys", actor=actor, at=at, detail={"key": number})
    return rotation.reencrypt(keys.key_ring(), progress=progress)
