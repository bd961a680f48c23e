"""Lists that are looked at first and then taken in; the file is sent once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.tiering import sheets
from keheng.tiering.errors import TieringError
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin


class PreviewedUpload(PermissionMixin):
    """A form with a file: the button "look" tells what would come of it, "keep" takes it in.

    Attributes:
        headings: the names by which each field's column may go; ``number`` must be there.
    """

    headings: ClassVar[Mapping[str, Sequence[str]]]
    template_name: ClassVar[str]

    def make_form(self, *data: Any) -> Any:
        """The form, empty or with what was sent."""
        raise NotImplementedError

    def take_in(self, form: Any, sheet: sheets.Sheet, *, actor: Staff, at: datetime, keep: bool) -> Any:
        """Carry the operation out, or only try it."""
        raise NotImplementedError

    def taken(self, done: Any) -> HttpResponse | None:
        """Tell what was kept, and where to go; ``None`` stays on the page, with what was left out."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """What else the page shows."""
        return {}

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self._page(request, self.make_form())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form, staff, keep = self.make_form(request.POST, request.FILES), acting(request), "keep" in request.POST
        if not form.is_valid():
            return self._page(request, form)
        try:
            sheet = sheets.sheet_of(
                form.cleaned_data["upload"], request.POST.get("kept", ""), staff, self.headings, needs=("number",)
            )
        except TieringError as error:
            form.add_error("upload", str(error))
            return self._page(request, form)
        done = carry_out(form, lambda: self.take_in(form, sheet, actor=staff, at=clock.now(), keep=keep))
        if done is None or not keep:
            return self._page(request, form, sheet=sheet, done=done)
        sheets.drop(sheet, staff)
        return self.taken(done) or self._page(request, form, done=done, kept=True)

    def _page(self, request: HttpRequest, form: Any, **shown: Any) -> HttpResponse:
        return render(request, self.template_name, {"form": form, **self.context(), **shown})
