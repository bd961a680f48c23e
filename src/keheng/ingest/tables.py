"""The table of imports."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from keheng.ingest.enums import BatchState
from keheng.ingest.models import Batch
from keheng.ui.lists import BadgeColumn, MomentColumn, NumberColumn, Table
from keheng.ui.templatetags.keheng import EMPTY

_TONES: dict[str, str] = {
    BatchState.QUEUED: "near",
    BatchState.RUNNING: "info",
    BatchState.DONE: "met",
    BatchState.FAILED: "over",
    BatchState.INTERRUPTED: "over",
}


class BatchTable(Table):
    file_name = tables.Column(verbose_name=_("File"))
    profile_name = tables.Column(verbose_name=_("Profile"))
    state = BadgeColumn(verbose_name=_("State"), tones=_TONES)
    read = NumberColumn(verbose_name=_("Rows read"))
    created = NumberColumn(verbose_name=_("New"))
    updated = NumberColumn(verbose_name=_("Changed"))
    unchanged = NumberColumn(verbose_name=_("Unchanged"))
    rejected = NumberColumn(verbose_name=_("Rejected"))
    actor = tables.Column(accessor="actor__name", verbose_name=_("Loaded by"))
    created_at = MomentColumn(verbose_name=_("Created"), orderable=True)
    seconds = NumberColumn(verbose_name=_("Seconds"))
    fixed = ("file_name", "state")

    class Meta(Table.Meta):
        model = Batch
        fields = ("file_name", "profile_name", "state", "read", "created", "updated", "unchanged", "rejected")
        sequence = ("...", "actor", "created_at", "seconds")
        orderable = False

    def render_seconds(self, value: float) -> str:
        return f"{value:,.1f}" if value else EMPTY

    def value_seconds(self, value: Any) -> Any:
        return value
