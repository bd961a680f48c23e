"""What tiering tells on the timeline of a customer."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from keheng.common.clock import SHANGHAI
from keheng.customers.models import Customer
from keheng.tiering.models import Move
from keheng.tiering.queries import changes, tier_definitions
from keheng.ui.timeline import TimelineEntry


def tier_changes(_request: HttpRequest, record: Any, before: datetime, limit: int) -> Sequence[TimelineEntry]:
    """The customer's moves in the primary scheme of their kind, newest first; a move counts from its day's begin."""
    customer: Customer = record
    moves = (
        Move.objects.filter(
            customer=customer,
            version__scheme__is_primary=True,
            version__scheme__kind=customer.kind,
            effective_on__lte=before.astimezone(SHANGHAI).date(),
        )
        .select_related("version__scheme")
        .order_by("-effective_on", "-id")[:limit]
    )
    return [
        TimelineEntry(
            at=datetime.combine(change.on, time.min, SHANGHAI),
            kind=change.direction.label,
            text=" → ".join(label.name for label in (change.before, change.after) if label)
            + (f"：{change.evidence}" if change.evidence else ""),
            aside=change.version,
            tone=change.tone,
            url=reverse("tiering-run", args=[change.run_id]),
        )
        for change in changes(list(moves), tier_definitions(customer.kind))
    ]
