"""The place of the pages in the frame, and the names of permissions, acts and notices."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.api.navigation import INTERFACES
from keheng.audit import actions
from keheng.notices import kinds as notices
from keheng.ui.navigation import NavItem, register
from keheng.ui.permission_names import declare
from keheng.webhooks import permissions
from keheng.webhooks.models import Subscription
from keheng.webhooks.operations import failing


def _failing(_request: HttpRequest) -> int:
    return Subscription.objects.filter(failing()).count()


declare({permissions.MANAGE: _("Manage webhooks: programs that are told of changes")})
actions.declare(
    {
        "webhooks.subscribe": _("Make a webhook"),
        "webhooks.change": _("Change a webhook"),
        "webhooks.renew_secret": _("Renew the secret of a webhook"),
        "webhooks.switch": _("Switch a webhook on or off"),
        "webhooks.ping": _("Test a webhook"),
        "webhooks.send_again": _("Send a webhook's call again"),
    }
)
notices.declare({"webhooks.failing": _("Calls of a webhook fail")})
register(
    NavItem(
        *(INTERFACES.group, _("Webhooks"), "webhook", "webhooks:list", permissions.MANAGE),
        order=30,
        counter=_failing,
        family=INTERFACES,
    )
)
