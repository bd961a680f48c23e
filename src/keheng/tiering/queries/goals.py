"""How far a scheme is on its way: its tiers against the plan, and which tiers use the key businesses."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Count, F, Q, QuerySet, Sum

from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.org.models import Branch, Staff
from keheng.tiering.enums import RunState, SchemeKind
from keheng.tiering.models import Goals, Run, Scheme, Standing, Tally
from keheng.tiering.policies.goals import Business, GoalTable, TierGoal, end_of, figure_of, grown
from keheng.tiering.queries.runs import latest_run
from keheng.tiering.queries.schemes import TierLabel, labels_of

type Grouping = Literal["tier", "branch", "owner"]


def goals_in_force(scheme: Scheme) -> Goals | None:
    """The newest version of a scheme's goals."""
    return scheme.goals.order_by("-number").first()


def table_in_force(scheme: Scheme) -> GoalTable:
    """The goals in force; of a scheme without any: every tier stays as it is."""
    found = goals_in_force(scheme)
    return found.table if found else GoalTable()


# -- the plan ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TierProgress:
    """One tier, or all of them together (``tier`` is then ``None``), against the plan.

    ``due`` is what the plan asks for by the evaluation, ``goal`` at its end; shares are of all customers sorted, and
    ``looked_after`` is the share of those whom a relationship manager looks after.
    """

    tier: TierLabel | None
    start: int
    now: int
    due: int
    goal: int
    start_share: float
    now_share: float
    goal_share: float
    looked_after: float
    plan: TierGoal | None

    @property
    def attained(self) -> float | None:
        """How much of what is due there is; ``None`` where nothing is due."""
        return self.now / self.due if self.due else None

    @property
    def looked_after_goal(self) -> float | None:
        return float(self.plan.looked_after / 100) if self.plan else None


@dataclass(frozen=True)
class Progress:
    """The tiers of a scheme against its plan, best first, and their sum."""

    start: date
    today: date
    end: date
    tiers: tuple[TierProgress, ...]
    total: TierProgress


def progress(scheme: Scheme, table: GoalTable, staff: Staff) -> Progress | None:
    """Measure the newest evaluation, within the scope of ``staff``; ``None`` before the first one."""
    latest, first = latest_run(scheme), _first_run(scheme, table.start)
    if latest is None or first is None:
        return None
    counted = _counted(staff, [first, latest])
    labels = [label for code, label in labels_of(scheme).items() if code in first.distribution | latest.distribution]
    days, end = (latest.as_of - first.as_of).days, end_of(first.as_of, table.years)
    whole = (end - first.as_of).days
    start = {label.code: counted[first.pk, label.code][0] for label in labels}
    now = {label.code: counted[latest.pk, label.code] for label in labels}
    due = {code: grown(number, table.of(code).growth, days) for code, number in start.items()}
    goal = {code: grown(number, table.of(code).growth, whole) for code, number in start.items()}
    sums = sum(start.values()), sum(number for number, _own in now.values()), sum(goal.values())
    tiers = tuple(
        TierProgress(
            tier=label,
            start=start[code],
            now=now[code][0],
            due=due[code],
            goal=goal[code],
            start_share=_share(start[code], sums[0]),
            now_share=_share(now[code][0], sums[1]),
            goal_share=_share(goal[code], sums[2]),
            looked_after=_share(now[code][1], now[code][0]),
            plan=table.of(code),
        )
        for label in labels
        for code in [label.code]
    )
    looked_after = _share(sum(own for _number, own in now.values()), sums[1])
    total = TierProgress(None, sums[0], sums[1], sum(due.values()), sums[2], 1, 1, 1, looked_after, None)
    return Progress(first.as_of, latest.as_of, end, tiers, total)


def _first_run(scheme: Scheme, start: date | None) -> Run | None:
    """The newest evaluation of the last date by ``start``, or the first one that there is."""
    done = Run.objects.filter(scheme=scheme, state=RunState.DONE)
    by_then = done.filter(as_of__lte=start).order_by("-as_of", "-pk").first() if start else None
    return by_then or done.order_by("as_of", "-pk").first()


def _counted(staff: Staff, runs: list[Run]) -> dict[tuple[int, str], tuple[int, int]]:
    """Customers by evaluation and tier, and how many of them have a relationship manager; one query."""
    summed = (
        Tally.objects.visible_to(staff)
        .filter(run__in=runs)
        .values_list("run", "tier")
        .annotate(number=Sum("customers"), own=Sum("customers", filter=Q(owner__isnull=False)))
    )
    found: dict[tuple[int, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    found |= {(run, tier): (number, own or 0) for run, tier, number, own in summed}
    return found


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


# -- penetration ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """How many customers of a row use one business."""

    business: Business
    users: int
    customers: int

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.users) / self.customers if self.customers else None

    @property
    def lacking(self) -> int:
        return self.customers - self.users

    @property
    def is_short(self) -> bool:
        """Whether fewer use it than the goal asks for."""
        goal = self.business.goal
        return goal is not None and self.share is not None and self.share * 100 < goal


@dataclass(frozen=True)
class Penetration:
    """A tier, a branch with all below it, or a relationship manager (``None``: nobody); or all together (``""``)."""

    of: TierLabel | Branch | Staff | Literal[""] | None
    customers: int
    uses: tuple[Use, ...]


def customers_of(scheme: Scheme, staff: Staff) -> tuple["QuerySet[Any]", str]:
    """The customers whom a scheme has sorted, in the scope of ``staff``, and the path from a row to the customer.

    Of a primary scheme the tier stands beside the customer, which spares the join with the standings.
    """
    if scheme.is_primary and scheme.kind != SchemeKind.ANY:
        found = Customer.objects.visible_to(staff).filter(kind=scheme.kind).exclude(tier="")
        return found.exclude(status=CustomerStatus.CLOSED).order_by(), ""
    standings = Standing.objects.visible_to(staff).filter(scheme=scheme)
    return standings.exclude(customer__status=CustomerStatus.CLOSED).order_by(), "customer__"


def uses(business: Business, path: str = "") -> Q:
    """The condition of using a business, over the customer at the end of ``path``."""
    return Q(**{f"{path}figures__{figure_of(business.metric)}__gte": business.at_least})


def penetration(
    scheme: Scheme, businesses: Sequence[Business], staff: Staff, *, by: Grouping = "tier", within: Branch | None = None
) -> list[Penetration]:
    """Who uses the key businesses, all together first; one query over the customers of the scope.

    Args:
        within: only the customers of this branch and all below it; needed for ``by="branch"``.
    """
    rows, path = customers_of(scheme, staff)
    if within is not None:
        rows = rows.filter(**{f"{path}branch__path__startswith": within.path})
    group = {"tier": "tier", "branch": f"{path}branch__path", "owner": f"{path}owner"}[by]
    counts = {f"n{place}": Count("*", filter=uses(one, path)) for place, one in enumerate(businesses)}
    summed = rows.annotate(part=F(group)).values("part").annotate(customers=Count("*"), **counts)
    counted = {row["part"]: [row["customers"], *(row[name] for name in counts)] for row in summed}
    if by == "branch" and within is not None:
        counted = _below(within, counted)
    total = [sum(column) for column in zip(*counted.values(), strict=True)] or [0] * (1 + len(counts))
    named = _named(scheme, counted, by)
    return [_row("", total, businesses), *(_row(of, counted[key], businesses) for key, of in named)]


def _below(within: Branch, counted: dict[str, list[int]]) -> dict[str, list[int]]:
    """Sums of the branches directly below, and of the branch itself."""
    found: dict[str, list[int]] = {}
    for path, numbers in counted.items():
        top = path.removeprefix(within.path).partition("/")[0]
        key = f"{within.path}{top}/" if top else within.path
        found[key] = [sum(pair) for pair in zip(found.get(key, [0] * len(numbers)), numbers, strict=True)]
    return found


def _named(scheme: Scheme, counted: dict[Any, list[int]], by: Grouping) -> list[tuple[Any, Any]]:
    """The keys of the rows with what they are called: tiers best first, branches in order, managers with most first."""
    if by == "tier":
        return [(code, label) for code, label in labels_of(scheme).items() if code in counted]
    if by == "branch":
        return [(branch.path, branch) for branch in Branch.objects.filter(path__in=counted).order_by("path")]
    people = Staff.objects.in_bulk([key for key in counted if key])
    order = sorted(counted, key=lambda key: (key is None, -counted[key][0], key or 0))
    return [(key, people.get(key) if key else None) for key in order]


def _row(of: Any, numbers: list[int], businesses: Sequence[Business]) -> Penetration:
    customers, *users = numbers
    return Penetration(
        of, customers, tuple(Use(one, count, customers) for one, count in zip(businesses, users, strict=True))
    )
