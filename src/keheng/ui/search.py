"""What the search box shows; the endpoint named ``search`` answers ``ui/search_results.html`` with these."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    title: str
    url: str
    detail: str = ""
    icon: str = "user"
    tier_rank: int | None = None
    tier_name: str = ""


@dataclass(frozen=True)
class HitGroup:
    """What was found of one kind; ``more_url`` leads to the list of all."""

    label: str
    hits: Sequence[Hit]
    more_url: str = ""
