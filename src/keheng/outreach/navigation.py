"""What events register with the frame and with other modules."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.approvals import kinds as approvals
from keheng.audit import actions
from keheng.customers.quality.unification import TableRule
from keheng.customers.quality.unification import declare as declare_unification
from keheng.notices import kinds as notices
from keheng.outreach import (
    permissions,
    privacy,  # noqa: F401  # only registers
)
from keheng.outreach.enums import GuestAct, GuestState
from keheng.outreach.models import Guest
from keheng.outreach.operations.planning import BUDGET
from keheng.outreach.timeline import events_of
from keheng.ui.navigation import Family, Group, NavItem, register
from keheng.ui.permission_names import declare
from keheng.ui.tabs import Tab, register_tab
from keheng.ui.timeline import TimelineSource, register_source

declare(
    {
        permissions.VIEW: _("See events for customers"),
        permissions.INVITE: _("Invite one's customers to events, sign guests in"),
        permissions.MANAGE: _("Plan events, choose their audience, finish them"),
        permissions.RULES: _("Set the rules of events"),
    }
)
actions.declare(
    {
        "outreach.plan": _("Plan an event"),
        "outreach.change": _("Change an event"),
        "outreach.open": _("Begin to invite to an event"),
        "outreach.cancel": _("Cancel an event"),
        "outreach.cost": _("Note a cost of an event"),
        "outreach.invite": _("Put customers on the list of an event"),
        "outreach.finish": _("Finish an event"),
        "outreach.close": _("Settle the costs of an event"),
        "outreach.keep_out": _("Say whether a customer is invited to events"),
        "outreach.change_rules": _("Change the rules of events"),
        **{f"outreach.{act.value}": _("Guest of an event") for act in GuestAct},
    },
    details={"event": pgettext_lazy("customer event", "event")},
)
notices.declare(
    {
        "outreach.to_invite": _("Customers of mine are to be invited to an event"),
        "outreach.moved_up": _("A guest of mine has moved up from the waiting list"),
        "outreach.budget": _("The budget of my event is decided"),
        "outreach.cancelled": _("An event of my guests is cancelled"),
    }
)
approvals.register(approvals.Kind(BUDGET, _("Budget of an event"), _("May the event cost this much?")))
declare_unification({"outreach_guest": TableRule(on_clash="keep"), "outreach_keptout": TableRule(on_clash="keep")})


def _to_invite(request: HttpRequest) -> int:
    user: Any = request.user
    return Guest.objects.filter(inviter=user, state=GuestState.LISTED, event__state="open").count()


_FAMILY = Family(Group.BUSINESS, pgettext_lazy("customer event", "Events"), "confetti", order=40)
register(
    NavItem(
        Group.BUSINESS,
        pgettext_lazy("customer event", "Events"),
        "confetti",
        "outreach:events",
        permissions.VIEW,
        order=10,
        counter=_to_invite,
        family=_FAMILY,
    )
)
register(
    NavItem(Group.BUSINESS, _("Calendar"), "calendar", "outreach:calendar", permissions.VIEW, order=20, family=_FAMILY)
)
register(
    NavItem(
        Group.BUSINESS,
        _("Kinds and rules"),
        "adjustments",
        "outreach:rules",
        permissions.VIEW,
        order=30,
        family=_FAMILY,
    )
)
register_tab(Tab("event", "guests", _("Guests"), "outreach:guests", permissions.VIEW, order=10))
register_tab(Tab("event", "costs", _("Costs"), "outreach:costs", permissions.VIEW, order=20))
register_tab(Tab("event", "result", _("Follow-up and result"), "outreach:result", permissions.VIEW, order=30))
register_tab(
    Tab(
        "customer",
        "events",
        pgettext_lazy("customer event", "Events"),
        "outreach:customer-tab",
        permissions.VIEW,
        order=75,
    )
)
register_source(
    TimelineSource(
        "customer", "events", pgettext_lazy("customer event", "Events"), events_of, permissions.VIEW, order=60
    )
)
