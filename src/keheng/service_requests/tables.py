"""The tables of service requests and penalty sheets."""

from datetime import date
from typing import Any

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.service_requests.enums import SheetState, State
from keheng.service_requests.models import PenaltySheet, ServiceRequest
from keheng.service_requests.templatetags.countdowns import countdown
from keheng.ui.lists import BadgeColumn, MomentColumn, NumberColumn, Table
from keheng.ui.templatetags.keheng import tier_badge

TONES: dict[str, str] = {
    State.WAITING: "near",
    State.WORKING: "info",
    State.APPROVAL: "info",
    State.RESOLVED: "info",
    State.CLOSED: "met",
}
SHEET_TONES: dict[str, str] = {SheetState.OPEN: "info", SheetState.LOCKED: "near", SheetState.SIGNED: "met"}


class RequestTable(Table):
    """Requests; ``countdown`` and the customer's tier are put on the rows by the list."""

    number = tables.Column(verbose_name=_("number of the request"), orderable=False)
    due_at = tables.Column(verbose_name=pgettext_lazy("time", "left"), orderable=True, empty_values=())
    business = tables.Column(verbose_name=_("business"))
    customer = tables.Column(verbose_name=_("customer"), accessor="customer__name")
    channel = tables.Column(verbose_name=_("channel"))
    state = BadgeColumn(verbose_name=pgettext_lazy("service request", "state"), tones=TONES)
    assignee = tables.Column(verbose_name=_("handled by"))
    branch = tables.Column(verbose_name=_("branch"))
    opened_at = MomentColumn(verbose_name=_("taken in at"), orderable=True)
    optional, fixed = ("branch", "channel", "opened_at"), ("number",)

    class Meta(Table.Meta):
        model = ServiceRequest
        fields = ()
        orderable = False

    def render_due_at(self, record: Any) -> str:
        if record.countdown is None:
            return format_html('<span class="soft">{}</span>', "—")
        return countdown(record.countdown)

    def value_due_at(self, value: Any) -> Any:
        return value

    def render_business(self, record: Any) -> str:
        return str(record.business_name)

    def render_customer(self, value: str, record: Any) -> str:
        return format_html("{} {}", value, tier_badge(record.customer.tier_step, record.customer.tier_name))

    def value_customer(self, value: str) -> str:
        return value


class SheetTable(Table):
    """Penalty sheets with their sums."""

    staff = tables.Column(verbose_name=_("member of staff"))
    month = tables.Column(verbose_name=_("month"), orderable=True)
    branch = tables.Column(verbose_name=_("branch"))
    deducted = NumberColumn(verbose_name=_("deductions"))
    offset_points = NumberColumn(verbose_name=_("offsets"))
    total = NumberColumn(verbose_name=_("balance"))
    state = BadgeColumn(verbose_name=pgettext_lazy("penalty sheet", "state"), tones=SHEET_TONES)
    signed_at = MomentColumn(verbose_name=_("signed at"))
    fixed = ("staff",)

    class Meta(Table.Meta):
        model = PenaltySheet
        fields = ()
        orderable = False

    def render_month(self, value: date) -> str:
        return f"{value:%Y-%m}"
