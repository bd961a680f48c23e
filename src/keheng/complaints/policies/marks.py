"""Marks of a text: few numbers, of which two texts share the more the more words they share (MinHash). Pure.

They find texts that are alike among many without reading them. The terms come in as keyed numbers, and of each mark
only the least of many hashes is kept: nothing of what people wrote can be read from it.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

MARKS = 24
"""Two texts that share 30 % of all their pairs of characters have a mark in common nine times of ten, at 5 % hardly."""
_HASHES = 2
"""So many hashes agree where a mark is the same."""

type _Numbers = npt.NDArray[np.uint64]


def marks(terms: Sequence[int]) -> list[int]:
    """The marks of a text with these terms (keyed numbers of 64 bits, signed); none without terms."""
    if not terms:
        return []
    known = np.array(terms, dtype=np.int64).view(np.uint64)
    seeds = _mixed(np.arange(1, MARKS * _HASHES + 1, dtype=np.uint64))
    least = _mixed(known[:, None] ^ seeds[None, :]).min(axis=0).reshape(MARKS, _HASHES)
    found = _mixed(seeds[:MARKS])
    for place in range(_HASHES):
        found = _mixed(found ^ least[:, place])
    return [int(mark) for mark in found.view(np.int64)]


def _mixed(numbers: _Numbers) -> _Numbers:
    """Numbers of 64 bits, each scrambled into another one (SplitMix64)."""
    scrambled = numbers * np.uint64(0x9E3779B97F4A7C15)
    scrambled = (scrambled ^ (scrambled >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    scrambled = (scrambled ^ (scrambled >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return scrambled ^ (scrambled >> np.uint64(31))
