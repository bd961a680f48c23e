"""The catalogue of services on a settings page: limits row by row, with their sources, and their change."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keheng.common import clock
from keheng.org.models import Role
from keheng.service_requests import permissions
from keheng.service_requests.enums import ClockKind
from keheng.service_requests.forms import BusinessForm, PenaltiesForm
from keheng.service_requests.models import CatalogueVersion
from keheng.service_requests.operations.catalogue import CATALOGUE, propose_business, propose_penalties
from keheng.service_requests.queries.catalogue import version_on
from keheng.ui.views import require
from keheng.versions.queries import history, waiting
from keheng.versions.views import Propose


def catalogue(request: HttpRequest) -> HttpResponse:
    """Businesses with both limits of every clock, pauses, marks, penalties, and the versions."""
    require(request, permissions.VIEW)
    version, language = version_on(clock.today()), get_language() or ""
    roles = {role.code: str(role) for role in Role.objects.all()}
    found = version.catalogue
    rows = [
        {
            "about": about,
            "name": about.told(language),
            "limits": [
                (about.limit(kind, priority=False), about.limit(kind, priority=True))
                for kind in (ClockKind.RESPONSE, ClockKind.ON_SITE, ClockKind.HANDLING, ClockKind.FEEDBACK)
            ],
            "posts": "、".join(roles.get(post, post) for post in about.posts),
            "needs": [*(named.told(language) for named in about.documents), *(c.told(language) for c in about.checks)],
        }
        for about in found.businesses.values()
    ]
    context = {
        "version": version,
        "rows": rows,
        "pauses": [(reason.told(language), reason.limit) for reason in found.pauses.values()],
        "marks": [(mark, "、".join(roles.get(post, post) for post in mark.posts)) for mark in found.marks],
        "bands": found.penalties.bands,
        "errors": found.penalties.errors,
        "waiting": waiting(CATALOGUE.kind),
        "history": history(CatalogueVersion.objects.all()),
        "may_change": request.user.can(permissions.SETTINGS),  # type: ignore[union-attr]
    }
    return render(request, "service_requests/catalogue.html", context)


class ChangeBusiness(Propose):
    """Another version of the catalogue, in which one business differs."""

    permission = permissions.SETTINGS
    heading = _("Change a business")
    note = _("30m and 4h are service time, 1d is a working day; empty: no limit. Open requests keep their limits.")

    def make_form(self, *data: Any) -> forms.Form:
        definition = version_on(clock.today()).definition
        row = next((row for row in definition["businesses"] if row["code"] == self.kwargs["code"]), None)
        if row is None:
            raise Http404
        initial = {name: row.get(name) for name in ("words", "approval", "evidence")}
        names = {kind.value: str(kind.label) for kind in ClockKind}
        return BusinessForm(*data[:1], limits=row["limits"], clocks=names, initial=initial)

    def carry_out(self, form: Any, **given: Any) -> Any:
        note = form.cleaned_data["note"]
        return propose_business(code=self.kwargs["code"], values=form.values(), note=note, **given)


class ChangePenalties(Propose):
    """Another version of the catalogue, in which being late costs something else (decision 10)."""

    permission = permissions.SETTINGS
    heading = _("Change what being late costs")
    note = _("Points are zero or below. Requests that were taken in before keep the rules of their day.")

    def make_form(self, *data: Any) -> forms.Form:
        return PenaltiesForm(*data[:1], rules=version_on(clock.today()).catalogue.penalties)

    def carry_out(self, form: Any, **given: Any) -> Any:
        return propose_penalties(**form.values(), **given)
