"""How customers passed from tier to tier between two dates, read from the moves.

Who moved is few, who stayed is many. So the moves between the dates are grouped by customer (first tier left, last tier
entered), and those who stayed are the rest of what the later evaluation counted: a table of every customer's tier at
every month end would hold a row for each of them a month, and joining two of its months reads all of them.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _

from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.portfolio.models import MonthEndFigures
from keheng.tiering.enums import RunState
from keheng.tiering.errors import TieringError
from keheng.tiering.models import Run, Scheme, Tally
from keheng.tiering.queries.matrix import Matrix, matrix_of
from keheng.tiering.queries.schemes import labels_of

OF_SCHEME = "version_id in (select id from tiering_schemeversion where scheme_id = %(scheme)s)"

FIRST_MOVE_AFTER = f"""
    select distinct on (customer_id) customer_id, from_tier from tiering_move
     where {OF_SCHEME} and effective_on > %(after)s::date
     order by customer_id, effective_on, id
"""
"""SQL of each customer's first move after a date: its ``from_tier`` is the tier held on that date."""

MOVED = f"""
    select customer_id, (array_agg(from_tier order by effective_on, id))[1] as from_tier,
           (array_agg(to_tier order by effective_on desc, id desc))[1] as to_tier
      from tiering_move
     where {OF_SCHEME} and effective_on > %(after)s::date and effective_on <= %(until)s::date
     group by customer_id
"""
"""SQL of who moved between two dates: the tier held on the first, and the one held on the last."""


ANY_LOWER = "*"
"""As the tier before: any below the tier after."""


@dataclass(frozen=True)
class Passage:
    """The way between two evaluated dates of a scheme."""

    scheme: Scheme
    start: date
    end: date
    run: Run

    @property
    def params(self) -> dict[str, Any]:
        return {"scheme": self.scheme.pk, "after": self.start, "until": self.end}


def evaluated_dates(scheme: Scheme) -> list[date]:
    """The dates that a scheme was evaluated for, newest first: between these a matrix can be drawn."""
    done = Run.objects.filter(scheme=scheme, state=RunState.DONE, applied=True)
    return list(done.order_by("-as_of").values_list("as_of", flat=True).distinct()[:60])


def passage(scheme: Scheme, start: date, end: date) -> Passage:
    """The way between the evaluations in force on two dates.

    Raises:
        TieringError: the dates are the wrong way round, or one has no evaluation.
    """
    if start >= end:
        raise TieringError(
            _("{start} is not before {end}: choose the earlier date first.").format(start=start, end=end)
        )
    first, last = _run_on(scheme, start), _run_on(scheme, end)
    return Passage(scheme, first.as_of, last.as_of, last)


def _run_on(scheme: Scheme, day: date) -> Run:
    done = Run.objects.filter(scheme=scheme, state=RunState.DONE, applied=True)
    found = done.filter(as_of__lte=day).order_by("-as_of", "-id").first()
    if found is None:
        first = done.order_by("as_of").values_list("as_of", flat=True).first()
        raise TieringError(
            _("{scheme} was not evaluated on or before {day}; the first evaluation is of {first}.").format(
                scheme=scheme.code, day=day, first=first or "-"
            )
        )
    return found


def migration(way: Passage, staff: Staff) -> Matrix:
    """The migration matrix in the scope of ``staff``: counts and AUM (of the later date) from tier to tier.

    Two statements: the sums of the later evaluation's tallies, and the moves between.
    """
    held = {
        tier: (customers, aum)
        for tier, customers, aum in Tally.objects.visible_to(staff)
        .filter(run=way.run)
        .values_list("tier")
        .annotate(Sum("customers"), Sum("aum"))
    }
    moved = _moved(way, staff)
    rows = [(before, after, customers, aum) for (before, after), (customers, aum) in moved.items() if before != after]
    for tier, (customers, aum) in held.items():
        came = [found for (before, after), found in moved.items() if after == tier and before != after]
        stayed = customers - sum(number for number, _ in came)
        rows.append((tier, tier, max(stayed, 0), max(aum - sum((sum_ for _, sum_ in came), Decimal(0)), Decimal(0))))
    return matrix_of(rows, labels_of(way.scheme))


def _moved(way: Passage, staff: Staff) -> dict[tuple[str, str], tuple[int, Decimal]]:
    figures, value = _figures_at(way.end)
    scope = {
        DataScope.ALL: "",
        DataScope.SUBTREE: "join customers_customer c on c.id = m.customer_id and c.branch_id = any(%(branches)s)",
        DataScope.OWN: "join customers_customer c on c.id = m.customer_id and c.owner_id = %(owner)s",
    }[staff.scope]
    sql = f"""
        select m.from_tier, m.to_tier, count(*), coalesce(sum({value}), 0)
          from ({MOVED}) m {scope} left join {figures}
         group by 1, 2
    """
    params = way.params | {"branches": [] if staff.scope == DataScope.ALL else staff.branch_ids, "owner": staff.pk}
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return {(before, after): (customers, aum) for before, after, customers, aum in cursor.fetchall()}


def _figures_at(day: date) -> tuple[str, str]:
    """Where the AUM of a date is read: the month end's figures where there are any, else the current ones."""
    value = "coalesce(f.aum_average, f.aum)"
    if MonthEndFigures.objects.filter(month_end=day).exists():
        on = "f.customer_id = m.customer_id and f.month_end = %(until)s::date"
        return f"portfolio_monthendfigures f on {on}", value
    return "portfolio_currentfigures f on f.customer_id = m.customer_id", value


def customers_between(way: Passage, before: str, after: str) -> tuple[str, dict[str, Any]]:
    """SQL of the keys of the customers of one cell, with its parameters; stayers are found by their standing.

    Args:
        before: a tier, empty for newcomers, or :data:`ANY_LOWER`.
    """
    params = way.params | {"before": before, "after_tier": after}
    if before == ANY_LOWER:
        labels = list(labels_of(way.scheme))
        params["lower"] = labels[labels.index(after) + 1 :] if after in labels else []
        return (
            f"select customer_id from ({MOVED}) m where m.from_tier = any(%(lower)s) and m.to_tier = %(after_tier)s",
            params,
        )
    moved = f"select customer_id from ({MOVED}) m where m.from_tier = %(before)s and m.to_tier = %(after_tier)s"
    if before != after:
        return moved, params
    stayed = f"""
        select s.customer_id from tiering_standing s
         where s.scheme_id = %(scheme)s and s.tier = %(before)s
           and not exists (select from tiering_move v where v.customer_id = s.customer_id
                              and v.{OF_SCHEME} and v.effective_on > %(after)s::date)
        union all
        select l.customer_id from ({FIRST_MOVE_AFTER.replace("%(after)s", "%(until)s")}) l
         where l.from_tier = %(before)s
           and not exists (select from tiering_move v where v.customer_id = l.customer_id
                              and v.{OF_SCHEME} and v.effective_on > %(after)s::date
                              and v.effective_on <= %(until)s::date)
        union all
        {moved}
    """
    return stayed, params
