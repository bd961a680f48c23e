"""Reads: schemes and their words, where customers stand and why, what evaluations found."""

from keheng.tiering.queries.overview import BranchRow, Pyramid, branch_rows, pyramid, trend
from keheng.tiering.queries.runs import has_died, latest_run, recent_runs, usual_size
from keheng.tiering.queries.schemes import (
    TierLabel,
    labels_of,
    primary_scheme,
    rules_of,
    scheme_named,
    tier_definitions,
    tier_label,
    version_on,
)
from keheng.tiering.queries.standings import (
    Explanation,
    Trend,
    Why,
    changes,
    evidence_of,
    explain,
    standing_of,
    trend_of,
    why,
)

__all__ = [
    "BranchRow",
    "Explanation",
    "Pyramid",
    "TierLabel",
    "Trend",
    "Why",
    "branch_rows",
    "changes",
    "evidence_of",
    "explain",
    "has_died",
    "labels_of",
    "latest_run",
    "primary_scheme",
    "pyramid",
    "recent_runs",
    "rules_of",
    "scheme_named",
    "standing_of",
    "tier_definitions",
    "tier_label",
    "trend",
    "trend_of",
    "usual_size",
    "version_on",
    "why",
]
