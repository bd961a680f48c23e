"""The agenda of a working day (A4 工作日流程): slots one after the other, and which of them is now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from keheng.care.enums.agenda import Activity


@dataclass(frozen=True)
class Slot:
    """A stretch of the day; it ends at ``ends``, excluded. ``note`` says what it is made of."""

    begins: time
    ends: time
    title: str
    activity: Activity
    note: str = ""


def in_order(slots: Sequence[Slot]) -> list[Slot]:
    """The slots by the clock."""
    return sorted(slots, key=lambda slot: (slot.begins, slot.ends))


def backward(slots: Sequence[Slot]) -> list[Slot]:
    """The slots that end before they begin, or have no length."""
    return [slot for slot in slots if slot.ends <= slot.begins]


def overlapping(slots: Sequence[Slot]) -> list[tuple[Slot, Slot]]:
    """The neighbours of which the second begins before the first has ended."""
    ordered = in_order(slots)
    return [(left, right) for left, right in pairwise(ordered) if right.begins < left.ends]


def slot_at(slots: Sequence[Slot], moment: time) -> Slot | None:
    """The slot that the moment lies in; ``None`` before, after and in gaps."""
    return next((slot for slot in slots if slot.begins <= moment < slot.ends), None)
