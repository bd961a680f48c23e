"""Whoever signed in with a temporary password changes it before anything else."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

type Handler = Callable[[HttpRequest], HttpResponseBase]

_OPEN = ("account_change_password", "account_logout", "set_language")


def temporary_password(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Send whoever holds a temporary password to the page that changes it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated or not user.must_change_password:
            return get_response(request)
        if request.path in {reverse(name) for name in _OPEN}:
            return get_response(request)
        messages.info(request, _("Your password is a temporary one. Choose one of your own to go on."))
        return HttpResponseRedirect(reverse("account_change_password"))

    return middleware
