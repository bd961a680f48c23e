"""Moves that do not take effect at once: grace, hysteresis, minimum stay, protection, approval (decision 5).

Everything is worked out from the figures of the month ends as they stand, for the few customers whose tier by the rules
is not the one they hold. Nothing is counted up from run to run, so that an evaluation can be repeated, skipped or made
as of any past date, and never shortens anybody's grace:

* a downgrade is due when the customer was below the tier held at each of the last N month ends, all of them since the
  tier was set (or a downgrade was refused), and is below it now;
* it leads to the best tier of these days;
* hysteresis, minimum stay and protection keep the customer where they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from keheng.common.clock import month_ends
from keheng.tiering.enums import Direction, Edge
from keheng.tiering.models import Run
from keheng.tiering.policies.compiler import Rules, column
from keheng.tiering.policies.definition import Step
from keheng.tiering.queries.classify import Classification

type Rows = Callable[..., list[tuple[Any, ...]]]


def waiting_case(run: Run) -> str:
    """SQL of the tier that a customer keeps for the time being; null for who stays or moves at once."""
    movement = run.version.rules.movement
    up = "held" if waits(movement.upgrade) else "null"
    down = "held" if waits(movement.downgrade) or movement.minimum_stay_days or movement.protected else "null"
    if movement.hysteresis:
        down = "held"
    return f"""
        case when route is null or held is null or (%(tiers)s::varchar[])[route] = held then null
             when {rank_case(run)} is null then null
             when (%(ranks)s::int[])[route] > {rank_case(run)} then {up}
             else {down} end::varchar
    """


def waits(step: Step) -> bool:
    """Tell whether a move of this kind may have to wait."""
    return step.approval or step.month_ends > 1


def rank_case(run: Run, held: str = "held") -> str:
    """SQL of the rank of a tier; null for a tier that the version has dropped."""
    arms = " ".join(f"when '{tier.code}' then {tier.rank}" for tier in run.version.rules.tiers)
    return f"(case {held} {arms} end)"


@dataclass
class Grace:
    """Turns ``tiering_waiting`` (customer_id, branch_id, owner_id, held) into ``tiering_due``."""

    run: Run
    found: Classification
    rows: Rows

    def settle(self) -> None:
        """Find who is due among those who wait."""
        self._observe()
        self.rows("create temporary table tiering_due on commit drop as " + " union all ".join(map(self._due, _WAYS)))

    # -- what was observed ----------------------------------------------------------------------------------------

    def _observe(self) -> None:
        """Where the waiting customers stood by the rules on the day and at the month ends that count."""
        self.rows(
            """create temporary table tiering_observed (customer_id bigint, day date, is_month_end boolean, route int,
               rank int, value numeric, is_kept boolean) on commit drop"""
        )
        longest = max(self._movement.upgrade.month_ends, self._movement.downgrade.month_ends)
        self._observe_on(self.found, is_month_end=False)
        if longest > 1:
            for day in self._last_month_ends(longest):
                self._observe_on(Classification(self.run.version, self.found.rules, day, day), is_month_end=True)
        self.rows("create index on tiering_observed (customer_id)")  # who is due looks up the days of each
        self.rows("analyze tiering_observed")

    def _observe_on(self, found: Classification, *, is_month_end: bool) -> None:
        self.rows(
            f"""
            insert into tiering_observed
            select id, %(day)s::date, %(is_month_end)s, route, (%(ranks)s::int[])[route],
                   {found.rules.value_case}, coalesce({self._kept()}, false)
              from ({found.rows(only="c.id in (select customer_id from tiering_waiting)")}) sorted
             where route is not null
            """,
            **found.params,
            day=found.as_of,
            is_month_end=is_month_end,
        )

    def _kept(self) -> str:
        """SQL: hysteresis holds the customer, or a protection of the version."""
        conditions = [self.found.rules.protected] if self.found.rules.protected != "false" else []
        definition, share = self.run.version.rules, self._movement.hysteresis
        if share and definition.metric:
            sign = ">=" if definition.edge == Edge.LOWER else ">"
            arms = " ".join(
                f"when '{tier.code}' then {column(definition.metric)} {sign} {tier.band.lower * (1 - share)}"
                for tier in definition.tiers
                if tier.band and tier.band.lower is not None
            )
            conditions.append(f"(case held {arms} else false end)")
        return " or ".join(conditions) or "false"

    def _last_month_ends(self, count: int) -> list[date]:
        return [day for day in month_ends(self.run.as_of, count + 1) if day <= self.run.as_of][-count:]

    # -- who is due -----------------------------------------------------------------------------------------------

    def _due(self, way: "_Way") -> str:
        """SQL of those who are due in one direction, with the day that decides."""
        step = getattr(self._movement, way.step)
        ends = self._last_month_ends(max(step.month_ends, 1))
        needed = step.month_ends if step.month_ends > 1 else 0
        passes = f"o.rank {way.sign} w.held_rank" + ("" if way.sign == ">" else " and not o.is_kept")
        counts = f"o.is_month_end and o.day >= '{ends[0]}'" if needed else "false"
        return f"""
            select w.customer_id, w.branch_id, w.owner_id, w.held, w.held_rank, '{way.direction.value}' as direction,
                   {"true" if step.approval else "false"} as needs_approval, best.route, best.value, seen.observed
              from (select w.*, held.since, {rank_case(self.run, "w.held")} as held_rank from tiering_waiting w
                      join tiering_standing held on held.scheme_id = %(scheme)s and held.customer_id = w.customer_id
                       and held.tier = w.held) w
              cross join lateral (
                   select count(*) filter (where {counts} and {passes} and o.day >= w.since) as ends,
                          bool_or(not o.is_month_end and {passes}) as now,
                          jsonb_agg(jsonb_build_object('day', o.day, 'tier', (%(tiers)s::varchar[])[o.route],
                                    'value', o.value) order by o.day, o.is_month_end desc)
                            filter (where {counts} or not o.is_month_end) as observed
                     from tiering_observed o where o.customer_id = w.customer_id) seen
              cross join lateral (
                   select o.route, o.value from tiering_observed o
                    where o.customer_id = w.customer_id and ({counts} or not o.is_month_end)
                    order by o.rank {way.order}, o.day desc limit 1) best
             where seen.now and seen.ends = {needed} and {self._free(way)}
               and not exists (
                   select from tiering_proposal p
                    where p.scheme_id = %(scheme)s and p.customer_id = w.customer_id
                      and p.direction = '{way.direction.value}'
                      and ((p.state = 'refused' and p.decided_on >= '{ends[0]}')
                           or (p.state = 'returned' and p.decided_on >= '{ends[-1]}')))
        """

    def _free(self, way: "_Way") -> str:
        """SQL: neither the minimum stay nor the list of protected customers holds the customer."""
        if way.direction == Direction.UP:
            return "true"
        return f"""
            w.since + {self._movement.minimum_stay_days} <= %(as_of)s::date
            and not exists (select from tiering_protected p where p.scheme_id = %(scheme)s
                               and p.customer_id = w.customer_id and p.state = 'in_force'
                               and p.until >= %(as_of)s::date)
        """

    @property
    def _movement(self) -> Any:
        return self.run.version.rules.movement


@dataclass(frozen=True)
class _Way:
    """One direction: which step of the movement governs it, and which of the days decides."""

    direction: Direction
    step: str
    sign: str
    order: str


_WAYS = (_Way(Direction.UP, "upgrade", ">", "asc"), _Way(Direction.DOWN, "downgrade", "<", "desc"))


def ranks_of(rules: Rules) -> Mapping[str, list[Any]]:
    """The tiers and ranks of the routes, as parameters."""
    return {"tiers": [route.tier.code for route in rules.routes], "ranks": [route.tier.rank for route in rules.routes]}
