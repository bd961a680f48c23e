"""Every request tells the trail who asks and from where."""

from collections.abc import Callable
from contextlib import ExitStack
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from keheng.audit import context

type Handler = Callable[[HttpRequest], HttpResponseBase]

_READS = {"GET", "HEAD", "OPTIONS"}


def origin(get_response: Handler) -> Handler:
    """Set the network address of each request and, for those that may write, the actor of the row history."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with ExitStack() as stack:
            stack.enter_context(context.coming_from(network_address(request)))
            if request.method not in _READS and request.user.is_authenticated:
                stack.enter_context(context.acting(request.user.pk, request.user.name))
            return get_response(request)

    return middleware


def network_address(request: HttpRequest) -> str | None:
    """The caller's address; behind the proxy that serves HTTPS, the last one that the proxy has seen."""
    told = request.META.get("REMOTE_ADDR", "")
    if settings.HTTPS:
        told = request.META.get("HTTP_X_FORWARDED_FOR", told).rpartition(",")[2].strip()
    try:
        return str(ip_address(told))
    except ValueError:
        return None
