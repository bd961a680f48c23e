"""One's own calendar, wishes, leave and swaps; what waits for a decision; the calendar feed."""

from calendar import Calendar
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
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
from keheng.ui.views import PermissionMixin, SideForm, require
from keheng.workforce import permissions
from keheng.workforce.enums import AskState
from keheng.workforce.forms import LeaveForm, SwapForm, WishForm
from keheng.workforce.models import Agent, Duty, Leave, Swap, Wish
from keheng.workforce.operations import requests as operations
from keheng.workforce.views.queues import weekday_names

_FEED_BACK, _FEED_AHEAD = 30, 90
_UNCOVERED_SHOWN = 50


class OwnCalendar(PermissionMixin):
    """The month of the member of staff who looks: shifts, leave, wishes, offers of colleagues."""

    permission = permissions.OWN

    def get(self, request: HttpRequest) -> HttpResponse:
        today = clock.today()
        agent = operations.agent_of(acting(request), today)
        month = _month(request.GET.get("month")) or today.replace(day=1)
        weeks = Calendar().monthdatescalendar(month.year, month.month)
        context: dict[str, Any] = {
            "agent": agent,
            "month": month,
            "earlier": (month - timedelta(days=1)).replace(day=1),
            "later": (month + timedelta(days=32)).replace(day=1),
            "weekdays": weekday_names(),
            "today": today,
            "feed": request.session.pop("workforce-feed", ""),
        }
        if agent:
            context |= _own(agent, weeks, month)
        return render(request, "workforce/calendar.html", context)


def _own(agent: Agent, weeks: list[list[date]], month: date) -> dict[str, Any]:
    first, last = weeks[0][0], weeks[-1][-1]
    duties = {
        duty.day: duty
        for duty in Duty.objects.filter(agent=agent, is_published=True, day__gte=first, day__lte=last).select_related(
            "shift", "queue"
        )
    }
    wishes = {wish.day: wish for wish in Wish.objects.filter(agent=agent, day__gte=first, day__lte=last)}
    leave = list(Leave.objects.filter(agent=agent).order_by("-first_day")[:12])
    away = {
        row.first_day + timedelta(days=ahead)
        for row in leave
        if row.state == AskState.APPROVED
        for ahead in range((row.last_day - row.first_day).days + 1)
    }
    return {
        "weeks": [
            [
                {
                    "day": day,
                    "duty": duties.get(day),
                    "wish": wishes.get(day),
                    "away": day in away,
                    "out": day.month != month.month,
                }
                for day in week
            ]
            for week in weeks
        ],
        "hours": round(sum(duty.shift.paid for day, duty in duties.items() if day.month == month.month) / 60),
        "leave": leave,
        "offers": Swap.objects.filter(other=agent, state=AskState.OFFERED).select_related(
            "duty__agent__staff", "duty__shift"
        ),
        "swaps": Swap.objects.filter(duty__agent=agent).select_related("duty__shift", "other__staff")[:12],
    }


class Own(SideForm):
    """A form about the shifts of the member of staff who fills it in."""

    permission = permissions.OWN

    @cached_property
    def agent(self) -> Agent:
        found = operations.agent_of(acting(self.request), clock.today())
        if found is None:
            raise PermissionDenied(_("You are not rostered; ask a planner to add you as an agent."))
        return found


class MakeWish(Own):
    heading = gettext_lazy("A wish for a day")
    submit = gettext_lazy("Keep the wish")
    done = gettext_lazy("The wish has been kept.")
    note = gettext_lazy("Wishes are met as far as the needs allow; leave is asked for separately.")

    def make_form(self, *data: Any) -> forms.Form:
        return WishForm(data[0] if data else None, initial={"day": self.request.GET.get("day"), "kind": "off"})

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return operations.wish(wish=form.wish(self.agent), **given)  # type: ignore[attr-defined]


class AskLeave(Own):
    heading = gettext_lazy("Ask for leave")
    submit = gettext_lazy("Ask for leave")
    done = gettext_lazy("The leave has been asked for.")

    def make_form(self, *data: Any) -> forms.Form:
        return LeaveForm(data[0] if data else None)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        return operations.ask_leave(leave=form.leave(self.agent), **given)  # type: ignore[attr-defined]


class AskSwap(Own):
    heading = gettext_lazy("Exchange a shift")
    submit = gettext_lazy("Offer the exchange")
    done = gettext_lazy("Your colleague has been asked to exchange.")
    note = gettext_lazy("You take over the colleague's day, a shift or a day off. Both rosters must keep the rules.")

    def make_form(self, *data: Any) -> forms.Form:
        return SwapForm(data[0] if data else None, agent=self.agent)

    def carry_out(self, form: forms.Form, **given: Any) -> Any:
        duty = get_object_or_404(
            Duty.objects.select_related("agent__team", "roster", "shift", "queue"),
            pk=self.kwargs["pk"],
            agent=self.agent,
        )
        return operations.ask_swap(duty=duty, **form.cleaned_data, **given)


class Requests(PermissionMixin):
    """Leave and swaps that wait for a decision, and those decided lately."""

    permission = permissions.DECIDE

    def get(self, request: HttpRequest) -> HttpResponse:
        agents = Agent.objects.visible_to(acting(request))
        leave = Leave.objects.filter(agent__in=agents).select_related("agent__staff", "decided_by")
        swaps = Swap.objects.filter(duty__agent__in=agents).select_related(
            "duty__agent__staff", "duty__shift", "other__staff", "decided_by"
        )
        away = Leave.objects.filter(
            agent=OuterRef("agent"), state=AskState.APPROVED,
            first_day__lte=OuterRef("day"), last_day__gte=OuterRef("day"),
        )  # fmt: skip
        uncovered = Duty.objects.filter(
            Exists(away), agent__in=agents, is_published=True, day__gte=clock.today()
        ).select_related("agent__staff", "shift", "queue")
        context = {
            "leave": leave.filter(state=AskState.ASKED).order_by("asked_at"),
            "swaps": swaps.filter(state=AskState.ASKED).order_by("asked_at"),
            "decided_leave": leave.exclude(state=AskState.ASKED)[:10],
            "decided_swaps": swaps.exclude(state__in=[AskState.ASKED, AskState.OFFERED])[:10],
            "uncovered": uncovered[:_UNCOVERED_SHOWN],
        }
        return render(request, "workforce/requests.html", context)


@require_POST
def decide_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse a leave."""
    leave = get_object_or_404(Leave.objects.select_related("agent__team"), pk=pk)
    try:
        affected = operations.decide_leave(
            leave=leave, approve=request.POST.get("approve") == "1", actor=acting(request), at=clock.now()
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Decided; the agent has been told."))
        if affected:
            messages.warning(request, _("%(count)d published shifts are to be covered.") % {"count": len(affected)})
    return redirect("workforce:requests")


@require_POST
def decide_swap(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse an exchange."""
    try:
        operations.decide_swap(
            swap=get_object_or_404(Swap, pk=pk),
            approve=request.POST.get("approve") == "1",
            actor=acting(request),
            at=clock.now(),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Decided; both have been told."))
    return redirect("workforce:requests")


@require_POST
def answer_swap(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a colleague's offer, or not."""
    require(request, permissions.OWN)
    agree = request.POST.get("agree") == "1"
    try:
        operations.answer_swap(swap=get_object_or_404(Swap, pk=pk), agree=agree, actor=acting(request), at=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(
            request, _("Your answer has been kept; now a supervisor decides.") if agree else _("Declined.")
        )
    return redirect("workforce:calendar")


@require_POST
def withdraw(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take back what one asked for."""
    require(request, permissions.OWN)
    asked: Leave | Swap
    asked = get_object_or_404(Leave, pk=pk) if kind == "leave" else get_object_or_404(Swap, pk=pk)
    try:
        operations.withdraw(asked=asked, actor=acting(request), at=clock.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Taken back."))
    return redirect("workforce:calendar")


@require_POST
def new_feed(request: HttpRequest) -> HttpResponse:
    """Make the address of one's calendar feed; it is shown once."""
    require(request, permissions.OWN)
    agent = operations.agent_of(acting(request), clock.today())
    if agent is None:
        raise Http404
    secret = operations.new_feed(agent=agent, actor=acting(request), at=clock.now())
    request.session["workforce-feed"] = request.build_absolute_uri(reverse("workforce:feed", args=[secret]))
    return redirect("workforce:calendar")


@login_not_required
def feed(_request: HttpRequest, secret: str) -> HttpResponse:
    """An agent's published shifts as iCalendar (RFC 5545), for whoever holds the secret address."""
    agent = get_object_or_404(
        Agent.objects.select_related("staff"), feed_digest=operations.digest(secret), staff__is_active=True
    )
    today = clock.today()
    duties = Duty.objects.filter(
        agent=agent, is_published=True,
        day__gte=today - timedelta(days=_FEED_BACK), day__lte=today + timedelta(days=_FEED_AHEAD),
    ).select_related("shift")  # fmt: skip
    stamp = _utc(clock.now())
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Keheng//Workforce//ZH", "X-WR-CALNAME:排班"]
    for duty in duties:
        begin = datetime.combine(duty.day, datetime.min.time(), SHANGHAI) + timedelta(
            minutes=duty.shift.begins + duty.later
        )
        end = begin + timedelta(minutes=duty.shift.minutes)
        lines += [
            "BEGIN:VEVENT",
            f"UID:duty-{agent.pk}-{duty.day:%Y%m%d}@keheng",
            f"DTSTAMP:{stamp}",
            f"DTSTART:{_utc(begin)}",
            f"DTEND:{_utc(end)}",
            f"SUMMARY:{_text(duty.shift.name)} {duty.shift.code}",
            "END:VEVENT",
        ]
    body = "\r\n".join([*lines, "END:VCALENDAR", ""])
    return HttpResponse(
        body, content_type="text/calendar; charset=utf-8", headers={"Cache-Control": "private, no-store"}
    )


def _utc(moment: datetime) -> str:
    from datetime import UTC

    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """Text escaped as RFC 5545 asks."""
    return words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _month(text: str | None) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
