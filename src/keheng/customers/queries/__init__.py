"""Reads of the archive, by topic."""

from keheng.customers.queries.duplicates import pairs_found, words_of
from keheng.customers.queries.finding import (
    COMPANIES_CONSIDERED,
    FEW,
    SHORTEST_PART,
    Shape,
    matching,
    search,
    shape_of,
)
from keheng.customers.queries.quality import (
    completeness_report,
    findings_by_check,
    findings_of,
    last_run,
    missing_of,
    missing_words,
    weighable_fields,
)
from keheng.customers.queries.quality_rules import quality_rules, shipped_rules

__all__ = [
    "COMPANIES_CONSIDERED",
    "FEW",
    "SHORTEST_PART",
    "Shape",
    "completeness_report",
    "findings_by_check",
    "findings_of",
    "last_run",
    "matching",
    "missing_of",
    "missing_words",
    "pairs_found",
    "quality_rules",
    "search",
    "shape_of",
    "shipped_rules",
    "weighable_fields",
    "words_of",
]
