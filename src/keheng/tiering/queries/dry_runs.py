"""What dry runs found, within a member of staff's scope."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Count, Sum

from keheng.org.models import Branch, Staff
from keheng.tiering.enums import Direction, Fate, RunState
from keheng.tiering.models import DryRun, DryRunCell, DryRunMove, Scheme, SchemeVersion
from keheng.tiering.policies import reading
from keheng.tiering.policies.definition import Definition
from keheng.tiering.policies.metrics import METRICS
from keheng.tiering.queries.grace import fate_words
from keheng.tiering.queries.matrix import Matrix, matrix_of
from keheng.tiering.queries.schemes import TierLabel, label_of, labels_of

LOCK_FAMILY = 0x71E3
"""The advisory locks of dry runs; the second number is the dry run."""

_GRACE = timedelta(seconds=30)
_MOST_ROWS = 200


@dataclass
class Balance:
    """Customers, AUM and hours of service a month before and after, of a tier, a branch or an owner."""

    key: int | str | None
    name: str
    label: TierLabel | None = None
    before: int = 0
    after: int = 0
    aum_before: Decimal = Decimal(0)
    aum_after: Decimal = Decimal(0)
    hours_before: Decimal = Decimal(0)
    hours_after: Decimal = Decimal(0)
    up: int = 0
    down: int = 0

    def take(self, customers: int, aum: Decimal, hours: Decimal) -> None:
        """Count customers as they were before."""
        self.before, self.aum_before = self.before + customers, self.aum_before + aum
        self.hours_before += customers * hours

    def give(self, customers: int, aum: Decimal, hours: Decimal) -> None:
        """Count customers as they would be."""
        self.after, self.aum_after = self.after + customers, self.aum_after + aum
        self.hours_after += customers * hours

    def move(self, customers: int, *, up: bool) -> None:
        """Count customers who would rise or fall."""
        self.up, self.down = (self.up + customers, self.down) if up else (self.up, self.down + customers)

    @property
    def hours(self) -> int:
        """Whole hours of service a month, as it would be."""
        return round(self.hours_after)

    @property
    def more(self) -> int:
        return self.after - self.before

    @property
    def more_hours(self) -> int:
        return round(self.hours_after - self.hours_before)


@dataclass(frozen=True)
class Outcome:
    """What a dry run found in a scope.

    Attributes:
        waits: how many moves would need an approval by the rules of movement.
        fates: how many of those whom the rules put elsewhere move, wait, stay or are protected, by fate.
    """

    matrix: Matrix
    tiers: tuple[Balance, ...]
    branches: tuple[Balance, ...]
    owners: tuple[Balance, ...]
    total: Balance = field(default_factory=lambda: Balance(None, ""))
    waits: int = 0
    fates: tuple[tuple[Fate, int], ...] = ()


def recent_dry_runs(scheme: Scheme, *, version: SchemeVersion | None = None, limit: int = 8) -> list[DryRun]:
    """The newest dry runs of a scheme or a version."""
    found = DryRun.objects.filter(scheme=scheme).select_related("scheme", "actor")
    if version is not None:
        found = found.filter(version=version)
    return list(found[:limit])


def labels_in(kept: DryRun) -> dict[str, TierLabel]:
    """The tiers that a dry run speaks of, best first: those of its version, then those that it drops."""
    named = {tier.code: label_of(tier) for tier in kept.rules.descending}
    return named | {code: label for code, label in labels_of(kept.scheme).items() if code not in named}


def outcome_of(kept: DryRun, staff: Staff) -> Outcome:
    """The matrix, the balances by tier, branch and owner, and how many wait; four queries."""
    labels = labels_in(kept)
    cells = list(
        DryRunCell.objects.visible_to(staff)
        .filter(dry_run=kept)
        .values_list("branch_id", "owner_id", "from_tier", "to_tier")
        .annotate(Sum("customers"), Sum("aum"))
    )
    place = {code: at for at, code in enumerate(labels)}
    hours = {tier.code: tier.service_hours for tier in kept.rules.tiers}
    tiers = {code: Balance(code, label.name, label) for code, label in labels.items()}
    branches: dict[int | None, Balance] = defaultdict(lambda: Balance(None, ""))
    owners: dict[int | None, Balance] = defaultdict(lambda: Balance(None, ""))
    total = Balance(None, "")
    for branch, owner, before, after, customers, aum in cells:
        whole = (total, branches[branch], owners[owner])
        for balance in (*whole, tiers[before]) if before in tiers else ():
            balance.take(customers, aum, hours.get(before, Decimal(0)))
        for balance in (*whole, tiers[after]) if after in tiers else ():
            balance.give(customers, aum, hours.get(after, Decimal(0)))
        if before in place and after in place and before != after:
            for balance in whole:
                balance.move(customers, up=place[after] < place[before])
    matrix = matrix_of([(before, after, number, aum) for _b, _o, before, after, number, aum in cells], labels)
    moves = DryRunMove.objects.visible_to(staff).filter(dry_run=kept).order_by()
    found = dict(moves.values_list("fate").annotate(Count("pk")))
    return Outcome(
        matrix,
        tuple(balance for balance in tiers.values() if balance.before or balance.after or balance.key in hours),
        _named(
            branches, {branch.pk: branch.name for branch in Branch.objects.filter(pk__in=[b for b in branches if b])}
        ),
        _named(owners, dict(Staff.objects.filter(pk__in=[o for o in owners if o]).values_list("pk", "name"))),
        total,
        found.get(Fate.PROPOSED.value, 0),
        tuple((fate, found.get(fate.value, 0)) for fate in Fate),
    )


def _named(found: dict[int | None, Balance], names: dict[int, str]) -> tuple[Balance, ...]:
    """The balances that change most first."""
    for key, balance in found.items():
        balance.key, balance.name = key, names.get(key, "") if key else ""
    order = sorted(found.values(), key=lambda one: (-(one.up + one.down), -abs(one.more_hours), one.name))
    return tuple(order[:_MOST_ROWS])


def trial_moves_in_words(moves: Sequence[DryRunMove], kept: DryRun) -> list[DryRunMove]:
    """Set ``before``, ``after`` (labels), ``metric_name``, the texts of value, limit and fate, and ``reason``."""
    labels, definition = labels_in(kept), kept.rules
    for move in moves:
        step = definition.movement.upgrade if move.direction == Direction.UP else definition.movement.downgrade
        words = {"fate_text": fate_words(move.fate, move.month_ends, step.month_ends)}
        for name, value in (_words(move, definition, labels) | words).items():
            setattr(move, name, value)
    return list(moves)


def _words(move: DryRunMove, definition: Definition, labels: dict[str, TierLabel]) -> dict[str, object]:
    metric, known = move.metric, move.metric in METRICS
    return {
        "before": labels.get(move.from_tier),
        "after": labels.get(move.to_tier),
        "metric_name": reading.metric_name(metric, definition.basis, definition.months) if known else "",
        "value_text": reading.quantity_held(metric, move.value) if known and move.value is not None else "",
        "threshold_text": reading.quantity(metric, move.threshold) if known and move.threshold is not None else "",
        "reason": reading.evidence(
            definition,
            move.to_tier,
            metric=metric,
            value=move.value,
            threshold=move.threshold,
            door=move.door,
        ),
    }


def trial_has_died(kept: DryRun, at: datetime) -> bool:
    """Whether a dry run that is marked as running has lost its process: nobody holds its lock."""
    if kept.state != RunState.RUNNING or kept.started_at is None or at - kept.started_at < _GRACE:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s, %s)", [LOCK_FAMILY, kept.pk])
        row = cursor.fetchone()
    return bool(row and row[0])
