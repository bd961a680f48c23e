"""Whether two complaints tell of the same matter, or of the same trouble. Pure."""

from dataclasses import dataclass

from keheng.complaints.enums import Kinship
from keheng.complaints.policies.learning import terms

SAME = 0.45
"""From this share of common pairs of characters on, two statements are told to be alike."""


def likeness(one: str, other: str) -> float:
    """The share of the shorter text's pairs of characters that the other has too, from 0 to 1."""
    first, second = set(terms(one)), set(terms(other))
    if not first or not second:
        return 0.0
    return len(first & second) / min(len(first), len(second))


@dataclass(frozen=True, slots=True)
class Traits:
    """What of a complaint is held against others; ``None`` where nobody has said."""

    cause: int | None
    product: int | None
    unit: int | None
    words: str


def kinship(one: Traits, other: Traits) -> tuple[tuple[Kinship, ...], int]:
    """What two complaints have in common, and the percent of their words.

    They are kin where the cause and either the product or the unit is the same, or where their words are alike;
    otherwise nothing is told.
    """
    percent = round(100 * likeness(one.words, other.words))
    alike = percent >= 100 * SAME
    same = {
        Kinship.CAUSE: one.cause is not None and one.cause == other.cause,
        Kinship.PRODUCT: one.product is not None and one.product == other.product,
        Kinship.UNIT: one.unit is not None and one.unit == other.unit,
        Kinship.WORDS: alike,
    }
    if alike or (same[Kinship.CAUSE] and (same[Kinship.PRODUCT] or same[Kinship.UNIT])):
        return tuple(kin for kin, holds in same.items() if holds), percent
    return (), percent
