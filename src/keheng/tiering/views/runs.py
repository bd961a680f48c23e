"""An evaluation: under way, then its result with every move."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.enums import DataScope
from keheng.tiering import queries
from keheng.tiering.filters.moves import MoveFilter
from keheng.tiering.models import Move, Run
from keheng.tiering.tables.moves import MoveTable
from keheng.tiering.views.progress import ProgressView, progress_of
from keheng.tiering.views.rows import MADE, AboutCustomers
from keheng.ui.lists import EmptyState
from keheng.ui.progress import Progress


def run_or_404(pk: int) -> Run:
    """The run with its scheme, version and actor."""
    return get_object_or_404(Run.objects.select_related("scheme", "version", "actor"), pk=pk)


class RunPage(AboutCustomers):
    """The result of an evaluation: the distribution, and the moves in the reader's scope."""

    key = "tier-moves"
    title = gettext_lazy("Moves")
    table_class = MoveTable
    filterset_class = MoveFilter
    template_name = "tiering/run.html"
    preset_views = MADE
    beside: ClassVar[tuple[str, ...]] = ("version",)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.run = run_or_404(kwargs["pk"])
        request.tier_scheme = self.run.scheme  # type: ignore[attr-defined]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.run.is_over:
            progress = progress_of_run(self.run)
            return render(request, "tiering/running.html", {"run": self.run, "progress": progress})
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Move]:
        return Move.objects.visible_to(acting(self.request)).filter(run=self.run)

    def decorate(self, rows: list[Any]) -> list[Any]:
        return queries.moves_in_words(rows, self.run)

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


class RunProgress(ProgressView):
    """The bar of a run."""

    def find(self, pk: int) -> tuple[Run, Progress]:
        run = run_or_404(pk)
        return run, progress_of_run(run)


def progress_of_run(run: Run) -> Progress:
    """How far a run is."""
    died = _("The evaluation was interrupted; nothing was changed. Start it again.")
    return progress_of(
        run,
        died=died if queries.has_died(run, clock.now()) else "",
        poll_url=reverse("tiering-progress", args=[run.pk]),
    )
