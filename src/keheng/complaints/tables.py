"""The table of complaints."""

from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.complaints.enums import Grade, State
from keheng.complaints.models import Complaint
from keheng.complaints.queries.countdown import Left
from keheng.service_requests.templatetags.countdowns import countdown
from keheng.ui.lists import BadgeColumn, MomentColumn, Table

TONES: dict[str, str] = {
    State.REGISTERED: "near",
    State.ROUTING: "near",
    State.SIGNING: "near",
    State.CLOSED: "met",
    State.UNDER_REVIEW: "over",
    State.WITHDRAWN: "",
    State.DECLINED: "",
    State.JOINED: "",
}


def tone_of(complaint: Complaint) -> str:
    """The colour of a state; work under way is plain."""
    return TONES.get(complaint.state, "info")


class ComplaintTable(Table):
    """Complaints; ``clocks``, the pair of countdowns, is put on the rows by the list."""

    number = tables.Column(verbose_name=_("number of the complaint"), orderable=False)
    internal_due_at = tables.Column(verbose_name=_("Internal"), orderable=True, empty_values=())
    regulatory_due_at = tables.Column(verbose_name=_("Regulatory"), orderable=True, empty_values=())
    customer = tables.Column(verbose_name=_("complainant"), accessor="customer__name", empty_values=())
    cause = tables.Column(verbose_name=pgettext_lazy("complaint", "cause"))
    grade = tables.Column(verbose_name=_("grade"))
    state = BadgeColumn(verbose_name=pgettext_lazy("complaint", "state"), tones=TONES)
    about_branch = tables.Column(verbose_name=_("unit complained about"))
    handler = tables.Column(verbose_name=pgettext_lazy("complaint", "handled by"))
    channel = tables.Column(verbose_name=pgettext_lazy("complaint", "channel"))
    branch = tables.Column(verbose_name=pgettext_lazy("complaint", "branch"))
    registered_at = MomentColumn(verbose_name=_("registered at"), orderable=True)
    optional, fixed = ("branch", "channel", "registered_at"), ("number",)

    class Meta(Table.Meta):
        model = Complaint
        fields = ()
        orderable = False

    def render_internal_due_at(self, record: Any) -> str:
        return _countdown(record.clocks_left[0])

    def render_regulatory_due_at(self, record: Any) -> str:
        return _countdown(record.clocks_left[1])

    def value_internal_due_at(self, value: Any) -> Any:
        return value

    def value_regulatory_due_at(self, value: Any) -> Any:
        return value

    def render_customer(self, value: str, record: Any) -> str:
        name = value or _("not a known customer")
        if record.is_repeat:
            return format_html('{} <span class="flag near">{}</span>', name, _("complained before"))
        return str(name)

    def value_customer(self, value: str) -> str:
        return value

    def render_grade(self, value: str, record: Any) -> str:
        if record.grade == Grade.MAJOR:
            return format_html('<span class="flag over">{}</span>', value)
        return value

    def value_grade(self, value: str) -> str:
        return value


def _countdown(left: Left | None) -> str:
    if left is None:
        return format_html('<span class="soft">{}</span>', "—")
    return countdown(left.countdown, left.rules, left.in_days)
