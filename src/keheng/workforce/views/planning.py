"""What planners set going: files, forecasts, adjustments, marks; and the library."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.common.clock import SHANGHAI
from keheng.org.acting import acting
from keheng.ui.forms import carry_out
from keheng.ui.views import PermissionMixin, SideForm, require
from keheng.workforce import permissions
from keheng.workforce.forms import LIBRARY, AdjustmentForm, FileForm, ForecastForm, MarkForm
from keheng.workforce.models import (
    Adjustment,
    Agent,
    Contract,
    Event,
    Fixed,
    Forecast,
    Mark,
    Profile,
    Queue,
    Shift,
    Team,
)
from keheng.workforce.operations import forecasts, history, library
from keheng.workforce.views.queues import progress_of


class TakeIn(PermissionMixin):
    """A file of history is sent, checked, and taken in."""

    permission = permissions.PLAN

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, FileForm(actor=acting(request), initial={"queue": request.GET.get("queue")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FileForm(request.POST, request.FILES, actor=acting(request))
        if not form.is_valid():
            return self._page(request, form)
        file = form.cleaned_data["file"]
        intake = carry_out(
            form,
            lambda: history.take_in(
                queue=form.cleaned_data["queue"],
                content=file.read(),
                name=file.name,
                profile=form.cleaned_data["profile"],
                actor=acting(request),
                at=clock.now(),
            ),
        )
        if intake is None:
            return self._page(request, form)
        messages.success(
            request,
            _("%(rows)d rows from %(first)s to %(last)s have been taken in, in intervals of %(step)d minutes.")
            % {"rows": intake.rows, "first": intake.first_day, "last": intake.last_day, "step": intake.step},
        )
        if intake.missing:
            named = ", ".join(f"{day:%m-%d}" for day in intake.missing[:5])
            messages.warning(
                request,
                _("%(count)d days have no rows and are taken as closed: %(days)s")
                % {"count": len(intake.missing), "days": named},
            )
        return redirect(intake.queue.get_absolute_url())

    @staticmethod
    def _page(request: HttpRequest, form: FileForm) -> HttpResponse:
        return render(request, "workforce/take_in.html", {"form": form, "profiles": Profile.objects.all()})


class OfQueue(SideForm):
    """A form at the side of the page of a queue."""

    permission = permissions.PLAN

    @cached_property
    def queue(self) -> Queue:
        return get_object_or_404(Queue.objects.visible_to(acting(self.request)), pk=self.kwargs["pk"])


class MakeForecast(OfQueue):
    heading = gettext_lazy("New forecast")
    submit = gettext_lazy("Forecast")
    done = gettext_lazy("The forecast is being made.")
    note = gettext_lazy("Several models are weighed by how well each did lately; holidays and events are considered.")

    def make_form(self, *data: Any) -> forms.Form:
        return ForecastForm(data[0] if data else None, initial={"first_day": clock.today(), "days": 28})

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return forecasts.ask_forecast(queue=self.queue, **form.cleaned_data, **given)


class Adjust(OfQueue):
    heading = gettext_lazy("Adjust the forecast")
    submit = gettext_lazy("Adjust")
    done = gettext_lazy("The forecast has been adjusted.")
    note = gettext_lazy("A factor of 1.2 means 20 % more. Later versions of the forecast keep the adjustment.")

    def make_form(self, *data: Any) -> forms.Form:
        initial = {"first_day": clock.today(), "last_day": clock.today(), "factor": 1.1}
        form: Any = AdjustmentForm(
            data[0] if data else None,
            actor=acting(self.request),
            instance=Adjustment(queue=self.queue),
            initial=initial,
        )
        return form  # type: ignore[no-any-return]

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return forecasts.adjust(adjustment=form.instance, **given)  # type: ignore[attr-defined]


class DecideMark(SideForm):
    permission = permissions.PLAN
    heading = gettext_lazy("Decide a mark")
    submit = gettext_lazy("Keep the decision")
    done = gettext_lazy("The decision has been kept.")
    note = gettext_lazy("The figures as they came never change; this says what is learnt from.")

    @cached_property
    def mark(self) -> Mark:
        visible = Queue.objects.visible_to(acting(self.request))
        return get_object_or_404(Mark.objects.select_related("queue"), pk=self.kwargs["pk"], queue__in=visible)

    def make_form(self, *data: Any) -> forms.Form:
        return MarkForm(data[0] if data else None, initial={"treatment": self.mark.treatment, "note": self.mark.note})

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return history.decide_mark(mark=self.mark, **form.cleaned_data, **given)


@require_POST
def accept_marks(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept all proposals of a queue."""
    queue = _queue(request, pk)
    count = history.accept_marks(queue=queue, actor=acting(request), at=clock.now())
    messages.success(request, _("%(count)d proposals have been accepted.") % {"count": count})
    return redirect(f"{queue.get_absolute_url()}?tab=cleaning")


@require_POST
def reforecast(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the rest of today right by what came until now."""
    queue, now = _queue(request, pk), clock.now()
    local = now.astimezone(SHANGHAI)
    try:
        made = forecasts.reforecast_today(
            queue=queue, day=local.date(), until_minute=local.hour * 60 + local.minute, actor=acting(request), at=now
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Version %(number)d holds for the rest of today.") % {"number": made.number})
    return redirect(f"{queue.get_absolute_url()}?tab=forecast")


@require_POST
def withdraw_adjustment(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an adjustment back."""
    visible = Queue.objects.visible_to(acting(request))
    adjustment = get_object_or_404(Adjustment.objects.select_related("queue"), pk=pk, queue__in=visible)
    forecasts.withdraw_adjustment(adjustment=adjustment, actor=acting(request), at=clock.now())
    messages.success(request, _("The adjustment has been taken back."))
    return redirect(f"{adjustment.queue.get_absolute_url()}?tab=forecast")


def forecast_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a forecast is."""
    require(request, permissions.VIEW)
    visible = Queue.objects.visible_to(acting(request))
    row = get_object_or_404(Forecast.objects.select_related("queue"), pk=pk, queue__in=visible)
    progress = progress_of(row)
    response = render(request, "ui/progress.html", {"progress": progress})
    if progress.finished:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def cancel_forecast(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a forecast."""
    visible = Queue.objects.visible_to(acting(request))
    row = get_object_or_404(Forecast.objects.select_related("queue"), pk=pk, queue__in=visible)
    forecasts.cancel_forecast(forecast=row, actor=acting(request), at=clock.now())
    row.refresh_from_db()
    return render(request, "ui/progress.html", {"progress": progress_of(row)})


# -- library ----------------------------------------------------------------------------------------------------------

_HEADINGS = {
    "queue": gettext_lazy("Queue"),
    "target": gettext_lazy("Target"),
    "event": gettext_lazy("Event"),
    "profile": gettext_lazy("File profile"),
    "contract": gettext_lazy("Contract"),
    "shift": gettext_lazy("Shift"),
    "team": gettext_lazy("Team"),
    "agent": gettext_lazy("Agent"),
    "fixed": gettext_lazy("Fixed assignment"),
}


class Library(PermissionMixin):
    """Shifts, contracts, teams, agents, fixed assignments, events and profiles on one page."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        staff = acting(request)
        agents = Agent.objects.visible_to(staff).select_related("staff", "team", "contract").prefetch_related("skills")
        context = {
            "shifts": Shift.objects.prefetch_related("contracts"),
            "contracts": Contract.objects.all(),
            "teams": Team.objects.annotate(number=models.Count("agents")).select_related("branch"),
            "agents": agents[:300],
            "agent_count": agents.count(),
            "fixed": Fixed.objects.filter(agent__in=agents).select_related("agent__staff", "shift")[:50],
            "events": Event.objects.select_related("queue")[:50],
            "profiles": Profile.objects.all(),
            "may_plan": permissions.can_plan(staff),
        }
        return render(request, "workforce/library.html", context)


class Edit(SideForm):
    """A record of the library, new or to change."""

    permission = permissions.PLAN
    submit = gettext_lazy("Save")
    done = gettext_lazy("Saved.")

    @property
    def heading(self) -> str:  # type: ignore[override]
        return str(_HEADINGS[self.kwargs["kind"]])

    def make_form(self, *data: Any) -> forms.Form:
        form_class: Any = LIBRARY.get(self.kwargs["kind"])
        if form_class is None:
            raise Http404
        model = form_class._meta.model
        instance = get_object_or_404(model, pk=self.kwargs["pk"]) if "pk" in self.kwargs else None
        initial = {"queue": self.request.GET.get("queue"), "valid_from": clock.today(), "since": clock.today()}
        form: forms.Form = form_class(
            data[0] if data else None, actor=acting(self.request), instance=instance, initial=initial
        )
        return form

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        one: Any = form
        return library.save(record=one.instance, related=one.related, **given)


@require_POST
def remove(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Remove an event or a fixed assignment."""
    model = {"event": Event, "fixed": Fixed}.get(kind)
    if model is None:
        raise Http404
    library.remove(record=get_object_or_404(model, pk=pk), actor=acting(request), at=clock.now())
    messages.success(request, _("Removed."))
    return redirect(reverse("workforce:library"))


def _queue(request: HttpRequest, pk: int) -> Queue:
    return get_object_or_404(Queue.objects.visible_to(acting(request)), pk=pk)
