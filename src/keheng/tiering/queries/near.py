"""Customers close to an edge 差额名单: who lacks little for the next tier, who has reached it, who is about to fall.

Everything is asked of the database as conditions on ranges of the metric, tier by tier, so that an index serves them;
growth is the mean change over the last three month ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from keheng.common.clock import month_ends
from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.portfolio.models import MonthEndFigures
from keheng.tiering.enums import Basis, Direction, ProposalState, SchemeKind
from keheng.tiering.errors import TieringError
from keheng.tiering.models import Proposal, Scheme, Standing
from keheng.tiering.policies import reading
from keheng.tiering.policies.definition import Definition, Tier
from keheng.tiering.policies.metrics import METRICS
from keheng.tiering.queries.schemes import TierLabel, label_of, version_on

SHARES = (5, 10, 20, 30)
USUAL_SHARE = 10
UP, REACHED, DOWN = "up", "reached", "down"
_MONTHS = 3
_HUNDRED = Decimal(100)
_AMOUNT: DecimalField[Any, Any] = DecimalField(max_digits=22, decimal_places=2)


@dataclass(frozen=True)
class Edge:
    """The edge that customers of ``held`` cross to ``goal``, upwards or downwards."""

    held: Tier
    goal: Tier
    at: Decimal


@dataclass(frozen=True)
class Ladder:
    """The bands of the version in force as edges to cross."""

    scheme: Scheme
    definition: Definition
    today: date

    @property
    def metric(self) -> str:
        return self.definition.metric or ""

    @property
    def metric_name(self) -> str:
        return reading.metric_name(self.metric, self.definition.basis, self.definition.months)

    @property
    def upward(self) -> list[Edge]:
        """From each tier to the next band."""
        tiers = self.definition.ascending
        found = []
        for at, tier in enumerate(tiers):
            goal = next((other for other in tiers[at + 1 :] if other.band and other.band.lower is not None), None)
            if goal and goal.band and goal.band.lower is not None:
                found.append(Edge(tier, goal, goal.band.lower))
        return found

    @property
    def downward(self) -> list[Edge]:
        """From each band to the tier below."""
        tiers = self.definition.ascending
        return [
            Edge(tier, tiers[at - 1], tier.band.lower)
            for at, tier in enumerate(tiers)
            if at and tier.band and tier.band.lower is not None
        ]


def ladder(scheme: Scheme, today: date) -> Ladder:
    """The edges of a scheme.

    Raises:
        TieringError: its tiers have no bands, or measure something that figures do not hold.
    """
    definition = version_on(scheme, today).rules
    if definition.metric is None or not any(tier.band for tier in definition.tiers):
        raise TieringError(_("{scheme} sorts by conditions, not by bands: there is no distance.").format(scheme=scheme))
    if not METRICS[definition.metric].sql.startswith("f."):
        raise TieringError(
            _("{metric} is no figure that changes month by month.").format(metric=METRICS[definition.metric].label)
        )
    return Ladder(scheme, definition, today)


def near(found: Ladder, customers: QuerySet[Any], *, side: str = UP, share: int = USUAL_SHARE) -> QuerySet[Any]:
    """Those of the customers within ``share`` percent of an edge, or beyond it and not yet moved.

    Each row has ``held`` (the code of the tier), ``amount`` (of the metric), ``gap`` (what lacks, or is left before the
    edge), ``growth`` a month and ``months_left`` at that pace, ``None`` where it leads away.
    """
    rows = _measured(found, customers)
    edges = found.downward if side == DOWN else found.upward
    wide = Decimal(share) / _HUNDRED
    wanted = Q(pk__in=[])
    for edge in edges:
        match side:
            case "down":
                wanted |= Q(held=edge.held.code, amount__lt=edge.at * (1 + wide))
            case "reached":
                wanted |= Q(held=edge.held.code, amount__gte=edge.at)
            case _:
                wanted |= Q(held=edge.held.code, amount__gte=edge.at * (1 - wide), amount__lt=edge.at)
    rows = rows.filter(wanted)
    if side == DOWN:
        lifted = Standing.objects.filter(scheme=found.scheme, customer=OuterRef("pk")).exclude(door="")
        rows = rows.exclude(Exists(lifted))
    return _with_pace(found, rows, edges, falls=side == DOWN)


def _measured(found: Ladder, customers: QuerySet[Any]) -> QuerySet[Any]:
    """Customers with the tier held and the amount of the metric; the primary scheme's are columns of their own."""
    rows = customers.exclude(status=CustomerStatus.CLOSED)
    if found.scheme.kind != SchemeKind.ANY:
        rows = rows.filter(kind=found.scheme.kind)
    held: Any = F("tier")
    if not found.scheme.is_primary:
        standing = Standing.objects.filter(scheme=found.scheme, customer=OuterRef("pk"))
        held = Subquery(standing.values("tier")[:1], output_field=CharField())
    if found.metric == "aum" and found.definition.basis == Basis.MONTH_AVERAGE:
        amount: Any = F("aum")
    else:
        amount = Coalesce(*_columns(found, "figures__"), Value(Decimal(0)), output_field=_AMOUNT)
    measured: QuerySet[Any] = rows.annotate(held=held, amount=amount)
    return measured


def _columns(found: Ladder, prefix: str) -> list[Any]:
    """The columns of the metric, the month average first where the basis asks for it."""
    name = METRICS[found.metric].sql.removeprefix("f.")
    averaged = METRICS[found.metric].average_sql and found.definition.basis in {
        Basis.MONTH_AVERAGE,
        Basis.MONTHS_AVERAGE,
    }
    return [F(f"{prefix}{name}_average"), F(f"{prefix}{name}")] if averaged else [F(f"{prefix}{name}")]


def _with_pace(found: Ladder, rows: QuerySet[Any], edges: Sequence[Edge], *, falls: bool) -> QuerySet[Any]:
    zero = Value(Decimal(0), output_field=_AMOUNT)
    if not edges:
        still: QuerySet[Any] = rows.annotate(gap=zero, growth=zero, months_left=zero)
        return still
    at = Case(*(When(held=edge.held.code, then=Value(edge.at)) for edge in edges), output_field=_AMOUNT)
    begin = month_ends(found.today, _MONTHS + 1)[0]
    earlier = MonthEndFigures.objects.filter(month_end=begin, customer=OuterRef("pk")).annotate(
        held_then=Coalesce(*_columns(found, ""), zero, output_field=_AMOUNT)
    )
    before = Subquery(earlier.values("held_then")[:1], output_field=_AMOUNT)
    gap = ExpressionWrapper(F("amount") - at if falls else at - F("amount"), output_field=_AMOUNT)
    growth = ExpressionWrapper((F("amount") - Coalesce(before, F("amount"))) / _MONTHS, output_field=_AMOUNT)
    rows = rows.annotate(gap=gap, growth=growth)
    pace = -F("growth") if falls else F("growth")
    left = Case(
        When(gap__lte=0, then=zero),
        When(Q(growth__lt=0) if falls else Q(growth__gt=0), then=F("gap") / NullIf(pace, zero)),
        output_field=_AMOUNT,
    )
    paced: QuerySet[Any] = rows.annotate(months_left=left)
    return paced


# -- in words --------------------------------------------------------------------------------------------------------


def near_in_words(rows: Sequence[Customer], found: Ladder, base: QuerySet[Any], *, side: str) -> list[Customer]:
    """Set what the list shows beside the customer's own columns; one query for all."""
    names = ("held", "amount", "gap", "growth", "months_left")
    known = {row[0]: row[1:] for row in base.filter(pk__in=[row.pk for row in rows]).values_list("pk", *names)}
    edges = {edge.held.code: edge for edge in (found.downward if side == DOWN else found.upward)}
    shown = []
    for row in rows:
        if row.pk not in known:
            continue  # moved between the two reads
        held, amount, gap, growth, months = known[row.pk]
        edge = edges[held]
        facts = {
            "tier_of": label_of(edge.held),
            "goal": label_of(edge.goal),
            "value_text": reading.quantity_held(found.metric, amount),
            "gap": gap,
            "gap_text": _gap_words(found.metric, gap, side),
            "growth": growth,
            "falls": side == DOWN,
            "expected_text": _expected(months, found.today),
        }
        for name, value in facts.items():
            setattr(row, name, value)
        shown.append(row)
    return shown


def _gap_words(metric: str, gap: Decimal, side: str) -> str:
    """``差 1.20万升级``."""
    amount = reading.quantity_held(metric, abs(gap))
    if side == REACHED:
        return _("{amount} above the edge").format(amount=amount)
    if side == DOWN:
        words = _("{amount} below the edge") if gap < 0 else _("{amount} left before the edge")
        return words.format(amount=amount)
    return _("{amount} short of the upgrade").format(amount=amount)


def _expected(months: Decimal | None, today: date) -> str:
    """When the pace of the last months leads over the edge: a date, or nothing in sight."""
    if months is None:
        return "—"
    if months == 0:
        return _("at the next evaluation")
    if months > 24:
        return _("in more than 2 years")
    return f"{today + timedelta(days=round(float(months) * 30.4)):%Y-%m}"


# -- sums ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Potential:
    """How many stand before one edge and how much they lack together; ``soon`` get there within three months."""

    held: TierLabel
    goal: TierLabel
    customers: int
    lacking: Decimal
    soon: int

    @property
    def lacking_each(self) -> Decimal:
        return self.lacking / self.customers if self.customers else Decimal(0)


def potentials(found: Ladder, rows: QuerySet[Any], *, side: str) -> list[Potential]:
    """The list summed by edge, best tier first; one query."""
    edges = found.downward if side == DOWN else found.upward
    summed = (
        rows.order_by()
        .values_list("held")
        .annotate(Count("pk"), Sum("gap"), soon=Count("pk", filter=Q(months_left__lte=_MONTHS)))
    )
    known = {held: (customers, gap or Decimal(0), soon) for held, customers, gap, soon in summed}
    return [
        Potential(label_of(edge.held), label_of(edge.goal), *known.get(edge.held.code, (0, Decimal(0), 0)))
        for edge in reversed(edges)
    ]


@dataclass(frozen=True)
class FunnelRow:
    """One tier's way up: customers within 30 and 10 percent of its edge, beyond the edge, and risen into it.

    Where upgrades need an approval, ``proposed`` wait for it now, and ``approved`` got it in the period.
    """

    goal: TierLabel
    held: tuple[str, ...]
    far: int
    close: int
    reached: int
    proposed: int
    approved: int
    risen: int


def asked_upgrades(scheme: Scheme, staff: Staff, since: date | None) -> dict[str, tuple[int, int]]:
    """Upgrades into each tier that wait for approval, and those approved since a date; one query."""
    granted = Q(state__in=[ProposalState.APPROVED, ProposalState.PENDING])
    found = (
        Proposal.objects.visible_to(staff)
        .filter(scheme=scheme, direction=Direction.UP)
        .order_by()
        .values_list("to_tier")
        .annotate(
            waiting=Count("pk", filter=Q(state=ProposalState.OPEN)),
            granted=Count("pk", filter=granted & Q(decided_on__gte=since) if since else granted),
        )
    )
    return {tier: (waiting, granted) for tier, waiting, granted in found}


def funnel(
    found: Ladder, customers: QuerySet[Any], risen: dict[str, int], asked: dict[str, tuple[int, int]]
) -> list[FunnelRow]:
    """The upgrade funnel, best tier first; one query.

    Args:
        risen: how many rose into each tier in the period, by code.
        asked: :func:`asked_upgrades`.
    """
    edges = found.upward
    rows = _measured(found, customers)
    wanted = Q(pk__in=[])
    close, reached = Q(pk__in=[]), Q(pk__in=[])
    for edge in edges:
        tier = Q(held=edge.held.code)
        wanted |= tier & Q(amount__gte=edge.at * Decimal("0.7"))
        close |= tier & Q(amount__gte=edge.at * Decimal("0.9"), amount__lt=edge.at)
        reached |= tier & Q(amount__gte=edge.at)
    counted = {
        held: (customers - over, near_, over)
        for held, customers, near_, over in rows.filter(wanted)
        .order_by()
        .values_list("held")
        .annotate(n=Count("pk"), close=Count("pk", filter=close), reached=Count("pk", filter=reached))
    }
    by_goal: dict[str, list[Edge]] = {}
    for edge in edges:
        by_goal.setdefault(edge.goal.code, []).append(edge)
    found_rows = []
    for goal, group in by_goal.items():
        sums = [counted.get(edge.held.code, (0, 0, 0)) for edge in group]
        far, near_, over = (sum(part[at] for part in sums) for at in range(3))
        held = tuple(edge.held.code for edge in group)
        found_rows.append(
            FunnelRow(label_of(group[0].goal), held, far, near_, over, *asked.get(goal, (0, 0)), risen.get(goal, 0))
        )
    return found_rows[::-1]
