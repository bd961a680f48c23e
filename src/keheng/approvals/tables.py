"""The tables of requests."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import pgettext_lazy

from keheng.approvals.enums import State
from keheng.approvals.kinds import kind_of
from keheng.approvals.models import Request
from keheng.ui.lists import BadgeColumn, MomentColumn, Table, WanColumn
from keheng.ui.templatetags.keheng import moment

TONES: dict[str, str] = {
    State.OPEN: "info",
    State.APPROVED: "met",
    State.REFUSED: "over",
    State.RETURNED: "near",
    State.EXPIRED: "over",
}


def _named(field: str) -> Any:
    """The name of a column is that of the field."""
    return Request._meta.get_field(field).verbose_name  # type: ignore[union-attr]


class RequestTable(Table):
    """Every request; ``is_overdue`` is put on the rows by the list."""

    title = tables.Column(verbose_name=_named("title"))
    kind = tables.Column(verbose_name=_named("kind"))
    subject_label = tables.Column(verbose_name=_named("subject_label"))
    branch = tables.Column(verbose_name=_named("branch"))
    amount = WanColumn(verbose_name=_named("amount"))
    requester = tables.Column(verbose_name=_named("requester"))
    requested_at = MomentColumn(verbose_name=_named("requested_at"), orderable=True)
    due_at = MomentColumn(verbose_name=_named("due_at"), orderable=True, initial_sort_descending=False)
    state = BadgeColumn(verbose_name=_named("state"), tones=TONES)
    decided_by = tables.Column(verbose_name=_named("decided_by"))
    answer = tables.Column(verbose_name=_named("answer"))
    fixed = ("title",)

    class Meta(Table.Meta):
        model = Request
        fields = ()
        orderable = False

    def render_kind(self, value: str) -> str:
        return str(kind_of(value).name)

    def render_due_at(self, value: Any, record: Any) -> str:
        return format_html('<span class="{}">{}</span>', "over" if record.is_overdue else "", moment(value))

    def value_due_at(self, value: Any) -> Any:
        return value

    def render_answer(self, value: str) -> str:
        return format_html('<span class="soft" title="{}">{}</span>', value, value)


class InboxTable(RequestTable):
    reason = tables.Column(verbose_name=pgettext_lazy("request for approval", "Reason given"))
    optional = ("requested_at",)

    class Meta(RequestTable.Meta):
        exclude = ("state", "decided_by", "answer")
        sequence = ("title", "kind", "subject_label", "branch", "amount", "reason", "...")


class OwnTable(RequestTable):
    optional = ("branch",)

    class Meta(RequestTable.Meta):
        exclude = ("requester",)
        sequence = ("title", "state", "...")


class AllTable(RequestTable):
    optional = ("answer", "decided_by")

    class Meta(RequestTable.Meta):
        sequence = ("title", "state", "...")
