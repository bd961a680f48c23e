"""Making customers nobody in particular: irreversible, whole or not at all, one statement a table."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, models, transaction

from keheng.audit import operations as audit
from keheng.common.events import publish
from keheng.customers.events import CustomersAnonymised
from keheng.customers.models import Customer
from keheng.customers.privacy import erasure
from keheng.customers.quality.unification.references import references_to
from keheng.org.models import Staff


@transaction.atomic
def anonymise(*, customer_ids: Sequence[int], target: models.Model, reason: str, actor: Staff, at: datetime) -> int:
    """Erase all that tells who these customers are, with its history and its traces in the trail; figures stay.

    Part of the operations of this module: the caller has checked the permission and the retention rules.

    Args:
        target: the case or run, for the trail.

    Returns:
        How many customers there were.
    """
    keys = list(
        Customer.objects.filter(pk__in=customer_ids).order_by("pk").select_for_update().values_list("pk", flat=True)
    )
    if not keys:
        return 0
    _forget_acts(keys)
    with connection.cursor() as cursor:
        erasure.erase(cursor, keys)
    detail = {"count": len(keys)}
    audit.record("customers.anonymise", actor=actor, at=at, target=target, reason=reason, detail=detail)
    publish(CustomersAnonymised(tuple(keys), at))
    return len(keys)


def _forget_acts(keys: list[int]) -> None:
    """Take the words out of the trail of the customers and of whatever belongs to them, while it is known what does."""
    audit.forget(Customer._meta.label_lower, keys)
    for reference in references_to(Customer):
        if not isinstance(reference.model._meta.pk, models.CompositePrimaryKey):
            held = reference.model._base_manager.filter(**{f"{reference.column}__in": keys})
            audit.forget(reference.model._meta.label_lower, list(held.order_by().values_list("pk", flat=True)))
