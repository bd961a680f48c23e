"""Dry runs: who would move under a version, worked out as sets and kept, without moving anybody."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from time import perf_counter
from typing import Any

from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django import app

from keheng.audit import operations as audit
from keheng.common.clock import SHANGHAI
from keheng.org.models import Staff
from keheng.tiering.enums import Direction, RunState, SchemeKind
from keheng.tiering.errors import TieringError
from keheng.tiering.models import DryRun, SchemeVersion
from keheng.tiering.operations.grace import Grace
from keheng.tiering.permissions import check_try
from keheng.tiering.policies.validation import problems
from keheng.tiering.queries.classify import Classification, classification, evaluation_day
from keheng.tiering.queries.dry_runs import LOCK_FAMILY
from keheng.tiering.queries.grace import ranks_of, waiting_case
from keheng.tiering.queries.passages import FIRST_MOVE_AFTER, OF_SCHEME
from keheng.tiering.queries.schemes import labels_of

KEPT_DAYS = 90


def request_dry_run(*, version: SchemeVersion, as_of: date | None, actor: Staff, at: datetime) -> DryRun:
    """Queue a dry run for the worker.

    Raises:
        PermissionDenied: the actor may not start one.
        TieringError: the version is unsound, or there are no figures for the date.
    """
    check_try(actor)
    with transaction.atomic():
        found = _new_dry_run(version, as_of, actor, at)
        app.configure_task("tiering.dry_run").defer(dry_run_id=found.pk)
    return found


def dry_run(
    *, version: SchemeVersion, as_of: date | None, actor: Staff, at: datetime, kept: DryRun | None = None
) -> DryRun:
    """Sort the customers as of a date by a version, and keep who would move and what each tier would hold.

    The tiers of now stay as they are. For a past date, the tiers before are those that the customers held then.

    Args:
        as_of: the date; ``None`` means the day of ``at``.
        kept: a queued dry run to carry out; it says version and date itself.

    Raises:
        PermissionDenied: the actor may not start one.
        TieringError: the version is unsound, there are no figures for the date, or it lies ahead.
    """
    check_try(actor)
    found = kept or _new_dry_run(version, as_of, actor, at)
    found.state, found.started_at = RunState.RUNNING, at
    found.save(update_fields=["state", "started_at"])
    try:
        with transaction.atomic():
            _work(found, at)
    except Exception as error:
        with suppress(DatabaseError):
            failure = str(error) if isinstance(error, TieringError) else type(error).__name__
            DryRun.objects.filter(pk=found.pk).update(state=RunState.FAILED, finished_at=at, failure=failure[:300])
        raise
    return found


def purge_dry_runs(*, today: date) -> int:
    """Delete the dry runs whose time is over; return how many."""
    old = DryRun.objects.filter(kept_until__lt=today)
    count = old.count()
    old.delete()
    return count


def _new_dry_run(version: SchemeVersion, as_of: date | None, actor: Staff, at: datetime) -> DryRun:
    today = at.astimezone(SHANGHAI).date()
    day = evaluation_day(version.scheme, as_of, today)
    if faults := problems(version.rules, SchemeKind(version.scheme.kind)):
        raise TieringError(" ".join(faults))
    chosen = classification(version, as_of=day, today=today)
    found = DryRun.objects.create(
        scheme=version.scheme,
        version=version,
        number=version.number,
        revision=version.revision,
        definition=version.definition,
        as_of=day,
        figures_of=chosen.month_end,
        actor=actor,
        requested_at=at,
        kept_until=today + timedelta(days=KEPT_DAYS),
    )
    audit.record("tiering.try", actor=actor, at=at, target=found, detail={"as_of": day.isoformat()})
    return found


def _work(found: DryRun, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK_FAMILY, found.pk])
    started = perf_counter()
    version = SchemeVersion(scheme=found.scheme, number=found.number, definition=found.definition)
    chosen = classification(version, as_of=found.as_of, today=at.astimezone(SHANGHAI).date())
    work = _Trial(found, Classification(version, chosen.rules, found.as_of, found.figures_of))
    work.sort(is_past=found.as_of < at.astimezone(SHANGHAI).date())
    work.keep()
    found.seconds = Decimal(f"{perf_counter() - started:.3f}")
    found.finished_at = at + timedelta(seconds=float(found.seconds))
    found.state = RunState.DONE
    found.save()


class _Trial:
    """The statements of one dry run, over a temporary table of everybody."""

    def __init__(self, kept: DryRun, chosen: Classification) -> None:
        self._kept, self._chosen = kept, chosen

    def sort(self, *, is_past: bool) -> None:
        """Everybody with the tier before and the route by the version; then what becomes of those who may wait."""
        before, join = "sorted.held", ""
        if is_past:
            before = "case when later.customer_id is null then sorted.held else nullif(later.from_tier, '') end"
            join = f"left join ({FIRST_MOVE_AFTER}) later on later.customer_id = sorted.id"
        self._rows(
            f"""
            create temporary table tiering_trial on commit drop as
            select id, branch_id, owner_id, aum, route, {before} as before, {self._chosen.rules.value_case} as value
              from ({self._chosen.rows()}) sorted {join}
            """
        )
        self._rows(
            f"""
            create temporary table tiering_waiting on commit drop as
            select w.id as customer_id, w.branch_id, w.owner_id, w.before as held,
                   coalesce((select max(m.effective_on) from tiering_move m
                              where m.customer_id = w.id and m.effective_on <= %(as_of)s::date
                                and {OF_SCHEME}), %(as_of)s::date) as since
              from tiering_trial w where {waiting_case(self._kept.rules, "before")} is not null
            """
        )
        self._rows("analyze tiering_waiting")
        grace = Grace(self._chosen, self._rows)
        grace.settle()
        grace.judge()
        self._rows(
            """
            create temporary table tiering_tried on commit drop as
            select t.id, t.branch_id, t.owner_id, t.aum, t.before, coalesce(due.route, t.route) as route,
                   coalesce(due.value, t.value) as value, coalesce(fate.month_ends, 0) as month_ends,
                   coalesce(fate.fate, case when due.needs_approval then 'proposed' else 'moves' end) as fate
              from tiering_trial t
              left join tiering_due due on due.customer_id = t.id
              left join tiering_fate fate on fate.customer_id = t.id
            """
        )

    def keep(self) -> None:
        """The cells of the matrix by branch and owner, and each customer whom the rules put elsewhere.

        The matrix counts who would move, at once or with an approval; whoever waits is held where they are.
        """
        self._rows(
            f"""
            insert into tiering_dryruncell (dry_run_id, branch_id, owner_id, from_tier, to_tier, customers, aum)
            select %(dry_run)s, branch_id, owner_id, coalesce(before, ''),
                   case when fate in ('moves', 'proposed') then coalesce(routes.tier, '') else before end, count(*),
                   sum(aum)
              from tiering_tried left join {self._routes()} on number = route
             where before is not null or routes.tier is not null
             group by 2, 3, 4, 5
            """
        )
        counts = self._rows(
            f"""
            with written as (
                insert into tiering_dryrunmove (dry_run_id, customer_id, direction, from_tier, to_tier, aum, metric,
                                                value, threshold, door, fate, month_ends)
                select %(dry_run)s, id,
                       case when routes.tier is null then 'left' when before is null then 'new'
                            when routes.rank < coalesce(known.rank, -1) then 'down' else 'up' end,
                       coalesce(before, ''), coalesce(routes.tier, ''), aum, coalesce(routes.metric, ''), value,
                       routes.threshold, coalesce(routes.door, ''), fate, month_ends
                  from tiering_tried
                  left join {self._routes()} on number = route
                  left join {self._ranks()} on known.tier = before
                 where routes.tier is distinct from before
                 order by aum
                returning direction, fate
            )
            select direction, count(*) from written where fate in ('moves', 'proposed') group by direction
            """
        )
        moved = dict(counts)
        for direction in Direction:
            setattr(self._kept, direction.value, moved.get(direction.value, 0))
        ((self._kept.evaluated,),) = self._rows("select count(*) from tiering_tried where route is not null")
        self._rows(
            """drop table tiering_trial, tiering_tried, tiering_waiting, tiering_observed, tiering_due, tiering_fate"""
        )

    def _routes(self) -> str:
        rows = []
        for route in self._chosen.rules.routes:
            limit, door = "null" if route.threshold is None else route.threshold, route.door.code if route.door else ""
            words = f"'{route.tier.code}', {route.tier.rank}, '{route.metric}', {limit}::numeric, '{door}'"
            rows.append(f"({route.number}, {words})")
        return f"(values {', '.join(rows)}) as routes (number, tier, rank, metric, threshold, door)"

    def _ranks(self) -> str:
        """The place of every tier that the scheme knows or knew; one that the version drops keeps its old place."""
        rank_of = {tier.code: tier.rank for tier in self._kept.rules.tiers}
        old = list(labels_of(self._kept.scheme))[::-1]
        for place, code in enumerate(old):
            rank_of.setdefault(code, place)
        return f"(values {', '.join(f"('{code}', {rank})" for code, rank in rank_of.items())}) as known (tier, rank)"

    def _rows(self, sql: str, **more: Any) -> list[tuple[Any, ...]]:
        keys: dict[str, Any] = {"dry_run": self._kept.pk, "after": self._kept.as_of}
        with connection.cursor() as cursor:
            cursor.execute(sql, self._chosen.params | keys | dict(ranks_of(self._chosen.rules)) | more)
            return cursor.fetchall() if cursor.description else []
