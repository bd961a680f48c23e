"""The columns of the trail."""

from datetime import datetime

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from keheng.audit import words
from keheng.audit.enums import Outcome
from keheng.audit.models import Entry
from keheng.common.clock import SHANGHAI
from keheng.ui.lists import BadgeColumn, Table


class EntryTable(Table):
    at = tables.Column(verbose_name=_("Time"), orderable=True, initial_sort_descending=True)
    actor_name = tables.Column(verbose_name=_("Actor"))
    action = tables.Column(verbose_name=_("Action"))
    outcome = BadgeColumn(
        verbose_name=_("Outcome"), accessor="get_outcome_display", tones={str(Outcome.REFUSED.label): "over"}
    )
    target_label = tables.Column(verbose_name=_("Record"))
    target_type = tables.Column(verbose_name=_("Kind of record"))
    reason = tables.Column(verbose_name=_("Reason"))
    detail = tables.Column(verbose_name=_("Detail"), empty_values=())
    address = tables.Column(verbose_name=_("Network address"))

    fixed = ("at", "action")
    optional = ("target_type",)

    class Meta(Table.Meta):
        model = Entry
        fields = ()
        orderable = False

    def render_at(self, value: datetime) -> str:
        """To the second: a trail is read exactly."""
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"

    def value_at(self, value: datetime) -> datetime:
        return value

    def render_action(self, record: Entry) -> str:
        return words.action_of(record)

    def render_target_type(self, value: str) -> str:
        return words.kind_name(value)

    def render_detail(self, record: Entry) -> str:
        return words.summary_of(record) or "—"
