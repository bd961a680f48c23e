"""Conflict of interest 回避: nobody handles a complaint about themselves or their line (A7). Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff with the path of their branch in the tree (``/1/4/``)."""

    pk: int
    path: str


@dataclass(frozen=True, slots=True)
class Concerned:
    """Who is complained about: a person with the path of their branch, or a unit. ``None``: not known."""

    staff: int | None = None
    staff_path: str | None = None
    unit_path: str | None = None


def in_conflict(person: Person, concerned: Concerned) -> bool:
    """Whether a person is concerned by a complaint.

    The line of a person is their unit: who works in it, or in a part of it, works beside, under or above them. So the
    unit above decides.
    """
    if person.pk == concerned.staff:
        return True
    units = (concerned.staff_path, concerned.unit_path)
    return any(unit is not None and person.path.startswith(unit) for unit in units)
