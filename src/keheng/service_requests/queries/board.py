"""The board: what is open, a column a state, the first due at the top."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from keheng.service_requests.enums import State
from keheng.service_requests.models import ServiceRequest, ServiceRequestQuerySet

COLUMNS = (State.WAITING, State.WORKING, State.PAUSED, State.APPROVAL, State.RESOLVED)
MOST = 15


@dataclass(frozen=True)
class Column:
    """A state: how many stand in it, and those of them that are due first."""

    state: State
    number: int
    rows: list[ServiceRequest]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.number - len(self.rows)


def columns(requests: ServiceRequestQuerySet) -> list[Column]:
    """The columns of the board over some requests; three queries, whatever their number."""
    counts = dict(requests.order_by().values_list("state").annotate(number=Count("pk")))
    tops = [
        requests.filter(state=state).order_by("due_at", "pk").values_list("pk", flat=True)[:MOST]
        for state in COLUMNS
        if counts.get(state)
    ]
    keys = of_all(tops)
    rows = ServiceRequest.objects.filter(pk__in=keys).select_related("customer", "assignee", "branch")
    by_state: dict[str, list[ServiceRequest]] = {state: [] for state in COLUMNS}
    for row in rows.order_by("due_at", "pk"):
        by_state[row.state].append(row)
    return [Column(state, counts.get(state, 0), by_state[state]) for state in COLUMNS]


def of_all(tops: "Sequence[QuerySet[Any, Any]]") -> list[Any]:
    """What several queries with limits of their own find, by one statement; in no order."""
    match tops:
        case []:
            return []
        case [only]:
            return list(only)
        case [first, *others]:
            return list(first.union(*others, all=True).order_by())
    raise AssertionError("unreachable")
