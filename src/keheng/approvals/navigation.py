"""Approvals' place in the navigation, the names of its permissions and acts."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.approvals import permissions, queries
from keheng.audit import actions
from keheng.ui.navigation import Group, NavItem, register
from keheng.ui.permission_names import declare

declare(
    {
        permissions.VIEW: _("Ask for approval and decide within one's limits"),
        permissions.OVERSEE: _("See every request of one's branches"),
        permissions.LIMITS: _("Set approval limits"),
    }
)
actions.declare(
    {
        "approvals.ask": _("Ask for approval"),
        "approvals.approve": _("Approve a request"),
        "approvals.refuse": _("Refuse a request"),
        "approvals.return": _("Return a request"),
        "approvals.withdraw": _("Withdraw a request"),
        "approvals.resubmit": _("Submit a request again"),
        "approvals.escalate": _("Escalate overdue requests"),
        "approvals.expire": _("Let unanswered requests expire"),
        "approvals.set_limits": _("Set approval limits"),
    }
)


def _waiting(request: HttpRequest) -> int:
    user: Any = request.user
    return queries.waiting_count(user)


register(
    NavItem(
        Group.TODAY,
        _("Waiting for my approval"),
        "checklist",
        "approvals:inbox",
        permissions.VIEW,
        order=40,
        counter=_waiting,
    )
)
register(NavItem(Group.TODAY, _("My requests"), "send", "approvals:mine", permissions.VIEW, order=50))
register(NavItem(Group.SETTINGS, _("Approval limits"), "scale", "approvals:limits", permissions.LIMITS, order=35))
