"""Programs sign in by token; whoever signed in with a temporary password changes it before anything else."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from keheng.api import problems
from keheng.common import clock
from keheng.org import operations

type Handler = Callable[[HttpRequest], HttpResponseBase]

_OPEN = ("account_change_password", "account_logout", "set_language")
_API = "/api/"


def token_sign_in(get_response: Handler) -> Handler:
    """Let the token of a call stand for the member of staff whom it names, before anybody asks who calls."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if not request.path.startswith(_API) or kind.lower() != "bearer":
            return get_response(request)
        if request.headers.get("Accept-Language", "").lower().startswith("en"):
            translation.activate("en")
        opened = operations.open_token(secret=secret.strip(), at=clock.now())
        if isinstance(opened, str):
            request.user = AnonymousUser()
            request.token_refusal = opened  # type: ignore[attr-defined]
        else:
            request.user = opened.staff
            request.api_token = opened  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def temporary_password(get_response: Handler) -> Handler:
    """Send whoever holds a temporary password to the page that changes it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if not user.is_authenticated or not user.must_change_password:
            return get_response(request)
        if request.path.startswith(_API):
            return problems.refused(_("The password is a temporary one; choose one of your own on the page first."))
        if request.path in {reverse(name) for name in _OPEN}:
            return get_response(request)
        messages.info(request, _("Your password is a temporary one. Choose one of your own to go on."))
        return HttpResponseRedirect(reverse("account_change_password"))

    return middleware
