"""Whose customers the scope "own" sees besides one's own: those one stands in for or has a part in.

Modules above know which; they register a source, asked once for the life of the member of staff (a request).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Q

from keheng.org.models import Staff

_KEPT = "_reach_beyond_own"


@dataclass(frozen=True)
class Reach:
    """Owners for whom somebody acts today, and single customers in whom they have a part."""

    owner_ids: frozenset[int] = field(default_factory=frozenset)
    customer_ids: frozenset[int] = field(default_factory=frozenset)


_sources: list[Callable[[Staff], Reach]] = []


def register(source: Callable[[Staff], Reach]) -> None:
    """Add a source of reach."""
    _sources.append(source)


def reach_of(staff: Staff) -> Reach:
    """Everything that the sources grant, one's own customers not counted."""
    kept: Reach | None = staff.__dict__.get(_KEPT)
    if kept is None:
        parts = [source(staff) for source in _sources]
        kept = Reach(
            frozenset().union(*(part.owner_ids for part in parts)),
            frozenset().union(*(part.customer_ids for part in parts)),
        )
        staff.__dict__[_KEPT] = kept
    return kept


def own(staff: Staff, path: str = "") -> Q:
    """The condition of the scope "own" on customers, or on rows that lead to one by ``path`` (``"customer__"``)."""
    reach = reach_of(staff)
    owners = {"owner_id__in": sorted({staff.pk, *reach.owner_ids})} if reach.owner_ids else {"owner_id": staff.pk}
    condition = Q(**{f"{path}{name}": value for name, value in owners.items()})
    if reach.customer_ids:
        condition |= Q(**{f"{path}pk__in": sorted(reach.customer_ids)})
    return condition
