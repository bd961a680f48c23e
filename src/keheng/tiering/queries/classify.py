"""The one query that sorts customers: every customer of a scheme with the route that takes them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from keheng.common.clock import month_ends
from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.portfolio.models import CurrentFigures, MonthEndFigures
from keheng.tiering.enums import Basis, SchemeKind
from keheng.tiering.errors import TieringError
from keheng.tiering.models import Scheme, SchemeVersion
from keheng.tiering.policies.compiler import Rules, column, compile_definition
from keheng.tiering.policies.metrics import METRICS


@dataclass(frozen=True)
class Classification:
    """The compiled rules of a version for one evaluation date.

    Attributes:
        month_end: which month-end figures it reads; ``None`` for the current ones.
    """

    version: SchemeVersion
    rules: Rules
    as_of: date
    month_end: date | None

    @property
    def months(self) -> tuple[date, ...]:
        """The month ends by ``as_of`` whose mean the basis of several months reads, oldest first; else none."""
        count = self.rules.months
        return tuple(day for day in month_ends(self.as_of, count + 1) if day <= self.as_of)[-count:] if count else ()

    @property
    def params(self) -> dict[str, Any]:
        return {
            **self.rules.params,
            "as_of": self.as_of,
            "month_end": self.month_end,
            "months": list(self.months),
            "kind": self.version.scheme.kind,
            "scheme": self.version.scheme_id,
            "closed": CustomerStatus.CLOSED.value,
        }

    def rows(self, *, only: str = "") -> str:
        """SQL of the rows ``id, branch_id, owner_id, aum, held, route`` and the metrics as ``m_…``.

        ``held`` is the present tier, null where there is none. For a primary scheme it is the customer's own copy,
        which spares the join with the standings: a third of the whole evaluation.

        ``route`` is null for customers whom the scheme does not sort: closed, or excluded. Each metric and the route
        are computed once a row: ``offset 0`` keeps the planner from copying their expressions outwards (and, unlike a
        materialised CTE, lets parallel workers share the work).

        Args:
            only: a further condition on the customer ``c``.
        """
        metrics = "".join(f", {sql} as {column(code)}" for code, sql in self.rules.metrics.items())
        aum = METRICS["aum"].expression(Basis.MONTH_AVERAGE)
        conditions = ["true"]
        if self.version.scheme.kind != SchemeKind.ANY:
            conditions.append("c.kind = %(kind)s")
        if only:
            conditions.append(only)
        joins = "left join portfolio_currentfigures f on f.customer_id = c.id"
        if self.month_end:
            joins = (
                "left join portfolio_monthendfigures f on f.customer_id = c.id and f.month_end = %(month_end)s::date"
            )
            conditions.append("(f.customer_id is not null or c.status = %(closed)s)")
        if self.rules.months:
            joins += """
                left join (select customer_id, avg(coalesce(aum_average, aum)) as aum,
                                  avg(coalesce(deposits_average, deposits)) as deposits
                             from portfolio_monthendfigures where month_end = any(%(months)s::date[])
                            group by customer_id) n on n.customer_id = c.id
            """
        if self.rules.reads_companies:
            joins += " left join customers_company co on co.customer_id = c.id"
        held = "nullif(c.tier, '')"
        if not self.version.scheme.is_primary:
            held = "s.tier"
            joins += " left join tiering_standing s on s.customer_id = c.id and s.scheme_id = %(scheme)s"
        return f"""
            select served.*, case when is_served then {self.rules.route_case} end as route
              from (select c.id, c.branch_id, c.owner_id, c.status <> %(closed)s as is_served, {aum} as aum{metrics},
                           {held} as held
                      from customers_customer c {joins}
                     where {" and ".join(conditions)}
                    offset 0) served
            offset 0
        """


def evaluation_day(scheme: Scheme, as_of: date | None, today: date) -> date:
    """The day that an evaluation or a dry run asks for, today where it names none.

    Raises:
        TieringError: the day lies ahead, or there is nobody yet whom the scheme could sort.
    """
    day = as_of or today
    if day > today:
        raise TieringError(
            _("{day} lies ahead: the last date that can be evaluated is {today}.").format(day=day, today=today)
        )
    served = Customer.objects.all() if scheme.kind == SchemeKind.ANY else Customer.objects.filter(kind=scheme.kind)
    if not served.exists():
        whom = SchemeKind(scheme.kind).label
        raise TieringError(_("Nobody to sort yet ({whom}): take customers in first, under Intake.").format(whom=whom))
    return day


def classification(version: SchemeVersion, *, as_of: date, today: date, with_upkeep: bool = False) -> Classification:
    """Compile a version for a date, and choose the figures of that date."""
    basis, rules = version.rules.basis, compile_definition(version.rules, with_upkeep=with_upkeep)
    if basis == Basis.MONTH_END:
        return Classification(version, rules, as_of, _last_month_end(as_of))
    found = Classification(version, rules, as_of, _month_end_for(as_of, today))
    if found.months and not MonthEndFigures.objects.filter(month_end__in=found.months).exists():
        raise _no_month_ends(as_of)
    return found


def _last_month_end(as_of: date) -> date:
    found: date | None = MonthEndFigures.objects.filter(month_end__lte=as_of).aggregate(day=Max("month_end"))["day"]
    if found is None:
        raise _no_month_ends(as_of)
    return found


def _no_month_ends(as_of: date) -> TieringError:
    return TieringError(
        _("There are no month-end figures on or before {as_of}, and the rules read those.").format(as_of=as_of)
    )


def _month_end_for(as_of: date, today: date) -> date | None:
    """The current figures where they are not younger than ``as_of``, else the last month end by then."""
    if as_of >= today:
        return None
    newest = CurrentFigures.objects.aggregate(day=Max("as_of"))["day"]
    if newest is not None and newest <= as_of:
        return None
    found: date | None = MonthEndFigures.objects.filter(month_end__lte=as_of).aggregate(day=Max("month_end"))["day"]
    if found is None:
        first = MonthEndFigures.objects.aggregate(day=Min("month_end"))["day"] or newest
        if first is None:
            return None  # no figures at all: everybody is in the lowest tier, which is the truth of that day
        raise TieringError(
            _("There are no figures on or before {as_of}; the first are of {first}.").format(as_of=as_of, first=first)
        )
    return found


def rows_of(sql: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Run a read and return its rows by column name."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        names = [part.name for part in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
