"""The catalogue of metrics: what each is, where it comes from, whether there is data."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from keheng.customers.models import Company, Customer
from keheng.ingest.metrics.catalogue import BALANCES, FLOWS, BalanceMetric, FlowMetric
from keheng.ingest.models import MetricsRun
from keheng.portfolio.models import CurrentFigures, MonthActivity
from keheng.tiering.models import ValueFact
from keheng.tiering.permissions import VIEW
from keheng.tiering.policies.metrics import METRICS
from keheng.tiering.policies.value import INDICATORS
from keheng.ui.views import PermissionMixin

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

UNITS: dict[str, "StrPromise"] = {
    "cny": pgettext_lazy("unit", "yuan"),
    "lots": pgettext_lazy("unit", "lots"),
    "count": pgettext_lazy("unit", "number"),
    "years": pgettext_lazy("unit", "years"),
    "grade": pgettext_lazy("unit", "grade"),
    "word": pgettext_lazy("unit", "word"),
    "flag": pgettext_lazy("unit", "yes or no"),
    "share": pgettext_lazy("unit", "percent"),
    "points": pgettext_lazy("unit", "points"),
}


@dataclass(frozen=True)
class Entry:
    """A metric as the catalogue tells it; ``known`` customers have a value."""

    code: str
    label: "StrPromise | str"
    unit: "StrPromise"
    formula: "StrPromise | str"
    known: int


class MetricCatalogue(PermissionMixin):
    """Metrics that rules may ask for, metrics from movements, indicators that are fed."""

    permission = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(
            request,
            "tiering/metrics.html",
            {
                "groups": [
                    (_("Metrics of tier rules"), _("figures and archive of the customer"), self._of_rules()),
                    (_("Metrics from movements"), _("computed from files of movements"), self._of_movements()),
                    (_("Indicators that are fed"), _("by file or by hand"), self._fed()),
                ],
                "runs": MetricsRun.objects.select_related("actor")[:5],
            },
        )

    def _of_rules(self) -> list[Entry]:
        figures = {field.name for field in CurrentFigures._meta.get_fields()}
        columns = [code for code in METRICS if code in figures]
        facts = [code for code in METRICS if code in {field.name for field in Company._meta.get_fields()}]
        known = CurrentFigures.objects.aggregate(**{f"n_{code}": Count(code) for code in columns})
        known |= Company.objects.aggregate(**{f"n_{code}": Count(code) for code in facts})
        known["n_age"] = Customer.objects.filter(birth_date__isnull=False).count()
        known["n_status"] = Customer.objects.count()
        return [
            Entry(
                metric.code,
                metric.label,
                UNITS[metric.unit],
                _("falls back to the balance of the day; decision 2") if metric.average_sql else "",
                known.get(f"n_{metric.code}", 0),
            )
            for metric in METRICS.values()
        ]

    def _of_movements(self) -> list[Entry]:
        known = MonthActivity.objects.values("customer_id").distinct().count()
        shared: list[BalanceMetric | FlowMetric] = [*BALANCES.values(), *FLOWS.values()]
        return [Entry(one.code, one.label, UNITS[one.unit], one.formula, known) for one in shared]

    def _fed(self) -> list[Entry]:
        counted = ValueFact.objects.values_list("indicator").annotate(Count("customer_id", distinct=True))
        known = dict(counted.order_by())
        return [
            Entry(code, indicator.label, UNITS[indicator.unit], indicator.source, known.get(code, 0))
            for code, indicator in INDICATORS.items()
            if indicator.fed
        ]
