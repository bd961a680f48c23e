"""The way of an inspected archive: which act leads from which state to which."""

from keheng.customers.enums import ItemState

TRANSITIONS: dict[str, tuple[frozenset[ItemState], ItemState]] = {
    "pass": (frozenset({ItemState.OPEN}), ItemState.CLOSED),
    "fault": (frozenset({ItemState.OPEN, ItemState.ANSWERED}), ItemState.FAULTY),
    "answer": (frozenset({ItemState.FAULTY}), ItemState.ANSWERED),
    "close": (frozenset({ItemState.FAULTY, ItemState.ANSWERED}), ItemState.CLOSED),
}
"""Act → (states from which it is possible, state to which it leads).

``pass``: nothing wrong; ``fault``: something is, the owner puts it right (also again, when the answer will not do);
``answer``: the owner says what was done; ``close``: the inspector is satisfied.
"""


def follows(act: str, state: ItemState) -> ItemState | None:
    """The state that an act leads to, or ``None`` where it is not possible."""
    origins, target = TRANSITIONS[act]
    return target if state in origins else None
