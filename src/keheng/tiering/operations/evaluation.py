"""Evaluation: every customer of a scheme sorted by one statement, and what changed written as sets."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from keheng.audit import operations as audit
from keheng.common import events
from keheng.common.clock import SHANGHAI
from keheng.customers.feeds.turns import take_bulk_turn
from keheng.org.models import Staff
from keheng.tiering.enums import Direction, RunState
from keheng.tiering.errors import TieringError
from keheng.tiering.events import TiersEvaluated
from keheng.tiering.models import Run, Scheme
from keheng.tiering.operations.grace import Grace
from keheng.tiering.operations.proposals import propose, tell_owners
from keheng.tiering.permissions import check_run
from keheng.tiering.policies.compiler import Rules, compile_definition
from keheng.tiering.queries.classify import Classification, classification, evaluation_day
from keheng.tiering.queries.grace import ranks_of, waiting_case
from keheng.tiering.queries.runs import LOCK_FAMILY
from keheng.tiering.queries.schemes import version_on


def request_evaluation(*, scheme: Scheme, as_of: date | None, actor: Staff, at: datetime) -> Run:
    """Queue an evaluation for the worker.

    Raises:
        PermissionDenied: the actor may not start one.
        TieringError: there are no rules or figures for the date, or nobody to sort.
    """
    check_run(actor)
    with transaction.atomic():
        run = _new_run(scheme, as_of, actor, at)
        audit.record("tiering.request", actor=actor, at=at, target=run, detail={"as_of": run.as_of.isoformat()})
        app.configure_task("tiering.evaluate").defer(run_id=run.pk)
    return run


def evaluate(*, scheme: Scheme, as_of: date | None, actor: Staff, at: datetime, run: Run | None = None) -> Run:
    """Sort the customers of a scheme as of a date, and move those whose tier changed.

    One statement classifies everybody and finds the movers; standings, moves, the customers' own tier (primary
    schemes) and the tallies are then written for the movers only, in the same transaction. The first evaluation of a
    scheme sets tiers at once; later moves follow the version's rules of movement: grace, protection, approval. A date
    before the last applied evaluation is a look back: it counts and moves nobody.

    Args:
        as_of: the evaluation date; ``None`` means the day of ``at``.
        run: a queued run to carry out.

    Raises:
        PermissionDenied: the actor may not start one.
        TieringError: there are no rules or figures for the date, or nobody to sort; or it lies ahead.
    """
    check_run(actor)
    run = run or _new_run(scheme, as_of, actor, at)
    run.state, run.started_at = RunState.RUNNING, at
    run.save(update_fields=["state", "started_at"])
    try:
        with transaction.atomic():
            _wait_for_turn(run)
            take_bulk_turn()
            started = perf_counter()
            _carry_out(run, at)
            run.seconds = Decimal(f"{perf_counter() - started:.3f}")
            run.finished_at = at + timedelta(seconds=float(run.seconds))
            run.state = RunState.DONE
            run.save()
            audit.record("tiering.evaluate", actor=actor, at=at, target=run, detail=_summary(run))
            if run.applied:
                events.publish(TiersEvaluated(run.pk))
    except Exception as error:
        with suppress(DatabaseError):
            failure = str(error) if isinstance(error, TieringError) else type(error).__name__
            Run.objects.filter(pk=run.pk).update(state=RunState.FAILED, finished_at=at, failure=failure[:300])
        raise
    return run


def _new_run(scheme: Scheme, as_of: date | None, actor: Staff, at: datetime) -> Run:
    today = at.astimezone(SHANGHAI).date()
    day = evaluation_day(scheme, as_of, today)
    chosen = classification(version_on(scheme, day), as_of=day, today=today)
    return Run.objects.create(
        scheme=scheme, version=chosen.version, as_of=day, figures_of=chosen.month_end, actor=actor, requested_at=at
    )


def _wait_for_turn(run: Run) -> None:
    """Evaluate one at a time; whoever has the turn knows that runs still marked as running have died."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK_FAMILY, run.scheme_id])
    dead = Run.objects.filter(scheme=run.scheme_id, state=RunState.RUNNING, pk__lt=run.pk)
    dead.update(state=RunState.FAILED, failure=_("Interrupted; nothing was changed."))


def _summary(run: Run) -> dict[str, Any]:
    counts = {direction.value: getattr(run, direction.value) for direction in Direction}
    return {"version": run.version.number, "as_of": run.as_of.isoformat(), "evaluated": run.evaluated, **counts}


def _carry_out(run: Run, at: datetime) -> None:
    last = Run.objects.filter(scheme=run.scheme_id, state=RunState.DONE, applied=True).order_by("-as_of").first()
    run.applied = last is None or run.as_of >= last.as_of
    rules = compile_definition(run.version.rules)
    work = _Work(run, Classification(run.version, rules, run.as_of, run.figures_of))
    work.scan()
    if run.applied:
        work.move(at)
    work.count()
    if run.applied and last is not None:
        work.tell(at)
    work.clear()


@dataclass
class _Work:
    """The statements of one evaluation. Two temporary tables carry the result of the scan from one to the next."""

    run: Run
    found: Classification

    @property
    def rules(self) -> Rules:
        return self.found.rules

    def scan(self) -> None:
        """Classify everybody: a row for each branch, owner and route, with the keys and evidence of those who move."""
        movers, waiting = "null::bigint[] as movers, null::numeric[] as values", "null::varchar"
        if self.run.applied:
            waiting = waiting_case(self.run.version.rules)
            moved = "filter (where (%(tiers)s::varchar[])[route] is distinct from held)"
            movers = f"array_agg(id) {moved} as movers, array_agg({self.rules.value_case}) {moved} as values"
        self._execute(
            f"""
            create temporary table tiering_scan on commit drop as
            select branch_id, owner_id, route, {waiting} as waiting, count(*) as customers,
                   coalesce(sum(aum), 0) as aum, {movers}
              from ({self.found.rows()}) sorted
             group by branch_id, owner_id, route, 4
            """
        )

    def move(self, at: datetime) -> None:
        """Write what changed: moves, standings, and the customers' own tier where the scheme is primary."""
        self._execute(
            """
            create temporary table tiering_movers on commit drop as
            select mover.id as customer_id, scan.branch_id, scan.owner_id, scan.route, mover.value, scan.waiting
              from tiering_scan scan, unnest(scan.movers, scan.values) as mover(id, value)
             order by mover.id
            """
        )
        self._execute("analyze tiering_movers")
        self._wait(at)
        self._execute(
            """
            create temporary table tiering_moved (
                branch_id bigint, owner_id bigint, tier varchar, direction varchar, customers bigint
            ) on commit drop
            """
        )
        self._execute(
            f"""
            with written as (
                insert into tiering_move (run_id, customer_id, branch_id, direction, from_tier, to_tier,
                                          metric, value, threshold, door, version_id, effective_on)
                select %(run)s, mover.customer_id, mover.branch_id,
                       case when routes.tier is null then 'left' when held.tier is null then 'new'
                            when routes.rank < held.rank then 'down' else 'up' end,
                       coalesce(held.tier, ''), coalesce(routes.tier, ''),
                       coalesce(routes.metric, ''), mover.value, routes.threshold, coalesce(routes.door, ''),
                       %(version)s, %(as_of)s::date
                  from tiering_movers mover
                  left join {self._routes()} on number = route
                  left join tiering_standing held
                    on held.scheme_id = %(scheme)s and held.customer_id = mover.customer_id
                 where routes.tier is distinct from held.tier
                returning customer_id, to_tier, direction
            )
            insert into tiering_moved
            select mover.branch_id, mover.owner_id, written.to_tier, written.direction, count(*)
              from written join tiering_movers mover on mover.customer_id = written.customer_id
             group by 1, 2, 3, 4
            """
        )
        counts = self._rows("select direction, sum(customers)::bigint from tiering_moved group by direction")
        for direction, count in counts:
            setattr(self.run, direction, count)
        self._execute(
            """
            delete from tiering_standing held using tiering_movers mover
             where held.scheme_id = %(scheme)s and held.customer_id = mover.customer_id and mover.route is null
            """
        )
        self._execute(
            f"""
            insert into tiering_standing (scheme_id, customer_id, tier, rank, since, run_id, version_id,
                                          metric, value, threshold, door)
            select %(scheme)s, customer_id, routes.tier, routes.rank, %(as_of)s::date, %(run)s, %(version)s,
                   routes.metric, value, routes.threshold, routes.door
              from tiering_movers join {self._routes()} on number = route
            on conflict (scheme_id, customer_id) do update
               set (tier, rank, since, run_id, version_id, metric, value, threshold, door) =
                   (excluded.tier, excluded.rank, excluded.since, excluded.run_id, excluded.version_id,
                    excluded.metric, excluded.value, excluded.threshold, excluded.door)
            """
        )
        if self.run.scheme.is_primary:
            self._execute(
                f"""
                update customers_customer customer
                   set tier = coalesce(routes.tier, ''), tier_rank = coalesce(routes.rank, -1)
                  from tiering_movers mover left join {self._routes()} on number = route
                 where customer.id = mover.customer_id
                """
            )

    def _wait(self, at: datetime) -> None:
        """Let those who may not move at once wait; who is due without approval joins the movers."""
        self._execute(
            """
            create temporary table tiering_waiting on commit drop as
            select mover.customer_id, mover.branch_id, mover.owner_id, mover.waiting as held, held.since
              from tiering_movers mover
              join tiering_standing held  -- a copy of the tier that went astray is mended instead
                on held.scheme_id = %(scheme)s and held.customer_id = mover.customer_id and held.tier = mover.waiting
            """
        )
        self._execute(
            "delete from tiering_movers mover using tiering_waiting w where w.customer_id = mover.customer_id"
        )
        self._execute("analyze tiering_waiting")
        Grace(self.found, self._rows).settle()
        self._execute(
            """
            insert into tiering_movers (customer_id, branch_id, owner_id, route, value, waiting)
            select customer_id, branch_id, owner_id, route, value, held from tiering_due where not needs_approval
            """
        )
        self.run.proposed = sum(propose(self.run, self._routes(), at).values())
        ((self.run.waiting,),) = self._rows(
            """select count(*) from tiering_waiting w where not exists (
               select from tiering_due due where due.customer_id = w.customer_id and not due.needs_approval)"""
        )

    def tell(self, at: datetime) -> None:
        """Tell the owners of who moved up or down."""
        told = self._rows(
            """select owner_id, direction, sum(customers)::bigint from tiering_moved
                where direction in ('up', 'down') and owner_id is not null group by owner_id, direction"""
        )
        page = reverse("tiering-run", args=[self.run.pk])
        tell_owners([(owner, Direction(way), number, f"{page}?direction={way}") for owner, way, number in told], at)

    def count(self) -> None:
        """Keep the tallies, and from them the distribution."""
        self._execute(
            f"""
            insert into tiering_tally (run_id, branch_id, owner_id, tier, customers, aum, new, up, down)
            select %(run)s, found.branch_id, found.owner_id, found.tier, customers, aum,
                   coalesce(moved.new, 0), coalesce(moved.up, 0), coalesce(moved.down, 0)
              from (select branch_id, owner_id, tier, sum(customers) as customers, sum(aum) as aum
                      from (select branch_id, owner_id, coalesce(waiting, routes.tier) as tier, customers, aum
                              from tiering_scan join {self._routes()} on number = route
                            {self._turned()}) held
                     group by branch_id, owner_id, tier) found
              left join ({self._moved()}) moved
                on moved.branch_id = found.branch_id and moved.tier = found.tier
               and coalesce(moved.owner_id, 0) = coalesce(found.owner_id, 0)
            """
        )
        tiers = self.run.version.rules.ascending
        self.run.distribution = {tier.code: 0 for tier in tiers} | dict(
            self._rows("select tier, sum(customers)::bigint from tiering_tally where run_id = %(run)s group by tier")
        )
        self.run.evaluated = sum(self.run.distribution.values())

    def _turned(self) -> str:
        """Who waited when the scan counted and has moved since: one less in the old tier, one more in the new."""
        if not self.run.applied:
            return ""
        return f"""
            union all
            select mover.branch_id, mover.owner_id, turn.tier, turn.change, turn.change * c.aum
              from tiering_movers mover
              join customers_customer c on c.id = mover.customer_id
              join {self._routes()} on routes.number = mover.route
              cross join lateral (values (mover.waiting, -1), (routes.tier, 1)) as turn (tier, change)
             where mover.waiting is not null
        """

    def _moved(self) -> str:
        """How many the run moved to a tier, by branch and owner; a look back moved nobody."""
        if not self.run.applied:
            return "select 0 as branch_id, 0 as owner_id, '' as tier, 0 as new, 0 as up, 0 as down where false"
        return """
            select branch_id, owner_id, tier, sum(customers) filter (where direction = 'new') as new,
                   sum(customers) filter (where direction = 'up') as up,
                   sum(customers) filter (where direction = 'down') as down
              from tiering_moved group by branch_id, owner_id, tier
        """

    def clear(self) -> None:
        """Drop the temporary tables: the transaction may be part of a longer one."""
        self._execute("drop table tiering_scan")
        self._execute(
            "drop table if exists tiering_movers, tiering_moved, tiering_waiting, tiering_observed, tiering_due"
        )

    def _routes(self) -> str:
        rows = []
        for route in self.rules.routes:
            limit, door = "null" if route.threshold is None else route.threshold, route.door.code if route.door else ""
            words = f"'{route.tier.code}', {route.tier.rank}, '{route.metric}', {limit}::numeric, '{door}'"
            rows.append(f"({route.number}, {words})")
        return f"(values {', '.join(rows)}) as routes (number, tier, rank, metric, threshold, door)"

    def _execute(self, sql: str, **more: Any) -> None:
        self._rows(sql, **more)

    def _rows(self, sql: str, **more: Any) -> list[tuple[Any, ...]]:
        keys = {"run": self.run.pk, "version": self.run.version_id}
        params = {**self.found.params, **keys, **ranks_of(self.rules), **more}
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall() if cursor.description else []
