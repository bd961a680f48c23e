"""Reads: schemes and their words, where customers stand and why, what evaluations found."""

from keheng.tiering.queries.overview import BranchRow, Pyramid, TierTrend, branch_rows, pyramid, shared_branch, trend
from keheng.tiering.queries.runs import LOCK_FAMILY, Counts, counts_of, has_died, latest_run, recent_runs, usual_size
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
    explain,
    standing_of,
    trend_of,
    why,
)
from keheng.tiering.queries.wording import (
    RulesInWords,
    evidence_of,
    moves_in_words,
    rules_in_words,
    standings_in_words,
)

__all__ = [
    "LOCK_FAMILY",
    "BranchRow",
    "Counts",
    "Explanation",
    "Pyramid",
    "RulesInWords",
    "TierLabel",
    "TierTrend",
    "Trend",
    "Why",
    "branch_rows",
    "changes",
    "counts_of",
    "evidence_of",
    "explain",
    "has_died",
    "labels_of",
    "latest_run",
    "moves_in_words",
    "primary_scheme",
    "pyramid",
    "recent_runs",
    "rules_in_words",
    "rules_of",
    "scheme_named",
    "shared_branch",
    "standing_of",
    "standings_in_words",
    "tier_definitions",
    "tier_label",
    "trend",
    "trend_of",
    "usual_size",
    "version_on",
    "why",
]
