"""The quick log's place in the top bar and on the page of a customer, and its key."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.care.permissions.contacts import LOG
from keheng.ui.tabs import StripAction, register_action
from keheng.ui.tools import Tool, register


def _log(request: HttpRequest) -> Mapping[str, Any]:
    user: Any = request.user
    return {"offered": user.can(LOG)}


register(Tool("log", "care/log/button.html", _log, order=5))
register_action(
    StripAction(
        *("customer", "log", _("Log a contact"), "message-plus", "care:log", LOG),
        order=10,
        primary=True,
        parameter="customer",
        beside=True,
    )
)
