"""What every view stands on: permission first."""

from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views import View, generic

from keheng.ui.permission_names import name_of
from keheng.ui.tabs import card_urls, tabs_for


class PermissionMixin(View):
    """Lets in only whoever's role holds ``permission`` (``"module.verb"``); the refusal names it.

    An empty permission: everybody signed in.
    """

    permission: ClassVar[str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.permission:
            require(request, self.permission)
        return super().dispatch(request, *args, **kwargs)


class DetailView(PermissionMixin, generic.DetailView[Any]):
    """One record: a head strip, facts, tabs loaded on demand, side cards (``ui/detail.html``).

    Attributes:
        page: the key by which modules add tabs and cards to this page (:mod:`keheng.ui.tabs`).
    """

    page: ClassVar[str]
    template_name = "ui/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tabs=tabs_for(self.page, self.request, self.object),
            side_cards=card_urls(self.page, self.request, self.object),
            **kwargs,
        )


@login_not_required
def favicon(_request: HttpRequest) -> HttpResponseRedirect:
    """What browsers ask for by habit where a page names no icon, such as a file."""
    return HttpResponseRedirect(static("ui/icon.svg"))


def require(request: HttpRequest, permission: str) -> None:
    """Raise the refusal that the 403 page shows, unless the role holds the permission."""
    user: Any = request.user
    if not user.can(permission):
        raise PermissionDenied(
            _("Your role “%(role)s” does not include “%(permission)s”.")
            % {"role": user.role, "permission": name_of(permission)}
        )
