"""One import: looked at before it starts, under way, over."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.ingest import operations, policies
from keheng.ingest.enums import BatchState
from keheng.ingest.faults import Fault, sentences
from keheng.ingest.forms import StartForm
from keheng.ingest.loading.rejects import first_rejects
from keheng.ingest.models import Batch
from keheng.ingest.permissions import RUN, VIEW, can_read_rejects, can_run, check_read_rejects
from keheng.ingest.queries import chosen_columns, preview, profile_names, reconciliation
from keheng.org.acting import acting
from keheng.ui.progress import Progress
from keheng.ui.views import PermissionMixin

SHOWN_REJECTS = 20
_UNDER_WAY = {BatchState.QUEUED, BatchState.RUNNING}
_COLUMN = "column-"


def batch_or_404(pk: int) -> Batch:
    """The batch with whoever made it and its branch."""
    return get_object_or_404(Batch.objects.select_related("actor", "branch"), pk=pk)


class BatchPage(PermissionMixin):
    """What there is to see depends on how far the import is."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = batch_or_404(pk)
        if batch.state == BatchState.DRAFT:
            return draft_page(request, batch)
        context = {
            "batch": batch,
            "profile_name": profile_names().get(batch.profile, batch.profile),
            "may_run": can_run(acting(request)),
        }
        if batch.state in _UNDER_WAY:
            return render(request, "ingest/running.html", context | {"progress": progress_of(batch, clock.now())})
        return render(request, "ingest/result.html", context | _result(request, batch))


def _result(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    staff = acting(request)
    may_read = can_read_rejects(staff, batch)
    found: dict[str, Any] = {
        "reconciliation": reconciliation(batch),
        "may_read_rejects": may_read,
        "may_see_customers": staff.can("customers.view"),
        "may_sort": staff.can("tiering.run"),
        "may_retry": can_run(staff) and policies.may_move(batch.state, BatchState.QUEUED) and batch.file.exists(),
    }
    if batch.fault:
        found["problem"], found["remedy"] = sentences(batch.fault, batch.fault_details)
    if may_read and batch.rejects_path:
        try:
            found["rejects"] = first_rejects(batch.rejects_path, SHOWN_REJECTS)
        except OSError:
            found["rejects_gone"] = True
    return found


def draft_page(request: HttpRequest, batch: Batch, form: StartForm | None = None) -> HttpResponse:
    """The beginning of the file, its columns, and the button that loads it."""
    staff = acting(request)
    if not can_run(staff) or not can_read_rejects(staff, batch):
        return render(request, "ingest/draft_of_other.html", {"batch": batch})
    try:
        profile = operations.profile_of(batch)
        seen = preview(profile, batch.file, batch.mapping)
    except Fault as fault:
        return render(request, "ingest/lost.html", {"batch": batch, "fault": fault})
    initial = {"branch": batch.branch_id, "as_of": batch.as_of or profile.as_of or clock.today()}
    context = {
        "batch": batch,
        "preview": seen,
        "form": form or StartForm(actor=staff, profile=profile, initial=initial),
        "profile_name": profile_names().get(batch.profile, batch.profile),
    }
    return render(request, "ingest/draft.html", context)


class StartImport(PermissionMixin):
    """Keep the columns that were chosen; hand the file to the worker unless only a look was asked for."""

    permission = RUN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch, staff = batch_or_404(pk), acting(request)
        check_read_rejects(staff, batch)
        if batch.state != BatchState.DRAFT:
            return redirect(batch)
        try:
            profile = operations.profile_of(batch)
            form = StartForm(request.POST, actor=staff, profile=profile)
            if not form.is_valid():
                return draft_page(request, batch, form)
            wanted = {
                name.removeprefix(_COLUMN): str(heading)
                for name, heading in request.POST.items()
                if name.startswith(_COLUMN)
            }
            mapping = chosen_columns(profile, batch.file, wanted)
            operations.prepare(batch=batch, actor=staff, mapping=mapping, **form.cleaned_data)
            if "look" not in request.POST and preview(profile, batch.file, mapping).fault is None:
                operations.enqueue(batch=batch, actor=staff)
        except Fault as fault:
            messages.error(request, str(fault))
        return redirect(batch)


class ImportProgress(PermissionMixin):
    """The progress bar; when the import is over, the page comes anew with the result."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _progress_part(request, batch_or_404(pk))


class CancelImport(PermissionMixin):
    permission = RUN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = operations.cancel(batch=batch_or_404(pk), actor=acting(request), at=clock.now())
        if request.htmx:  # type: ignore[attr-defined]
            return _progress_part(request, batch)
        return redirect(batch)


class RetryImport(PermissionMixin):
    """Load once more what failed, was stopped or was interrupted."""

    permission = RUN

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        batch = batch_or_404(pk)
        try:
            operations.enqueue(batch=batch, actor=acting(request))
        except Fault as fault:
            messages.error(request, str(fault))
        return redirect(batch)


class Rejects(PermissionMixin):
    """The rejected rows as a file."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        path = operations.hand_out_rejects(batch=batch_or_404(pk), actor=acting(request), at=clock.now())
        if path is None:
            raise Http404
        return FileResponse(
            path.open("rb"), as_attachment=True, filename=f"rejects-{pk}.csv", content_type="text/csv; charset=utf-8"
        )


def _progress_part(request: HttpRequest, batch: Batch) -> HttpResponse:
    response = render(request, "ui/progress.html", {"progress": progress_of(batch, clock.now())})
    if batch.state not in _UNDER_WAY:
        response["HX-Refresh"] = "true"
    return response


def progress_of(batch: Batch, now: datetime) -> Progress:
    """How far an import is, in rows; how many there will be is told from the part of the file that is read."""
    share = batch.progress_done / batch.progress_total if batch.progress_total else 0.0
    if batch.cancel_requested:
        label = _("Stopping")
    elif batch.state == BatchState.QUEUED:
        label = _("Waiting for the worker")
    elif batch.state == BatchState.RUNNING and share >= 1:
        label = _("All rows are read; comparing the database with the file")
    else:
        label = _("Loading %(file)s") % {"file": batch.file_name}
    address = [batch.pk]
    return Progress(
        label=label,
        done=batch.read,
        total=round(batch.read / share) if share else 0,
        started_at=batch.started_at or now,
        now=now,
        poll_url=reverse("ingest:progress", args=address),
        finished=batch.state not in _UNDER_WAY,
        cancel_url="" if batch.cancel_requested else reverse("ingest:cancel", args=address),
    )
