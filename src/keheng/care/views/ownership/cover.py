"""Cover 代管: who is away, and who acts."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keheng.care.forms.ownership import CoverForm, NameCoverForm
from keheng.care.models import CoverPeriod
from keheng.care.operations.covering import end_cover, name_cover, set_cover
from keheng.care.permissions import ownership as permissions
from keheng.common import clock
from keheng.org.acting import acting
from keheng.org.models import Staff
from keheng.ui.views import PermissionMixin, SideForm


class CoverPage(PermissionMixin):
    """代管: who is away on which of the next days, and who acts."""

    permission = permissions.VIEW
    days = 28

    def get(self, request: HttpRequest) -> HttpResponse:
        actor, today = acting(request), clock.today()
        days = [today + timedelta(days=step) for step in range(self.days)]
        known = CoverPeriod.objects.visible_to(actor).select_related("staff__branch", "staff__role", "cover")
        ahead = known.filter(days__endswith__gt=today).order_by("days", "pk")
        rows = [
            {
                "period": period,
                "last": period.days.upper - timedelta(days=1),
                "cells": [period.days.lower <= day < period.days.upper for day in days],
                "now": period.days.lower <= today,
                "may_end": permissions.can_cover(actor, period.staff),
            }
            for period in ahead[:200]
        ]
        context = {"days": days, "rows": rows, "today": today, "may_plan": actor.can(permissions.REFER)}
        return render(request, "care/ownership/cover.html", context)


class SetCover(SideForm):
    permission = permissions.REFER
    heading = gettext_lazy("Plan cover")
    submit = gettext_lazy("Plan cover")
    done = gettext_lazy("Cover is planned; both are told.")
    note = gettext_lazy("The customers stay the absent one's; the cover sees them and does their tasks.")

    def make_form(self, *data: Any) -> CoverForm:
        actor = acting(self.request)
        people = Staff.objects.filter(pk=actor.pk)
        if actor.can(permissions.COVER):
            people = Staff.objects.visible_to(actor).filter(is_active=True)
        initial = {"member": actor.pk, "first": clock.today(), "last": clock.today()}
        return CoverForm(*data[:1], actor=actor, members=people, initial=initial)

    def carry_out(self, form: Any, **given: Any) -> CoverPeriod:
        return set_cover(**form.values(), **given)


class NameCover(SideForm):
    """Who acts during an absence for which nobody had been found."""

    permission = permissions.REFER
    heading = gettext_lazy("Who acts meanwhile?")
    submit = gettext_lazy("Plan cover")
    done = gettext_lazy("Cover is planned; both are told.")

    def period(self) -> CoverPeriod:
        """The absence."""
        known = CoverPeriod.objects.visible_to(acting(self.request)).select_related("staff")
        return get_object_or_404(known, pk=self.kwargs["pk"])

    def make_form(self, *data: Any) -> NameCoverForm:
        return NameCoverForm(*data[:1], actor=acting(self.request), member=self.period().staff)

    def carry_out(self, form: Any, **given: Any) -> CoverPeriod:
        return name_cover(period=self.period(), **form.cleaned_data, **given)


class EndCover(PermissionMixin):
    """Somebody is back early."""

    permission = permissions.REFER

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        period = get_object_or_404(CoverPeriod.objects.visible_to(acting(request)).select_related("staff"), pk=pk)
        try:
            end_cover(period=period, actor=acting(request), at=clock.now())
            messages.success(request, _("The cover has ended."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("care:cover")
