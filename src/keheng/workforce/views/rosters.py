"""Rosters: the list, a new one, the grid with its coverage, the work of the solver, publishing."""

from datetime import date, timedelta
from typing import Any

import numpy as np
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from keheng.common import clock
from keheng.org.acting import acting
from keheng.ui.charts import Chart, Series
from keheng.ui.forms import carry_out
from keheng.ui.progress import Progress
from keheng.ui.views import PermissionMixin, SideForm, require
from keheng.workforce import permissions
from keheng.workforce.enums import AskState, RosterState
from keheng.workforce.forms import CoverForm, MakeForm, PlaceForm, RosterForm
from keheng.workforce.models import Agent, Duty, Leave, Roster, Shift
from keheng.workforce.operations import rosters as operations
from keheng.workforce.policies.rostering.coverage import covered_share, met_share
from keheng.workforce.queries import rosters as queries
from keheng.workforce.views.queues import weekday_names
from keheng.workforce.words import reason_in_words

_BUSY = {RosterState.QUEUED, RosterState.RUNNING}
_UNMET_SHOWN = 12


class RosterList(PermissionMixin):
    """All rosters, the latest first."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = (
            Roster.objects.visible_to(acting(request)).select_related("actor").prefetch_related("teams", "queues")[:60]
        )
        return render(
            request, "workforce/rosters.html", {"rows": rows, "may_plan": permissions.can_plan(acting(request))}
        )


class NewRoster(PermissionMixin):
    """A roster is begun for teams, queues and days."""

    permission = permissions.PLAN

    def get(self, request: HttpRequest) -> HttpResponse:
        monday = clock.today() + timedelta(days=7 - clock.today().weekday())
        initial = {"first_day": monday, "days": 28, "name": _("Roster from %(day)s") % {"day": f"{monday:%m-%d}"}}
        return self._page(request, RosterForm(actor=acting(request), initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RosterForm(request.POST, actor=acting(request), instance=Roster(actor=acting(request), at=clock.now()))
        if form.is_valid():
            given = {name: list(form.cleaned_data[name]) for name in ("teams", "queues")}
            roster = carry_out(
                form,
                lambda: operations.begin(roster=form.instance, **given, actor=acting(request), at=clock.now()),
            )
            if roster is not None:
                return redirect(roster)
        return self._page(request, form)

    @staticmethod
    def _page(request: HttpRequest, form: RosterForm) -> HttpResponse:
        return render(request, "workforce/roster_new.html", {"form": form})


class RosterPage(PermissionMixin):
    """A roster: the grid of people and days, or how far its making is."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        roster = _roster(request, pk)
        if roster.state in _BUSY:
            return render(request, "workforce/roster_running.html", {"roster": roster, "progress": progress_of(roster)})
        context = {"roster": roster, "may_plan": permissions.can_plan(acting(request)), **grid_of(roster)}
        return render(request, "workforce/roster.html", context)


class RosterGrid(PermissionMixin):
    """The grid alone, loaded anew after a change."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        roster = _roster(request, pk)
        context = {"roster": roster, "may_plan": permissions.can_plan(acting(request)), **grid_of(roster)}
        return render(request, "workforce/roster_grid.html", context)


class Coverage(PermissionMixin):
    """Wanted and there, by interval of one day."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        roster = _roster(request, pk)
        chosen = _date(request.GET.get("day")) or roster.first_day
        chart = coverage_chart(roster, chosen)
        return render(request, "ui/chart.html", {"chart": chart, "data_id": f"{chart.key}-data"})


class Make(SideForm):
    permission = permissions.PLAN
    heading = gettext_lazy("Make the roster")
    submit = gettext_lazy("Make it")
    done = gettext_lazy("The roster is being made.")
    note = gettext_lazy("Every rule is kept; needs and wishes are met as far as the time allows.")

    @cached_property
    def roster(self) -> Roster:
        return _roster(self.request, self.kwargs["pk"])

    def make_form(self, *data: Any) -> forms.Form:
        kept = max(clock.today(), self.roster.first_day) if self.roster.published_at else None
        return MakeForm(data[0] if data else None, initial={"seconds": self.roster.seconds, "kept_until": kept})

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return operations.ask_to_make(roster=self.roster, **form.cleaned_data, **given)


class Place(SideForm):
    """One cell by keyboard: the shift of an agent on a day."""

    permission = permissions.PLAN
    submit = gettext_lazy("Set the shift")
    done = gettext_lazy("The shift has been set.")

    @cached_property
    def roster(self) -> Roster:
        return _roster(self.request, self.kwargs["pk"])

    @cached_property
    def agent(self) -> Agent:
        agents = Agent.objects.visible_to(acting(self.request)).select_related("staff")
        return get_object_or_404(agents, pk=self.kwargs["agent"])

    @cached_property
    def day(self) -> date:
        return _date(self.kwargs["day"]) or self.roster.first_day

    @property
    def heading(self) -> str:  # type: ignore[override]
        return f"{self.agent} · {self.day:%m-%d}"

    def make_form(self, *data: Any) -> forms.Form:
        duty = Duty.objects.filter(roster=self.roster, agent=self.agent, day=self.day).first()
        initial = {"shift": duty.shift_id, "queue": duty.queue_id} if duty else {}
        return PlaceForm(data[0] if data else None, agent=self.agent, initial=initial)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        told = operations.place(
            roster=self.roster, agent=self.agent, day=self.day, shift=form.cleaned_data["shift"],
            queue=form.cleaned_data["queue"], insist=form.cleaned_data["insist"], **given,
        )  # fmt: skip
        if told and not form.cleaned_data["insist"]:
            raise ValidationError([*told, _("Nothing was changed. Tick the box to set it all the same.")])
        return told


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """A shift was dragged onto a cell: from the palette, or from another agent on the same day to exchange."""
    require(request, permissions.PLAN)
    roster = _roster(request, pk)
    agents = Agent.objects.visible_to(acting(request)).select_related("staff")
    agent = get_object_or_404(agents, pk=_number(request.POST.get("agent")))
    day = _date(request.POST.get("day"))
    if day is None:
        return _told(request, roster, [_("That is no day of this roster.")], again=False)
    other = _number(request.POST.get("other"))
    code = request.POST.get("shift", "")
    shift = get_object_or_404(Shift, code=code) if code not in {"", "-"} else None
    try:
        told = operations.place(
            roster=roster, agent=agent, day=day, shift=shift,
            swap_with=get_object_or_404(agents, pk=other) if other else None,
            insist=request.POST.get("insist") == "1", actor=acting(request), at=clock.now(),
        )  # fmt: skip
    except ValidationError as error:
        return _told(request, roster, error.messages, again=False)
    if told and request.POST.get("insist") != "1":
        return _told(request, roster, told, again=True)
    response = _told(request, roster, told, again=False)
    response["HX-Trigger"] = "roster-changed"
    return response


@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a roster."""
    roster = _roster(request, pk)
    try:
        operations.publish(roster=roster, actor=acting(request), at=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The roster has been published; everybody in it has been told."))
    return redirect(roster)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """End the making with the best so far."""
    roster = _roster(request, pk)
    operations.cancel(roster=roster, actor=acting(request), at=clock.now())
    roster.refresh_from_db()
    return render(request, "ui/progress.html", {"progress": progress_of(roster)})


def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the making of a roster is."""
    require(request, permissions.VIEW)
    roster = _roster(request, pk)
    shown = progress_of(roster)
    response = render(request, "workforce/roster_progress.html", {"progress": shown, "roster": roster})
    if shown.finished:
        response["HX-Refresh"] = "true"
    return response


class Cover(SideForm):
    """Who takes over a published shift."""

    permission = permissions.PLAN
    submit = gettext_lazy("Let them cover")
    done = gettext_lazy("The shift is covered.")

    @cached_property
    def duty(self) -> Duty:
        rosters = Roster.objects.visible_to(acting(self.request))
        rows = Duty.objects.filter(roster__in=rosters).select_related("agent__staff", "shift", "queue", "roster")
        return get_object_or_404(rows, pk=self.kwargs["pk"], is_published=True)

    @property
    def heading(self) -> str:  # type: ignore[override]
        return f"{self.duty.agent} · {self.duty.day:%m-%d} · {self.duty.shift}"

    def make_form(self, *data: Any) -> forms.Form:
        return CoverForm(data[0] if data else None, able=operations.who_could_cover(self.duty))

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return operations.cover(duty=self.duty, **form.cleaned_data, **given)


# -- parts ------------------------------------------------------------------------------------------------------------


def grid_of(roster: Roster) -> dict[str, Any]:
    """The grid: people with their days, and below it how well each day is covered."""
    queues = list(roster.queues.all())
    duties = list(roster.duties.select_related("shift", "queue"))
    by_cell = {(duty.agent_id, duty.day): duty for duty in duties}
    leave: set[tuple[int, date]] = set()
    for row in Leave.objects.filter(
        agent__team__in=roster.teams.all(), state=AskState.APPROVED,
        first_day__lte=roster.last_day, last_day__gte=roster.first_day,
    ):  # fmt: skip
        for ahead in range((row.last_day - row.first_day).days + 1):
            leave.add((row.agent_id, row.first_day + timedelta(days=ahead)))
    agents = Agent.objects.filter(team__in=roster.teams.all()).select_related("staff", "team")
    days = roster.dates
    people = []
    for agent in agents:
        cells = [(day, by_cell.get((agent.pk, day)), (agent.pk, day) in leave) for day in days]
        minutes = sum(duty.shift.paid for _day, duty, _leave in cells if duty)
        people.append({"agent": agent, "cells": cells, "hours": round(minutes / 60)})
    wanted, there = queries.wanted_of(roster, queues), queries.there_of(roster, duties, queues)
    nothing = [np.zeros((roster.days, 0), dtype=np.int64)]
    all_wanted = np.concatenate([*nothing, *(wanted[queue.pk] for queue in queues)], axis=1)
    all_there = np.concatenate([*nothing, *(there[queue.pk] for queue in queues)], axis=1)
    strip = [
        {"day": day, "met": met_share(all_wanted[at : at + 1], all_there[at : at + 1]),
         "short": int(np.maximum(all_wanted[at] - all_there[at], 0).sum())}
        for at, day in enumerate(days)
    ] if queues else []  # fmt: skip
    names = weekday_names()
    return {
        "days": [{"day": day, "weekday": names[day.weekday()], "weekend": day.weekday() > 4} for day in days],
        "people": people,
        "strip": strip,
        "met": met_share(all_wanted, all_there),
        "covered": covered_share(all_wanted, all_there),
        "has_duties": bool(duties),
        "shifts": Shift.objects.filter(is_active=True),
        "unmet": [{**one, "reasons": _reasons(one["reasons"])} for one in roster.unmet[:_UNMET_SHOWN]],
        "more_unmet": max(len(roster.unmet) - _UNMET_SHOWN, 0),
        "coverage": coverage_chart(roster, days[0], duties) if queues else None,
    }


def _reasons(found: dict[str, int]) -> list[tuple[str, int]]:
    """Reasons in words with how many people; one shift for several queues is one reason."""
    told: dict[str, int] = {}
    for reason, number in found.items():
        words = reason_in_words(reason)
        told[words] = told.get(words, 0) + number
    return list(told.items())


def coverage_chart(roster: Roster, day: date, duties: list[Duty] | None = None) -> Chart:
    """Wanted and there over one day, all queues together."""
    queues = list(roster.queues.all())
    rows = duties if duties is not None else list(roster.duties.select_related("shift", "queue"))
    at = min(max((day - roster.first_day).days, 0), roster.days - 1)
    wanted = sum((table[at] for table in queries.wanted_of(roster, queues).values()), np.zeros(1440 // roster.step))
    there = sum((table[at] for table in queries.there_of(roster, rows, queues).values()), np.zeros(len(wanted)))
    used = [column for column in range(len(wanted)) if wanted[column] or there[column]]
    return Chart(
        "coverage", _("Are enough people there?"), "line",
        [f"{column * roster.step // 60:02d}:{column * roster.step % 60:02d}" for column in used],
        [Series(_("wanted"), [int(wanted[column]) for column in used], tone="soft"),
         Series(_("there"), [int(there[column]) for column in used])],
        category_name=_("interval"), note=_("agents on %(day)s") % {"day": roster.dates[at]},
        empty=_("Nobody is wanted on this day."),
    )  # fmt: skip


def progress_of(roster: Roster) -> Progress:
    """How far the making is, in seconds of its time limit."""
    now = clock.now()
    passed = round((now - roster.started_at).total_seconds()) if roster.started_at else 0
    waiting = roster.state == RosterState.QUEUED
    return Progress(
        label=_("Waiting for the worker") if waiting else _("Making %(roster)s") % {"roster": roster},
        done=0 if waiting else min(passed, roster.seconds),
        total=roster.seconds,
        started_at=roster.started_at or now,
        now=now,
        poll_url=reverse("workforce:roster-progress", args=[roster.pk]),
        finished=roster.state not in _BUSY,
        cancel_url="" if roster.cancel_requested else reverse("workforce:roster-cancel", args=[roster.pk]),
        timed=not waiting,
    )


def _told(request: HttpRequest, roster: Roster, rules: list[str], *, again: bool) -> HttpResponse:
    values = {name: request.POST.get(name, "") for name in ("agent", "day", "shift", "other")}
    return render(
        request, "workforce/roster_told.html", {"roster": roster, "rules": rules, "again": again, "values": values}
    )


def _roster(request: HttpRequest, pk: int) -> Roster:
    return get_object_or_404(Roster.objects.visible_to(acting(request)), pk=pk)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
