"""Checks of the data: copies kept in columns against their source, keys without a constraint, calendar, worker."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from keheng.cli.doctor.finding import Finding, State, judged
from keheng.common.clock import today
from keheng.common.crypto import UnreadableValue
from keheng.common.keys import key_ring
from keheng.common.rotation import encrypted_columns
from keheng.org.queries import known_until

_STALE_AUM = """
    select count(*) from customers_customer customer
      left join portfolio_currentfigures figures on figures.customer_id = customer.id
     where customer.aum is distinct from coalesce(figures.aum_average, figures.aum, 0)
"""
_STALE_TIER = """
    select count(*) from customers_customer customer
      left join tiering_scheme scheme on scheme.is_primary and scheme.kind = customer.kind
      left join tiering_standing standing on standing.scheme_id = scheme.id and standing.customer_id = customer.id
     where (customer.tier, customer.tier_rank)
           is distinct from (coalesce(standing.tier, ''), coalesce(standing.rank, -1))
"""
_STALE_OWNER = """
    select count(*) from customers_customer customer
      left join care_ownership held
        on held.customer_id = customer.id and held.part = 'owner' and upper_inf(held.period)
     where held.staff_id is distinct from customer.owner_id
"""
_WRONG_PATH = """
    with recursive tree as (
        select id, code || '/' as path from org_branch where parent_id is null
         union all
        select branch.id, tree.path || branch.code || '/' from org_branch branch join tree on tree.id = branch.parent_id
    )
    select count(*) from org_branch branch left join tree using (id) where branch.path is distinct from tree.path
"""
_ALIVE_SECONDS = 60
_WAITING_SECONDS = 600


def findings() -> Iterator[Finding]:
    """Yield what there is to say of the data."""
    yield judged(
        "AUM of customers",
        count=_number(_STALE_AUM),
        what="customers whose AUM in lists differs from their figures",
        remedy="Ingest the latest figures again; if it stays, report it as a fault.",
    )
    yield judged(
        "Tiers of customers",
        count=_number(_STALE_TIER),
        what="customers whose tier in lists differs from their standing",
        remedy="Run `keheng tier run` for the primary schemes; if it stays, report it as a fault.",
    )
    yield judged(
        "Owners of customers",
        count=_number(_STALE_OWNER),
        what="customers whose owner in lists differs from their current period of ownership",
        remedy="Run `keheng care follow`; if it stays, report it as a fault.",
    )
    yield judged(
        "Branch paths",
        count=_number(_WRONG_PATH),
        what="branches whose path does not follow the tree",
        remedy="Move the branch on the organisation page, which writes the paths anew.",
    )
    yield judged(
        "Stray rows",
        count=sum(map(_strays, _unconstrained_keys())),
        what="rows that point to nothing",
        remedy="They are left from an interrupted repair; delete them, or restore a backup.",
    )
    yield _encrypted()
    yield calendar(today())
    yield from _worker()


def _unconstrained_keys() -> Iterator[ForeignKey[Any, Any]]:
    """Keys that the database does not check, because a check per row would double the time of bulk writes.

    The history keeps its keys of what is gone, so it does not count.
    """
    for model in apps.get_models():
        if model.__module__.startswith("keheng.") and not issubclass(model, pghistory.models.Event):
            for field in model._meta.concrete_fields:
                if isinstance(field, ForeignKey) and not field.db_constraint:  # type: ignore[attr-defined]
                    yield field


def _strays(key: ForeignKey[Any, Any]) -> int:
    target = key.related_model._meta
    return _number(
        f"select count(*) from {key.model._meta.db_table} source"
        f" left join {target.db_table} target on target.{target.pk.column} = source.{key.column}"
        f" where target.{target.pk.column} is null and source.{key.column} is not null"
    )


def _encrypted() -> Finding:
    """Open one value of each encrypted column: a backup may have been restored without its keys."""
    closed = []
    for table, _, field in encrypted_columns():
        with connection.cursor() as cursor:
            cursor.execute(f'select "{field.column}" from "{table}" where "{field.column}" is not null limit 1')
            row = cursor.fetchone()
        try:
            if row:
                key_ring().unseal(bytes(row[0]), field.purpose)
        except UnreadableValue:
            closed.append(f"{table}.{field.column}")
    if not closed:
        return Finding("Encrypted values", State.OK, "the key ring opens them")
    return Finding(
        "Encrypted values",
        State.FAIL,
        f"the key ring does not open {', '.join(closed)}",
        "Put back the key ring (keys.json or KEHENG_KEYS) that these data were written with.",
    )


def calendar(day: date) -> Finding:
    """The State Council publishes a year's holidays in November of the year before."""
    needed = date(day.year + (day.month >= 11), 12, 31)
    until = known_until()
    if until is not None and until >= needed:
        return Finding("Holidays", State.OK, f"known until {until}")
    return Finding(
        "Holidays",
        State.FAIL if until is None or until < day else State.WARN,
        f"known until {until}" if until else "none are known",
        f"Import the holidays and make-up days of {needed.year} on the calendar page.",
    )


def _worker() -> Iterator[Finding]:
    alive = _number(
        "select count(*) from procrastinate_workers where last_heartbeat > now() - make_interval(secs => %s)",
        _ALIVE_SECONDS,
    )
    waiting, longest, failed = _row(
        """
        select count(*) filter (where job.status = 'todo' and coalesce(job.scheduled_at, now()) <= now()),
               coalesce(max(extract(epoch from now() - greatest(deferred.at, job.scheduled_at)))
                        filter (where job.status = 'todo' and coalesce(job.scheduled_at, now()) <= now()), 0)::int,
               count(*) filter (where job.status = 'failed' and deferred.at > now() - interval '1 day')
          from procrastinate_jobs job
          left join procrastinate_events deferred on deferred.job_id = job.id and deferred.type = 'deferred'
        """
    )
    if alive:
        yield Finding("Worker", State.OK, f"{alive} running")
    else:
        yield Finding("Worker", State.WARN, "none is running", "Start `keheng worker` (`keheng demo` starts one).")
    late = longest > _WAITING_SECONDS
    yield Finding(
        "Queue",
        State.WARN if late else State.OK,
        f"{waiting} jobs wait" + (f", the first for {longest // 60} minutes" if late else ""),
        "Start more workers." if late and alive else "",
    )
    if failed:
        yield Finding("Failed jobs", State.WARN, f"{failed} in the last day", "The worker's log names the cause.")


def _number(query: str, *values: Any) -> int:
    return int(_row(query, *values)[0])


def _row(query: str, *values: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row: tuple[Any, ...] = cursor.fetchone()
        return row
