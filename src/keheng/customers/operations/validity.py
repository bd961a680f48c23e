"""Checking archives: by SQL over all, sealed values opened in batches where they changed (A1, GB 11643, GB 32100)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.clock import SHANGHAI
from keheng.common.copying import copy_frame
from keheng.common.crypto import UnreadableValue
from keheng.common.keys import key_ring
from keheng.customers import permissions, queries
from keheng.customers.enums import ContactKind, FindingState, IdentityKind, RuleTopic, Severity
from keheng.customers.models import ContactPoint, Finding, QualityRun
from keheng.customers.policies.quality import Check, ValidityRules
from keheng.customers.queries.validity import CHECKS
from keheng.customers.values import blind, identity
from keheng.org.models import Staff

REPORTED = "reported"
_CHUNK = 20_000
_MARGIN = timedelta(hours=1)  # a change carries the instant at which its operation began, not at which it was committed
_FOUND = """
    create temporary table quality_found (customer_id bigint, rule text, severity text, contact text, amount int)
        on commit drop
"""
_MENDED = """
    not exists (select from quality_found found
                 where (found.customer_id, found.rule, found.contact)
                       = (finding.customer_id, finding.rule, finding.contact))
"""
_KEEP = """
    insert into customers_finding as known
           (customer_id, rule, severity, contact, amount, state, found_at, reason, decided_by)
    select customer_id, rule, severity, contact, max(amount), 'open', %(at)s, '', '' from quality_found
     group by 1, 2, 3, 4
    on conflict (customer_id, rule, contact) do update set severity = excluded.severity, amount = excluded.amount
     where (known.severity, known.amount) is distinct from (excluded.severity, excluded.amount)
"""
_SCHEMA = {"customer_id": pl.Int64, "rule": pl.String, "contact": pl.String}


@transaction.atomic
def check_archives(*, at: datetime) -> QualityRun:
    """Bring the findings to what is wrong now, over all customers; sealed values only where they changed."""
    in_force = queries.quality_rules(RuleTopic.VALIDITY)
    last = QualityRun.objects.filter(topic=RuleTopic.VALIDITY).order_by("-pk").first()
    since = last.seen_until if last and last.rules == in_force.number else None
    run = QualityRun.objects.create(
        topic=RuleTopic.VALIDITY, rules=in_force.number, started_at=at, seen_until=at - _MARGIN
    )
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('customers.validity'))")
        run.counted = _check(cursor, in_force.rules, None, since, at)
        cursor.execute(
            "delete from customers_finding finding where not exists ("
            "select from customers_customer where id = finding.customer_id and status <> 'closed')"
        )
        cursor.execute(
            "select count(*), extract(epoch from clock_timestamp() - transaction_timestamp()) from customers_finding"
        )
        run.found, seconds = cursor.fetchone()
    run.seconds = round(seconds, 3)
    run.save()
    return run


def check_few(customer_ids: Sequence[int], *, at: datetime) -> None:
    """Bring the findings of these customers to what is wrong now. Part of the caller's transaction."""
    with connection.cursor() as cursor:
        _check(cursor, queries.quality_rules(RuleTopic.VALIDITY).rules, list(customer_ids), None, at)


def check_owners(customer_ids: Sequence[int], *, at: datetime) -> None:
    """Look only at who answers for these customers: nothing else of them has changed. In the caller's transaction."""
    rules = queries.quality_rules(RuleTopic.VALIDITY).rules
    asked = [check for check in rules.checks if check.check in CHECKS and CHECKS[check.check].asks_owner]
    if not asked:
        return
    with connection.cursor() as cursor:
        cursor.execute(_FOUND)
        _look(cursor, asked, "c.id = any(%(few)s)", list(customer_ids))
        cursor.execute(
            f"delete from customers_finding finding"
            f" where finding.customer_id = any(%(few)s) and finding.rule = any(%(asked)s) and {_MENDED}",
            {"few": list(customer_ids), "asked": [check.check for check in asked]},
        )
        cursor.execute(_KEEP, {"at": at})
        cursor.execute("drop table quality_found")


@transaction.atomic
def report_contact(*, point: ContactPoint, reason: str, actor: Staff, at: datetime) -> Finding:
    """Note that a contact point does not reach the customer (empty number, somebody else's); it joins the work list.

    Raises:
        ValidationError: no reason is given.
    """
    permissions.check_view(actor, point.customer)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what came of the attempt.")})
    finding, _new = Finding.objects.update_or_create(
        customer=point.customer,
        rule=REPORTED,
        contact=point.kind,
        defaults={
            "severity": Severity.ERROR,
            "state": FindingState.OPEN,
            "found_at": at,
            "reason": reason.strip(),
            "decided_by": actor.name,
            "decided_at": at,
        },
    )
    detail = {"kind": point.kind}
    record("customers.report_contact", actor=actor, at=at, target=point.customer, reason=reason.strip(), detail=detail)
    return finding


@transaction.atomic
def accept_finding(*, finding: Finding, reason: str, actor: Staff, at: datetime) -> Finding:
    """Let a finding stand as right: a shared family telephone, a name that looks odd. It is not asked about again.

    Raises:
        ValidationError: no reason is given, or somebody has decided already.
    """
    permissions.check_edit(actor, finding.customer)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is right as it is.")})
    held = Finding.objects.select_for_update().filter(pk=finding.pk, state=FindingState.OPEN)
    if not held.update(state=FindingState.ACCEPTED, reason=reason.strip(), decided_by=actor.name, decided_at=at):
        raise ValidationError(_("This finding is no longer open. Load the page anew."))
    detail = {"rule": finding.rule}
    record(
        "customers.accept_finding", actor=actor, at=at, target=finding.customer, reason=reason.strip(), detail=detail
    )
    finding.refresh_from_db()
    return finding


def _check(
    cursor: CursorWrapper, rules: ValidityRules, few: list[int] | None, since: datetime | None, at: datetime
) -> int:
    """Collect what is wrong in a temporary table, then bring the findings to it; return how many were looked at."""
    cursor.execute(_FOUND)
    cursor.execute("create temporary table quality_opened (customer_id bigint primary key) on commit drop")
    some = "c.id = any(%(few)s)" if few is not None else "true"
    sealed = {check.check: check for check in rules.checks if check.check in CHECKS and CHECKS[check.check].is_sealed}
    plain = [check for check in rules.checks if check.check in CHECKS and not CHECKS[check.check].is_sealed]
    if plain:
        _look(cursor, plain, some, few)
    looked_at = _open(cursor, sealed, few, since, at.astimezone(SHANGHAI).date())
    _write(cursor, [check.check for check in plain], list(sealed), few, at)
    cursor.execute("drop table quality_found, quality_opened")
    return looked_at


def _look(cursor: CursorWrapper, plain: Sequence[Check], some: str, few: list[int] | None) -> None:
    """All checks of values that are kept in the clear, as one statement."""
    values: dict[str, Any] = {"few": few}
    parts = []
    for place, check in enumerate(plain):
        values |= {f"rule{place}": check.check, f"severity{place}": check.severity, f"limit{place}": check.limit}
        sql = CHECKS[check.check].sql.format(some=some).replace("%(limit)s", f"%(limit{place})s")
        parts.append(
            f"select found.customer_id, %(rule{place})s, %(severity{place})s, found.contact, found.amount"
            f" from ({sql}) found (customer_id, contact, amount)"
        )
    cursor.execute(
        "insert into quality_found (customer_id, rule, severity, contact, amount) " + " union all ".join(parts), values
    )


def _write(cursor: CursorWrapper, plain: list[str], sealed: list[str], few: list[int] | None, at: datetime) -> None:
    """Findings of checks no longer made go; a person's report goes when the contact point has changed."""
    values = {"plain": plain, "sealed": sealed, "few": few, "at": at, "reported": REPORTED}
    some = "finding.customer_id = any(%(few)s)" if few is not None else "true"
    cursor.execute(
        f"""
        delete from customers_finding finding
         where {some} and finding.rule <> %(reported)s
           and (finding.rule = any(%(plain)s) or finding.rule <> all(%(sealed)s)
                or exists (select from quality_opened opened where opened.customer_id = finding.customer_id))
           and {_MENDED}
        """,
        values,
    )
    cursor.execute(
        f"""
        delete from customers_finding finding
         where {some} and finding.rule = %(reported)s and not exists (
            select from customers_contactpoint point
             where (point.customer_id, point.kind) = (finding.customer_id, finding.contact)
               and point.updated_at <= finding.found_at)
        """,
        values,
    )
    cursor.execute(_KEEP, values)


def _open(
    cursor: CursorWrapper, checks: dict[str, Check], few: list[int] | None, since: datetime | None, today: date
) -> int:
    """Open the sealed values that changed, chunk by chunk, and note what is wrong with them."""
    some = "c.id = any(%(few)s)" if few is not None else "true"
    changed = "c.updated_at >= %(since)s" if since else "true"
    pointed = "point.updated_at >= %(since)s" if since else "false"
    cursor.execute(
        f"""
        insert into quality_opened
        select c.id from customers_customer c where c.status <> 'closed' and {some} and {changed}
        union select point.customer_id from customers_contactpoint point
                join customers_customer c on c.id = point.customer_id
               where c.status <> 'closed' and {some} and {pointed}
        """,
        {"few": few, "since": since},
    )
    cursor.execute("select count(*) from quality_opened")
    count: int = cursor.fetchone()[0]
    after = 0
    while count and checks:
        cursor.execute(
            "select array_agg(customer_id) from (select customer_id from quality_opened where customer_id > %s"
            " order by 1 limit %s) part",
            [after, _CHUNK],
        )
        ids = cursor.fetchone()[0]
        if not ids:
            break
        rows = [*_documents(cursor, ids, checks, today), *_contacts(cursor, ids, checks)]
        frame = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
        severities = {code: check.severity for code, check in checks.items()}
        copy_frame(
            cursor,
            "quality_found",
            frame.with_columns(pl.col("rule").replace_strict(severities, return_dtype=pl.String).alias("severity")),
        )
        after = ids[-1]
    return count


def _documents(
    cursor: CursorWrapper, ids: list[int], checks: dict[str, Check], today: date
) -> Iterator[tuple[int, str, str]]:
    cursor.execute(
        "select id, id_kind, id_number, birth_date, sex from customers_customer"
        " where id = any(%s) and id_number is not null",
        [ids],
    )
    ring = key_ring()
    for key, kind, number, born, sex in cursor.fetchall():
        try:
            text = ring.decrypt(bytes(number), blind.ID_NUMBER)
        except UnreadableValue:
            continue  # told by `keheng doctor`: it is the key ring that lacks something, not the archive
        resident = kind == IdentityKind.RESIDENT
        examine = identity.DOCUMENTS.get(kind)
        found = identity.resident(text, today=today) if resident else examine(text) if examine else None
        if found is None:
            continue
        if found.error:
            wrong = "document"
        elif born and found.birth_date and born != found.birth_date:
            wrong = "document_birth"
        elif sex and found.sex and sex != found.sex:
            wrong = "document_sex"
        else:
            continue
        if wrong in checks:
            yield key, wrong, ""


def _contacts(cursor: CursorWrapper, ids: list[int], checks: dict[str, Check]) -> Iterator[tuple[int, str, str]]:
    if "contact" not in checks:
        return
    kinds = [ContactKind.MOBILE, ContactKind.PHONE, ContactKind.BACKUP, ContactKind.EMAIL]
    cursor.execute(
        "select customer_id, kind, value from customers_contactpoint where customer_id = any(%s) and kind = any(%s)",
        [ids, [kind.value for kind in kinds]],
    )
    ring = key_ring()
    seen = set()
    for key, kind, value in cursor.fetchall():
        try:
            found = identity.CONTACTS[kind](ring.decrypt(bytes(value), blind.CONTACT))
        except UnreadableValue:
            continue
        if found.error and (key, kind) not in seen:
            seen.add((key, kind))
            yield key, "contact", kind
