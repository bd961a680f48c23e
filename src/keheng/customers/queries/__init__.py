"""Reads of the archive, by topic."""

from keheng.customers.queries.finding import (
    COMPANIES_CONSIDERED,
    FEW,
    SHORTEST_PART,
    Shape,
    matching,
    search,
    shape_of,
)

__all__ = [
    "COMPANIES_CONSIDERED",
    "FEW",
    "SHORTEST_PART",
    "Shape",
    "matching",
    "search",
    "shape_of",
]
