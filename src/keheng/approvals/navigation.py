"""Approvals' place in the navigation, the names of its permissions and acts."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.approvals import permissions, queries
from keheng.audit import actions
from keheng.org.navigation import ORGANISATION
from keheng.ui.navigation import Family, Group, NavItem, register
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


DECISIONS = Family(Group.TODAY, _("Approvals"), "checklist", order=40)
for _label, _icon, _url_name, _order, _counter in (
    (_("Waiting for my approval"), "checklist", "approvals:inbox", 10, _waiting),
    (_("My requests"), "send", "approvals:mine", 20, None),
):
    register(NavItem(DECISIONS.group, _label, _icon, _url_name, permissions.VIEW, _order, _counter, family=DECISIONS))
register(
    NavItem(
        *(ORGANISATION.group, _("Approval limits"), "scale", "approvals:limits", permissions.LIMITS),
        order=50,
        family=ORGANISATION,
    )
)
