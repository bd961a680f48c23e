"""What the words of past complaints say about the cause of a new one: naive Bayes over pairs of characters. Pure.

A person decides; the suggestion only says what looks likely, and how likely.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

_HAN = re.compile(r"[\u4e00-\u9fff]{2,}")
MOST_TERMS = 400
SMOOTHING = 0.5
"""Added to every count, so that a word never seen rules nothing out."""
_WEIGHED = 12
"""Pairs of neighbouring characters are not independent: so many of them weigh fully, more of them no heavier."""


@dataclass(frozen=True, slots=True)
class Likely[Key]:
    """A cause with its share of 1 among all causes."""

    key: Key
    share: float

    @property
    def percent(self) -> int:
        return round(100 * self.share)


def terms(text: str) -> list[str]:
    """The different pairs of neighbouring Chinese characters, in their order; figures drop out."""
    found: dict[str, None] = {}
    for run in _HAN.findall(text):
        for place in range(len(run) - 1):
            found.setdefault(run[place : place + 2])
            if len(found) >= MOST_TERMS:
                return list(found)
    return list(found)


def shares[Key](evidence: Mapping[Key, tuple[float, float]], number_of_terms: int) -> list[Likely[Key]]:
    """Shares of causes, the likeliest first.

    Args:
        evidence: by cause the logarithms of how common it is, and of how well it explains the terms.
    """
    if not evidence or not number_of_terms:
        return []
    weight = min(1.0, _WEIGHED / number_of_terms)
    scores = {key: common + weight * explains for key, (common, explains) in evidence.items()}
    highest = max(scores.values())
    masses = {key: math.exp(score - highest) for key, score in scores.items()}
    total = sum(masses.values())
    return sorted((Likely(key, mass / total) for key, mass in masses.items()), key=lambda one: -one.share)
