"""What becomes of an edit when the archive has moved on meanwhile. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What is written of an edit, and where two people say different things.

    Attributes:
        written: fields whose value the editor changed and nobody else did.
        contested: fields that both changed, to different values.
    """

    written: frozenset[str]
    contested: frozenset[str]


def settle(mine: Mapping[str, str], seen: Mapping[str, str], present: Mapping[str, str]) -> Outcome:
    """Compare an edit with what its editor saw and with what stands now; all three are marks of values by field.

    A field that the editor left as it was shown is none of their edit: what others wrote there stays. A field that
    they changed is written where it still is as they saw it, or where both agree; else it is contested.
    """
    changed = {code for code, mark in mine.items() if mark != seen.get(code, present[code])}
    contested = {
        code for code in changed if present[code] != seen.get(code, present[code]) and present[code] != mine[code]
    }
    return Outcome(frozenset(changed - contested), frozenset(contested))
