"""Searching for duplicates among all customers, and deciding that two are not one."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.customers import permissions, queries
from keheng.customers.enums import PairState, RuleTopic
from keheng.customers.models import DuplicatePair, QualityRun
from keheng.customers.policies.quality import DuplicateRules
from keheng.org.models import Staff


@transaction.atomic
def search_duplicates(*, at: datetime) -> QualityRun:
    """Compare all customers anew and bring the list of possible duplicates to what was found.

    What people decided stays. Open pairs that nothing speaks for any more are dropped. One search at a time.
    """
    found = queries.quality_rules(RuleTopic.DUPLICATES)
    rules: DuplicateRules = found.rules
    run = QualityRun.objects.create(topic=RuleTopic.DUPLICATES, rules=found.number, started_at=at)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('customers.duplicates'))")
        with queries.pairs_found(cursor, rules):
            _write_pairs(cursor, run, rules, at)
        cursor.execute("select extract(epoch from clock_timestamp() - transaction_timestamp())")
        run.seconds = round(cursor.fetchone()[0], 3)
    run.save()
    return run


@transaction.atomic
def dismiss_pair(*, pair: DuplicatePair, note: str, actor: Staff, at: datetime) -> DuplicatePair:
    """Remember that two customers are not one; no later search asks again.

    Raises:
        ValidationError: somebody has decided already, or no reason is given.
    """
    permissions.check_decide_duplicates(actor, pair.left, pair.right)
    if not note.strip():
        raise ValidationError({"note": _("Say how you know that they are two.")})
    held = DuplicatePair.objects.select_for_update().filter(pk=pair.pk, state=PairState.OPEN)
    if not held.update(state=PairState.DISMISSED, note=note.strip(), decided_by=actor.name, decided_at=at):
        raise ValidationError(_("Somebody has decided about this pair meanwhile. Load the page anew."))
    record(
        "customers.dismiss_duplicate",
        actor=actor,
        at=at,
        target=pair.left,
        reason=note.strip(),
        detail={"other": pair.right.number},
    )
    pair.refresh_from_db()
    return pair


@transaction.atomic
def reopen_pair(*, pair: DuplicatePair, actor: Staff, at: datetime) -> None:
    """Take back that two customers are not one."""
    permissions.check_decide_duplicates(actor, pair.left, pair.right)
    held = DuplicatePair.objects.select_for_update().filter(pk=pair.pk, state=PairState.DISMISSED)
    if held.update(state=PairState.OPEN, note="", decided_by="", decided_at=None):
        record("customers.reopen_duplicate", actor=actor, at=at, target=pair.left, detail={"other": pair.right.number})
    pair.refresh_from_db()


def _write_pairs(cursor: CursorWrapper, run: QualityRun, rules: DuplicateRules, at: datetime) -> None:
    cursor.execute(
        """
        delete from customers_duplicatepair known
         where state = 'open' and not exists (
            select from quality_pairs pair where (pair.left_id, pair.right_id) = (known.left_id, known.right_id))
        """
    )
    cursor.execute(
        """
        insert into customers_duplicatepair as known
               (left_id, right_id, score, reasons, against, state, found_at, decided_by, note)
        select left_id, right_id, score, reasons, against, 'open', %s, '', '' from quality_pairs
        on conflict (left_id, right_id) do update
           set score = excluded.score, reasons = excluded.reasons, against = excluded.against
         where known.state = 'open' and (known.score, known.reasons, known.against)
               is distinct from (excluded.score, excluded.reasons, excluded.against)
        """,
        [at],
    )
    cursor.execute(
        """
        insert into customers_crowdedkey (run_id, block, customers, sample_id)
        select %s, block, count(distinct customer_id), min(customer_id) from quality_shared where size > %s
         group by block, key
        """,
        [run.pk, rules.largest_block],
    )
    cursor.execute(
        "select (select count(*) from quality_pairs),"
        " (select count(*) from customers_customer where status <> 'closed')"
    )
    run.found, run.counted = cursor.fetchone()
