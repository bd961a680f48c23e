"""Pyramid and trend by branch and by relationship manager."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from keheng.org.acting import acting
from keheng.org.models import Branch, Staff
from keheng.tiering import queries
from keheng.tiering.charts import tiers as charts
from keheng.tiering.models import Run, Scheme
from keheng.tiering.permissions import VIEW
from keheng.tiering.views.scheme import customers_url
from keheng.ui.views import PermissionMixin


class DistributionPage(PermissionMixin):
    """Who has the tiers: branches one level at a time, or the managers below a branch; and how it went."""

    permission = VIEW

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        scheme, staff = get_object_or_404(Scheme, code=code), acting(request)
        run = queries.latest_run(scheme)
        by = "owner" if request.GET.get("by") == "owner" else "branch"
        context: dict[str, Any] = {
            "scheme": scheme,
            "schemes": Scheme.objects.all(),
            "page": "distribution",
            "run": run,
            "by": by,
        }
        if run is not None:
            context |= self._figures(run, staff, by)
        return render(request, "tiering/distribution.html", context)

    def _figures(self, run: Run, staff: Staff, by: str) -> dict[str, Any]:
        visible = Branch.objects.visible_to(staff)
        wanted = self.request.GET.get("within", "")
        chosen = visible.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
        within = chosen or queries.shared_branch(run, staff) or staff.branch
        owner = self._owner(staff)
        rows = self._owners(run, staff, within) if by == "owner" else self._branches(run, staff, within)
        trend = queries.trend(run.scheme, staff, branch=within, owner=owner)
        return {
            "rows": rows,
            "labels": [label for code, label in queries.labels_of(run.scheme).items() if code in run.distribution],
            "within": within,
            "parent": visible.filter(pk=within.parent_id).first() if within.parent_id else None,
            "owner": owner,
            "growth": charts.growth(trend, whose=owner.name if owner else within.name),
        }

    def _owner(self, staff: Staff) -> Staff | None:
        wanted = self.request.GET.get("owner", "")
        return Staff.objects.visible_to(staff).filter(pk=int(wanted)).first() if wanted.isdecimal() else None

    def _branches(self, run: Run, staff: Staff, within: Branch) -> list[dict[str, Any]]:
        return [
            {
                "name": row.branch.name,
                "open": f"?within={row.branch.pk}" if row.has_below else "",
                "trend": "",
                "cells": [
                    (number, customers_url(run.scheme, tier=label.code, branch=row.branch.pk))
                    for label, number in row.cells
                ],
                "customers": row.customers,
                "link": customers_url(run.scheme, branch=row.branch.pk),
                "aum": row.aum,
                "hours": None,
            }
            for row in queries.branch_rows(run, staff, within)
        ]

    def _owners(self, run: Run, staff: Staff, within: Branch) -> list[dict[str, Any]]:
        rows = []
        for row in queries.owner_rows(run, staff, within):
            whose = row.owner.pk if row.owner else "none"
            rows.append(
                {
                    "name": row.owner.name if row.owner else "",
                    "open": "",
                    "trend": f"?by=owner&within={within.pk}&owner={whose}" if row.owner else "",
                    "cells": [
                        (number, customers_url(run.scheme, tier=label.code, owner=whose, branch=within.pk))
                        for label, number in row.cells
                    ],
                    "customers": row.customers,
                    "link": customers_url(run.scheme, owner=whose, branch=within.pk),
                    "aum": row.aum,
                    "hours": row.hours,
                }
            )
        return rows
