"""What complaints tell on the timeline of a customer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from keheng.complaints.models import Complaint
from keheng.complaints.tables import tone_of
from keheng.org.acting import acting
from keheng.ui.timeline import TimelineEntry


def complaints_of(request: HttpRequest, record: Any, before: datetime, limit: int) -> Sequence[TimelineEntry]:
    """The customer's complaints by when they were registered, newest first."""
    found = (
        Complaint.objects.visible_to(acting(request))
        .filter(customer=record, registered_at__lt=before)
        .select_related("cause", "handler")
        .defer("statement", "wish", "finding")
        .order_by("-registered_at")[:limit]
    )
    return [
        TimelineEntry(
            at=row.registered_at,
            kind=str(row.cause or row.get_channel_display()),
            text=str(row.get_state_display()),
            aside=f"{row.number} {row.handler or ''}".strip(),
            tone="over" if row.is_regulatory_late else tone_of(row),
            url=row.get_absolute_url(),
        )
        for row in found
    ]
