"""A scheme at a glance, within a member of staff's scope: pyramid, branches, trend."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Max, Sum

from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.tiering.enums import RunState
from keheng.tiering.models import Run, Scheme, Standing, Tally
from keheng.tiering.queries.schemes import TierLabel, labels_of

TREND_LENGTH = 24


@dataclass(frozen=True)
class Share:
    """Customers and AUM of one tier, and their shares of the whole."""

    tier: TierLabel
    customers: int
    aum: Decimal
    customer_share: float
    aum_share: float


@dataclass(frozen=True)
class Pyramid:
    """The tiers of a scope, best first, as an evaluation found them."""

    shares: tuple[Share, ...]
    customers: int
    aum: Decimal

    @property
    def is_empty(self) -> bool:
        return self.customers == 0


@dataclass(frozen=True)
class BranchRow:
    """A branch with all below it: customers by tier in the order of the pyramid."""

    branch: Branch
    customers: int
    aum: Decimal
    cells: tuple[tuple[TierLabel, int], ...]
    has_below: bool


@dataclass(frozen=True)
class TierTrend:
    """Customers by tier at past evaluations, oldest first."""

    dates: tuple[date, ...] = ()
    series: tuple[tuple[TierLabel, tuple[int, ...]], ...] = field(default=())


def pyramid(run: Run, staff: Staff) -> Pyramid:
    """The tiers that a run found in the scope of ``staff``.

    Whoever sees only their own customers has no tally: theirs are counted as they stand now.
    """
    rows: Iterable[tuple[str, int, Decimal | None]]
    if staff.scope == DataScope.OWN:
        rows = (
            Standing.objects.visible_to(staff)
            .filter(scheme=run.scheme_id)
            .values_list("tier")
            .annotate(customers=Count("customer_id"), amount=Sum("customer__aum"))
        )
    else:
        rows = (
            Tally.objects.visible_to(staff)
            .filter(run=run)
            .values_list("tier")
            .annotate(number=Sum("customers"), amount=Sum("aum"))
        )
    counted = {tier: (number, amount or Decimal(0)) for tier, number, amount in rows}
    customers = sum(number for number, _ in counted.values())
    aum = sum((amount for _, amount in counted.values()), Decimal(0))
    shares = tuple(
        Share(label, number, amount, number / customers if customers else 0, float(amount / aum) if aum else 0)
        for code, label in labels_of(run.scheme).items()
        for number, amount in [counted.get(code, (0, Decimal(0)))]
        if code in counted or code in run.distribution
    )
    return Pyramid(shares, customers, aum)


def branch_rows(run: Run, staff: Staff, within: Branch) -> list[BranchRow]:
    """The branches directly below ``within`` that have customers, each with all below it; and ``within`` itself.

    Two queries, whatever the size of the tree.
    """
    tallies = Tally.objects.visible_to(staff).filter(run=run, branch__path__startswith=within.path)
    labels = [label for code, label in labels_of(run.scheme).items() if code in run.distribution]
    by_top: dict[str, dict[str, tuple[int, Decimal]]] = defaultdict(dict)
    summed = tallies.values_list("branch__path", "tier").annotate(Sum("customers"), Sum("aum"))
    for path, tier, customers, aum in summed:
        top = within.path + path.removeprefix(within.path).partition("/")[0]
        top = top if top == within.path else f"{top}/"
        number, amount = by_top[top].get(tier, (0, Decimal(0)))
        by_top[top][tier] = number + customers, amount + aum
    branches = Branch.objects.filter(path__in=by_top).prefetch_related("children")
    return [
        BranchRow(
            branch=branch,
            customers=sum(number for number, _ in by_top[branch.path].values()),
            aum=sum((amount for _, amount in by_top[branch.path].values()), Decimal(0)),
            cells=tuple((label, by_top[branch.path].get(label.code, (0, Decimal(0)))[0]) for label in labels),
            has_below=branch != within and bool(branch.children.all()),
        )
        for branch in branches
    ]


def shared_branch(run: Run, staff: Staff) -> Branch | None:
    """The lowest branch that all of a run's customers in the scope of ``staff`` have in common."""
    paths = [
        path.rstrip("/").split("/")
        for path in Tally.objects.visible_to(staff).filter(run=run).values_list("branch__path", flat=True).distinct()
    ]
    common: list[str] = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return Branch.objects.filter(path=f"{'/'.join(common)}/").first() if common else None


@dataclass(frozen=True)
class OwnerRow:
    """A relationship manager's customers by tier, in the order of the pyramid; without one, those nobody looks after.

    ``hours`` is the service that the plan of the tiers asks of them in a month.
    """

    owner: Staff | None
    customers: int
    aum: Decimal
    cells: tuple[tuple[TierLabel, int], ...]
    hours: Decimal


def owner_rows(run: Run, staff: Staff, within: Branch) -> list[OwnerRow]:
    """The managers whose customers stand below ``within``, most AUM first; two queries."""
    tallies = Tally.objects.visible_to(staff).filter(run=run, branch__path__startswith=within.path)
    labels = [label for code, label in labels_of(run.scheme).items() if code in run.distribution]
    hours = {tier.code: tier.service_hours for tier in run.version.rules.tiers}
    found: dict[int | None, dict[str, tuple[int, Decimal]]] = defaultdict(dict)
    for owner, tier, customers, aum in tallies.values_list("owner", "tier").annotate(Sum("customers"), Sum("aum")):
        found[owner][tier] = customers, aum
    people = Staff.objects.in_bulk([owner for owner in found if owner])
    rows = [
        OwnerRow(
            owner=people.get(owner) if owner else None,
            customers=sum(number for number, _ in held.values()),
            aum=sum((amount for _, amount in held.values()), Decimal(0)),
            cells=tuple((label, held.get(label.code, (0, Decimal(0)))[0]) for label in labels),
            hours=sum((hours.get(tier, Decimal(0)) * number for tier, (number, _) in held.items()), Decimal(0)),
        )
        for owner, held in found.items()
    ]
    return sorted(rows, key=lambda row: (row.owner is None, -row.aum))


def trend(scheme: Scheme, staff: Staff, *, branch: Branch | None = None, owner: Staff | None = None) -> TierTrend:
    """Customers by tier at the last evaluated dates; of several evaluations of one date the newest counts.

    Args:
        branch, owner: only theirs.
    """
    newest = (
        Run.objects.filter(scheme=scheme, state=RunState.DONE)
        .values("as_of")
        .annotate(run=Max("id"))
        .order_by("-as_of")
        .values_list("run", "as_of")[:TREND_LENGTH]
    )
    runs = dict(newest)
    if not runs:
        return TierTrend()
    tallies = Tally.objects.visible_to(staff).filter(run__in=runs)
    if branch is not None:
        tallies = tallies.filter(branch__path__startswith=branch.path)
    if owner is not None:
        tallies = tallies.filter(owner=owner)
    counted: dict[tuple[int, str], int] = {
        (run, tier): number
        for run, tier, number in tallies.values_list("run", "tier").annotate(number=Sum("customers"))
    }
    order = sorted(runs, key=lambda run: runs[run])
    labels = [label for code, label in labels_of(scheme).items() if any(tier == code for _, tier in counted)]
    return TierTrend(
        dates=tuple(runs[run] for run in order),
        series=tuple((label, tuple(counted.get((run, label.code), 0) for run in order)) for label in labels),
    )
