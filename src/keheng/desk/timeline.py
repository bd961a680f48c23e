"""What the modules know of a customer, as entries of the customer's timeline."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from keheng.audit.actions import name_of
from keheng.audit.models import Entry
from keheng.customers.archive.history import changes_of, disclosed
from keheng.customers.models import Customer
from keheng.customers.permissions import can_see_facts
from keheng.org.acting import acting
from keheng.ui.timeline import TimelineEntry

_EMPTY = "—"


def archive_changes(request: HttpRequest, customer: Customer, before: datetime, limit: int) -> Sequence[TimelineEntry]:
    """The changed facts, from → to, masked; nothing where the level closes the archive to the reader."""
    reader = acting(request)
    if not can_see_facts(reader, customer):
        return []
    changes = changes_of(customer, before=before, limit=limit)
    return [
        TimelineEntry(
            at=change.at,
            kind=_("Archive"),
            text=f"{change.label} {change.before or _EMPTY} → {change.after or _EMPTY}",
            aside=change.actor or _("by a file"),
        )
        for change in disclosed(changes, customer, reader)
    ]


def reveals(_request: HttpRequest, customer: Customer, before: datetime, limit: int) -> Sequence[TimelineEntry]:
    """Who had personal values of the customer shown, and why."""
    entries = Entry.objects.filter(
        action="customers.reveal", target_type=Customer._meta.label_lower, target_id=customer.pk, at__lt=before
    )
    return [
        TimelineEntry(at=entry.at, kind=name_of(entry.action), text=entry.reason, aside=entry.actor_name, tone="near")
        for entry in entries[:limit]
    ]
