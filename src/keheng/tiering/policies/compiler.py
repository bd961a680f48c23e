"""From a definition to SQL: which tier each customer falls in, decided by the database.

A definition compiles to *routes*: every way into a tier, best tier first, a tier's own rule before the doors that
lift to it. A customer goes by the first route that takes them, so the number of the route tells tier, door, metric
and limit at once, and one ``case`` over all customers is the whole evaluation.

Conditions read columns named ``m_<metric>``, which the query computes once a row (:attr:`Rules.metrics`).
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import assert_never

from keheng.tiering.enums import Basis, Edge
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
    alternatives,
    comparisons,
)
from keheng.tiering.policies.definition import Band, Definition, Door, Tier, Upkeep
from keheng.tiering.policies.metrics import METRICS


@dataclass(frozen=True)
class Route:
    """One way into a tier and the evidence it leaves: a metric and the limit that it met."""

    number: int
    tier: Tier
    door: Door | None
    condition: str
    metric: str
    threshold: Decimal | None


@dataclass(frozen=True)
class Rules:
    """A definition as SQL.

    Attributes:
        metrics: SQL expression of each metric that the rules read, by its code.
        routes: numbered from 1, best first.
        excluded: the condition of the exclusions.
        params: the values of the placeholders.
        protected: the condition of the protections, whom no downgrade touches.
        months: of how many month ends the means are read; 0: of none.
        upkeep_case: the roles that maintain a customer of the tier ``held``, as an array; only where asked for.
    """

    metrics: dict[str, str]
    routes: tuple[Route, ...]
    excluded: str
    params: dict[str, object]
    protected: str = "false"
    months: int = 0
    upkeep_case: str = "'{}'::text[]"

    @property
    def reads_companies(self) -> bool:
        return any(METRICS[code].of_companies for code in self.metrics)

    @property
    def route_case(self) -> str:
        """The number of the route that takes a customer; ``null`` where none does."""
        arms = [f"when {self.excluded} then null"] if self.excluded != "false" else []
        arms += [f"when {route.condition} then {route.number}" for route in self.routes]
        return f"case {' '.join(arms)} end"

    @property
    def value_case(self) -> str:
        """The value of the metric that the route names as evidence; a yes counts 1."""
        arms = []
        for metric in dict.fromkeys(route.metric for route in self.routes if route.metric):
            numbers = ", ".join(str(route.number) for route in self.routes if route.metric == metric)
            value = column(metric) if METRICS[metric].is_number else f"{column(metric)}::int"
            arms.append(f"when route in ({numbers}) then {value}")
        return f"case {' '.join(arms)} end::numeric" if arms else "null::numeric"


def column(metric: str) -> str:
    """The name under which a query offers a metric."""
    return f"m_{metric}"


def compile_definition(definition: Definition, *, with_upkeep: bool = False) -> Rules:
    """Compile a definition that :mod:`.validation` finds nothing wrong with.

    Args:
        with_upkeep: read what the conditions of upkeep need, too; sorting customers does not.
    """
    writer = _Writer(definition)
    routes = [
        Route(number, tier, door, condition, metric, threshold)
        for number, (tier, door, condition, metric, threshold) in enumerate(writer.routes(), 1)
    ]
    excluded = " or ".join(writer.condition(part.when) for part in definition.exclusions) or "false"
    protected = " or ".join(writer.condition(part.when) for part in definition.movement.protected) or "false"
    months = definition.months if definition.basis == Basis.MONTHS_AVERAGE else 0
    upkeep = writer.upkeep() if with_upkeep else Rules.upkeep_case
    return Rules(writer.metrics, tuple(routes), excluded, writer.params, protected, months, upkeep)


type _Draft = tuple[Tier, Door | None, str, str, Decimal | None]


@dataclass
class _Writer:
    definition: Definition
    metrics: dict[str, str] = field(default_factory=dict)
    params: dict[str, object] = field(default_factory=dict)

    def routes(self) -> list[_Draft]:
        drafts: list[_Draft] = []
        for tier in self.definition.descending:
            drafts += self._own_routes(tier)
            for door in self.definition.doors_to(tier):
                drafts += [(tier, door, self.condition(way), *self._evidence(way)) for way in alternatives(door.when)]
        return drafts

    def upkeep(self) -> str:
        """SQL of the array of roles: of each tier, those whose condition holds."""
        arms = []
        for tier in self.definition.tiers:
            parts = [self._roles(part) for part in tier.upkeep]
            arms.append(f"when '{tier.code}' then {' || '.join(parts) or Rules.upkeep_case}")
        return f"case held {' '.join(arms)} else {Rules.upkeep_case} end"

    def _roles(self, part: Upkeep) -> str:
        roles = f"{self._bind(list(part.roles))}::text[]"
        return f"case when {self.condition(part.when)} then {roles} else '{{}}' end" if part.when else roles

    def _own_routes(self, tier: Tier) -> list[_Draft]:
        if tier.band and self.definition.metric:
            metric, limit = self.definition.metric, tier.band.upper if tier.band.lower is None else tier.band.lower
            return [(tier, None, self._band(metric, tier.band), metric, limit)]
        if tier.when:
            return [(tier, None, self.condition(way), *self._evidence(way)) for way in alternatives(tier.when)]
        return [(tier, None, "true", *self._missed(tier))]

    def _missed(self, tier: Tier) -> tuple[str, Decimal | None]:
        """What whoever is left for the lowest tier did not reach: the leading number of the next tier that has one."""
        for higher in self.definition.ascending:
            if higher.rank > tier.rank and higher.when:
                metric, limit = self._evidence(higher.when)
                if limit is not None:
                    return metric, limit
        return "", None

    def _evidence(self, condition: Condition) -> tuple[str, Decimal | None]:
        """The leading number of a condition with its limit, else its leading yes-or-no."""
        leaves = list(comparisons(condition))
        for leaf in leaves:
            if isinstance(leaf, Threshold) and leaf.per is None:
                self._read(leaf.metric)
                return leaf.metric, leaf.value
        return next(((leaf.metric, None) for leaf in leaves if isinstance(leaf, Flag)), ("", None))

    def condition(self, node: Condition) -> str:
        match node:
            case AllOf(all=parts):
                return f"({' and '.join(self.condition(part) for part in parts)})"
            case AnyOf(any=parts):
                return f"({' or '.join(self.condition(part) for part in parts)})"
            case Not(negated=part):
                return f"(not {self.condition(part)})"
            case Threshold() | Membership() | Flag():
                return self._comparison(node)
        assert_never(node)

    def _comparison(self, leaf: Comparison) -> str:
        metric = self._read(leaf.metric)
        match leaf:
            case Threshold(op=op, value=value, per=per):
                ratio = f"{metric} / nullif({self._read(per)}, 0)" if per else metric  # nobody knows a ratio to zero
                text = f"{ratio} {Op(op).value} {self._bind(value)}"
            case Membership(among=words):
                text = f"{metric} in ({', '.join(self._bind(word) for word in words)})"
            case Flag(holds=holds):
                return metric if holds else f"(not {metric})"
        is_ratio = isinstance(leaf, Threshold) and leaf.per is not None
        known = METRICS[leaf.metric].is_number and METRICS[leaf.metric].missing_is_zero and not is_ratio
        return text if known else f"coalesce({text}, false)"

    def _band(self, metric: str, band: Band) -> str:
        read = self._read(metric)
        above, below = (">=", "<") if self.definition.edge == Edge.LOWER else (">", "<=")
        edges = [f"{read} {above} {self._bind(band.lower)}"] if band.lower is not None else []
        edges += [f"{read} {below} {self._bind(band.upper)}"] if band.upper is not None else []
        return f"({' and '.join(edges)})" if edges else "true"

    def _read(self, metric: str) -> str:
        self.metrics.setdefault(metric, METRICS[metric].expression(self.definition.basis))
        return column(metric)

    def _bind(self, value: object) -> str:
        name = next((name for name, bound in self.params.items() if bound == value), f"p{len(self.params)}")
        self.params[name] = value
        return f"%({name})s"
