"""Whether two complaints tell of the same matter. Pure."""

from keheng.complaints.policies.learning import terms

SAME = 0.45
"""From this share of common pairs of characters on, two statements are told to be alike."""


def likeness(one: str, other: str) -> float:
    """The share of the shorter text's pairs of characters that the other has too, from 0 to 1."""
    first, second = set(terms(one)), set(terms(other))
    if not first or not second:
        return 0.0
    return len(first & second) / min(len(first), len(second))
