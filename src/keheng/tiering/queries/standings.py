"""Where one customer stands, why, how far it is to the next tier, and how they came there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.tiering.enums import Direction, SchemeKind
from keheng.tiering.models import Move, Protected, Scheme, SchemeVersion, Standing
from keheng.tiering.policies import reading
from keheng.tiering.policies.compiler import Rules, column
from keheng.tiering.policies.definition import Definition, Tier
from keheng.tiering.policies.metrics import METRICS
from keheng.tiering.policies.progress import Progress, progress
from keheng.tiering.queries.classify import Classification, classification, rows_of
from keheng.tiering.queries.grace import Outlook, outlook
from keheng.tiering.queries.protection import protection_of
from keheng.tiering.queries.schemes import (
    TierLabel,
    label_of,
    labels_of,
    rules_of,
    tier_definitions,
    version_on,
)
from keheng.tiering.queries.wording import evidence_of


def standing_of(customer: Customer) -> Standing | None:
    """The customer's tier in the primary scheme of their kind, with the evidence of the day it was set."""
    return (
        Standing.objects.filter(customer=customer, scheme__is_primary=True, scheme__kind=customer.kind)
        .select_related("scheme")
        .first()
    )


@dataclass(frozen=True)
class Shortfall:
    """What is missing of one metric for the next tier, in words and as a number."""

    label: str
    short: Decimal
    short_text: str


@dataclass(frozen=True)
class Why:
    """Why a customer is in their tier, and what is next.

    Attributes:
        metric: the name of the metric that decides, with its date basis; empty where none does.
        value: today's value of it; ``value_text`` the same with its unit.
        band: the edges of the tier's band, ``50万 – 300万``; empty where the tier has none.
        rule: the tier's own rule in words.
        door: the condition that lifts the customer, in words; empty where the tier's own rule holds.
        set_by: the value of the day the tier was set, in words.
        by_today: the tier that today's figures call for, where it is another one; the next evaluation will tell.
        next_tier: the next higher tier, ``missing`` for it, and how much of the way is done (0 to 1).
        downgrade: the rule of downgrades, as short phrases.
        outlook: how far the grace has run where today's figures call for another tier.
        protection: what keeps the customer from going down, or waits for approval to.
    """

    tier: TierLabel
    scheme: Scheme
    version: SchemeVersion
    since: date
    metric: str
    value: Decimal | None
    value_text: str
    band: str
    rule: str
    door: str
    set_by: str
    by_today: TierLabel | None
    next_tier: TierLabel | None
    missing: tuple[Shortfall, ...]
    share: float
    lower_text: str
    downgrade: tuple[str, ...]
    protection: Protected | None
    outlook: Outlook | None

    @property
    def wide_tone(self) -> str:
        """The looks of the bar of the way."""
        return f"wide {self.tier.tone}"


def why(customer: Customer, at: datetime) -> Why | None:
    """Say why a customer is in the tier that pages show; ``None`` before the first evaluation."""
    standing = standing_of(customer)
    if standing is None:
        return None
    found = _today(standing.scheme, customer, at)
    definition, tier = found.definition, found.definition.tier(standing.tier)
    if tier is None:  # a version in force has dropped the tier; the next evaluation moves the customer
        definition, tier = rules_of(standing.version_id), rules_of(standing.version_id).tier(standing.tier)
    assert tier is not None
    metric = (definition.metric or "") if tier.band else standing.metric
    value = found.values.get(metric)
    number = Decimal(str(value)) if value is not None and METRICS[metric].is_number else None
    way = progress(definition, tier, found.values)
    door = next((door for door in definition.doors_to(tier) if door.code == standing.door), None)
    return Why(
        tier=label_of(tier),
        scheme=standing.scheme,
        version=found.version,
        since=standing.since,
        metric=reading.metric_name(metric, definition.basis) if metric else "",
        value=number,
        value_text=reading.quantity_held(metric, number) if number is not None else "",
        band=reading.band_edges(metric, tier.band, definition.edge) if tier.band and metric else "",
        rule=reading.own_rule(definition, tier),
        door=reading.condition(door.when, definition.basis) if door else "",
        set_by=evidence_of(standing),
        by_today=label_of(found.tier) if found.tier and found.tier.code != tier.code else None,
        next_tier=label_of(way.tier) if way else None,
        missing=_missing(definition, way),
        share=way.share if way else 1.0,
        lower_text=_lower(definition, tier),
        downgrade=tuple(reading.downgrade(definition.movement)),
        protection=protection_of(customer, standing.scheme, at.astimezone(SHANGHAI).date()),
        outlook=outlook(customer, standing, found.found, at)
        if found.tier and found.tier.code != standing.tier
        else None,
    )


def _lower(definition: Definition, tier: Tier) -> str:
    if tier.band and tier.band.lower is not None and definition.metric:
        return reading.quantity(definition.metric, tier.band.lower)
    return ""


def _missing(definition: Definition, way: Progress | None) -> tuple[Shortfall, ...]:
    if way is None:
        return ()
    return tuple(
        Shortfall(
            reading.metric_name(gap.metric, definition.basis),
            gap.short,
            reading.quantity_held(gap.metric, gap.short),
        )
        for gap in way.gaps
    )


@dataclass(frozen=True)
class _Today:
    """What the rules in force say of one customer by the present figures."""

    version: SchemeVersion
    values: dict[str, Any]
    tier: Tier | None
    holds: dict[int, bool]
    found: Classification

    @property
    def rules(self) -> Rules:
        return self.found.rules

    @property
    def definition(self) -> Definition:
        return self.version.rules


def _today(scheme: Scheme, customer: Customer, at: datetime) -> _Today:
    today = at.astimezone(SHANGHAI).date()
    version = version_on(scheme, today)
    found = classification(version, as_of=today, today=today)
    holding = "".join(f", {route.condition} as r{route.number}" for route in found.rules.routes)
    sql = f"select one.*{holding} from ({found.rows(only='c.id = %(customer)s')}) one"
    row = rows_of(sql, {**found.params, "customer": customer.pk})[0]
    return _Today(
        version=version,
        values={code: row[column(code)] for code in found.rules.metrics},
        tier=found.rules.routes[row["route"] - 1].tier if row["route"] else None,
        holds={route.number: bool(row[f"r{route.number}"]) for route in found.rules.routes},
        found=found,
    )


# -- history --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TierChange:
    """One move of a customer, in words."""

    on: date
    run_id: int
    direction: Direction
    before: TierLabel | None
    after: TierLabel | None
    evidence: str
    version: str

    @property
    def tone(self) -> str:
        return {Direction.UP: "met", Direction.DOWN: "over"}.get(self.direction, "info")

    @property
    def words(self) -> str:
        """``11-01 升级``."""
        return f"{self.on:%m-%d} {self.direction.label}"


@dataclass(frozen=True)
class Trend:
    """A customer's moves in the primary scheme, newest first; the head strip shows the last one up or down."""

    changes: tuple[TierChange, ...]

    @property
    def last(self) -> TierChange | None:
        return next((change for change in self.changes if change.direction in {Direction.UP, Direction.DOWN}), None)

    @property
    def arrow(self) -> str:
        """``up``, ``down`` or nothing."""
        return self.last.direction.value if self.last else ""

    @property
    def tone(self) -> str:
        return self.last.tone if self.last else ""

    @property
    def words(self) -> str:
        return self.last.words if self.last else ""


def trend_of(customer: Customer, *, limit: int = 24, labels: Mapping[str, TierLabel] | None = None) -> Trend:
    """The customer's newest moves in the primary scheme of their kind.

    Args:
        labels: the tiers of the customer's kind, where they are at hand.
    """
    moves = Move.objects.filter(
        customer=customer, version__scheme__is_primary=True, version__scheme__kind=customer.kind
    ).select_related("version__scheme")
    known = tier_definitions(customer.kind) if labels is None else labels
    return Trend(tuple(changes(list(moves.order_by("-id")[:limit]), known)))


def changes(moves: Sequence[Move], labels: Mapping[str, TierLabel]) -> list[TierChange]:
    """Moves in words; their versions and schemes are to be loaded with them."""
    return [
        TierChange(
            on=move.effective_on,
            run_id=move.run_id,
            direction=Direction(move.direction),
            before=labels.get(move.from_tier),
            after=labels.get(move.to_tier),
            evidence=evidence_of(move),
            version=f"{move.version.scheme} v{move.version.number}",
        )
        for move in moves
    ]


# -- explaining -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Explanation:
    """What one scheme says of a customer: the tier held, the tier of today's figures, every rule with its verdict."""

    scheme: Scheme
    version: SchemeVersion
    held: TierLabel | None
    since: date | None
    evidence: str
    by_today: TierLabel | None
    figures: tuple[tuple[str, str], ...]
    rules: tuple[tuple[TierLabel, str, bool], ...]
    outlook: Outlook | None
    protection: Protected | None


def explain(customer: Customer, at: datetime) -> list[Explanation]:
    """Hold a customer against every scheme of their kind."""
    schemes = Scheme.objects.filter(kind__in=[customer.kind, SchemeKind.ANY])
    return [_explain(scheme, customer, at) for scheme in schemes]


def _explain(scheme: Scheme, customer: Customer, at: datetime) -> Explanation:
    found = _today(scheme, customer, at)
    definition = found.definition
    standing = Standing.objects.filter(scheme=scheme, customer=customer).first()
    verdicts: dict[tuple[str, str], bool] = {}
    for route in found.rules.routes:
        part = route.tier.code, route.door.code if route.door else ""
        verdicts[part] = verdicts.get(part, False) or found.holds[route.number]
    rules = []
    for (code, door_code), holds in verdicts.items():
        tier = definition.tier(code)
        assert tier is not None
        door = next((door for door in definition.doors if door.code == door_code), None)
        words = reading.condition(door.when, definition.basis) if door else reading.own_rule(definition, tier)
        rules.append((label_of(tier), words, holds))
    labels = labels_of(scheme)
    return Explanation(
        scheme=scheme,
        version=found.version,
        held=labels.get(standing.tier) if standing else None,
        since=standing.since if standing else None,
        evidence=evidence_of(standing) if standing else "",
        by_today=label_of(found.tier) if found.tier else None,
        figures=tuple(
            (reading.metric_name(code, definition.basis), _figure(code, value)) for code, value in found.values.items()
        ),
        rules=tuple(rules),
        outlook=outlook(customer, standing, found.found, at) if standing else None,
        protection=protection_of(customer, scheme, at.astimezone(SHANGHAI).date()),
    )


def _figure(metric: str, value: Any) -> str:
    if value is None:
        return _("not known")
    if METRICS[metric].is_number:
        return reading.quantity_held(metric, Decimal(str(value)))
    return reading.quantity(metric, Decimal(int(value))) if isinstance(value, bool) else str(value)
