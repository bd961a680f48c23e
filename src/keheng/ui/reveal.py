"""Showing a masked personal value: permission, then a reason once per subject and session, then the logged act."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from keheng.ui.views import PermissionMixin

_SESSION_KEY = "reveal_reasons"
_SHORTEST, _LONGEST = 2, 200
_MOST_REMEMBERED = 200


class RevealView(PermissionMixin):
    """Answers the eye button (``{% masked %}``): the value as plain text, or 428 when a reason is still needed.

    A module's own view names the permission and implements :meth:`subject` and :meth:`reveal`.
    """

    http_method_names = ["post"]

    def subject(self) -> str:
        """Whom the value belongs to, such as ``customer:12``: the reason is asked once for each."""
        raise NotImplementedError

    def reveal(self, field: str, reason: str) -> str:
        """Return the value and record the act.

        Raises:
            Http404: when there is no such field, or the subject lies outside the scope.
        """
        raise NotImplementedError

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        reasons: dict[str, str] = request.session.get(_SESSION_KEY, {})
        subject = self.subject()
        reason = request.POST.get("reason", "").strip() or reasons.get(subject, "")
        if not reason:
            return _text("", HTTPStatus.PRECONDITION_REQUIRED)
        if not _SHORTEST <= len(reason) <= _LONGEST:
            words = _("Give a reason of %(least)d to %(most)d characters.") % {"least": _SHORTEST, "most": _LONGEST}
            return _text(words, HTTPStatus.UNPROCESSABLE_ENTITY)
        value = self.reveal(request.POST.get("field", ""), reason)
        kept = {**reasons, subject: reason}
        request.session[_SESSION_KEY] = dict(list(kept.items())[-_MOST_REMEMBERED:])
        return _text(value, HTTPStatus.OK)


def _text(text: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
