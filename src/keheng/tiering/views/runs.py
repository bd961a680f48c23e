"""An evaluation: under way, then its result with every move."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.common import clock
from keheng.customers.privacy.exports import CustomerRows
from keheng.org.acting import acting
from keheng.org.enums import DataScope
from keheng.tiering import queries
from keheng.tiering.enums import RunState
from keheng.tiering.filters import MoveFilter
from keheng.tiering.models import Move, Run
from keheng.tiering.permissions import VIEW
from keheng.tiering.tables import MoveTable
from keheng.ui.lists import EmptyState, PresetView
from keheng.ui.progress import Progress
from keheng.ui.views import PermissionMixin


def run_or_404(pk: int) -> Run:
    """The run with its scheme, version and actor."""
    return get_object_or_404(Run.objects.select_related("scheme", "version", "actor"), pk=pk)


class RunPage(CustomerRows):
    """The result of an evaluation: the distribution, and the moves in the reader's scope."""

    permission = VIEW
    key = "tier-moves"
    title = gettext_lazy("Moves")
    unit = pgettext_lazy("measure word for moves", "moves")
    table_class = MoveTable
    filterset_class = MoveFilter
    template_name = "tiering/run.html"
    preset_views = (
        PresetView(pgettext_lazy("tier move", "Up"), "direction=up"),
        PresetView(pgettext_lazy("tier move", "Down"), "direction=down"),
        PresetView(pgettext_lazy("tier move", "New"), "direction=new"),
    )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.run = run_or_404(kwargs["pk"])
        request.tier_scheme = self.run.scheme  # type: ignore[attr-defined]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.run.is_over:
            progress = progress_of(self.run)
            return render(request, "tiering/running.html", {"run": self.run, "progress": progress})
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Move]:
        return Move.objects.visible_to(acting(self.request)).filter(run=self.run)

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.select_related("customer__branch", "customer__owner__role", "version")

    def decorate(self, rows: list[Any]) -> list[Any]:
        return queries.moves_in_words(rows, self.run)

    def row_url(self, record: Any) -> str:
        return reverse("customer", args=[record.customer_id])

    def shares(self) -> Sequence[Any]:
        """The distribution that the evaluation found in the reader's scope; own customers are not counted apart."""
        staff = acting(self.request)
        return () if staff.scope == DataScope.OWN else queries.pyramid(self.run, staff).shares

    def counts(self) -> queries.Counts:
        """What the evaluation found and moved in the reader's scope."""
        return queries.counts_of([self.run], acting(self.request))[self.run.pk]

    def empty_state(self) -> EmptyState:
        if not self.run.applied:
            return EmptyState(
                _("A look back moves nobody"), _("It counts the tiers of a date before the last evaluation."), "history"
            )
        return EmptyState(_("Nobody moved"), _("Every customer in your scope stayed in their tier."), "mood-smile")


class RunProgress(PermissionMixin):
    """The progress bar of a run; when it is over, the page comes anew with the result."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = run_or_404(pk)
        response = render(request, "ui/progress.html", {"progress": progress_of(run)})
        if run.is_over:
            response["HX-Refresh"] = "true"
        return response


def progress_of(run: Run) -> Progress:
    """How far a run is, by the pace of the last one: the one statement that sorts everybody tells nothing meanwhile."""
    now = clock.now()
    died = queries.has_died(run, now)
    if died:
        label = _("The evaluation was interrupted; nothing was changed. Start it again.")
    elif run.state == RunState.QUEUED:
        label = _("Waiting for the worker")
    else:
        label = _("Sorting customers")
    size, seconds = queries.usual_size(run.scheme_id)
    started = run.started_at or run.requested_at
    spent = (now - started).total_seconds() if run.state == RunState.RUNNING else 0.0
    done = min(int(size * spent / seconds), int(size * 0.95)) if seconds else 0
    return Progress(
        label=label,
        done=done,
        total=size if run.state == RunState.RUNNING else 0,
        started_at=started,
        now=now,
        poll_url=reverse("tiering-progress", args=[run.pk]),
        finished=run.is_over or died,
    )
