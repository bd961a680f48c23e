"""The migration matrix between two dates, and the customers behind each cell."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.common import clock
from keheng.common.named_sql import positional
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.tiering import queries
from keheng.tiering.errors import TieringError
from keheng.tiering.filters.customers import PassedFilter
from keheng.tiering.models import Scheme
from keheng.tiering.permissions import VIEW
from keheng.tiering.queries import Cell, Passage
from keheng.tiering.tables.customers import PassedTable
from keheng.tiering.views.dates import posted_day
from keheng.tiering.views.rows import SchemeCustomers
from keheng.ui.lists import EmptyState
from keheng.ui.views import PermissionMixin

USUAL_DAYS = 92


def chosen_passage(request: HttpRequest, scheme: Scheme) -> Passage:
    """The dates of the address; without them the last quarter, or as much of it as was evaluated.

    Raises:
        TieringError: there is nothing between the dates.
    """
    dates = queries.evaluated_dates(scheme)
    if not dates:
        raise TieringError(_("Nobody has been sorted by this scheme yet"))
    end = posted_day(request.GET.get("to", "")) or next(iter(dates), clock.today())
    start = posted_day(request.GET.get("from", "")) or _usual_start(dates, end)
    return queries.passage(scheme, start, end)


def _usual_start(dates: list[date], end: date) -> date:
    earlier = [day for day in dates if day < end]
    wide = [day for day in earlier if day <= end - timedelta(days=USUAL_DAYS)]
    return next(iter(wide), earlier[-1] if earlier else end)


class MatrixPage(PermissionMixin):
    """From tier to tier between two evaluated dates, as a shaded table; counts or AUM."""

    permission = VIEW

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme = get_object_or_404(Scheme, code=code)
        context: dict[str, Any] = {
            "scheme": scheme,
            "schemes": Scheme.objects.all(),
            "page": "matrix",
            "dates": queries.evaluated_dates(scheme),
            "by_aum": request.GET.get("show") == "aum",
        }
        try:
            way = chosen_passage(request, scheme)
        except TieringError as error:
            return render(request, "tiering/matrix.html", context | {"refusal": str(error)})
        found = queries.migration(way, acting(request))

        def link(cell: Cell) -> str:
            return self._link(scheme, way, cell)

        context |= {
            "way": way,
            "matrix": found,
            "rows": [(label, [(cell, link(cell)) for cell in cells]) for label, cells in found.rows],
        }
        return render(request, "tiering/matrix.html", context)

    def _link(self, scheme: Scheme, way: Passage, cell: Cell) -> str:
        chosen = {"from": way.start.isoformat(), "to": way.end.isoformat(), "before": cell.before, "after": cell.after}
        return f"{reverse('tiering-passed', args=[scheme.code])}?{urlencode(chosen)}"


class PassedList(SchemeCustomers):
    """The customers who went from one tier to another, or stayed, between two dates."""

    key = "tier-passed"
    title = gettext_lazy("Customers of the cell")
    table_class = PassedTable
    filterset_class = PassedFilter
    template_name = "tiering/passed.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.before, self.after = request.GET.get("before", ""), request.GET.get("after", "")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            self.way = chosen_passage(request, self.scheme)
        except TieringError:
            return redirect("tiering-matrix", code=self.scheme.code)
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Customer]:
        sql, params = queries.customers_between(self.way, self.before, self.after)
        return Customer.objects.visible_to(acting(self.request)).filter(
            pk__in=RawSQL(*positional(sql, params))  # noqa: S611  # written in queries, its values bound
        )

    def tiers(self) -> tuple[Any, Any]:
        """The labels of the two ends."""
        labels = queries.labels_of(self.scheme)
        return labels.get(self.before), labels.get(self.after)

    def empty_state(self) -> EmptyState:
        return EmptyState(_("Nobody of your scope went this way"), _("Choose another cell of the matrix."), "table")
