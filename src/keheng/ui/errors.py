"""The pages for what went wrong: what happened, why, what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def _page(request: HttpRequest, status: int, title: str, reason: str, remedy: str) -> HttpResponse:
    words = {"status": status, "title": title, "reason": reason, "remedy": remedy}
    if getattr(request, "htmx", False):
        return HttpResponse(reason, status=status, content_type="text/plain; charset=utf-8")
    return render(request, "ui/error.html", words, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """400: the request itself is malformed."""
    return _page(
        request,
        400,
        _("This request cannot be read"),
        _("Something in the address or the form is not as it should be."),
        _("Go back, check what you entered and try again."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the refusal says which permission is lacking."""
    return _page(
        request,
        403,
        _("You may not open this"),
        str(exception) or _("Your role or your branch does not include it."),
        _("If your work needs it, ask your branch head or the system administrator to change your role."),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """404: also what lies outside the reader's scope."""
    return _page(
        request,
        404,
        _("There is nothing here"),
        _("The record does not exist, has been removed, or lies outside what you may see."),
        _("Check the address, or find the record by the search box."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django's signature
    """403 for a form without a valid token."""
    return _page(
        request,
        403,
        _("This form has expired"),
        _("The page had been open too long, or you have signed in again since."),
        _("Go back, reload the page and send the form again; what you typed is still there."),
    )


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """500: rendered without the frame, for whatever broke may break it as well."""
    return HttpResponse(render_to_string("ui/server_error.html"), status=500)
