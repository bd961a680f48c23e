"""Schemes and their versions, evaluations, where each customer stands, and every move."""

from keheng.tiering.models.dry_run import DryRun, DryRunCell, DryRunMove
from keheng.tiering.models.run import Run, Tally, TallyQuerySet
from keheng.tiering.models.scheme import Scheme, SchemeVersion, in_language
from keheng.tiering.models.standing import Evidence, Move, ScopedQuerySet, Standing

__all__ = [
    "DryRun",
    "DryRunCell",
    "DryRunMove",
    "Evidence",
    "Move",
    "Run",
    "Scheme",
    "SchemeVersion",
    "ScopedQuerySet",
    "Standing",
    "Tally",
    "TallyQuerySet",
    "in_language",
]
