"""What every view stands on: permission first."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views import View

from keheng.ui.permission_names import name_of


class PermissionMixin(View):
    """Lets in only whoever's role holds ``permission`` (``"module.verb"``); the refusal names it."""

    permission: ClassVar[str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require(request, self.permission)
        return super().dispatch(request, *args, **kwargs)


def require(request: HttpRequest, permission: str) -> None:
    """Raise the refusal that the 403 page shows, unless the role holds the permission."""
    user: Any = request.user
    if not user.can(permission):
        raise PermissionDenied(
            _("Your role “%(role)s” does not include “%(permission)s”.")
            % {"role": user.role, "permission": name_of(permission)}
        )
