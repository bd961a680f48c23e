"""What is wrong with a definition: each fault is one sentence that says where it is.

Reachability reasons about boxes (a range per number, plus facts taken as they stand): a tier whose every box lies in
the box of a higher tier, or is empty, can never be entered. It never reports a tier that can.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _

from keheng.tiering.enums import Edge, SchemeKind
from keheng.tiering.policies.conditions import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Flag,
    Membership,
    Not,
    Op,
    Threshold,
    comparisons,
)
from keheng.tiering.policies.definition import Definition, Tier
from keheng.tiering.policies.metrics import METRICS, Unit
from keheng.tiering.policies.reading import band_edges, quantity


def problems(definition: Definition, kind: SchemeKind) -> list[str]:
    """Everything wrong with a definition for customers of ``kind``, in the present language; empty when sound."""
    for step in (_names, _divisions, _bands, _reachability):  # each relies on what the one before has found right
        if found := list(step(definition, kind)):
            return found
    return []


def _names(definition: Definition, kind: SchemeKind) -> Iterator[str]:
    yield from _duplicates(definition)
    yield from _doors(definition)
    yield from _metrics(definition, kind)


# -- names ----------------------------------------------------------------------------------------------------------


def _duplicates(definition: Definition) -> Iterator[str]:
    for values, sentence in (
        ([tier.code for tier in definition.tiers], _("The tier code {value} stands {count} times.")),
        ([tier.rank for tier in definition.tiers], _("The rank {value} is given to {count} tiers.")),
        ([door.code for door in definition.doors], _("The door code {value} stands {count} times.")),
        ([part.code for part in definition.exclusions], _("The exclusion code {value} stands {count} times.")),
    ):
        for value, count in Counter(values).items():
            if count > 1:
                yield sentence.format(value=value, count=count)


def _doors(definition: Definition) -> Iterator[str]:
    lowest = definition.ascending[0]
    for door in definition.doors:
        if definition.tier(door.to) is None:
            known = ", ".join(tier.code for tier in definition.ascending)
            yield _("The door {door} leads to {tier}, which is no tier of this scheme ({known}).").format(
                door=door.code, tier=door.to, known=known
            )
        elif door.to == lowest.code:
            yield _("The door {door} leads to {tier}, the lowest tier, and lifts nobody.").format(
                door=door.code, tier=door.to
            )


def _metrics(definition: Definition, kind: SchemeKind) -> Iterator[str]:
    if any(tier.band for tier in definition.tiers):
        if definition.metric is None:
            yield _("The tiers have bands, but the scheme names no metric to measure them by.")
        else:
            yield from _comparison_faults(
                _("the bands"), Threshold(metric=definition.metric, op=Op.AT_LEAST, value=Decimal(0)), kind
            )
    for part, condition in definition.conditions():
        for leaf in comparisons(condition):
            yield from _comparison_faults(part, leaf, kind)


def _comparison_faults(part: str, leaf: Comparison, kind: SchemeKind) -> Iterator[str]:
    metric = METRICS.get(leaf.metric)
    if metric is None:
        yield _("{part} asks for the metric {metric}, which does not exist. Known are: {known}.").format(
            part=part, metric=leaf.metric, known=", ".join(METRICS)
        )
        return
    if metric.of_companies and kind != SchemeKind.COMPANY:
        yield _("{part} asks for {metric}, which is known of companies only.").format(part=part, metric=metric.label)
    if isinstance(leaf, Threshold) and leaf.per is not None:
        yield from _ratio_faults(part, leaf, kind)
    fits = {
        Threshold: metric.is_number,
        Membership: metric.unit == Unit.WORD,
        Flag: metric.unit == Unit.FLAG,
    }[type(leaf)]
    if not fits:
        yield _("{part} compares {metric} in a way that does not fit it.").format(part=part, metric=metric.label)


def _ratio_faults(part: str, leaf: Threshold, kind: SchemeKind) -> Iterator[str]:
    base = METRICS.get(leaf.per or "")
    if base is None:
        yield _("{part} divides by the metric {metric}, which does not exist. Known are: {known}.").format(
            part=part, metric=leaf.per, known=", ".join(METRICS)
        )
    elif base.of_companies and kind != SchemeKind.COMPANY:
        yield _("{part} asks for {metric}, which is known of companies only.").format(part=part, metric=base.label)
    elif not base.is_number:
        yield _("{part} divides by {metric}, which is no number.").format(part=part, metric=base.label)
    elif leaf.per == leaf.metric:
        yield _("{part} divides {metric} by itself.").format(part=part, metric=base.label)


def _divisions(definition: Definition, _kind: SchemeKind) -> Iterator[str]:
    """A ratio is safe only beside a comparison, in the same "all", that keeps what it divides by away from zero."""
    for part, condition in definition.conditions():
        for metric in dict.fromkeys(_unguarded(condition, frozenset())):
            yield _(
                "{part} divides by {metric}, which may be zero: put “{metric} > 0” beside it in an “all” group."
            ).format(part=part, metric=METRICS[metric].label)


def _unguarded(condition: Condition, positive: frozenset[str]) -> Iterator[str]:
    match condition:
        case AllOf(all=parts):
            inside = positive | {part.metric for part in parts if isinstance(part, Threshold) and _is_positive(part)}
            for part in parts:
                yield from _unguarded(part, inside)
        case AnyOf(any=parts):
            for part in parts:
                yield from _unguarded(part, positive)
        case Not(negated=part):
            yield from _unguarded(part, positive)
        case Threshold(per=str(base)) if base not in positive:
            yield base


def _is_positive(leaf: Threshold) -> bool:
    return leaf.per is None and (
        (leaf.op == Op.ABOVE and leaf.value >= 0) or (leaf.op in {Op.AT_LEAST, Op.EQUAL} and leaf.value > 0)
    )


def without_data(definition: Definition, known: Collection[str]) -> list[str]:
    """The metrics that a definition asks for and that no customer has a value of, each as one sentence.

    Args:
        known: the codes of the metrics that have data.
    """
    asked: dict[str, list[str]] = {}
    if definition.metric and any(tier.band for tier in definition.tiers):
        asked[definition.metric] = [_("the bands")]
    for part, condition in definition.conditions():
        for leaf in comparisons(condition):
            for metric in (leaf.metric, leaf.per if isinstance(leaf, Threshold) else None):
                if metric and part not in asked.setdefault(metric, []):
                    asked[metric].append(part)
    return [
        _("{metric} has no data: no customer has a value of it, so {parts} can never hold.").format(
            metric=METRICS[metric].label, parts="、".join(parts)
        )
        for metric, parts in asked.items()
        if metric in METRICS and metric not in known
    ]


# -- bands ----------------------------------------------------------------------------------------------------------


def _bands(definition: Definition, _kind: SchemeKind) -> Iterator[str]:
    metric = definition.metric or ""
    banded = [(tier, tier.band) for tier in definition.ascending if tier.band]
    rest = any(tier.takes_the_rest for tier in definition.tiers)
    if not banded:
        if not rest:
            yield _("No tier takes the customers who meet no condition: leave the lowest tier without one.")
        return
    for tier, band in banded:
        if band.lower is not None and band.upper is not None and band.lower >= band.upper:
            yield _("{tier}: the band {band} is empty; nobody can reach it.").format(
                tier=tier.code, band=band_edges(metric, band, definition.edge)
            )
    (first, lowest), (last, highest) = banded[0], banded[-1]
    if lowest.lower is not None and not rest:
        yield _("Gap: nobody takes customers below {edge}, the lower edge of {tier}.").format(
            edge=quantity(metric, lowest.lower), tier=first.code
        )
    if highest.upper is not None and not rest:
        yield _("Gap: nobody takes customers from {edge} up, the upper edge of {tier}.").format(
            edge=quantity(metric, highest.upper), tier=last.code
        )
    for (below, under), (above, over) in pairwise(banded):
        if under.upper is None or over.lower is None or under.upper > over.lower:
            yield _(
                "Overlap: the bands of {below} and {above} share customers; {below} must end where {above} begins."
            ).format(below=below.code, above=above.code)
        elif under.upper < over.lower and not rest:
            yield _("Gap: nobody takes customers from {upper} to {lower}, between {below} and {above}.").format(
                upper=quantity(metric, under.upper),
                lower=quantity(metric, over.lower),
                below=below.code,
                above=above.code,
            )


# -- reachability ---------------------------------------------------------------------------------------------------

_Range = tuple[Decimal, bool, Decimal, bool]  # lower edge, whether it belongs, upper edge, whether it belongs
_MOST_BOXES = 64
_EVERYTHING: _Range = (Decimal("-Infinity"), False, Decimal("Infinity"), False)


@dataclass(frozen=True)
class _Box:
    ranges: dict[str, _Range] = field(default_factory=dict)
    facts: frozenset[str] = frozenset()

    def meet(self, other: "_Box") -> "_Box":
        ranges = dict(self.ranges)
        for metric, limits in other.ranges.items():
            ranges[metric] = _narrow(ranges.get(metric, _EVERYTHING), limits)
        return _Box(ranges, self.facts | other.facts)

    @property
    def is_empty(self) -> bool:
        contradiction = any(f"not {fact}" in self.facts for fact in self.facts)
        return contradiction or any(
            lower > upper or (lower == upper and not (with_lower and with_upper))
            for lower, with_lower, upper, with_upper in self.ranges.values()
        )

    def lies_in(self, other: "_Box") -> bool:
        return other.facts <= self.facts and all(
            _narrow(self.ranges.get(metric, _EVERYTHING), limits) == self.ranges.get(metric, _EVERYTHING)
            for metric, limits in other.ranges.items()
        )


def _narrow(first: _Range, second: _Range) -> _Range:
    lower, with_lower = max((first[0], not first[1]), (second[0], not second[1]))
    upper, with_upper = min((first[2], first[3]), (second[2], second[3]))
    return lower, not with_lower, upper, with_upper


def _reachability(definition: Definition, _kind: SchemeKind) -> Iterator[str]:
    taken: list[_Box] = []
    for tier in definition.descending:
        boxes = [box for box in _entries(definition, tier) if not box.is_empty]
        if all(any(box.lies_in(higher) for higher in taken) for box in boxes):
            yield _("{tier} can never be reached: higher tiers take everyone who meets its rule.").format(
                tier=tier.code
            )
        taken += boxes


def _entries(definition: Definition, tier: Tier) -> list[_Box]:
    if tier.band and definition.metric:
        lower, upper = tier.band.lower, tier.band.upper
        limits = (
            _EVERYTHING[0] if lower is None else lower,
            lower is not None and definition.edge == Edge.LOWER,
            _EVERYTHING[2] if upper is None else upper,
            upper is not None and definition.edge == Edge.UPPER,
        )
        own = [_Box({definition.metric: limits})]
    else:
        own = _boxes(tier.when) if tier.when else [_Box()]
    return [*own, *(box for door in definition.doors_to(tier) for box in _boxes(door.when))]


def _boxes(condition: Condition) -> list[_Box]:
    match condition:
        case AnyOf(any=parts):
            return [box for part in parts for box in _boxes(part)]
        case AllOf(all=parts):
            joined = [_Box()]
            for part in parts:
                joined = [left.meet(right) for left in joined for right in _boxes(part)]
                if len(joined) > _MOST_BOXES:
                    return [_opaque(condition)]
            return joined
        case Threshold(metric=metric, per=None, op=op, value=value):
            low, high = _EVERYTHING[0], _EVERYTHING[2]
            limits = {
                Op.AT_LEAST: (value, True, high, False),
                Op.ABOVE: (value, False, high, False),
                Op.AT_MOST: (low, False, value, True),
                Op.BELOW: (low, False, value, False),
                Op.EQUAL: (value, True, value, True),
            }[op]
            return [_Box({metric: limits})]
        case Flag(metric=metric, holds=holds):
            return [_Box(facts=frozenset({metric if holds else f"not {metric}"}))]
        case _:
            return [_opaque(condition)]


def _opaque(condition: Condition) -> _Box:
    """A condition taken as one fact, its inside not looked at."""
    return _Box(facts=frozenset({condition.model_dump_json()}))
