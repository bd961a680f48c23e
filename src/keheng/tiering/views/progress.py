"""How far an evaluation or a dry run is: the bar, and the page that asks for it again."""

from abc import abstractmethod

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.tiering import queries
from keheng.tiering.enums import RunState
from keheng.tiering.models import DryRun, Run
from keheng.tiering.permissions import VIEW
from keheng.ui.progress import Progress
from keheng.ui.views import PermissionMixin


def progress_of(work: Run | DryRun, *, died: str, poll_url: str) -> Progress:
    """The bar by the pace of the scheme's last evaluation: the one statement that sorts everybody tells nothing.

    Args:
        died: what to say if its process has died; empty if it has not.
    """
    running = work.state == RunState.RUNNING
    waiting = _("Waiting for the worker") if work.state == RunState.QUEUED else _("Sorting customers")
    size, seconds = queries.usual_size(work.scheme_id)
    now, started = clock.now(), work.started_at or work.requested_at
    spent = (now - started).total_seconds() if running else 0.0
    return Progress(
        label=died or waiting,
        done=min(int(size * spent / seconds), int(size * 0.95)) if seconds else 0,
        total=size if running else 0,
        started_at=started,
        now=now,
        poll_url=poll_url,
        finished=work.is_over or bool(died),
    )


class ProgressView(PermissionMixin):
    """The bar alone; when the work is over, the page comes anew with the result."""

    permission = VIEW

    @abstractmethod
    def find(self, pk: int) -> tuple[Run | DryRun, Progress]:
        """The work and its bar."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        work, progress = self.find(pk)
        response = render(request, "ui/progress.html", {"progress": progress})
        if work.is_over:
            response["HX-Refresh"] = "true"
        return response
