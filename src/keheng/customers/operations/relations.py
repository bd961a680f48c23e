"""Family and other relations between customers, and to people outside (A1)."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from keheng.customers import permissions
from keheng.customers.enums import ContactKind, CustomerKind, RelationKind
from keheng.customers.models import Customer, Relation
from keheng.customers.operations.entries import check_unchanged, told, write
from keheng.customers.policies import relations as rules
from keheng.customers.values import identity
from keheng.customers.values.flaws import sentence
from keheng.org.models import Staff

_GENERATIONS = 12


@transaction.atomic
def relate(
    *,
    customer: Customer,
    kind: RelationKind,
    other: Customer | None = None,
    outsider: str = "",
    outsider_phone: str = "",
    share: Decimal | None = None,
    started_on: date | None = None,
    note: str = "",
    actor: Staff,
    at: datetime,
) -> Relation:
    """Say that ``other``, or an ``outsider`` by name, is the ``kind`` of the customer. It shows on both customers.

    Raises:
        ValidationError: by field, in words: to oneself, known already, contradictory, of the wrong kind of customer.
    """
    permissions.check_edit(actor, customer)
    relation = Relation(customer=customer, kind=kind)
    if other is not None:
        permissions.check_view(actor, other)
        _check_pair(kind, customer, other)
        relation.kind, relation.customer, relation.other = _stored(kind, customer, other)
    elif CustomerKind(customer.kind) not in rules.ends(kind)[0]:
        raise ValidationError({"kind": _wrong_kind(kind)})
    else:
        _check_spouse(kind, customer, None)
    values = {
        "outsider": outsider.strip() if other is None else "",
        "outsider_phone": _phone(outsider_phone) if other is None else None,
        "share": share if kind in rules.WITH_SHARE else None,
        "started_on": started_on,
        "note": note,
    }
    write(relation, values, customer=customer, action="customers.relate", actor=actor, at=at)
    return relation


@transaction.atomic
def change_relation(
    *,
    relation: Relation,
    customer: Customer,
    values: Mapping[str, Any],
    seen: datetime | None = None,
    actor: Staff,
    at: datetime,
) -> None:
    """Change share, dates, note or an outsider's phone; an end makes it a former relation.

    Args:
        customer: from whose page; whoever may edit one of the two may change what holds between them.
        seen: its ``changed_at`` when it was read.
    """
    permissions.check_edit(actor, customer)
    wanted = dict(values)
    if "outsider_phone" in wanted:
        wanted["outsider_phone"] = _phone(wanted["outsider_phone"])
    present = check_unchanged(Relation, relation, wanted, seen)
    write(present, wanted, customer=customer, action="customers.change_relation", actor=actor, at=at)


@transaction.atomic
def remove_relation(*, relation: Relation, customer: Customer, reason: str, actor: Staff, at: datetime) -> None:
    """Remove a relation that never was. One that has ended gets its end instead."""
    permissions.check_edit(actor, customer)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the entry is removed.")})
    detail = {"kind": relation.kind}
    told(relation, customer, "customers.remove_relation", actor=actor, at=at, reason=reason.strip(), detail=detail)
    relation.delete()


def _check_pair(kind: RelationKind, customer: Customer, other: Customer) -> None:
    """Refuse what cannot be; both customers are locked, so that two who write at once see each other."""
    list(Customer.objects.select_for_update(of=("self",)).filter(pk__in=[customer.pk, other.pk]).order_by("pk"))
    fault = rules.fault_of(
        kind,
        same=customer.pk == other.pk,
        customer=(CustomerKind(customer.kind), customer.birth_date),
        other=(CustomerKind(other.kind), other.birth_date),
    )
    match fault:
        case rules.Fault.SELF:
            raise ValidationError({"other": _("Nobody stands in a relation to themselves.")})
        case rules.Fault.WRONG_KIND:
            raise ValidationError({"kind": _wrong_kind(kind)})
        case rules.Fault.TOO_YOUNG:
            raise ValidationError({"kind": _("By the dates of birth the child would not be younger than the parent.")})
    _check_spouse(kind, customer, other)
    if kind in {RelationKind.PARENT, RelationKind.CHILD}:
        child, parent = (customer, other) if kind == RelationKind.PARENT else (other, customer)
        _check_descent(child.pk, parent.pk)


def _check_spouse(kind: RelationKind, customer: Customer, other: Customer | None) -> None:
    if kind != RelationKind.SPOUSE:
        return
    ends = [customer.pk] if other is None else [customer.pk, other.pk]
    married = Relation.objects.filter(
        Q(customer__in=ends) | Q(other__in=ends), kind=RelationKind.SPOUSE, ended_on__isnull=True
    )
    if other is not None:
        married = married.exclude(Q(customer__in=ends) & Q(other__in=ends))
    if married.exists():
        raise ValidationError({"kind": _("One of the two has a spouse already; enter the end of that first.")})


def _check_descent(child: int, parent: int) -> None:
    """Nobody descends from their own children."""
    generation = {parent}
    for _step in range(_GENERATIONS):
        if child in generation:
            raise ValidationError({"kind": _("This parent descends from the child, by what is on file.")})
        parents = Relation.objects.filter(customer__in=generation, kind=RelationKind.PARENT, other__isnull=False)
        generation = set(parents.values_list("other", flat=True))
        if not generation:
            return


def _stored(kind: RelationKind, customer: Customer, other: Customer) -> tuple[RelationKind, Customer, Customer]:
    stored_kind, first, _second = rules.stored(kind, customer.pk, other.pk)
    return (stored_kind, customer, other) if first == customer.pk else (stored_kind, other, customer)


def _phone(value: str | None) -> str | None:
    if not value:
        return None
    found = identity.CONTACTS[ContactKind.BACKUP](value)
    if found.error:
        raise ValidationError({"outsider_phone": sentence(found.error, ContactKind.BACKUP)})
    return found.value


def _wrong_kind(kind: RelationKind) -> str:
    for_customer, for_other = rules.ends(kind)
    if len(for_other) == 1:
        wanted = CustomerKind(next(iter(for_other))).label
        return _("“%(relation)s” is a relation to a %(kind)s.") % {"relation": kind.label, "kind": wanted}
    wanted = CustomerKind(next(iter(for_customer))).label
    return _("“%(relation)s” is a relation of a %(kind)s.") % {"relation": kind.label, "kind": wanted}
