"""Forms in the panel at the side of a page: for editing where one reads, without leaving it.

A button opens one: ``<button hx-get="…" hx-target="#side-body">``. Once the form has been carried out the panel closes,
and whatever shows the record loads itself anew: ``hx-get="…" hx-trigger="side-done from:body"``.
"""

import json
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from keheng.common import clock
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin


class SideForm(PermissionMixin):
    """A form in the side panel that carries out one operation.

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
