"""What every view stands on: permission first."""

import json
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views import View, generic

from keheng.common import clock
from keheng.ui.forms import carry_out
from keheng.ui.navigation import counts
from keheng.ui.permission_names import name_of
from keheng.ui.tabs import actions_for, card_urls, tabs_for


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
            strip_buttons=actions_for(self.page, self.request, self.object),
            **kwargs,
        )


class SideForm(PermissionMixin):
    """A form in the panel at the side of a page, which carries out one operation: editing without leaving the page.

    A button opens it: ``<button hx-get="…" hx-target="#side-body">``. Once it has been carried out the panel closes,
    and whatever shows the record loads itself anew: ``hx-get="…" hx-trigger="side-done from:body"``.

    Attributes:
        heading, submit: the title of the panel, and the verb on its button.
        done: what is said afterwards.
        note: a line of help above the fields.
        takes_file: the form sends a file, with a progress bar.
    """

    template_name: ClassVar[str] = "ui/side_form.html"
    heading: ClassVar[str | Promise]
    submit: ClassVar[str | Promise]
    done: ClassVar[str | Promise]
    note: ClassVar[str | Promise] = ""
    takes_file: ClassVar[bool] = False

    def make_form(self, *data: Any) -> forms.Form:
        """The form; ``data`` are the posted values and files, or nothing."""
        raise NotImplementedError

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        """Call the operation; ``given`` are ``actor`` and ``at``."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return self.page(request, self.make_form())

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form = self.make_form(request.POST, request.FILES)
        if form.is_valid():
            given = {"actor": request.user, "at": clock.now()}
            if carry_out(form, lambda: (self.carry_out(form, **given),)) is not None:
                return side_done(str(self.done))
        return self.page(request, form)

    def page(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        """The panel with the form."""
        return render(request, self.template_name, {"form": form, "side": self, "here": request.get_full_path()})


def side_done(sentence: str) -> HttpResponse:
    """Close the panel, say that it is done, and let the page load anew what has changed."""
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"side-done": sentence})})


@login_not_required
def favicon(_request: HttpRequest) -> HttpResponseRedirect:
    """What browsers ask for by habit where a page names no icon, such as a file."""
    return HttpResponseRedirect(static("ui/icon.svg"))


def navigation_counts(request: HttpRequest) -> HttpResponse:
    """What waits behind the pages of the navigation, asked once a page is there: no page waits for it."""
    return render(request, "ui/navigation_counts.html", {"counts": counts(request)})


def require(request: HttpRequest, permission: str) -> None:
    """Raise the refusal that the 403 page shows, unless the role holds the permission."""
    user: Any = request.user
    if not user.can(permission):
        raise PermissionDenied(
            _("Your role “%(role)s” does not include “%(permission)s”.")
            % {"role": user.role, "permission": name_of(permission)}
        )
