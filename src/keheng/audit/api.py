"""The trail over HTTP."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query, Schema

from keheng.api.endpoints import Endpoints
from keheng.api.paging import Page, Paging, page_of
from keheng.audit import veils, words
from keheng.audit.models import Entry
from keheng.audit.views import VIEW

endpoints = Endpoints(_("Audit trail"))


class EntryOut(Schema):
    """One act; ``summary`` is what changed, in words, personal values masked."""

    id: int
    at: datetime
    actor_id: int | None
    actor: str
    action: str
    action_name: str
    outcome: str
    record_type: str
    record_id: int | None
    record: str
    reason: str
    summary: str


class EntryQuestion(Schema):
    """Which acts."""

    action: str = ""
    record_type: str = ""
    record_id: int | None = None
    actor_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@endpoints.get("", permission=VIEW, summary=_("Acts, the newest first"), response=Page[EntryOut])
def entries(request: HttpRequest, asked: Query[EntryQuestion], paging: Query[Paging]) -> dict[str, Any]:
    conditions = {
        "action": asked.action or None,
        "target_type": asked.record_type or None,
        "target_id": asked.record_id,
        "actor_id": asked.actor_id,
        "at__gte": asked.since,
        "at__lt": asked.until,
    }
    found = Entry.objects.filter(**{name: value for name, value in conditions.items() if value is not None})

    def shape(rows: list[Entry]) -> list[dict[str, Any]]:
        return [_told(entry) for entry in veils.veiled(rows, request.user)]

    return page_of(found, paging, order=("-at", "-pk"), shape=shape)


def _told(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "at": entry.at,
        "actor_id": entry.actor_id,
        "actor": entry.actor_name,
        "action": entry.action,
        "action_name": words.action_of(entry),
        "outcome": entry.outcome,
        "record_type": entry.target_type,
        "record_id": entry.target_id,
        "record": entry.target_label,
        "reason": entry.reason,
        "summary": words.summary_of(entry),
    }
