"""Approvals' place in the navigation, the names of its permissions and acts."""

from django.utils.translation import gettext_lazy as _

from keheng.approvals import permissions
from keheng.audit import actions
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
