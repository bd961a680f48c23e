"""Hours and fairness, adherence, service by interval, cost."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.org.acting import acting
from keheng.ui.charts import Chart, Series
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin
from keheng.workforce import permissions
from keheng.workforce.forms import LogForm
from keheng.workforce.models import Queue
from keheng.workforce.operations import adherence
from keheng.workforce.queries import reports

_LONGEST = 62


class Reports(PermissionMixin):
    """What published rosters came to."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        first = _date(request.GET.get("first")) or today - timedelta(days=27)
        last = min(_date(request.GET.get("last")) or today, first + timedelta(days=_LONGEST))
        rows = [row for row in reports.by_agent(acting(request), first, last, clock.now()) if row.shifts or row.wishes]
        scheduled, kept = (sum(getattr(row, name) for row in rows if row.logged) for name in ("scheduled", "kept"))
        wishes = sum(row.wishes for row in rows)
        context = {
            "first": first,
            "last": last,
            "rows": rows,
            "hours": sum(row.hours for row in rows),
            "cost": sum(row.cost for row in rows),
            "spread_hours": reports.spread([row.hours for row in rows]),
            "spread_weekends": reports.spread([float(row.weekend_shifts) for row in rows]),
            "spread_nights": reports.spread([float(row.nights) for row in rows]),
            "wishes_met": sum(row.met for row in rows) / wishes if wishes else None,
            "adherence": kept / scheduled if scheduled else None,
            "may_plan": permissions.can_plan(acting(request)),
            "form": LogForm(),
        }
        return render(request, "workforce/reports.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Take a log of states in."""
        form = LogForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            number = carry_out(
                form,
                lambda: (
                    adherence.take_in_log(content=file.read(), name=file.name, actor=acting(request), at=clock.now()),
                ),
            )
            if number is not None:
                messages.success(request, _("%(count)d new rows have been taken in.") % {"count": number[0]})
        for errors in form.errors.values():
            for error in errors:
                messages.error(request, str(error))
        return redirect("workforce:reports")


class Performance(PermissionMixin):
    """How a queue was served on one day, by half-hour."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        queues = list(Queue.objects.visible_to(acting(request)).filter(is_active=True))
        chosen = request.GET.get("queue", "")
        queue = next((one for one in queues if str(one.pk) == chosen), queues[0] if queues else None)
        day = _date(request.GET.get("day")) or clock.today() - timedelta(days=1)
        rows = reports.performance(queue, day) if queue else []
        context: dict[str, Any] = {"queues": queues, "queue": queue, "day": day, "rows": rows}
        if queue:
            context["target"] = aim = reports.target_level(queue, day)
            context["chart"] = Chart(
                "level", _("How many were answered in time?"), "line", [row.start for row in rows],
                [Series(_("service level"), [row.level for row in rows]),
                 Series(_("target"), [aim if row.level is not None else None for row in rows], tone="soft")],
                unit="percent", category_name=_("interval"),
                empty=_("Files of this day tell neither answered nor in time."),
            )  # fmt: skip
        return render(request, "workforce/performance.html", context)


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
