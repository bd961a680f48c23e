"""Making customers nobody in particular: irreversible, whole or not at all, one statement a table."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, models, transaction

from keheng.audit import operations as audit
from keheng.common.events import publish
from keheng.customers.events import CustomersAnonymised
from keheng.customers.models import Customer
from keheng.customers.privacy import erasure
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
    with connection.cursor() as cursor:
        erasure.erase(cursor, keys)
    audit.forget(Customer._meta.label_lower, keys)
    detail = {"count": len(keys)}
    audit.record("customers.anonymise", actor=actor, at=at, target=target, reason=reason, detail=detail)
    publish(CustomersAnonymised(tuple(keys), at))
    return len(keys)
