"""The near-threshold list and the upgrade funnel."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.tiering import queries
from keheng.tiering.charts import tiers as charts
from keheng.tiering.enums import RunState
from keheng.tiering.errors import TieringError
from keheng.tiering.filters.customers import NearFilter
from keheng.tiering.models import Scheme
from keheng.tiering.permissions import VIEW
from keheng.tiering.tables.customers import NearTable
from keheng.tiering.views.rows import SchemeCustomers
from keheng.ui.lists import EmptyState, PresetView
from keheng.ui.views import PermissionMixin

_PERIOD_DAYS = 92


class NearList(SchemeCustomers):
    """Who lacks little for the next tier, who has reached it, who is about to fall.

    The largest amounts first: the upper tiers, in each the nearest.
    """

    key = "tier-near"
    title = gettext_lazy("Near a threshold")
    all_label = pgettext_lazy("view of a list", "About to rise")
    table_class = NearTable
    filterset_class = NearFilter
    default_sort = "-value_text"
    template_name = "tiering/near.html"
    preset_views = (
        PresetView(gettext_lazy("Expected within 3 months"), "months=3"),
        PresetView(gettext_lazy("Reached, not yet moved"), "side=reached"),
        PresetView(gettext_lazy("About to fall"), "side=down"),
    )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            self.ladder = queries.ladder(self.scheme, clock.today())
            request.ladder = self.ladder  # type: ignore[attr-defined]
        except TieringError as error:
            messages.error(request, str(error))
            return redirect("tiering-scheme", code=self.scheme.code)
        return super().dispatch(request, *args, **kwargs)

    @property
    def side(self) -> str:
        wanted = self.request.GET.get("side", "")
        return wanted if wanted in {queries.REACHED, queries.DOWN} else queries.UP

    @property
    def share(self) -> int:
        wanted = self.request.GET.get("within_share", "")
        return int(wanted) if wanted.isdecimal() and int(wanted) in queries.SHARES else queries.USUAL_SHARE

    def get_queryset(self) -> QuerySet[Customer]:
        return Customer.objects.visible_to(acting(self.request))

    @cached_property
    def _near(self) -> QuerySet[Customer]:
        return queries.near(self.ladder, self.get_queryset(), side=self.side, share=self.share)

    def decorate(self, rows: list[Any]) -> list[Any]:
        return queries.near_in_words(rows, self.ladder, self._near, side=self.side)

    def potentials(self) -> list[tuple[queries.Potential, str]]:
        """The list summed by edge, each with its part of the list."""
        address = reverse("tiering-near", args=[self.scheme.code])
        chosen = {"side": self.side, "within_share": self.share}
        return [
            (part, f"{address}?{urlencode({**chosen, 'tier': part.held.code})}")
            for part in queries.potentials(self.ladder, self._near, side=self.side)
        ]

    def empty_state(self) -> EmptyState:
        if not self.scheme.runs.filter(state=RunState.DONE).exists():
            words = _("Distances are told once customers have been sorted.")
            return EmptyState(_("Nobody has been sorted by this scheme yet"), words, "stairs-up")
        return EmptyState(
            _("Nobody of your scope is that close"), _("Choose a wider distance in the filter."), "ruler-measure"
        )


class FunnelPage(PermissionMixin):
    """How customers come up: close to the edge, beyond it, risen."""

    permission = VIEW

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme, today = get_object_or_404(Scheme, code=code), clock.today()
        context: dict[str, Any] = {"scheme": scheme, "schemes": Scheme.objects.all(), "page": "funnel"}
        try:
            found = queries.ladder(scheme, today)
        except TieringError as error:
            return render(request, "tiering/funnel.html", context | {"refusal": str(error)})
        since, risen = self._risen(scheme, request)
        asked = queries.asked_upgrades(scheme, acting(request), since)
        rows = queries.funnel(found, Customer.objects.visible_to(acting(request)), risen, asked)
        context |= {
            "ladder": found,
            "since": since,
            "rows": [(row, self._links(scheme, row, since, today)) for row in rows],
            "chart": charts.funnel(rows),
        }
        return render(request, "tiering/funnel.html", context)

    def _risen(self, scheme: Scheme, request: HttpRequest) -> tuple[Any, dict[str, int]]:
        """Who rose into each tier since the evaluation a quarter ago, or since the first one."""
        dates, today = queries.evaluated_dates(scheme), clock.today()
        earlier = [day for day in dates if day <= today - timedelta(days=_PERIOD_DAYS)] or dates[-1:]
        if not earlier or earlier[0] >= dates[0]:
            return None, {}
        way = queries.passage(scheme, earlier[0], dates[0])
        risen: dict[str, int] = {}
        for cell in queries.migration(way, acting(request)).cells:
            if cell.tone == "up":
                risen[cell.after] = risen.get(cell.after, 0) + cell.customers
        return way.start, risen

    def _links(self, scheme: Scheme, row: queries.FunnelRow, since: Any, today: Any) -> dict[str, str]:
        near, passed = reverse("tiering-near", args=[scheme.code]), reverse("tiering-passed", args=[scheme.code])
        tiers = [("tier", code) for code in row.held]
        proposals = reverse("tiering-proposals", args=[scheme.code])
        upward = [("direction", "up"), ("to_tier", row.goal.code)]
        granted = [("state", "approved"), ("state", "pending")]
        chosen = {"before": "*", "after": row.goal.code, "from": since or today, "to": today}
        return {
            "far": f"{near}?{urlencode([('within_share', 30), *tiers])}",
            "close": f"{near}?{urlencode([('within_share', 10), *tiers])}",
            "reached": f"{near}?{urlencode([('side', 'reached'), *tiers])}",
            "proposed": f"{proposals}?{urlencode([('state', 'open'), *upward])}",
            "approved": f"{proposals}?{urlencode([*granted, *upward])}",
            "risen": f"{passed}?{urlencode(chosen)}",
        }
