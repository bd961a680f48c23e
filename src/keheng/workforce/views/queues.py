"""Queues: the overview, and the page of one with its history, cleaning, forecast, accuracy, staffing and targets."""

from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.common import clock
from keheng.customers.archive import tiers
from keheng.org.acting import acting
from keheng.ui.charts import Chart, Series
from keheng.ui.progress import Progress
from keheng.ui.views import DetailView, PermissionMixin
from keheng.workforce import permissions
from keheng.workforce.enums import RunState
from keheng.workforce.models import Adjustment, Event, Forecast, Intake, Mark, Queue, Target
from keheng.workforce.policies.marking import treated
from keheng.workforce.queries import forecasts, history, staffing

_LEVELS = 9
_MARKS_SHOWN = 60
_UNDER_WAY = {RunState.QUEUED, RunState.RUNNING}


class QueueList(PermissionMixin):
    """All queues with how far their figures and forecasts reach."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        queues = list(Queue.objects.visible_to(acting(request)).select_related("branch", "borrows"))
        spans = history.spans(queues)
        reach = forecasts.reach(queues)
        names = dict(tiers.choices())
        rows = [
            {
                "queue": queue,
                "tier": names.get(queue.tier, queue.tier),
                "span": spans.get(queue.pk),
                "reach": reach.get(queue.pk),
            }
            for queue in queues
        ]
        context = {"rows": rows, "may_plan": permissions.can_plan(acting(request)), "today": clock.today()}
        return render(request, "workforce/queues.html", context)


class QueuePage(DetailView):
    """One queue."""

    permission = permissions.VIEW
    page = "workforce-queue"
    template_name = "workforce/queue.html"

    def get_queryset(self) -> QuerySet[Queue]:
        return Queue.objects.visible_to(acting(self.request)).select_related("branch", "borrows")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_plan=permissions.can_plan(acting(self.request)),
            tier=dict(tiers.choices()).get(self.object.tier, self.object.tier),
            span=history.spans([self.object]).get(self.object.pk),
            target=staffing.target_on(self.object, clock.today()),
            intakes=Intake.objects.filter(queue=self.object).select_related("actor")[:5],
            **kwargs,
        )


class QueueTab(PermissionMixin):
    """A part of the page of a queue."""

    permission = permissions.VIEW
    template_name = ""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        queue = get_object_or_404(Queue.objects.visible_to(acting(request)), pk=pk)
        context = {"queue": queue, "may_plan": permissions.can_plan(acting(request)), **self.context(queue)}
        return render(request, self.template_name, context)

    def context(self, queue: Queue) -> dict[str, Any]:
        raise NotImplementedError


class HistoryTab(QueueTab):
    """Heat map of weekday × half-hour, and the days as a line."""

    template_name = "workforce/tab_history.html"

    def context(self, queue: Queue) -> dict[str, Any]:
        starts, rows = history.heat(queue)
        most = max((value for row in rows for value in row if value is not None), default=0) or 1
        heat = [
            (name, [(value, None if value is None else round(_LEVELS * value / most)) for value in row])
            for name, row in zip(weekday_names(), rows, strict=False)
        ]
        past = history.history_of(queue).finished(clock.today())
        days = past.dates[-120:]
        totals = np.nansum(past.calls[-120:], axis=1) if days else np.empty(0)
        chart = Chart(
            "days", _("How many contacts came each day?"), "line", [f"{day:%m-%d}" for day in days],
            [Series(_("contacts"), [round(float(total)) for total in totals])], category_name=_("day"),
            note=_("contacts a day"),
            empty=_("Take a file in: CSV or Excel with a time and a number of contacts."),
        )  # fmt: skip
        return {"starts": starts, "heat": heat, "chart": chart}


class CleaningTab(QueueTab):
    """What is not learnt from, why, before and after; each mark can be overridden."""

    template_name = "workforce/tab_cleaning.html"

    def context(self, queue: Queue) -> dict[str, Any]:
        marks = Mark.objects.filter(queue=queue).select_related("decided_by")
        past = history.history_of(queue).finished(clock.today())
        after = treated(past, history.marks_of(queue))
        kept = {day: at for at, day in enumerate(after.dates)}
        days = past.dates[-120:]
        before_row = [round(float(np.nansum(row))) for row in past.calls[-120:]]
        after_row = [round(float(np.nansum(after.calls[kept[day]]))) if day in kept else None for day in days]
        chart = Chart(
            "cleaned", _("What is learnt from?"), "line", [f"{day:%m-%d}" for day in days],
            [Series(_("as it came"), before_row, tone="soft"), Series(_("learnt from"), after_row)],
            category_name=_("day"), note=_("contacts a day"), empty=_("There is no history yet."),
        )  # fmt: skip
        return {
            "marks": marks[:_MARKS_SHOWN],
            "count": marks.count(),
            "open": marks.filter(decided_by=None).count(),
            "chart": chart,
        }


class ForecastTab(QueueTab):
    """The forecast that holds, its versions, and what people changed."""

    template_name = "workforce/tab_forecast.html"

    def context(self, queue: Queue) -> dict[str, Any]:
        today = clock.today()
        running = Forecast.objects.filter(queue=queue, state__in=_UNDER_WAY).first()
        chosen = _date(self.request.GET.get("day")) or today
        days = forecasts.said(queue, today - timedelta(days=14), today + timedelta(days=56))
        return {
            "progress": progress_of(running) if running else None,
            "days_chart": _days_chart(queue, days),
            "day_chart": day_chart(queue, chosen),
            "days": [day for day in days if day.day >= today],
            "chosen": chosen,
            "versions": Forecast.objects.filter(queue=queue).select_related("actor")[:8],
            "adjustments": Adjustment.objects.filter(queue=queue).select_related("author")[:10],
        }


class AccuracyTab(QueueTab):
    """How far forecasts were from what came, by how long before they were made."""

    template_name = "workforce/tab_accuracy.html"

    def context(self, queue: Queue) -> dict[str, Any]:
        rows = forecasts.errors_by_horizon(queue)
        chart = Chart(
            "errors", _("How far are forecasts from what comes?"), "column",
            [f"{row.first}–{row.last}" if row.first != row.last else str(row.first) for row in rows],
            [Series("MAPE", [_share(row.errors.mape) for row in rows]),
             Series("WAPE", [_share(row.errors.wape) for row in rows], tone="t2")],
            unit="percent", category_name=_("days ahead"), note=_("error by days ahead of the forecast"),
            empty=_("No day that was forecast has come yet."),
        )  # fmt: skip
        return {"rows": rows, "chart": chart}


class StaffingTab(QueueTab):
    """How many agents each interval of a day needs, and what more or fewer would give."""

    template_name = "workforce/tab_staffing.html"

    def context(self, queue: Queue) -> dict[str, Any]:
        today = clock.today()
        ahead = forecasts.said(queue, today, today + timedelta(days=56))
        chosen = _date(self.request.GET.get("day")) or (ahead[0].day if ahead else today)
        found = staffing.required(queue, chosen, chosen)
        target = staffing.target_on(queue, chosen)
        columns = np.flatnonzero(found[0].agents > 0).tolist() if found else []
        labels = [_clock(at * queue.step) for at in columns]
        chart = Chart(
            "required", _("How many agents does each interval need?"), "line", labels,
            [Series(_("on the roster"), [int(found[0].rostered[at]) for at in columns], tone="soft"),
             Series(_("on duty"), [int(found[0].agents[at]) for at in columns]),
             Series(_("load (erlang)"), [round(float(found[0].load[at]), 1) for at in columns], tone="t2")]
            if found else [],
            category_name=_("interval"), note=_("agents on %(day)s, Erlang C or A") % {"day": chosen},
            empty=_("Forecast this day and set a target for the queue."),
        )  # fmt: skip
        peak = max(columns, key=lambda at: int(found[0].agents[at]), default=None)
        minute = int(self.request.GET["at"]) if self.request.GET.get("at", "").isdecimal() else None
        at = minute // queue.step if minute is not None and minute // queue.step in columns else peak
        curve = staffing.what_if(queue, target, float(found[0].calls[at])) if at is not None and target else []
        return {
            "chart": chart,
            "target": target,
            "chosen": chosen,
            "days": [one.day for one in ahead],
            "intervals": [(column * queue.step, _clock(column * queue.step)) for column in columns],
            "at": None if at is None else at * queue.step,
            "curve": curve,
            "needed": int(found[0].agents[at]) if at is not None else 0,
            "total_hours": round(float(sum(one.rostered.sum() for one in found)) * queue.step / 60),
        }


class SettingsTab(QueueTab):
    """Targets with the days from which they hold, and events."""

    template_name = "workforce/tab_settings.html"

    def context(self, queue: Queue) -> dict[str, Any]:
        return {
            "targets": Target.objects.filter(queue=queue),
            "events": Event.objects.filter(Q(queue=queue) | Q(queue=None))[:30],
        }


def day_chart(queue: Queue, day: date) -> Chart:
    """One day's forecast with its band, and what came."""
    found = next(iter(forecasts.said(queue, day, day)), None)
    dates, calls = history.figures_of(queue, "calls", day, day)
    width = max(30 // queue.step, 1)
    rows: list[Series] = []
    came = _blocks(calls[0], width) if dates else []
    if found:
        rows = [
            Series(_("upper edge"), _blocks(found.high, width), tone="soft"),
            Series(_("forecast"), _blocks(found.calls, width)),
            Series(_("lower edge"), _blocks(found.low, width), tone="soft"),
        ]
    if came:
        rows.append(Series(_("came"), came, tone="t2"))
    used = [at for at in range(1440 // queue.step // width) if any(row.values[at] is not None for row in rows)]
    rows = [Series(row.name, [row.values[at] for at in used], tone=row.tone) for row in rows]
    return Chart(
        "day", _("How does the day go?"), "line", [_clock(at * width * queue.step) for at in used], rows,
        category_name=_("interval"), note=_("%(day)s, contacts an interval") % {"day": day},
        empty=_("This day has neither forecast nor figures."),
    )  # fmt: skip


def progress_of(forecast: Forecast) -> Progress:
    """How far a forecast is, in days."""
    waiting = forecast.state == RunState.QUEUED
    return Progress(
        label=_("Waiting for the worker") if waiting else _("Forecasting %(queue)s") % {"queue": forecast.queue},
        done=forecast.done,
        total=forecast.days,
        started_at=forecast.at,
        now=clock.now(),
        poll_url=reverse("workforce:forecast-progress", args=[forecast.pk]),
        finished=forecast.state not in _UNDER_WAY,
        cancel_url="" if forecast.cancel_requested else reverse("workforce:forecast-cancel", args=[forecast.pk]),
    )


def weekday_names() -> list[str]:
    """Monday to Sunday, short."""
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


def _days_chart(queue: Queue, days: list[forecasts.Said]) -> Chart:
    since = clock.today() - timedelta(days=28)
    dates, calls = history.figures_of(queue, "calls", since)
    came = {day: round(float(np.nansum(row))) for day, row in zip(dates, calls, strict=True) if day < clock.today()}
    said = {day.day: round(float(np.nansum(day.calls))) for day in days}
    axis = sorted({*came, *said})
    return Chart(
        "ahead", _("How many contacts are to come?"), "line", [f"{day:%m-%d}" for day in axis],
        [Series(_("came"), [came.get(day) for day in axis], tone="t2"),
         Series(_("forecast"), [said.get(day) for day in axis])],
        category_name=_("day"), note=_("contacts a day"),
        empty=_("There is no forecast yet. Forecast the next weeks."),
    )  # fmt: skip


def _blocks(row: np.ndarray, width: int) -> list[float | None]:
    parts = row.reshape(-1, width)
    return [None if np.isnan(part).all() else round(float(np.nansum(part)), 1) for part in parts]


def _share(percent: float | None) -> float | None:
    return None if percent is None else percent / 100


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
