"""The goals of a scheme: how far its tiers are, who uses the key businesses, and the table behind both."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.models import Branch, Staff
from keheng.tiering import queries
from keheng.tiering.forms.goals import GoalsForm
from keheng.tiering.models import Goals, Scheme
from keheng.tiering.operations.goals import save_goals
from keheng.tiering.permissions import VIEW, can_maintain
from keheng.tiering.policies.goals import GoalTable, Measure
from keheng.tiering.policies.reading import quantity
from keheng.tiering.queries import goals as found
from keheng.tiering.views.rule_tables import RuleTablePage
from keheng.tiering.views.scheme import customers_url
from keheng.ui.views import PermissionMixin


class GoalsPage(PermissionMixin):
    """The plan over years with where it stands; the penetration loads when the page is there."""

    permission = VIEW

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme = get_object_or_404(Scheme, code=code)
        version = found.goals_in_force(scheme)
        measure = Measure.AUM if request.GET.get("of") == Measure.AUM else Measure.CUSTOMERS
        progress = found.progress(scheme, version.table, acting(request), measure) if version else None
        context = {
            "scheme": scheme,
            "schemes": Scheme.objects.all(),
            "page": "goals",
            "version": version,
            "measure": measure,
            "measures": ((Measure.CUSTOMERS, _("Number of customers")), (Measure.AUM, _("AUM"))),
            "progress": progress,
            "rows": [(row, customers_url(scheme, tier=row.tier.code)) for row in progress.tiers if row.tier]
            if progress
            else [],
            "may": can_maintain(acting(request)),
        }
        return render(request, "tiering/goals.html", context)


class PenetrationPart(PermissionMixin):
    """Who uses the key businesses: by tier, by branch one level at a time, or by relationship manager."""

    permission = VIEW

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme, staff = get_object_or_404(Scheme, code=code), acting(request)
        businesses = found.table_in_force(scheme).businesses
        by = request.GET.get("by", "tier")
        by = by if by in {"branch", "owner"} else "tier"
        visible = Branch.objects.visible_to(staff)
        within = self._within(scheme, staff, visible)
        rows = found.penetration(scheme, businesses, staff, by=by, within=within) if businesses else []  # type: ignore[arg-type]
        context = {
            "scheme": scheme,
            "by": by,
            "groupings": (("tier", _("By tier")), ("branch", _("By branch")), ("owner", _("By relationship manager"))),
            "businesses": [
                (one, _("from {amount}").format(amount=quantity(one.metric, one.at_least))) for one in businesses
            ],
            "within": within,
            "parent": visible.filter(pk=within.parent_id).first() if within.parent_id else None,
            "rows": [self._row(scheme, row, by, within) for row in rows],
            "may": can_maintain(staff),
        }
        return render(request, "tiering/penetration.html", context)

    def _within(self, scheme: Scheme, staff: Staff, visible: "QuerySet[Branch]") -> Branch:
        wanted = self.request.GET.get("within", "")
        chosen = visible.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
        run = queries.latest_run(scheme)
        return chosen or (queries.shared_branch(run, staff) if run else None) or staff.branch

    def _row(self, scheme: Scheme, row: found.Penetration, by: str, within: Branch) -> dict[str, Any]:
        """A row with the lists behind its numbers: who uses each business, and who does not yet."""
        chosen: dict[str, Any] = {"branch": within.pk}
        if isinstance(row.of, Branch):
            chosen["branch"] = row.of.pk
        elif isinstance(row.of, queries.TierLabel):
            chosen["tier"] = row.of.code
        elif row.of != "":
            chosen["owner"] = row.of.pk if row.of else "none"
        address = reverse("tiering-members", args=[scheme.code])
        opens = isinstance(row.of, Branch) and row.of != within and by == "branch"
        return {
            "row": row,
            "tier": row.of if isinstance(row.of, queries.TierLabel) else None,
            "name": _("All together") if row.of == "" else _("Nobody") if row.of is None else row.of,
            "is_total": row.of == "",
            "open": f"?{urlencode({'by': by, 'within': row.of.pk})}" if opens and isinstance(row.of, Branch) else "",
            "link": f"{address}?{urlencode(chosen)}",
            "cells": [
                (
                    use,
                    f"{address}?{urlencode({**chosen, 'uses': use.business.metric})}",
                    f"{address}?{urlencode({**chosen, 'lacks': use.business.metric})}",
                )
                for use in row.uses
            ],
        }


class GoalsTablePage(RuleTablePage):
    """The table of goals with its versions."""

    model = Goals
    form_class = GoalsForm
    template_name = "tiering/goals_table.html"
    address = "tiering-goals-table"
    beside: ClassVar[tuple[str, ...]] = ("made_by",)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.scheme = get_object_or_404(Scheme, code=kwargs["code"])

    def kept(self) -> "QuerySet[Any]":
        return super().kept().filter(scheme=self.scheme)

    def first(self) -> GoalTable:
        return GoalTable()

    def form_options(self) -> dict[str, Any]:
        return {"tiers": queries.labels_of(self.scheme)}

    def save(self, form: Any, actor: Staff) -> Goals:
        return save_goals(
            scheme=self.scheme, table=form.table(), note=form.cleaned_data["note"], actor=actor, at=clock.now()
        )

    def told(self, made: Goals) -> str:
        return _("Version %(n)s is in force: the page measures by it from now on.") % {"n": made.number}

    def more(self) -> dict[str, Any]:
        return {"scheme": self.scheme}
