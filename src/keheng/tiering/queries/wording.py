"""Rules, moves and standings in words, for pages and files."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from keheng.customers.models import Customer
from keheng.org.models import Role
from keheng.tiering.enums import SchemeKind
from keheng.tiering.models import Move, Run, Scheme, SchemeVersion, Standing, in_language
from keheng.tiering.policies import reading
from keheng.tiering.policies.definition import Definition, Source, Tier
from keheng.tiering.policies.metrics import METRICS
from keheng.tiering.policies.validation import problems
from keheng.tiering.queries.schemes import TierLabel, label_of, labels_of, rules_of


@dataclass(frozen=True)
class TierRule:
    """One tier's rule: as pills (metric and band), or where there is no band as the ways in, any of which holds.

    ``sentence`` says all of it, doors included.
    """

    tier: TierLabel
    metric: str
    band: str
    ways: tuple[str, ...]
    sentence: str
    doors: tuple[str, ...]
    privileges: tuple[str, ...]
    upkeep: tuple[str, ...]
    contact: str
    time_limits: str
    service_hours: Decimal


@dataclass(frozen=True)
class RulesInWords:
    """A version as people read it, best tier first."""

    tiers: tuple[TierRule, ...]
    exclusions: tuple[str, ...]
    faults: tuple[str, ...]
    has_bands: bool
    has_doors: bool
    upgrade: tuple[str, ...]
    downgrade: tuple[str, ...]
    sources: tuple[Source, ...]


def rules_in_words(version: SchemeVersion) -> RulesInWords:
    """Read a version aloud: its tiers, doors, movement and sources; two queries."""
    definition = version.rules
    roles = {role.code: str(role) for role in Role.objects.all()}
    return RulesInWords(
        tiers=tuple(_tier_rule(definition, tier, roles) for tier in definition.descending),
        exclusions=tuple(
            f"{in_language(part)}：{reading.condition(part.when, definition.basis)}" for part in definition.exclusions
        ),
        faults=tuple(problems(definition, SchemeKind(version.scheme.kind))),
        has_bands=any(tier.band for tier in definition.tiers),
        has_doors=bool(definition.doors),
        upgrade=tuple(reading.upgrade(definition.movement)),
        downgrade=tuple(reading.downgrade(definition.movement)),
        sources=definition.sources,
    )


def _tier_rule(definition: Definition, tier: Tier, roles: dict[str, str]) -> TierRule:
    banded = tier.band is not None and definition.metric is not None
    upkeep = []
    for part in tier.upkeep:
        names = "、".join(roles.get(code, code) for code in part.roles)
        upkeep.append(f"{reading.condition(part.when, definition.basis)}：{names}" if part.when else names)
    return TierRule(
        tier=label_of(tier),
        metric=(
            reading.metric_name(definition.metric, definition.basis, definition.months)
            if banded and definition.metric
            else ""
        ),
        band=reading.band_edges(definition.metric, tier.band, definition.edge)
        if tier.band and definition.metric
        else "",
        ways=() if banded else reading.ways(definition, tier),
        sentence=reading.rule(definition, tier),
        doors=tuple(reading.doors(definition, tier)),
        privileges=tuple(in_language(privilege) for privilege in tier.privileges),
        upkeep=tuple(upkeep),
        contact=reading.contact(tier.contact),
        time_limits=reading.time_limits(tier.time_limits),
        service_hours=tier.service_hours,
    )


def evidence_of(record: Move | Standing) -> str:
    """Why a move was made or a standing set, in words."""
    tier = record.to_tier if isinstance(record, Move) else record.tier
    return reading.evidence(
        rules_of(record.version_id),
        tier,
        metric=record.metric,
        value=record.value,
        threshold=record.threshold,
        door=record.door,
    )


def moves_in_words(moves: Sequence[Move], run: Run) -> list[Move]:
    """Set ``before``, ``after`` (labels), ``metric_name``, ``value_text``, ``threshold_text`` and ``reason``."""
    labels, basis = labels_of(run.scheme), run.version.rules.basis
    for move in moves:
        metric = move.metric
        words = {
            "before": labels.get(move.from_tier),
            "after": labels.get(move.to_tier),
            "metric_name": reading.metric_name(metric, basis) if metric in METRICS else "",
            "value_text": _figure(metric, move.value),
            "threshold_text": _limit(metric, move.threshold),
            "reason": evidence_of(move),
        }
        for name, value in words.items():
            setattr(move, name, value)
    return list(moves)


def _figure(metric: str, value: Decimal | None) -> str:
    return reading.quantity_held(metric, value) if metric in METRICS and value is not None else ""


def _limit(metric: str, threshold: Decimal | None) -> str:
    return reading.quantity(metric, threshold) if metric in METRICS and threshold is not None else ""


def standings_in_words(customers: Sequence[Customer], scheme: Scheme) -> list[Customer]:
    """Set ``tier_of`` (label), ``since`` and ``reason`` by the customers' standings in a scheme; one query for all."""
    labels = labels_of(scheme)
    found = Standing.objects.filter(scheme=scheme, customer__in=[customer.pk for customer in customers])
    standings = {standing.customer_id: standing for standing in found}
    for customer in customers:
        standing = standings.get(customer.pk)
        customer.tier_of = labels.get(standing.tier) if standing else None  # type: ignore[attr-defined]
        customer.since = standing.since if standing else None  # type: ignore[attr-defined]
        customer.reason = evidence_of(standing) if standing else ""  # type: ignore[attr-defined]
    return list(customers)
