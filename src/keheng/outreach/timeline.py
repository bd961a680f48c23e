"""What events tell on the timeline of a customer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import pgettext

from keheng.outreach.enums import GuestState
from keheng.outreach.models import Guest
from keheng.ui.timeline import TimelineEntry

_TONES: dict[str, str] = {GuestState.CAME: "met", GuestState.ABSENT: "over"}


def events_of(_request: HttpRequest, record: Any, before: datetime, limit: int) -> Sequence[TimelineEntry]:
    """The invitations of a customer by when they came on the list, newest first."""
    guests = Guest.objects.filter(customer=record, listed_at__lt=before).exclude(state=GuestState.DROPPED)
    return [
        TimelineEntry(
            at=guest.listed_at,
            kind=pgettext("customer event", "Event"),
            text=f"{guest.event.title} · {guest.get_state_display()}",
            aside=guest.inviter.name,
            tone=_TONES.get(guest.state, ""),
            url=guest.event.get_absolute_url(),
        )
        for guest in guests.select_related("event", "inviter").order_by("-listed_at")[:limit]
    ]
