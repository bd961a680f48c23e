"""Reads: schemes and their words, where customers stand and why, what evaluations found."""

from keheng.tiering.queries.schemes import (
    TierLabel,
    labels_of,
    primary_scheme,
    scheme_named,
    tier_definitions,
    tier_label,
    version_on,
)

__all__ = [
    "TierLabel",
    "labels_of",
    "primary_scheme",
    "scheme_named",
    "tier_definitions",
    "tier_label",
    "version_on",
]
