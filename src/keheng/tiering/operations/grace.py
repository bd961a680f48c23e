"""Moves that do not take effect at once: grace, hysteresis, minimum stay, protection, approval (decision 5).

Everything is worked out from the figures of the month ends as they stand, for the few customers whose tier by the rules
is not the one they hold. Nothing is counted up from run to run, so that an evaluation can be repeated, skipped or made
as of any past date, and never shortens anybody's grace:

* a downgrade is due when the customer was below the tier held at each of the last N month ends, all of them since the
  tier was set (or a downgrade was refused), and is below it now;
* it leads to the best tier of these days;
* hysteresis, minimum stay and protection keep the customer where they are.

:mod:`keheng.tiering.policies.grace` says the same of one customer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from keheng.tiering.enums import Direction
from keheng.tiering.policies.definition import Movement
from keheng.tiering.queries.classify import Classification
from keheng.tiering.queries.grace import kept_case, last_month_ends, protected_case, rank_case

type Rows = Callable[..., list[tuple[Any, ...]]]

LISTED = """
    exists (select from tiering_protected p where p.scheme_id = %(scheme)s and p.customer_id = w.customer_id
               and p.state = 'in_force' and p.until >= %(as_of)s::date)
"""


@dataclass
class Grace:
    """Turns ``tiering_waiting`` (customer_id, branch_id, owner_id, held, since) into ``tiering_due``."""

    found: Classification
    rows: Rows

    def settle(self) -> None:
        """Find who is due among those who wait."""
        self._observe()
        self.rows("create temporary table tiering_due on commit drop as " + " union all ".join(map(self._due, _WAYS)))

    def judge(self) -> None:
        """Tell of everybody else who waits why, in ``tiering_fate`` (customer_id, fate, month_ends)."""
        falls = "here.rank < w.held_rank"
        same_way = "sign({0}.rank - w.held_rank) = sign(here.rank - w.held_rank) and not ({1} and {0}.is_kept)"
        stay, (up, down) = self._movement.minimum_stay_days, (self._movement.upgrade, self._movement.downgrade)
        most = f"case when {falls} then {down.month_ends} else {up.month_ends} end"
        self.rows("analyze tiering_due")
        self.rows(
            f"""
            create temporary table tiering_fate on commit drop as
            select w.customer_id,
                   case when {falls} and (here.is_protected or {LISTED}) then 'protected'
                        when {falls} and (here.is_kept or w.since + {stay} > %(as_of)s::date) then 'stays'
                        else 'waits' end as fate,
                   (select case {most} when 1 then 0 else least(count(*), {most}) end from tiering_observed o
                     where o.customer_id = w.customer_id and o.is_month_end and o.day >= w.since
                       and {same_way.format("o", falls)}
                       and o.day > coalesce((select max(f.day) from tiering_observed f
                             where f.customer_id = w.customer_id and f.is_month_end
                               and not ({same_way.format("f", falls)})), '-infinity'))::int as month_ends
              from (select w.*, {rank_case(self.found.version.rules, "w.held")} as held_rank from tiering_waiting w) w
              join tiering_observed here on here.customer_id = w.customer_id and not here.is_month_end
             where not exists (select from tiering_due due where due.customer_id = w.customer_id)
            """
        )

    # -- what was observed ----------------------------------------------------------------------------------------

    def _observe(self) -> None:
        """Where the waiting customers stood by the rules on the day and at the month ends that count."""
        self.rows(
            """create temporary table tiering_observed (customer_id bigint, day date, is_month_end boolean, route int,
               rank int, value numeric, is_kept boolean, is_protected boolean) on commit drop"""
        )
        self._observe_on(self.found, is_month_end=False)
        ends = self._last_month_ends()
        if len(ends) > 1:
            for day in ends:
                self._observe_on(Classification(self.found.version, self.found.rules, day, day), is_month_end=True)
        self.rows("create index on tiering_observed (customer_id)")
        self.rows("analyze tiering_observed")

    def _observe_on(self, found: Classification, *, is_month_end: bool) -> None:
        self.rows(
            f"""
            insert into tiering_observed
            select id, %(day)s::date, %(is_month_end)s, route, (%(ranks)s::int[])[route],
                   {found.rules.value_case}, {kept_case(found)}, {protected_case(found)}
              from ({found.rows(only="c.id in (select customer_id from tiering_waiting)")}) sorted
             where route is not null
            """,
            **found.params,
            day=found.as_of,
            is_month_end=is_month_end,
        )

    def _last_month_ends(self) -> list[date]:
        return last_month_ends(self.found.version.rules, self.found.as_of)

    # -- who is due -----------------------------------------------------------------------------------------------

    def _due(self, way: "_Way") -> str:
        """SQL of those who are due in one direction, with the day that decides."""
        step = getattr(self._movement, way.step)
        ends = self._last_month_ends()[-step.month_ends :]
        needed = step.month_ends if step.month_ends > 1 else 0
        passes = f"o.rank {way.sign} w.held_rank" + ("" if way.sign == ">" else " and not o.is_kept")
        counts = f"o.is_month_end and o.day >= '{ends[0]}'" if needed else "false"
        return f"""
            select w.customer_id, w.branch_id, w.owner_id, w.held, w.held_rank, '{way.direction.value}' as direction,
                   {"true" if step.approval else "false"} as needs_approval, best.route, best.value, seen.observed
              from (select w.*, {rank_case(self.found.version.rules, "w.held")} as held_rank from tiering_waiting w) w
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
        return f"w.since + {self._movement.minimum_stay_days} <= %(as_of)s::date and not {LISTED}"

    @property
    def _movement(self) -> Movement:
        return self.found.version.rules.movement


@dataclass(frozen=True)
class _Way:
    """One direction: which step of the movement governs it, and which of the days decides."""

    direction: Direction
    step: str
    sign: str
    order: str


_WAYS = (_Way(Direction.UP, "upgrade", ">", "asc"), _Way(Direction.DOWN, "downgrade", "<", "desc"))
