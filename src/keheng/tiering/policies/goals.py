"""What a bank wants of its tiers: a plan over years, and the key businesses that each tier is to use.

A2 [004d]: in five years the number of companies grows, their structure improves, and the differentiated service is
carried out; A2 [004b]: more customers of the middle and upper tiers, and more assets. So a plan names for each tier the
growth a year of customers and of assets (several growths make the structure) and the share of customers that somebody
looks after. A2 [004j]: penetration of key businesses 重点业务渗透率, the share of a tier's customers that use one; of
the private-bank tier also the share that has signed the agreement 私人银行签约. The sources name no figures: those of
the presets are ours, and every one can be changed.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum

from django.utils.translation import gettext as _
from pydantic import Field

from keheng.tiering.policies.conditions import Node
from keheng.tiering.policies.metrics import METRICS

_COLUMN = "f."
MOST_YEARS = 10
LEAST_GROWTH, MOST_GROWTH = Decimal(-50), Decimal(200)
WHOLE = Decimal(100)

BUSINESS_METRICS = tuple(
    code for code, metric in METRICS.items() if metric.is_number and metric.sql.startswith(_COLUMN)
)
"""The metrics by which the use of a business is told: numbers among the figures of a customer."""


def figure_of(metric: str) -> str:
    """The column of the figures that a metric reads."""
    return METRICS[metric].sql.removeprefix(_COLUMN)


class Measure(StrEnum):
    """What is to grow."""

    CUSTOMERS = "customers"
    AUM = "aum"


class TierGoal(Node):
    """Of one tier, in percent: growth a year of its customers and of their AUM, how many somebody looks after, and how
    many are to have signed the private-bank agreement; ``None``: the tier is not asked to sign.
    """

    growth: Decimal = Decimal(0)
    aum_growth: Decimal = Decimal(0)
    looked_after: Decimal = WHOLE
    signed: Decimal | None = None

    def of(self, measure: Measure) -> Decimal:
        """The growth a year of what is measured."""
        return self.growth if measure == Measure.CUSTOMERS else self.aum_growth


class Business(Node):
    """A key business: a customer uses it whose figure is ``at_least`` so much; ``goal`` in percent of the customers."""

    metric: str
    name: str = Field(min_length=1, max_length=20)
    at_least: Decimal
    goal: Decimal | None = None


class GoalTable(Node):
    """One version of the goals of a scheme.

    Attributes:
        start: the evaluation by then is what growth is counted from; ``None``: the first one that there is.
        years: how long the plan runs.
    """

    start: date | None = None
    years: int = 5
    tiers: dict[str, TierGoal] = Field(default_factory=dict)
    businesses: tuple[Business, ...] = ()

    def of(self, tier: str) -> TierGoal:
        """The goals of a tier; of one that the table does not name: to stay as it is."""
        return self.tiers.get(tier, TierGoal())


def grown(amount: int | Decimal, growth: Decimal, years: Decimal) -> int:
    """What an amount is to be after so many years of growth: whole customers, whole yuan, rounded up.

    >>> grown(1000, Decimal(10), Decimal(2)), grown(94, Decimal(0), Decimal("1.1"))
    (1210, 94)
    """
    found = amount * (1 + growth / WHOLE) ** years
    return int(found.quantize(Decimal("0.0001")).to_integral_value(ROUND_CEILING))


def end_of(start: date, years: int) -> date:
    """The last day of a plan; of one that begins on 29 February the 28th."""
    year = start.year + years
    return start.replace(year=year, day=28) if (start.month, start.day) == (2, 29) else start.replace(year=year)


def years_between(start: date, day: date) -> Decimal:
    """How many years a plan has run: whole ones by its anniversaries, and the part of the present one.

    >>> years_between(date(2026, 1, 1), date(2031, 1, 1)), years_between(date(2026, 1, 1), date(2026, 7, 2))
    (Decimal('5'), Decimal('0.4986301369863013698630136986'))
    """
    whole = day.year - start.year - (day < end_of(start, day.year - start.year))
    last, following = end_of(start, whole), end_of(start, whole + 1)
    return whole + Decimal((day - last).days) / (following - last).days


def faults(table: GoalTable, tiers: Collection[str], today: date) -> dict[str, list[str]]:
    """What is wrong with a table: sentences by field (``start``, ``years``, ``tiers``, ``businesses``)."""
    told: dict[str, list[str]] = {"start": [], "years": [], "tiers": [], "businesses": []}
    if table.start is not None and table.start > today:
        told["start"].append(_("The plan counts from an evaluation, so its first day does not lie ahead."))
    if not 1 <= table.years <= MOST_YEARS:
        told["years"].append(_("A plan runs for 1 to {most} years.").format(most=MOST_YEARS))
    if unknown := sorted(set(table.tiers) - set(tiers)):
        told["tiers"].append(_("The scheme has no tier {codes}.").format(codes="、".join(unknown)))
    told["tiers"] += _faults_of_tiers(table.tiers)
    told["businesses"] += _faults_of_businesses(table.businesses)
    return {field: sentences for field, sentences in told.items() if sentences}


def _faults_of_tiers(tiers: Mapping[str, TierGoal]) -> list[str]:
    told = []
    if any(not LEAST_GROWTH <= goal.of(what) <= MOST_GROWTH for goal in tiers.values() for what in Measure):
        told.append(_("Growth a year lies between {least}% and {most}%.").format(least=LEAST_GROWTH, most=MOST_GROWTH))
    if any(not 0 <= share <= WHOLE for goal in tiers.values() for share in (goal.looked_after, goal.signed or 0)):
        told.append(_("A share lies between 0 and 100%."))
    return told


def _faults_of_businesses(businesses: Iterable[Business]) -> list[str]:
    told, seen = [], set()
    for business in businesses:
        if business.metric not in BUSINESS_METRICS:
            told.append(_("{name}: there is no figure {metric}.").format(name=business.name, metric=business.metric))
        if business.metric in seen:
            told.append(_("{name}: another business asks for the same figure.").format(name=business.name))
        if business.at_least <= 0:
            told.append(_("{name}: the least amount lies above 0.").format(name=business.name))
        if business.goal is not None and not 0 <= business.goal <= WHOLE:
            told.append(_("{name}: a share lies between 0 and 100%.").format(name=business.name))
        seen.add(business.metric)
    return told
