"""Who answers for customers and which branch keeps them: one statement and one event, however many they are."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from keheng.audit.operations import record
from keheng.common.events import publish
from keheng.customers import permissions
from keheng.customers.events import CustomersAssigned, CustomersMoved
from keheng.customers.models import Customer
from keheng.customers.operations.following import follow_up_owner
from keheng.org.models import Branch, Staff


@transaction.atomic
def assign_owner(
    *, customers: "QuerySet[Customer]", owner: Staff | None, reason: str, actor: Staff, at: datetime
) -> int:
    """Give customers another owner (``None``: nobody, they wait for assignment); return how many changed.

    Args:
        customers: those outside the actor's scope are left alone.

    Raises:
        ValidationError: the owner has left, or may not view customers.
    """
    permissions.check_assign(actor)
    if owner is not None and not owner.is_active:
        raise ValidationError({"owner": _("%(name)s has left; choose somebody else.") % {"name": owner.name}})
    if owner is not None and not owner.can(permissions.VIEW):
        raise ValidationError({"owner": _("The role of %(name)s does not view customers.") % {"name": owner.name}})
    chosen = _in_scope(customers, actor).exclude(owner=owner) if owner else _in_scope(customers, actor)
    if owner is None:
        chosen = chosen.filter(owner__isnull=False)
    keys = _update(chosen, owner_id=owner.pk if owner else None, at=at)
    if keys:
        detail = {"count": len(keys), "owner": owner.name if owner else None}
        target = owner or actor.branch
        record("customers.assign", actor=actor, at=at, target=target, reason=reason, detail=detail)
        follow_up_owner(keys, at=at)
        publish(CustomersAssigned(keys, owner.pk if owner else None, at))
    return len(keys)


@transaction.atomic
def move_to_branch(*, customers: "QuerySet[Customer]", branch: Branch, reason: str, actor: Staff, at: datetime) -> int:
    """Let another branch keep customers; return how many changed. Their owners stay until reassigned."""
    permissions.check_assign(actor)
    permissions.check_create(actor, branch)
    if not branch.is_active:
        raise ValidationError({"branch": _("%(branch)s is closed.") % {"branch": branch.name}})
    keys = _update(_in_scope(customers, actor).exclude(branch=branch), branch_id=branch.pk, at=at)
    if keys:
        detail = {"count": len(keys), "branch": branch.name}
        record("customers.move", actor=actor, at=at, target=branch, reason=reason, detail=detail)
        publish(CustomersMoved(keys, branch.pk, at))
    return len(keys)


def write_owners(pairs: str, *, at: datetime) -> tuple[int, ...]:
    """Give customers other owners by one statement, in the caller's transaction; return the customers that changed.

    For ``care``, whose operations check who may, keep the trail and write the periods of ownership. A customer whose
    owner is no longer ``before_id`` is left alone: somebody else was first.

    Args:
        pairs: a temporary table of ``customer_id, staff_id, before_id``; no ``staff_id``: nobody. It keeps only those
            who changed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            with changed as (
                update customers_customer customer set owner_id = pair.staff_id, updated_at = %(at)s
                  from {pairs} pair
                 where customer.id = pair.customer_id and customer.owner_id is not distinct from pair.before_id
                   and pair.staff_id is distinct from pair.before_id
                returning customer.id
            )
            delete from {pairs} pair where not exists (select from changed where changed.id = pair.customer_id)
            """,
            {"at": at},
        )
        cursor.execute(f"select customer_id from {pairs}")
        keys = tuple(row[0] for row in cursor.fetchall())
    if keys:
        follow_up_owner(keys, at=at)
    return keys


def _in_scope(customers: "QuerySet[Customer]", actor: Staff) -> "QuerySet[Customer]":
    visible = Customer.objects.in_scope_of(actor).order_by()
    return visible.filter(pk__in=customers.order_by().values("pk"))


def _update(customers: "QuerySet[Customer]", *, at: datetime, **values: int | None) -> tuple[int, ...]:
    keys = tuple(customers.order_by("pk").select_for_update().values_list("pk", flat=True))
    Customer.objects.filter(pk__in=keys).update(**values, updated_at=at)
    return keys
