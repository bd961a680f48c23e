"""Which events are due and not planned yet, and where (A4 [004a]: a salon every month, a banquet twice a year)."""

from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from operator import itemgetter

from keheng.common.clock import SHANGHAI, month_end
from keheng.org.enums import BranchKind
from keheng.org.models import Branch, Staff
from keheng.outreach.enums import EventState
from keheng.outreach.models import Event
from keheng.outreach.policies.rules import period
from keheng.outreach.queries.rules import rules_in_force

_PLACES = {"outlet": BranchKind.OUTLET, "branch": BranchKind.BRANCH}


@dataclass(frozen=True)
class Due:
    """Kinds that are held in turn: how many places hold one within the months, and which have planned none.

    ``kind`` is the code that a new plan begins with; ``first`` and ``last`` are the days of the period.
    """

    kind: str
    names: str
    every_months: int
    first: date
    last: date
    places: int
    missing: list[str]

    @property
    def planned(self) -> int:
        """How many places have held or planned one."""
        return self.places - len(self.missing)


def due(reader: Staff, today: date) -> list[Due]:
    """For each kind its places in scope and those without one in the present period; three queries."""
    cycles = rules_in_force().rules.cycles()
    branches = Branch.objects.visible_to(reader).filter(is_active=True, kind__in=_PLACES.values()).order_by("path")
    by_kind = {
        kind: [(key, name) for _kind, key, name in rows]
        for kind, rows in groupby(
            sorted(branches.values_list("kind", "pk", "name"), key=itemgetter(0)), key=itemgetter(0)
        )
    }
    since = min((period(cycle[0].every_months, today)[0] for cycle in cycles), default=today)
    held = list(
        Event.objects.exclude(state=EventState.CANCELLED)
        .filter(starts_at__gte=datetime.combine(since, time(), SHANGHAI))
        .order_by()
        .values_list("kind", "branch", "starts_at")
    )
    found = []
    for cycle in cycles:
        first, last_month = period(cycle[0].every_months, today)
        last, codes = month_end(last_month), {kind.code for kind in cycle}
        with_one = {
            branch for kind, branch, at in held if kind in codes and first <= at.astimezone(SHANGHAI).date() <= last
        }
        places = by_kind.get(_PLACES[cycle[0].by], [])
        if places:
            missing = [name for key, name in places if key not in with_one]
            names = "、".join(kind.name for kind in cycle)
            found.append(Due(cycle[0].code, names, cycle[0].every_months, first, last, len(places), missing))
    return found
