"""Schemes and their versions, evaluations, where each customer stands, and every move."""

from keheng.tiering.models.corporate import Standards, StrategicEntry, StrategicList
from keheng.tiering.models.dry_run import DryRun, DryRunCell, DryRunMove
from keheng.tiering.models.goals import Goals
from keheng.tiering.models.proposal import Proposal, Protected
from keheng.tiering.models.run import Run, Tally, TallyQuerySet
from keheng.tiering.models.scheme import Scheme, SchemeVersion, in_language
from keheng.tiering.models.standing import Evidence, Move, ScopedQuerySet, Standing
from keheng.tiering.models.value import ValueFact, ValueRun, ValueScore, ValueWeights

__all__ = [
    "DryRun",
    "DryRunCell",
    "DryRunMove",
    "Evidence",
    "Goals",
    "Move",
    "Proposal",
    "Protected",
    "Run",
    "Scheme",
    "SchemeVersion",
    "ScopedQuerySet",
    "Standards",
    "Standing",
    "StrategicEntry",
    "StrategicList",
    "Tally",
    "TallyQuerySet",
    "ValueFact",
    "ValueRun",
    "ValueScore",
    "ValueWeights",
    "in_language",
]
