"""How many rows a list has, without ever counting a million of them."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

QUICK_LIMIT = 10_000
"""So many rows are counted while the reader waits for the page."""

COUNT_LIMIT = 100_000
"""So many are counted once the page is there; beyond that nobody needs the last digit."""


@dataclass(frozen=True)
class Total:
    """A number of rows; where it was not counted to the end, the planner's estimate, which is not exact."""

    value: int
    exact: bool = True

    def __str__(self) -> str:
        if self.exact:
            return f"{self.value:,}"
        return _("about %(number)s") % {"number": f"{_rounded(self.value):,}"}


def total_of(queryset: QuerySet[Any], limit: int) -> Total:
    """Count exactly up to ``limit``; above it ask the planner."""
    counted: int = queryset.order_by()[: limit + 1].count()
    if counted <= limit:
        return Total(counted)
    return Total(max(estimate(queryset), limit), exact=False)


def estimate(queryset: QuerySet[Any]) -> int:
    """The number of rows that the planner expects; takes no longer than planning."""
    plan = json.loads(queryset.order_by().values("pk").explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])


def _rounded(number: int) -> int:
    """Keep three leading digits: an estimate is not known better."""
    step = 10 ** max(len(str(number)) - 3, 0)
    return int(round(number / step) * step)
