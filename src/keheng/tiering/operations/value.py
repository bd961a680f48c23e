"""Writes of the value matrix: weights, facts, computations."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

import polars as pl
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from keheng.audit import operations as audit
from keheng.common.clock import SHANGHAI
from keheng.common.copying import staged
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.tiering.enums import RunState
from keheng.tiering.errors import TieringError
from keheng.tiering.models import ValueFact, ValueRun, ValueScore, ValueWeights
from keheng.tiering.permissions import check_fact, check_maintain, check_run
from keheng.tiering.policies.value import FED, INDICATORS, WeightTable, faults
from keheng.tiering.queries.value import scoring_sql, weights_in_force
from keheng.tiering.sheets import SheetRow

_LOCK = 0x7A1E  # names the advisory lock of the value matrix
_KEPT_RUNS = 12
_COLUMNS = (
    "customer_id", "layer", "type", "population", "aum", "revenue", "to_customer", "cover_customer", "to_bank",
    "cover_bank", "parts",
)  # fmt: skip


def save_weights(*, table: WeightTable, note: str, actor: Staff, at: datetime) -> ValueWeights:
    """Make a new version of the weights; the next computation uses it, older scores keep theirs.

    Raises:
        PermissionDenied: the actor may not.
        ValidationError: weights do not add up to 100, or nothing says why they change.
    """
    check_maintain(actor)
    told = faults(table)
    if not note.strip():
        told["note"] = _("Say what changes and why.")
    before = weights_in_force()
    if before is not None and before.table == table:
        told["note"] = _("Nothing differs from the version in force.")
    if told:
        raise ValidationError(told)
    with transaction.atomic():
        _take_turn()
        number = (ValueWeights.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        made = ValueWeights.objects.create(
            number=number, definition=table.model_dump(mode="json"), note=note.strip(), made_by=actor, made_at=at
        )
        audit.record("tiering.weights", actor=actor, at=at, target=made, reason=made.note)
    return made


def record_facts(
    *, customer: Customer, values: dict[str, Decimal | None], as_of: date, source: str, actor: Staff, at: datetime
) -> int:
    """Write facts of one company by hand; ``None`` leaves what is known. Returns how many were written.

    Raises:
        PermissionDenied: the actor may not edit the customer.
        ValidationError: a value lies outside its bounds, or the date ahead.
    """
    check_fact(actor, customer)
    told = {code: flaw for code, value in values.items() if value is not None and (flaw := _flaw(code, value))}
    if as_of > at.astimezone(SHANGHAI).date():
        told["as_of"] = _("The date lies ahead.")
    given = {code: value for code, value in values.items() if value is not None}
    if not given and not told:
        told["as_of"] = _("Enter at least one value.")
    if told:
        raise ValidationError(told)
    with transaction.atomic():
        for code, value in given.items():
            ValueFact.objects.update_or_create(
                customer=customer,
                indicator=code,
                as_of=as_of,
                defaults={"value": value, "source": source, "entered_by": actor, "entered_at": at},
            )
        audit.record(
            "tiering.facts", actor=actor, at=at, target=customer, reason=source, detail={"facts": sorted(given)}
        )
    return len(given)


@dataclass(frozen=True)
class Reject:
    """A cell of a file that was left out, with the reason."""

    row: int
    text: str
    reason: str


@dataclass(frozen=True)
class Imported:
    """What a file of facts did."""

    customers: int
    facts: int
    rejects: Sequence[Reject]


def import_facts(
    *, rows: Sequence[SheetRow], file_name: str, as_of: date, actor: Staff, at: datetime, keep: bool = True
) -> Imported:
    """Write the facts of a file, one row a company; what is wrong is told and left out.

    Args:
        keep: ``False`` tells what would happen and writes nothing.

    Raises:
        PermissionDenied: the actor may not.
        ValidationError: the date lies ahead.
    """
    check_maintain(actor)
    if as_of > at.astimezone(SHANGHAI).date():
        raise ValidationError({"as_of": _("The date lies ahead.")})
    numbers = {row["number"] for row in rows}
    known = dict(
        Customer.objects.visible_to(actor).filter(number__in=numbers, kind="company").values_list("number", "pk")
    )
    facts: dict[tuple[int, str], Decimal] = {}
    rejects = []
    for row in rows:
        customer = known.get(row["number"])
        if customer is None:
            rejects.append(Reject(row.number, row["number"], _("No company has this number.")))
            continue
        for code in FED:
            if not (text := row[code]):
                continue
            try:
                value = Decimal(text.rstrip("%").replace(",", ""))
            except InvalidOperation:
                rejects.append(
                    Reject(row.number, text, _("{label}: not a number.").format(label=INDICATORS[code].label))
                )
                continue
            if flaw := _flaw(code, value):
                rejects.append(Reject(row.number, text, f"{INDICATORS[code].label}: {flaw}"))
            else:
                facts[customer, code] = value.quantize(Decimal("0.01"))
    done = Imported(len({customer for customer, _code in facts}), len(facts), rejects)
    if keep and facts:
        _merge_facts(facts, as_of, file_name, actor, at)
        audit.record("tiering.facts", actor=actor, at=at, reason=file_name, detail={"number": done.facts})
    return done


def _flaw(code: str, value: Decimal) -> str:
    indicator = INDICATORS[code]
    if not value.is_finite() or not indicator.least <= value <= indicator.most:
        return _("must lie between {least} and {most}.").format(least=indicator.least, most=indicator.most)
    return ""


def _merge_facts(facts: dict[tuple[int, str], Decimal], as_of: date, source: str, actor: Staff, at: datetime) -> None:
    frame = pl.DataFrame(
        [(customer, code, value) for (customer, code), value in facts.items()],
        schema={"customer_id": pl.Int64, "indicator": pl.String, "value": pl.Decimal(12, 2)},
        orient="row",
    )
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        staged(cursor, frame, "tiering_valuefact", key="customer_id") as stage,
    ):
        cursor.execute(
            f"""
            insert into tiering_valuefact (customer_id, indicator, value, as_of, source, entered_by_id, entered_at)
            select customer_id, indicator, value, %s, %s, %s, %s from {stage}
            on conflict (customer_id, indicator, as_of) do update
               set value = excluded.value, source = excluded.source, entered_by_id = excluded.entered_by_id,
                   entered_at = excluded.entered_at
            """,
            [as_of, source[:120], actor.pk, at],
        )


def request_value_run(*, actor: Staff, at: datetime) -> ValueRun:
    """Queue a computation for the worker.

    Raises:
        PermissionDenied: the actor may not start one.
        TieringError: there are no weights.
    """
    check_run(actor)
    with transaction.atomic():
        run = _new_run(actor, at)
        app.configure_task("tiering.value").defer(run_id=run.pk)
    return run


def compute_value(*, actor: Staff, at: datetime, run: ValueRun | None = None) -> ValueRun:
    """Score every company by the weights in force, by one statement; the last runs keep their scores.

    Args:
        run: a queued computation to carry out.

    Raises:
        PermissionDenied: the actor may not start one.
        TieringError: there are no weights.
    """
    check_run(actor)
    run = run or _new_run(actor, at)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _take_turn()
            sql, params = scoring_sql(run.weights.table, run.as_of)
            columns = ", ".join(_COLUMNS)
            cursor.execute(
                f"insert into tiering_valuescore (run_id, {columns}) select %(run)s, {columns} from ({sql}) scored",
                {**params, "run": run.pk},
            )
            run.customers = cursor.rowcount
            run.unscored = ValueScore.objects.filter(run=run, to_bank=None).count()
            cursor.execute(
                "select population, jsonb_object_agg(key, known) from ("
                "  select population, key, count(*) as known from tiering_valuescore, jsonb_object_keys(parts) key"
                "   where run_id = %s group by 1, 2) counted group by 1",
                [run.pk],
            )
            run.known = {population: json.loads(known) for population, known in cursor.fetchall()}
            run.state, run.finished_at = RunState.DONE, at
            run.save()
            old = ValueRun.objects.filter(state=RunState.DONE).order_by("-pk").values_list("pk", flat=True)[_KEPT_RUNS:]
            ValueScore.objects.filter(run_id__in=list(old)).delete()
            audit.record(
                "tiering.value",
                actor=actor,
                at=at,
                target=run,
                detail={"evaluated": run.customers, "version": run.weights.number},
            )
    except Exception as error:
        with suppress(DatabaseError):
            ValueRun.objects.filter(pk=run.pk).update(
                state=RunState.FAILED, finished_at=at, failure=type(error).__name__
            )
        raise
    return run


def _new_run(actor: Staff, at: datetime) -> ValueRun:
    weights = weights_in_force()
    if weights is None:
        raise TieringError(_("There are no weights yet: the administrator loads them by the command keheng migrate."))
    return ValueRun.objects.create(
        weights=weights, as_of=at.astimezone(SHANGHAI).date(), actor=actor, requested_at=at, state=RunState.QUEUED
    )


def _take_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, 0)", [_LOCK])
