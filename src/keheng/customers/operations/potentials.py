"""Lists of potential customers (A1 潜力客户, A4 名单制): opened, filled by rule, file or hand, worked off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.keys import key_ring
from keheng.customers.archive.potentials import rules
from keheng.customers.enums import ContactKind, CustomerKind, PotentialSource, PotentialState
from keheng.customers.models import Customer, Potential, PotentialList
from keheng.customers.operations.archive import create_customer
from keheng.customers.permissions import check_view
from keheng.customers.permissions.potentials import (
    check_add,
    check_assign_potentials,
    check_keep_lists,
    check_refresh,
    check_work_on,
)
from keheng.customers.policies.potentials import may_go
from keheng.customers.values import identity
from keheng.customers.values.flaws import sentence
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff

PHONE = "customers.potential_phone"
"""What telephones of potential customers are sealed and indexed for."""

MOST_ROWS, LONGEST_NAME = 5_000, 120


@dataclass(frozen=True)
class Named:
    """Somebody who may become a customer; the amount in CNY."""

    name: str
    phone: str = ""
    employer: str = ""
    amount: Decimal | None = None
    note: str = ""
    kind: CustomerKind = CustomerKind.PERSON


@transaction.atomic
def open_list(
    *,
    name: str,
    source: PotentialSource,
    branch: Branch,
    rule: str = "",
    parameters: Mapping[str, Any] | None = None,
    note: str = "",
    actor: Staff,
    at: datetime,
) -> PotentialList:
    """Open a list; one that follows a rule is filled at once.

    Args:
        parameters: the limits of the rule by name; those left out are the usual ones.

    Raises:
        ValidationError: by field, in words.
    """
    check_keep_lists(actor, branch)
    held = PotentialList(name=name.strip(), source=source, branch=branch, owner=actor, note=note, made_at=at)
    if source == PotentialSource.RULE:
        known = rules().get(rule)
        if known is None:
            raise ValidationError({"rule": _("Choose a rule.")})
        given = dict(parameters or {})
        held.rule = rule
        held.parameters = {limit.name: str(given.get(limit.name) or limit.usual) for limit in known.limits}
    held.full_clean()
    held.save()
    record("customers.open_potentials", actor=actor, at=at, target=held)
    if held.rule:
        _fill(held, at)
    return held


@transaction.atomic
def refresh_list(*, held: PotentialList, actor: Staff, at: datetime) -> int:
    """Work the rule of a list out anew, by one statement: who is new comes in, who was never contacted and no longer
    belongs goes; return how many stand on the list."""
    check_refresh(actor, held)
    if not held.rule:
        raise ValidationError(_("This list follows no rule; its names are added by file or by hand."))
    counted = _fill(held, at)
    record("customers.refresh_potentials", actor=actor, at=at, target=held, detail={"count": counted})
    return counted


@transaction.atomic
def add_potentials(*, held: PotentialList, named: Sequence[Named], actor: Staff, at: datetime) -> int:
    """Put people on a list: from a file, or one whom a teller has met; return how many were new to it.

    Raises:
        ValidationError: a row cannot be read; nothing has been written. Or the list follows a rule.
    """
    check_add(actor, held.branch)
    if held.rule:
        raise ValidationError(_("This list follows its rule; nobody is added by hand."))
    if len(named) > MOST_ROWS:
        raise ValidationError(_("A file may hold %(most)d rows. Part it, please.") % {"most": MOST_ROWS})
    made = [_potential(held, one, number, actor, at) for number, one in enumerate(named, 1)]
    before = held.potentials.count()
    Potential.objects.bulk_create(made, ignore_conflicts=True)  # a telephone that the list has already
    added = held.potentials.count() - before
    record("customers.add_potentials", actor=actor, at=at, target=held, detail={"count": added})
    return added


@transaction.atomic
def move_potential(
    *, potential: Potential, to: PotentialState, reason: str = "", actor: Staff, at: datetime
) -> Potential:
    """Say how far a potential customer has come; the first who does is who answers for them.

    Raises:
        ValidationError: no such step from where they stand, or no reason why they declined.
    """
    held = _held(potential, actor)
    if to == PotentialState.CUSTOMER and held.customer_id is None:
        raise ValidationError(_("Open the archive first: only then are they a customer."))
    if to == PotentialState.DECLINED and not reason.strip():
        raise ValidationError({"reason": _("Say why they declined.")})
    return _move(held, to, reason.strip(), actor, at)


@transaction.atomic
def assign_potentials(*, keys: Sequence[int], owner: Staff, actor: Staff, at: datetime) -> int:
    """Let somebody answer for these names, by one statement; return how many were new to them.

    Names that have become customers keep the owner of their archive.

    Raises:
        ValidationError: too many at once, or the person works outside the actor's branches or no more.
    """
    check_assign_potentials(actor)
    if len(keys) > MOST_ROWS:
        raise ValidationError(_("At most %(most)d names are assigned at once.") % {"most": MOST_ROWS})
    if not owner.is_active or (actor.scope != DataScope.ALL and owner.branch_id not in actor.branch_ids):
        raise ValidationError({"owner": _("Choose somebody who works in your branches.")})
    visible = Potential.objects.visible_to(actor).filter(pk__in=keys)
    others = visible.exclude(state=PotentialState.CUSTOMER).exclude(owner=owner)
    count = others.update(owner=owner, changed_at=at)
    if count:
        record("customers.assign_potentials", actor=actor, at=at, target=owner, detail={"count": count})
    return count


@transaction.atomic
def convert_potential(*, potential: Potential, branch: Branch, actor: Staff, at: datetime) -> Customer:
    """Open the archive of somebody who becomes a customer, with what the list knows of them."""
    held = _held(potential, actor)
    if held.customer_id is not None:
        raise ValidationError(_("They have an archive already."))
    contacts = {}
    if held.phone:
        kind = ContactKind.MOBILE if not identity.CONTACTS[ContactKind.MOBILE](held.phone).error else ContactKind.PHONE
        contacts[kind.value] = held.phone
    customer = create_customer(
        kind=CustomerKind(held.kind),
        name=held.name,
        branch=branch,
        facts={"employer": held.employer} if held.employer and held.kind == CustomerKind.PERSON else {},
        contacts=contacts,
        actor=actor,
        at=at,
    )
    held.customer = customer
    _move(held, PotentialState.CUSTOMER, "", actor, at)
    return customer


@transaction.atomic
def link_potential(*, potential: Potential, customer: Customer, actor: Staff, at: datetime) -> None:
    """Say that a potential customer is one of ours already."""
    check_view(actor, customer)
    held = _held(potential, actor)
    held.customer = customer
    _move(held, PotentialState.CUSTOMER, "", actor, at)


def _held(potential: Potential, actor: Staff) -> Potential:
    held = Potential.objects.select_for_update(of=("self",)).select_related("list").get(pk=potential.pk)
    check_work_on(actor, held)
    return held


def _move(held: Potential, to: PotentialState, reason: str, actor: Staff, at: datetime) -> Potential:
    if not may_go(held.state, to):
        raise ValidationError(
            _("From “%(now)s” there is no step to “%(to)s”.") % {"now": held.get_state_display(), "to": to.label}
        )
    before, held.state, held.reason, held.changed_at = held.state, to, reason, at
    held.owner = held.owner or actor
    held.full_clean(exclude=["list", "branch"])
    held.save()
    detail = {"changes": {"state": [before, str(to)]}}
    record("customers.move_potential", actor=actor, at=at, target=held.list, reason=reason, detail=detail)
    return held


def _potential(held: PotentialList, one: Named, number: int, actor: Staff, at: datetime) -> Potential:
    name, phone, index = one.name.strip(), None, None
    if not 0 < len(name) <= LONGEST_NAME:
        raise ValidationError(_("Row %(n)d: write a name of at most 120 characters.") % {"n": number})
    if one.phone.strip():
        found = identity.CONTACTS[ContactKind.BACKUP](one.phone)
        if found.error:
            words = {"n": number, "why": sentence(found.error, ContactKind.BACKUP)}
            raise ValidationError(_("Row %(n)d: %(why)s") % words)
        phone, index = found.value, key_ring().blind_index(found.value, PHONE)
    if one.amount is not None and one.amount < 0:
        raise ValidationError(_("Row %(n)d: the amount is below zero.") % {"n": number})
    return Potential(
        list=held,
        kind=one.kind,
        name=name,
        phone=phone,
        phone_index=index,
        employer=one.employer.strip()[:120],
        amount=one.amount,
        note=one.note.strip()[:200],
        branch=held.branch,
        owner=actor if held.source == PotentialSource.TELLER else None,
        added_at=at,
        changed_at=at,
    )


def _fill(held: PotentialList, at: datetime) -> int:
    rule = rules()[held.rule]
    values: dict[str, Any] = {name: Decimal(told) for name, told in held.parameters.items()}
    values |= {"list": held.pk, "at": at, "branches": list(Branch.objects.subtree_of(held.branch).values_list("pk"))}
    values["branches"] = [key for (key,) in values["branches"]]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with belongs (customer_id, amount) as materialized ({rule.sql}), inside as (
                select belongs.customer_id, belongs.amount, kept.kind, kept.name, kept.branch_id, kept.owner_id
                  from belongs join customers_customer kept on kept.id = belongs.customer_id
                 where kept.branch_id = any(%(branches)s)
            ), gone as (
                delete from customers_potential potential
                 where list_id = %(list)s and state = 'new'
                   and not exists (select from inside where inside.customer_id = potential.customer_id)
            )
            insert into customers_potential as potential
                   (list_id, customer_id, kind, name, employer, amount, note, branch_id, owner_id, state, reason,
                    added_at, changed_at)
            select %(list)s, customer_id, kind, name, '', amount, '', branch_id, owner_id, 'new', '', %(at)s, %(at)s
              from inside
            on conflict (list_id, customer_id) where customer_id is not null do update
               set amount = excluded.amount, owner_id = coalesce(potential.owner_id, excluded.owner_id)
             where potential.state = 'new' and potential.amount is distinct from excluded.amount
            """,
            values,
        )
    held.refreshed_at = at
    held.save(update_fields=["refreshed_at"])
    return held.potentials.count()
