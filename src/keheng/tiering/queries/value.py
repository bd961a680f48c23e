"""The value matrix: the statement that scores every company, and what pages read of its scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Case, CharField, Count, F, Max, Min, Q, QuerySet, Sum, Value, When

from keheng.common.clock import month_end, month_ends
from keheng.customers.enums import CustomerKind, CustomerStatus
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.portfolio.models import MonthActivity, MonthEndFigures
from keheng.tiering.enums import RunState
from keheng.tiering.models import ValueRun, ValueScore, ValueWeights
from keheng.tiering.policies.value import (
    FED,
    INDICATORS,
    Cell,
    Direction,
    Level,
    Population,
    WeightTable,
    contributions,
    most_attractive,
)
from keheng.tiering.queries.companies import classified, standards

NO_LAYER = "-"
_MOST_BUBBLES = 200


def weights_in_force() -> ValueWeights | None:
    """The newest version of the weights."""
    return ValueWeights.objects.order_by("-number").first()


def latest_value_run() -> ValueRun | None:
    """The newest computation that is complete."""
    return ValueRun.objects.filter(state=RunState.DONE).select_related("weights").order_by("-pk").first()


# -- the statement ----------------------------------------------------------------------------------------------------


def scoring_sql(table: WeightTable, as_of: date) -> tuple[str, dict[str, Any]]:
    """SQL that yields the columns of :class:`ValueScore` but ``run_id``, for every company that has not left.

    Percentiles are mid-ranks: the share of the companies below plus half of those equal, so that the only company of a
    layer stands at 50 and equal values get equal points. Each indicator is ranked among those that have a value.
    """
    codes = table.indicators
    base, params = _base(as_of)
    values = ", ".join(f"{INDICATORS[code].sql} as v_{code}" for code in codes)
    ranks = ", ".join(f"{_percentile(code)} as p_{code}" for code in codes)
    parts = ", ".join(
        f"'{code}', case when p_{code} is not null then jsonb_build_array(v_{code}, round(p_{code}, 1)) end"
        for code in codes
    )
    scores = ", ".join(
        f"{expression} as {name}"
        for direction, names in (
            (Direction.TO_CUSTOMER, ("to_customer", "cover_customer")),
            (Direction.TO_BANK, ("to_bank", "cover_bank")),
        )
        for name, expression in zip(names, _score(table, direction), strict=True)
    )
    sql = f"""
        with sorted as ({base}),
        valued as (
            select c.id as customer_id, sorted.layer, sorted.type, sorted.population, c.aum, f.revenue, {values}
              from sorted
              join customers_customer c on c.id = sorted.id
              left join customers_company co on co.customer_id = c.id
              left join portfolio_currentfigures f on f.customer_id = c.id
              left join portfolio_monthendfigures past
                     on past.customer_id = c.id and past.month_end = %(past)s::date
              left join (select customer_id, count(*) as accounts from portfolio_account
                          where status = 'open' group by customer_id) acc on acc.customer_id = c.id
              left join (select customer_id, sum(active_accounts) as active_accounts,
                                sum(own_transactions) as own_transactions
                           from portfolio_monthactivity where month_end = %(activity)s::date
                          group by customer_id) act on act.customer_id = c.id
              left join ({_facts()}) fact on fact.customer_id = c.id),
        ranked as (select *, {ranks} from valued)
        select customer_id, layer, type, population, aum, revenue, {scores},
               jsonb_strip_nulls(jsonb_build_object({parts})) as parts
          from ranked
    """
    return sql, params


def _base(as_of: date) -> tuple[str, dict[str, Any]]:
    """Every company with layer, type and population: the classification of the company pages, as SQL."""
    found = standards()
    everybody = Customer.objects.filter(kind=CustomerKind.COMPANY).exclude(status=CustomerStatus.CLOSED)
    layer = Case(When(tier="", then=Value(NO_LAYER)), default=F("tier"), output_field=CharField())
    rows = classified(everybody, found.table if found else None).annotate(layer=layer, type=F("company_type"))
    text, bound = rows.order_by().values("id", "layer", "type", "population").query.sql_with_params()
    named = {f"b{place}": value for place, value in enumerate(bound)}
    return text % tuple(f"%({name})s" for name in named), {
        **named,
        "as_of": as_of,
        "past": _a_year_before(as_of),
        "activity": MonthActivity.objects.filter(month_end__lte=month_end(as_of)).aggregate(day=Max("month_end"))[
            "day"
        ],
    }


def _a_year_before(as_of: date) -> date | None:
    """The month end to compare with: a year ago, or the earliest since; ``None`` without history."""
    wanted = month_ends(as_of - timedelta(days=366), 1)[0]
    earliest: date | None = MonthEndFigures.objects.filter(month_end__gte=wanted, month_end__lt=as_of).aggregate(
        day=Min("month_end")
    )["day"]
    return earliest


def _facts() -> str:
    """The newest fact of each kind, a column each."""
    columns = ", ".join(f"max(value) filter (where indicator = '{code}') as {code}" for code in FED)
    return f"""
        select customer_id, {columns}
          from (select distinct on (customer_id, indicator) customer_id, indicator, value from tiering_valuefact
                 where as_of <= %(as_of)s order by customer_id, indicator, as_of desc) newest
         group by customer_id
    """


def _percentile(code: str) -> str:
    among = f"layer, population, (v_{code} is null)"
    order = "desc" if INDICATORS[code].falls else "asc"
    window = f"(partition by {among} order by v_{code} {order})"
    return (
        f"case when v_{code} is not null then round((50 * (cume_dist() over {window}"
        f" + (rank() over {window} - 1)::float8 / count(*) over (partition by {among})))::numeric, 6) end"
    )


def _score(table: WeightTable, direction: Direction) -> tuple[str, str]:
    """The score, and the share of the weight that had data; both by population."""
    scores, covers = [], []
    for population in Population:
        weights = {code: weight for code, weight in table.of(population).of(direction).items() if weight}
        points = " + ".join(f"{weight} * coalesce(p_{code}, 0)" for code, weight in weights.items())
        known = " + ".join(f"case when p_{code} is null then 0 else {weight} end" for code, weight in weights.items())
        scores.append(f"when '{population}' then round(({points}) / nullif({known}, 0), 1)")
        covers.append(f"when '{population}' then round(({known})::numeric, 1)")
    return f"case population {' '.join(scores)} end", f"case population {' '.join(covers)} end"


# -- what pages read --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Segment:
    """A bubble: the companies of a layer in one cell, or one company, with the mean of its scores.

    Scores are percentiles within a layer, so the mean of a whole layer says nothing: it is always about 50.
    """

    name: str
    layer: str
    cell: tuple[Level, Level] | None
    customers: int
    to_customer: float
    to_bank: float
    aum: Decimal
    revenue: Decimal
    customer_id: int | None = None


@dataclass(frozen=True)
class Matrix:
    """The nine cells and the bubbles of a population within a scope."""

    cells: dict[tuple[Level, Level], Cell]
    segments: list[Segment]
    customers: int
    unscored: int
    aum: Decimal
    revenue: Decimal

    @property
    def best(self) -> tuple[Level, Level] | None:
        return most_attractive(self.cells)


def scores(run: ValueRun, staff: Staff) -> "QuerySet[ValueScore]":
    """The scores of a run that the scope of ``staff`` lets them see."""
    return ValueScore.objects.visible_to(staff).filter(run=run)


def with_levels(queryset: "QuerySet[ValueScore]", table: WeightTable) -> "QuerySet[Any]":
    """Annotate ``customer_level`` and ``bank_level``; null where a score is missing."""

    def level(name: str) -> Case:
        return Case(
            When(**{f"{name}__gte": table.high}, then=Value(Level.HIGH.value)),
            When(**{f"{name}__gte": table.middle}, then=Value(Level.MIDDLE.value)),
            When(**{f"{name}__isnull": False}, then=Value(Level.LOW.value)),
            output_field=CharField(),
        )

    return queryset.annotate(customer_level=level("to_customer"), bank_level=level("to_bank"))


def matrix(queryset: "QuerySet[ValueScore]", table: WeightTable, *, single: bool) -> Matrix:
    """Cells and bubbles of the scores given; ``single``: a bubble for each company, the largest first.

    Two queries, whatever the number of companies.
    """
    rows = (
        with_levels(queryset, table)
        .order_by()
        .values_list("customer_level", "bank_level")
        .annotate(Count("customer_id"), Sum("aum"), Sum("revenue"))
    )
    cells = {(one, other): Cell(one, other) for one in Level for other in Level}
    unscored = 0
    for customer_level, bank_level, customers, aum, revenue in rows:
        if customer_level is None or bank_level is None:
            unscored += customers
            continue
        key = (Level(customer_level), Level(bank_level))
        cells[key] = Cell(*key, customers, aum or Decimal(0), revenue or Decimal(0))
    return Matrix(
        cells=cells,
        segments=_companies(queryset) if single else _segments(with_levels(queryset, table)),
        customers=sum(cell.customers for cell in cells.values()),
        unscored=unscored,
        aum=sum((cell.aum for cell in cells.values()), Decimal(0)),
        revenue=sum((cell.revenue for cell in cells.values()), Decimal(0)),
    )


_SCORED = Q(to_customer__isnull=False, to_bank__isnull=False)


def _segments(queryset: "QuerySet[Any]") -> list[Segment]:
    rows = (
        queryset.filter(_SCORED)
        .order_by()
        .values_list("layer", "customer_level", "bank_level")
        .annotate(Count("customer_id"), Avg("to_customer"), Avg("to_bank"), Sum("aum"), Sum("revenue"))
    )
    return [
        Segment(
            "",
            layer,
            (Level(first), Level(second)),
            customers,
            float(one),
            float(other),
            aum or Decimal(0),
            revenue or Decimal(0),
        )
        for layer, first, second, customers, one, other, aum, revenue in rows
    ]


def _companies(queryset: "QuerySet[Any]") -> list[Segment]:
    rows = queryset.filter(_SCORED).order_by("-aum")[:_MOST_BUBBLES]
    return [
        Segment(name, layer, None, 1, float(one), float(other), aum, revenue or Decimal(0), customer)
        for name, layer, one, other, aum, revenue, customer in rows.values_list(
            "customer__name", "layer", "to_customer", "to_bank", "aum", "revenue", "customer_id"
        )
    ]


@dataclass(frozen=True)
class Part:
    """An indicator in a company's score: what it is, how it stands, what it adds."""

    code: str
    value: Decimal | None
    percentile: Decimal | None
    weight: Decimal
    effective: Decimal
    points: Decimal


@dataclass(frozen=True)
class Explained:
    """A company's scores with all their parts."""

    score: ValueScore
    run: ValueRun
    to_customer: Sequence[Part]
    to_bank: Sequence[Part]


def explained(customer: Customer) -> Explained | None:
    """How the scores of a company come about; ``None`` where the newest computation has none."""
    run = latest_value_run()
    score = ValueScore.objects.filter(run=run, customer=customer).first() if run else None
    if run is None or score is None:
        return None
    weights = run.weights.table.of(Population(score.population))
    return Explained(score, run, *(_parts(score, weights.of(direction)) for direction in Direction))


def _parts(score: ValueScore, weights: dict[str, Decimal]) -> list[Part]:
    percentiles = {code: Decimal(str(part[1])) for code, part in score.parts.items()}
    made = contributions(weights, percentiles)
    return [
        Part(
            code=code,
            value=Decimal(str(score.parts[code][0])) if code in score.parts else None,
            percentile=percentiles.get(code),
            weight=weights[code],
            effective=effective,
            points=points,
        )
        for code, (effective, points) in made.items()
    ]
