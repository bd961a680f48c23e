"""What the modules know of a customer, as entries of the customer's timeline."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from keheng.audit.actions import name_of
from keheng.audit.models import Entry
from keheng.customers.history import changes_of
from keheng.customers.models import Customer
from keheng.customers.permissions import can_see_facts
from keheng.org.acting import acting
from keheng.tiering.models import Run
from keheng.tiering.queries.standings import TierChange, trend_of
from keheng.ui.timeline import TimelineEntry

_EMPTY = "—"


def tier_changes(_request: HttpRequest, customer: Customer, before: datetime, limit: int) -> Sequence[TimelineEntry]:
    """The moves between tiers, each with its evidence; told at the end of the evaluation that made it."""
    changes = trend_of(customer, limit=limit).changes
    runs = Run.objects.in_bulk({change.run_id for change in changes})
    entries = [_move(change, runs[change.run_id].finished_at) for change in changes if change.run_id in runs]
    return [entry for entry in entries if entry.at < before]


def _move(change: TierChange, at: Any) -> TimelineEntry:
    names = " → ".join(label.name if label else _EMPTY for label in (change.before, change.after))
    return TimelineEntry(
        at=at, kind=change.direction.label, text=f"{names}: {change.evidence}", aside=change.version, tone=change.tone
    )


def archive_changes(request: HttpRequest, customer: Customer, before: datetime, limit: int) -> Sequence[TimelineEntry]:
    """The changed facts, from → to, masked; nothing where the level closes the archive to the reader."""
    if not can_see_facts(acting(request), customer):
        return []
    return [
        TimelineEntry(
            at=change.at,
            kind=_("Archive"),
            text=f"{change.label} {change.before or _EMPTY} → {change.after or _EMPTY}",
            aside=change.actor or _("by a file"),
        )
        for change in changes_of(customer, before=before, limit=limit)
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
