"""What may stand where in the tree of causes: a kind, a cause, and causes within it (A7). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a tree cannot be so."""

    TWICE = "twice"
    OTHER_KIND = "other_kind"
    TOO_DEEP = "too_deep"
    WITHIN_RETIRED = "within_retired"
    HOLDS_OTHERS = "holds_others"


@dataclass(frozen=True, slots=True)
class Node:
    """A cause as the tree sees it; ``within``: the key of the cause that it belongs to."""

    kind: str
    name: str
    within: int | None = None
    active: bool = True


def fault(tree: Mapping[int, Node], key: int) -> Fault | None:
    """What is wrong with the tree since the node ``key`` is as it is; nothing, where all is well.

    Two causes in use of one kind never have one name; a cause within another is of its kind, and holds none itself;
    what is in use lies within nothing that is retired.
    """
    node = tree[key]
    others = {other: one for other, one in tree.items() if other != key}
    held = [one for one in others.values() if one.within == key]
    above = others.get(node.within) if node.within is not None else None
    if node.active and any(one.active and (one.kind, one.name) == (node.kind, node.name) for one in others.values()):
        return Fault.TWICE
    if above is not None and above.kind != node.kind:
        return Fault.OTHER_KIND
    if node.within is not None and (above is None or above.within is not None or held):
        return Fault.TOO_DEEP
    if node.active and above is not None and not above.active:
        return Fault.WITHIN_RETIRED
    if not node.active and any(one.active for one in held):
        return Fault.HOLDS_OTHERS
    return None
