"""What service requests tell on the timeline of a customer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from keheng.org.acting import acting
from keheng.service_requests.enums import State
from keheng.service_requests.models import ServiceRequest
from keheng.ui.timeline import TimelineEntry

TONES: dict[str, str] = {
    State.WAITING: "near",
    State.WORKING: "info",
    State.APPROVAL: "info",
    State.RESOLVED: "info",
    State.CLOSED: "met",
}


def requests_of(request: HttpRequest, record: Any, before: datetime, limit: int) -> Sequence[TimelineEntry]:
    """The customer's requests by when they were opened, newest first."""
    found = (
        ServiceRequest.objects.visible_to(acting(request))
        .filter(customer=record, opened_at__lt=before)
        .select_related("assignee")
        .order_by("-opened_at")[:limit]
    )
    return [
        TimelineEntry(
            at=row.opened_at,
            kind=row.business_name,
            text=str(row.get_state_display()),
            aside=f"{row.number} {row.assignee or ''}".strip(),
            tone="over" if row.is_late else TONES.get(row.state, ""),
            url=row.get_absolute_url(),
        )
        for row in found
    ]
