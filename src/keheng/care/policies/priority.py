"""The order of the day: contribution × urgency (decision 20)."""

from collections.abc import Mapping
from typing import Annotated, Self

from django.utils.translation import gettext_lazy as _
from pydantic import Field, model_validator

from keheng.care.enums.tasks import TaskKind
from keheng.care.policies.outcomes import Part

type Percent = Annotated[int, Field(ge=0, le=100)]

MOST = 1000
"""The scale of contribution and of priority."""


class Weights(Part):
    """What a customer brings, in percent of the whole."""

    revenue: Percent
    volume: Percent
    aum: Percent

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.revenue + self.volume + self.aum != 100:
            raise ValueError(_("the weights must add up to 100"))
        return self


class ContributionRules(Part):
    """The weights of decision 20, and how contribution and urgency make a priority."""

    weights: Weights
    floor: Percent
    late_step: Percent
    urgency: Mapping[TaskKind, Percent]

    @model_validator(mode="after")
    def _every_kind(self) -> Self:
        if missing := set(TaskKind) - self.urgency.keys():
            raise ValueError(f"urgency is missing for {', '.join(sorted(missing))}")
        return self


def contribution(weights: Weights, revenue: int, volume: int, aum: int) -> int:
    """The weighted mean of three percentiles in thousandths, half rounded up."""
    return (weights.revenue * revenue + weights.volume * volume + weights.aum * aum + 50) // 100


def raised(rules: ContributionRules, urgency: int, days_late: int) -> int:
    """The urgency (0 to 100) of a task that is so many days late: each day adds a step."""
    return min(urgency + max(days_late, 0) * rules.late_step, 100)


def priority(rules: ContributionRules, score: int, urgency: int, days_late: int = 0) -> int:
    """Contribution (0 to 1000) × urgency (0 to 100), raised by lateness; 0 to 1000.

    The same in SQL: :func:`priority_sql`.
    """
    return raised(rules, urgency, days_late) * (10 * rules.floor + (100 - rules.floor) * score // 100) // 100


def priority_sql(rules: ContributionRules, score: str, urgency: str, days_late: str = "0") -> str:
    """The expression of :func:`priority`, over SQL expressions of integers."""
    raised = f"least(({urgency}) + greatest({days_late}, 0) * {rules.late_step}, 100)"
    return f"({raised} * ({10 * rules.floor} + {100 - rules.floor} * ({score}) / 100) / 100)"
