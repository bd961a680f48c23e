"""What the details of an act may tell whom: the module that knows how secret a record is draws the veil.

veils.register("customers.customer", veiled)  # in navigation.py
"""

from collections.abc import Callable, Sequence
from typing import Any

from keheng.audit.models import Entry

type Veil = Callable[[Sequence[Entry], Any], None]
"""Takes from ``detail`` of entries on records of one kind what a member of staff may not be told; as a set."""

_veils: dict[str, Veil] = {}


def register(target_type: str, veil: Veil) -> None:
    """Say how acts on a kind of record are veiled; the same kind again replaces it."""
    _veils[target_type] = veil


def veiled(entries: Sequence[Entry], reader: Any) -> list[Entry]:
    """The entries as the reader may be told; they are for showing and cannot be saved (the trail is append-only)."""
    for kind, veil in _veils.items():
        concerned = [entry for entry in entries if entry.target_type == kind and entry.detail]
        if concerned:
            veil(concerned, reader)
    return list(entries)
