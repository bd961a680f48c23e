"""A file is sent, and read once to see whether it can be read at all."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from keheng.common import clock
from keheng.ingest import operations, uploads
from keheng.ingest.faults import Fault
from keheng.ingest.forms import UploadForm
from keheng.ingest.models import Batch
from keheng.ingest.permissions import RUN
from keheng.ingest.profiles import Profile
from keheng.ingest.queries import preview
from keheng.org.acting import acting
from keheng.ui.views import PermissionMixin


class NewImport(PermissionMixin):
    permission = RUN

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, UploadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form)
        try:
            batch = self._draft(form.profiles[form.cleaned_data["profile"]], form.cleaned_data["upload"])
        except Fault as fault:
            form.add_error("upload", str(fault))
            return self._page(request, form)
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(headers={"HX-Redirect": batch.get_absolute_url()})
        return redirect(batch)

    def _draft(self, profile: Profile, files: list[Any]) -> Batch:
        path = uploads.keep(files, profile)
        try:
            preview(profile, path, {})
            return operations.create(
                profile=profile.code, path=path, actor=acting(self.request), at=clock.now(), draft=True
            )
        except Fault:
            uploads.discard(path)
            raise

    @staticmethod
    def _page(request: HttpRequest, form: UploadForm) -> HttpResponse:
        return render(request, "ingest/new.html", {"form": form})
