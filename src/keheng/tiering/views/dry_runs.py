"""A dry run: started, under way, then its result, which a link shares with whoever may see tiers."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.common import clock
from keheng.org.acting import acting
from keheng.tiering import operations, queries
from keheng.tiering.enums import Direction, Fate
from keheng.tiering.errors import TieringError
from keheng.tiering.filters.moves import TrialFilter
from keheng.tiering.models import DryRun, DryRunMove
from keheng.tiering.permissions import TRY
from keheng.tiering.queries import Cell
from keheng.tiering.tables.moves import TrialTable
from keheng.tiering.views.dates import posted_day
from keheng.tiering.views.drafts import version_or_404
from keheng.tiering.views.progress import ProgressView, progress_of
from keheng.tiering.views.rows import MADE, AboutCustomers
from keheng.ui.lists import EmptyState, PresetView
from keheng.ui.progress import Progress
from keheng.ui.views import PermissionMixin


def dry_run_or_404(pk: int) -> DryRun:
    """The dry run with its scheme and who started it."""
    return get_object_or_404(DryRun.objects.select_related("scheme", "version", "actor"), pk=pk)


class StartDryRun(PermissionMixin):
    """Queue a dry run of a version and go to its page."""

    permission = TRY

    def post(self, request: HttpRequest, code: str, number: int) -> HttpResponse:
        version = version_or_404(code, number)
        try:
            found = operations.request_dry_run(
                version=version,
                as_of=posted_day(request.POST.get("as_of", "")),
                actor=acting(request),
                at=clock.now(),
            )
        except TieringError as error:
            messages.error(request, str(error))
            return redirect(version)
        return redirect("tiering-dry-run", pk=found.pk)


class DryRunPage(AboutCustomers):
    """The result: matrix, balances by tier, branch and owner, and who would move, in the reader's scope."""

    key = "tier-dry-run"
    title = gettext_lazy("Who would move")
    table_class = TrialTable
    filterset_class = TrialFilter
    template_name = "tiering/dry_run.html"
    preset_views = (
        *MADE,
        PresetView(Fate.WAITS.label, "fate=waits"),
        PresetView(Fate.PROTECTED.label, "fate=protected"),
    )

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.kept = dry_run_or_404(kwargs["pk"])
        request.tier_scheme = self.kept.scheme  # type: ignore[attr-defined]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.kept.is_over:
            return render(request, "tiering/trying.html", {"kept": self.kept, "progress": progress_of_trial(self.kept)})
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[DryRunMove]:
        return DryRunMove.objects.visible_to(acting(self.request)).filter(dry_run=self.kept)

    def decorate(self, rows: list[Any]) -> list[Any]:
        return queries.trial_moves_in_words(rows, self.kept)

    @cached_property
    def outcome(self) -> queries.Outcome:
        """The figures above the list."""
        return queries.outcome_of(self.kept, acting(self.request))

    def rows(self) -> list[tuple[Any, list[tuple[Cell, str]]]]:
        """The matrix with the list behind each cell."""
        return [(label, [(cell, self._link(cell)) for cell in cells]) for label, cells in self.outcome.matrix.rows]

    def _link(self, cell: Cell) -> str:
        if cell.before == cell.after:
            return ""
        chosen = {"from_tier": cell.before, "to_tier": cell.after}
        if not cell.before:
            chosen = {"direction": Direction.NEW.value, "to_tier": cell.after}
        if not cell.after:
            chosen = {"direction": Direction.LEFT.value, "from_tier": cell.before}
        return f"?{urlencode(chosen)}#list"

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("Nobody would move"), _("Every customer in your scope keeps their tier under these rules."), "mood-smile"
        )


class DryRunProgress(ProgressView):
    """The bar of a dry run."""

    def find(self, pk: int) -> tuple[DryRun, Progress]:
        kept = dry_run_or_404(pk)
        return kept, progress_of_trial(kept)


def progress_of_trial(kept: DryRun) -> Progress:
    """How far a dry run is."""
    died = _("The dry run was interrupted; start it again.")
    return progress_of(
        kept,
        died=died if queries.trial_has_died(kept, clock.now()) else "",
        poll_url=reverse("tiering-dry-run-progress", args=[kept.pk]),
    )
