"""How far a customer is from the next tier."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from keheng.tiering.policies.conditions import AllOf, Condition, Flag, Membership, Not, Op, Threshold, alternatives
from keheng.tiering.policies.definition import Definition, Tier
from keheng.tiering.policies.metrics import METRICS

type Values = Mapping[str, object]
"""A customer's metrics by code, as the database computed them; ``None`` where nobody knows."""


@dataclass(frozen=True)
class Gap:
    """What is missing of one metric: ``short`` = ``needed`` - ``held``."""

    metric: str
    held: Decimal
    needed: Decimal

    @property
    def short(self) -> Decimal:
        return self.needed - self.held


@dataclass(frozen=True)
class Progress:
    """The next higher tier, what is missing for it, and how much of the way is done (0 to 1)."""

    tier: Tier
    gaps: tuple[Gap, ...]
    share: float


def progress(definition: Definition, tier: Tier, values: Values) -> Progress | None:
    """The way from a tier to the next one that growth can reach: by its band, or by the numbers of its condition.

    Returns:
        ``None`` at the top, and where what is above is not a matter of numbers (a list).
    """
    higher = (other for other in definition.ascending if other.rank > tier.rank)
    return next((way for other in higher if (way := _way(definition, tier, other, values))), None)


def _way(definition: Definition, tier: Tier, higher: Tier, values: Values) -> Progress | None:
    if higher.band and higher.band.lower is not None and definition.metric:
        start = tier.band.lower if tier.band and tier.band.lower is not None else Decimal(0)
        gap = Gap(definition.metric, _number(values, definition.metric), higher.band.lower)
        start = start if gap.held >= start else Decimal(0)  # a door holds the customer above their own band
        return Progress(higher, (gap,) if gap.short > 0 else (), _share(gap.held - start, gap.needed - start))
    if higher.when is None:
        return None
    ways = [way for way in (_gaps(part, values) for part in alternatives(higher.when)) if way]
    if not ways:
        return None
    nearest = max(ways, key=_done)
    return Progress(higher, tuple(gap for gap in nearest if gap.short > 0), _done(nearest))


def _gaps(condition: Condition, values: Values) -> list[Gap] | None:
    """The lower limits of a condition; ``None`` where it also asks for something that no growth brings."""
    match condition:
        case Threshold(metric=metric, per=None, op=Op.AT_LEAST | Op.ABOVE, value=limit):
            return [Gap(metric, _number(values, metric), limit)]
        case AllOf(all=parts):
            found = [_gaps(part, values) for part in parts]
            return None if None in found else [gap for gaps in found for gap in gaps or []]
        case _:
            return [] if _is_so(condition, values) else None


def _is_so(condition: Condition, values: Values) -> bool:
    """Whether a fact is true of the customer: what is left in a tier's rule beside its lower limits."""
    match condition:
        case Flag(metric=metric, holds=holds):
            return bool(values.get(metric)) is holds
        case Membership(metric=metric, among=words):
            return values.get(metric) in words
        case Not(negated=part):
            return not _is_so(part, values)
        case _:
            return False


def _number(values: Values, metric: str) -> Decimal:
    value = values.get(metric)
    return Decimal(str(value)) if value is not None and METRICS[metric].is_number else Decimal(0)


def _done(gaps: list[Gap]) -> float:
    return min(_share(gap.held, gap.needed) for gap in gaps)


def _share(done: Decimal, whole: Decimal) -> float:
    return float(min(max(done / whole, Decimal(0)), Decimal(1))) if whole > 0 else 1.0
