"""The quick log's place in the top bar, and its key."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from keheng.care.permissions.contacts import LOG
from keheng.ui.tools import Tool, register


def _log(request: HttpRequest) -> Mapping[str, Any]:
    user: Any = request.user
    return {"offered": user.can(LOG)}


register(Tool("log", "care/log/button.html", _log, order=5))
