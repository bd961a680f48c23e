"""A scheme at a glance: rules, pyramid, branches, trend, evaluations; and the button that starts one."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff
from keheng.tiering import operations, queries
from keheng.tiering.charts import tiers as charts
from keheng.tiering.enums import SchemeKind
from keheng.tiering.errors import TieringError
from keheng.tiering.models import Run, Scheme
from keheng.tiering.permissions import RUN, VIEW, can_run
from keheng.ui.views import PermissionMixin


class SchemePage(PermissionMixin):
    """One scheme; without a code in the address, the primary scheme of persons."""

    permission = VIEW

    def get(self, request: HttpRequest, code: str = "") -> HttpResponse:
        schemes = list(Scheme.objects.all())
        if code:
            scheme = get_object_or_404(Scheme, code=code)
        else:
            found = queries.primary_scheme(SchemeKind.PERSON) or next(iter(schemes), None)
            if found is None:
                return render(request, "tiering/none.html")
            scheme = found
        staff, today = acting(request), clock.today()
        version = queries.version_on(scheme, today)
        runs = queries.recent_runs(scheme)
        counts = queries.counts_of(runs, staff)
        run, reading = queries.latest_run(scheme), queries.rules_in_words(version)
        context: dict[str, Any] = {
            "scheme": scheme,
            "schemes": schemes,
            "version": version,
            "reading": reading,
            "tiers": [(rule, None, "") for rule in reading.tiers],
            "may_run": can_run(staff),
            "runs": [(one, counts[one.pk]) for one in runs],
            "run": run,
        }
        if run is not None:
            context |= self._figures(run, staff, reading)
        return render(request, "tiering/scheme.html", context)

    def _figures(self, run: Run, staff: Staff, reading: queries.RulesInWords) -> dict[str, Any]:
        pyramid = queries.pyramid(run, staff)
        shares = {share.tier.code: share for share in pyramid.shares}
        within, parent = self._within(run, staff)
        return {
            "pyramid": pyramid,
            "tiers": [
                (rule, shares.get(rule.tier.code), customers_url(run.scheme, tier=rule.tier.code))
                for rule in reading.tiers
            ],
            "concentration": charts.concentration(pyramid, lambda tier: customers_url(run.scheme, tier=tier)),
            "within": within,
            "parent": parent,
            "branches": [
                (
                    row,
                    customers_url(run.scheme, branch=row.branch.pk),
                    [
                        (label, number, customers_url(run.scheme, tier=label.code, branch=row.branch.pk))
                        for label, number in row.cells
                    ],
                )
                for row in queries.branch_rows(run, staff, within)
            ],
            "growth": charts.growth(queries.trend(run.scheme, staff)),
        }

    def _within(self, run: Run, staff: Staff) -> tuple[Branch, Branch | None]:
        """The branch whose parts the table shows, and the one above it as far as the scope goes."""
        visible = Branch.objects.visible_to(staff)
        wanted = self.request.GET.get("within", "")
        chosen = visible.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
        within = chosen or queries.shared_branch(run, staff) or staff.branch
        return within, visible.filter(pk=within.parent_id).first() if within.parent_id else None


def customers_url(scheme: Scheme, **query: Any) -> str:
    """The customers behind a figure: the customer list for the tiers that it shows, else the scheme's own list."""
    if scheme.is_primary:
        try:
            return f"{reverse('customers')}?{urlencode({'kind': scheme.kind, **query})}"
        except NoReverseMatch:  # the list belongs to a module above
            pass
    return f"{reverse('tiering-members', args=[scheme.code])}?{urlencode(query)}"


class StartEvaluation(PermissionMixin):
    """Queue an evaluation as of today and go to its page."""

    permission = RUN

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme = get_object_or_404(Scheme, code=code)
        try:
            run = operations.request_evaluation(scheme=scheme, as_of=None, actor=acting(request), at=clock.now())
        except TieringError as error:
            messages.error(request, str(error))
            return redirect("tiering-scheme", code=code)
        messages.success(request, _("The evaluation is under way."))
        return redirect("tiering-run", pk=run.pk)
