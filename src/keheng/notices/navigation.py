"""The bell's place in the top bar."""

from collections.abc import Mapping
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

from keheng.notices import queries
from keheng.ui.tools import Tool, register


def _bell(request: HttpRequest) -> Mapping[str, Any]:
    """The unread notices; live only where the server can hold a stream open."""
    user: Any = request.user
    return {"unread": queries.unread_count(user), "live": isinstance(request, ASGIRequest)}


register(Tool("notices", "notices/bell.html", _bell, order=10))
