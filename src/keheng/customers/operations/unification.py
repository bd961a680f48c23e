"""Making two archives one, and taking that back: each in one transaction, whole or not at all."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

import pgtrigger
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.customers import permissions
from keheng.customers.events import CustomersSeparated, CustomersUnified
from keheng.customers.models import ContactPoint, Customer, NumberAlias, Unification
from keheng.customers.operations.following import follow_up
from keheng.customers.quality import unification
from keheng.org.models import Staff

FACTS: dict[str, tuple[str, ...]] = {
    "name": ("name", "pinyin", "initials"),
    "document": ("id_kind", "id_number", "id_index", "id_tail"),
    "branch": ("branch_id",),
    "owner": ("owner_id",),
    **{
        name: (name,)
        for name in ("status", "sex", "birth_date", "occupation", "education", "marital", "opened_on", "source")
    },
}
"""The facts that a person chooses when archives are merged, with the columns that go with each.

Confidentiality, do-not-disturb and consents are not chosen: the stricter of the two holds.
"""

_STRICTEST = {
    "confidentiality": "greatest(known.confidentiality, (select confidentiality {lost}))",
    "do_not_disturb": "known.do_not_disturb or (select do_not_disturb {lost})",
}
_LOST = "from customers_customer where id = %(lost)s"


def unify(
    *,
    survivor: Customer,
    lost: Customer,
    taken: Collection[str] = (),
    chosen: Collection[str] = (),
    reason: str,
    actor: Staff,
    at: datetime,
) -> Unification:
    """Make one archive of two. The number of the lost one stays known; everything of it goes over to the survivor.

    Args:
        taken: facts (keys of ``FACTS``) whose value comes from the lost archive.
        chosen: the same for columns of tables beside it (``customers_company.industry``), and for whole rows of which
            one may be (``customers_assessment#12``): the current risk assessment, values of added fields.
        reason: why they are one; the trail keeps it.

    Raises:
        ValidationError: they are not of one kind, one of them is gone, or something stands against it.
        PermissionDenied: with the reason in words.
    """
    permissions.check_merge(actor, survivor, lost)
    if not reason.strip():
        raise ValidationError({"reason": _("Say how you know that the two are one.")})
    if unknown := set(taken) - set(FACTS):
        raise TypeError(f"not facts of the archive: {', '.join(sorted(unknown))}")
    with transaction.atomic(), _tables_open():
        _hold(survivor, lost)
        alias = lost.number
        journal = unification.Journal()
        key = {"id": survivor.pk}
        sets = {column: f"(select {column} {_LOST})" for fact in taken for column in FACTS[fact]}
        sets |= {column: sql.format(lost=_LOST) for column, sql in _STRICTEST.items()}
        journal.change(Customer, key, {**sets, "updated_at": "%(at)s"}, {"lost": lost.pk, "at": at})
        _demote_contacts(journal, survivor.pk, lost.pk)
        try:
            unification.absorb(journal, Customer, survivor.pk, lost.pk, chosen)
        except IntegrityError as error:
            raise ValidationError(_not_possible(error)) from error
        journal.delete_row(Customer, {"id": lost.pk})
        _renew_copies(journal, survivor.pk)
        made = Unification.objects.create(
            survivor_id=survivor.pk,
            lost_id=lost.pk,
            lost_number=alias,
            reason=reason.strip(),
            rows=journal.rows,
            journal=journal.steps,
            made_by=actor,
            made_at=at,
        )
        NumberAlias.objects.create(number=alias, customer_id=survivor.pk, unification=made)
        detail = {"other": alias, "rows": journal.rows}
        record("customers.unify", actor=actor, at=at, target=survivor, reason=reason.strip(), detail=detail)
        _check_keys()
        follow_up([survivor.pk], at=at)
        publish(CustomersUnified(survivor.pk, made.lost_id, at))
    survivor.refresh_from_db()
    return made


def separate(*, made: Unification, reason: str, actor: Staff, at: datetime) -> Unification:
    """Take a merge back within 30 days: both archives are again what they were.

    What came to the survivor after the merge stays there. Figures go back to those of the day of the merge; the next
    file of the core system brings them up to date.

    Raises:
        ValidationError: too late, done already, or later changes stand against it; the sentence says which.
    """
    with transaction.atomic(), _tables_open():
        held = Unification.objects.select_for_update().select_related("survivor").get(pk=made.pk)
        _check_separable(held, actor, at)
        if not reason.strip():
            raise ValidationError({"reason": _("Say why the merge is taken back.")})
        NumberAlias.objects.filter(unification=held).delete()
        try:
            unification.take_back(held.journal)
            _check_keys()
        except unification.NotReversibleError as error:
            raise ValidationError(_changed_since(error)) from error
        except IntegrityError as error:
            raise ValidationError(_not_possible(error)) from error
        held.undone_at, held.undone_by, held.journal = at, actor, []
        held.save(update_fields=["undone_at", "undone_by", "journal"])
        detail = {"other": held.lost_number}
        record("customers.separate", actor=actor, at=at, target=held.survivor, reason=reason.strip(), detail=detail)
        follow_up([held.survivor_id, held.lost_id], at=at)
        publish(CustomersSeparated(held.survivor_id, held.lost_id, at))
    made.refresh_from_db()
    return made


def forget_journals(*, at: datetime) -> int:
    """Empty the journals of merges that can no longer be taken back; return how many."""
    return (
        Unification.objects.filter(undone_at=None, made_at__lt=at - Unification.UNDO)
        .exclude(journal=[])
        .update(journal=[])
    )


def _check_separable(made: Unification, actor: Staff, at: datetime) -> None:
    permissions.check_decide_duplicates(actor, made.survivor)
    if made.undone_at is not None:
        raise ValidationError(_("This merge has been taken back already."))
    if at > made.undo_until or not made.journal:
        raise ValidationError(
            _("A merge can be taken back for %(days)d days; this one is older.") % {"days": Unification.UNDO.days}
        )
    later = Unification.objects.filter(survivor=made.survivor, undone_at=None, pk__gt=made.pk).order_by("-pk").first()
    if later is not None:
        raise ValidationError(
            _("Customer %(number)s was merged into this archive later. Take that merge back first.")
            % {"number": later.lost_number}
        )


def _hold(survivor: Customer, lost: Customer) -> None:
    """Lock both archives, in one order whoever asks, and look at them as they are now."""
    held = list(Customer.objects.select_for_update().filter(pk__in=[survivor.pk, lost.pk]).order_by("pk"))
    if len(held) != 2:
        raise ValidationError(_("One of the two archives is gone: somebody has merged it meanwhile."))
    if held[0].kind != held[1].kind:
        raise ValidationError(_("A person and a company cannot be merged."))


def _demote_contacts(journal: unification.Journal, survivor: int, lost: int) -> None:
    """The first choice of a kind is one: the survivor's, where there is one."""
    kinds = ContactPoint.objects.filter(customer=survivor, is_primary=True).values("kind")
    others = ContactPoint.objects.filter(customer=lost, is_primary=True, kind__in=kinds)
    for key in others.values_list("pk", flat=True):
        journal.change(ContactPoint, {"id": key}, {"is_primary": "false"}, {})


def _renew_copies(journal: unification.Journal, customer: int) -> None:
    sets = {column: f"({sql})" for column, sql in unification.copies().items()}
    journal.change(Customer, {"id": customer}, sets, {"customer": customer})


@contextmanager
def _tables_open() -> Iterator[None]:
    """Let rows that are never changed by people change their customer: the journal keeps what they were."""
    protected = [
        f"{model._meta.db_table}:{trigger.get_pgid(model)}"  # type: ignore[arg-type]  # it takes the class
        for model in apps.get_models(include_auto_created=True)
        for trigger in getattr(model._meta, "triggers", [])
        if isinstance(trigger, pgtrigger.Protect | pgtrigger.ReadOnly)
    ]
    with connection.cursor() as cursor:  # as `pgtrigger.ignore` does, which takes no named parameters beside its own
        cursor.execute("select set_config('pgtrigger.ignore', %s, true)", [f"{{{','.join(protected)}}}"])
        yield
        cursor.execute("select set_config('pgtrigger.ignore', null, true)")


def _check_keys() -> None:
    """Let the database check now what it would check at the end, so that a refusal names its cause."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def _table_name(table: str) -> str:
    names = {
        model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models(include_auto_created=True)
    }
    return names.get(table, table)


def _changed_since(error: unification.NotReversibleError) -> str:
    return _("“%(what)s” has been changed since the merge, so it can no longer be taken back.") % {
        "what": _table_name(error.table)
    }


def _not_possible(error: IntegrityError) -> str:
    cause = getattr(error.__cause__, "diag", None)
    table = getattr(cause, "table_name", None) or ""
    return _("“%(what)s” does not allow it: both archives have entries there that exclude each other.") % {
        "what": _table_name(table)
    }
