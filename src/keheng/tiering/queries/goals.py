"""How far a scheme is on its way: its tiers against the plan, and which tiers use the key businesses."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Count, F, Q, QuerySet, Sum

from keheng.customers.models import Customer
from keheng.org.models import Branch, Staff
from keheng.tiering.enums import RunState, SchemeKind
from keheng.tiering.models import Goals, Run, Scheme, Standing, Tally
from keheng.tiering.policies.goals import Business, GoalTable, Measure, end_of, figure_of, grown, years_between
from keheng.tiering.queries.runs import latest_run
from keheng.tiering.queries.schemes import TierLabel, labels_of
from keheng.tiering.queries.signing import signed_in

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
    """One tier, or all of them together (``tier`` is then ``None``), against the plan: customers, or AUM in CNY.

    ``due`` is what the plan asks for by the evaluation, ``goal`` at its end; shares are of the whole, and
    ``looked_after`` is the share of the customers whom a relationship manager looks after.
    """

    tier: TierLabel | None
    start: int | Decimal
    now: int | Decimal
    due: int
    goal: int
    start_share: float
    now_share: float
    goal_share: float
    looked_after: float
    growth: Decimal | None
    looked_after_goal: float | None
    signed: int | None = None
    unsigned: int | None = None
    signed_goal: float | None = None

    @property
    def signed_share(self) -> float | None:
        """The share of the present customers that has signed; ``None`` where the tier is not asked to."""
        return None if self.signed is None else _share(self.signed, self.signed + (self.unsigned or 0))

    @property
    def attained(self) -> float | None:
        """How much of what is due there is; ``None`` where nothing is due."""
        return float(self.now / self.due) if self.due else None


@dataclass(frozen=True)
class Progress:
    """The tiers of a scheme against its plan, best first, and their sum."""

    start: date
    today: date
    end: date
    tiers: tuple[TierProgress, ...]
    total: TierProgress

    @property
    def asks_to_sign(self) -> bool:
        return any(row.signed_goal is not None for row in self.tiers)


def progress(scheme: Scheme, table: GoalTable, staff: Staff, measure: Measure = Measure.CUSTOMERS) -> Progress | None:
    """Measure the newest evaluation, within the scope of ``staff``; ``None`` before the first one."""
    latest, first = latest_run(scheme), _first_run(scheme, table.start)
    if latest is None or first is None:
        return None
    counted = _counted(staff, [first, latest])
    codes = {
        code: label for code, label in labels_of(scheme).items() if code in first.distribution | latest.distribution
    }
    passed, end = years_between(first.as_of, latest.as_of), end_of(first.as_of, table.years)
    start = {code: counted[first.pk, code].of(measure) for code in codes}
    now = {code: counted[latest.pk, code] for code in codes}
    due = {code: grown(amount, table.of(code).of(measure), passed) for code, amount in start.items()}
    goal = {code: grown(amount, table.of(code).of(measure), Decimal(table.years)) for code, amount in start.items()}
    whole = sum((one.of(measure) for one in now.values()), Decimal(0))
    asked = {code: share for code in codes if (share := table.of(code).signed) is not None}
    signed = signed_in(*customers_of(scheme, staff), asked) if asked else {}
    tiers = tuple(
        TierProgress(
            tier=label,
            start=start[code],
            now=now[code].of(measure),
            due=due[code],
            goal=goal[code],
            start_share=_share(start[code], sum(start.values())),
            now_share=_share(now[code].of(measure), whole),
            goal_share=_share(goal[code], sum(goal.values())),
            looked_after=_share(now[code].looked_after, now[code].customers),
            growth=table.of(code).of(measure),
            looked_after_goal=float(table.of(code).looked_after / 100),
            **_signing(signed.get(code, (0, 0)), asked[code]) if code in asked else {},
        )
        for code, label in codes.items()
    )
    total = TierProgress(
        tier=None,
        start=sum(start.values()),
        now=sum(row.now for row in tiers),
        due=sum(due.values()),
        goal=sum(goal.values()),
        start_share=1,
        now_share=1,
        goal_share=1,
        looked_after=_share(sum(one.looked_after for one in now.values()), sum(one.customers for one in now.values())),
        growth=None,
        looked_after_goal=None,
    )
    return Progress(first.as_of, latest.as_of, end, tiers, total)


def _signing(counted: tuple[int, int], goal: Decimal) -> dict[str, Any]:
    signed, customers = counted
    return {"signed": signed, "unsigned": customers - signed, "signed_goal": float(goal / 100)}


def _first_run(scheme: Scheme, start: date | None) -> Run | None:
    """The newest evaluation of the last date by ``start``, or the first one that there is."""
    done = Run.objects.filter(scheme=scheme, state=RunState.DONE)
    by_then = done.filter(as_of__lte=start).order_by("-as_of", "-pk").first() if start else None
    return by_then or done.order_by("as_of", "-pk").first()


@dataclass(frozen=True)
class _Counted:
    customers: int = 0
    looked_after: int = 0
    aum: Decimal = Decimal(0)

    def of(self, measure: Measure) -> int | Decimal:
        return self.customers if measure == Measure.CUSTOMERS else self.aum


def _counted(staff: Staff, runs: list[Run]) -> dict[tuple[int, str], _Counted]:
    """What each evaluation counted in each tier, and how many customers have a relationship manager; one query."""
    summed = (
        Tally.objects.visible_to(staff)
        .filter(run__in=runs)
        .values_list("run", "tier")
        .annotate(n=Sum("customers"), own=Sum("customers", filter=Q(owner__isnull=False), default=0), held=Sum("aum"))
    )
    found: dict[tuple[int, str], _Counted] = defaultdict(_Counted)
    found |= {(run, tier): _Counted(*amounts) for run, tier, *amounts in summed}
    return found


def _share(part: int | Decimal, whole: int | Decimal) -> float:
    return float(part / whole) if whole else 0.0


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
        return Customer.objects.visible_to(staff).filter(kind=scheme.kind).exclude(tier="").order_by(), ""
    return Standing.objects.visible_to(staff).filter(scheme=scheme).order_by(), "customer__"


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
    key = "customer_id" if path else "pk"
    counts = {f"n{place}": Count(key, filter=uses(one, path)) for place, one in enumerate(businesses)}
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
