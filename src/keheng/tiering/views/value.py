"""The two-way value matrix: the page, the list behind cells and bubbles, a company's card."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from keheng.common import clock
from keheng.customers.enums import CustomerKind
from keheng.customers.models import Customer
from keheng.customers.privacy.exports import CustomerRows
from keheng.org.acting import acting
from keheng.tiering.charts import value as charts
from keheng.tiering.enums import RunState
from keheng.tiering.errors import TieringError
from keheng.tiering.filters.companies import ScoreFilter
from keheng.tiering.models import ValueRun, ValueScore
from keheng.tiering.operations.value import request_value_run
from keheng.tiering.permissions import RUN, VIEW, can_fact, can_maintain, can_run
from keheng.tiering.policies.value import INDICATORS, LEVELS, Level, Population, advice
from keheng.tiering.queries import value as queries
from keheng.tiering.tables.companies import ScoreTable
from keheng.tiering.wording import POPULATIONS, layers, population_words, type_words, value_words
from keheng.ui.lists import EmptyState
from keheng.ui.views import PermissionMixin

SIZES = ("aum", "revenue")


def scores_url(**query: Any) -> str:
    """The companies behind a cell or a bubble."""
    return f"{reverse('tiering-value-list')}?{urlencode(query, doseq=True)}"


class ValuePage(PermissionMixin):
    """Nine cells and bubbles of a population; ``layer`` shows the companies of one, ``size`` says what bubbles mean."""

    permission = VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        staff, run = acting(request), queries.latest_value_run()
        chosen = self._chosen(request)
        context: dict[str, Any] = {
            **chosen,
            "run": run,
            "waiting": ValueRun.objects.filter(state__in=[RunState.QUEUED, RunState.RUNNING]).exists(),
            "failed": ValueRun.objects.filter(state=RunState.FAILED, pk__gt=run.pk if run else 0).first(),
            "in_force": queries.weights_in_force(),
            "populations": POPULATIONS,
            "layers": list(layers().values()),
            "may_run": can_run(staff),
            "may_maintain": can_maintain(staff),
        }
        if run is not None:
            context |= self._figures(request, run, chosen)
        return render(request, "tiering/value.html", context)

    def _chosen(self, request: HttpRequest) -> dict[str, str]:
        population = request.GET.get("population", "")
        layer, size = request.GET.get("layer", ""), request.GET.get("size", "")
        return {
            "population": population if population in set(Population) else Population.EXISTING.value,
            "layer": layer if layer in layers() else "",
            "size": size if size in SIZES else SIZES[0],
        }

    def _figures(self, request: HttpRequest, run: ValueRun, chosen: dict[str, str]) -> dict[str, Any]:
        where = {"population": chosen["population"], **({"layer": chosen["layer"]} if chosen["layer"] else {})}
        rows = queries.scores(run, acting(request)).filter(**where)
        found = queries.matrix(rows, run.weights.table, single=bool(chosen["layer"]))
        return {
            "matrix": found,
            "chart": charts.bubbles(found, run.weights.table, size=chosen["size"], where=where, link=scores_url),
            "rows": [
                (
                    LEVELS[level],
                    [
                        {
                            "cell": found.cells[level, other],
                            "share": _share(found, found.cells[level, other]),
                            "advice": advice(level, other),
                            "best": (level, other) == found.best,
                            "url": scores_url(**where, customer_level=level.value, bank_level=other.value),
                        }
                        for other in Level
                    ],
                )
                for level in reversed(Level)
            ],
            "columns": [LEVELS[level] for level in Level],
            "best": _best(found),
            "unscored_url": scores_url(**where, scored="false"),
            "indicators": self._indicators(run, Population(chosen["population"])),
        }

    def _indicators(self, run: ValueRun, population: Population) -> list[dict[str, Any]]:
        """What the scores are made of, and how many companies have a value."""
        weights = run.weights.table.of(population)
        codes = [code for code in INDICATORS if weights.to_customer.get(code) or weights.to_bank.get(code)]
        return [
            {
                "indicator": INDICATORS[code],
                "to_customer": weights.to_customer.get(code),
                "to_bank": weights.to_bank.get(code),
                "known": run.known.get(population, {}).get(code, 0),
            }
            for code in codes
        ]


def _share(found: queries.Matrix, cell: Any) -> float:
    return cell.customers / found.customers if found.customers else 0.0


def _best(found: queries.Matrix) -> str:
    """Why the marked cell is the most attractive one, with its figures."""
    if found.best is None:
        return ""
    cell = found.cells[found.best]
    told = _(
        "Most attractive: the bank's value to the customer is {one}, the customer's value to the bank {other}; "
        "{customers} companies, {share} of all."
    ).format(
        one=LEVELS[cell.to_customer],
        other=LEVELS[cell.to_bank],
        customers=f"{cell.customers:,}",
        share=f"{_share(found, cell):.1%}",
    )
    if found.revenue:
        told += _(" They bring {revenue} of the revenue.").format(revenue=f"{cell.revenue / found.revenue:.1%}")
    return told


class StartValueRun(PermissionMixin):
    """Queue a computation and come back to the matrix."""

    permission = RUN

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            request_value_run(actor=acting(request), at=clock.now())
            messages.success(request, _("The scores are being computed; look again in a moment."))
        except TieringError as error:
            messages.error(request, str(error))
        return redirect("tiering-value")


class ScoreList(CustomerRows):
    permission = VIEW
    key = "value-scores"
    title = gettext_lazy("Companies by value")
    unit = pgettext_lazy("measure word for customers", "customers")
    table_class = ScoreTable
    filterset_class = ScoreFilter
    default_sort = "-aum"
    template_name = "tiering/value_list.html"

    def get_queryset(self) -> QuerySet[Any]:
        run = queries.latest_value_run()
        if run is None:
            return ValueScore.objects.none()
        return queries.with_levels(queries.scores(run, acting(self.request)), run.weights.table)

    def row_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        run = queries.latest_value_run()
        rows = queryset.select_related("customer__branch", "customer__owner__role")
        return queries.with_levels(rows, run.weights.table) if run else rows

    def decorate(self, rows: list[Any]) -> list[Any]:
        labels = layers()
        for row in rows:
            row.size = labels.get(row.layer)
            row.type_name = type_words(row.type)
            row.population_name = population_words(row.population)
            row.advice = (
                advice(Level(row.customer_level), Level(row.bank_level))
                if row.customer_level and row.bank_level
                else ""
            )
        return rows

    def row_url(self, record: Any) -> str:
        return reverse("customer", args=[record.customer_id])

    def empty_state(self) -> EmptyState:
        return EmptyState(
            _("No company has been scored yet"),
            _("Compute the scores on the page of the matrix."),
            "chart-bubble",
            _("To the value matrix"),
            reverse("tiering-value"),
        )


class ValueCard(PermissionMixin):
    """A company's two scores with every indicator's part; nothing for persons."""

    permission = VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        customer = get_object_or_404(Customer.objects.visible_to(acting(request)), pk=pk)
        if customer.kind != CustomerKind.COMPANY:
            return HttpResponse()
        found = queries.explained(customer)
        sides = []
        if found is not None:
            sides = [
                (
                    _("Bank's value to the customer"),
                    found.score.to_customer,
                    found.score.cover_customer,
                    found.to_customer,
                ),
                (_("Customer's value to the bank"), found.score.to_bank, found.score.cover_bank, found.to_bank),
            ]
        context = {
            "customer": customer,
            "found": found,
            "layer": layers().get(found.score.layer) if found else None,
            "population": population_words(found.score.population) if found else "",
            "sides": [
                (name, score, cover, [(INDICATORS[p.code].label, value_words(p.code, p.value), p) for p in parts])
                for name, score, cover, parts in sides
            ],
            "may_fact": can_fact(acting(request), customer),
        }
        return render(request, "tiering/value_card.html", context)
