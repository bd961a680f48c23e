"""The page of one event: its head, its tabs, what is done with it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from keheng.care.enums.tasks import TaskState
from keheng.care.models import Task
from keheng.common import clock
from keheng.org.acting import acting
from keheng.outreach import permissions
from keheng.outreach.enums import EventAct, EventState, GuestAct, GuestState
from keheng.outreach.forms import AnswerForm, CancelForm, CostForm, EventForm, FinishForm, branches_of
from keheng.outreach.models import Cost, Event, Guest
from keheng.outreach.operations.answering import answer
from keheng.outreach.operations.closing import close_event, finish_event
from keheng.outreach.operations.planning import (
    cancel_event,
    change_event,
    open_event,
    plan_event,
    remove_cost,
    set_cost,
)
from keheng.outreach.policies.states import acts_about, acts_on
from keheng.outreach.queries.figures import by_state, conversion, money_of
from keheng.outreach.queries.rules import rules_in_force
from keheng.outreach.tickets import token_of
from keheng.outreach.views.lists import TONES
from keheng.ui.forms import carry_out
from keheng.ui.views import DetailView, PermissionMixin, SideForm

GUEST_TONES = {
    GuestState.CONFIRMED: "info",
    GuestState.WAITING: "near",
    GuestState.CAME: "met",
    GuestState.ABSENT: "over",
    GuestState.DECLINED: "",
}
_SHOWN = 300
_ORDER = {state: place for place, state in enumerate((
    GuestState.CAME, GuestState.CONFIRMED, GuestState.WAITING, GuestState.TOLD, GuestState.LISTED,
    GuestState.ABSENT, GuestState.DECLINED, GuestState.DROPPED,
))}  # fmt: skip


def event_of(request: HttpRequest, pk: int) -> Event:
    """The event, if the reader may see it."""
    return get_object_or_404(Event.objects.visible_to(acting(request)).select_related("branch", "organiser"), pk=pk)


class PlanEvent(PermissionMixin):
    """Plan an event: the kind chosen fills in what the rules say of it."""

    permission = permissions.MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        rules, actor = rules_in_force().rules, acting(request)
        kind = rules.kind(request.GET.get("kind", "")) or rules.kinds[0]
        form = EventForm(initial=EventForm.suggested(kind, actor.branch), branches=branches_of(actor))
        return self._page(request, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = EventForm(request.POST, branches=branches_of(acting(request)))
        if form.is_valid():
            given: dict[str, Any] = {"actor": acting(request), "at": clock.now()}
            branch = form.cleaned_data["branch"]
            event = carry_out(form, lambda: plan_event(branch=branch, values=form.values(), **given))
            if event:
                messages.success(request, _("The event is planned. Set its budget next, then begin to invite."))
                return redirect(f"{event.get_absolute_url()}?tab=costs")
        return self._page(request, form)

    def _page(self, request: HttpRequest, form: EventForm) -> HttpResponse:
        context = {"form": form, "kinds": rules_in_force().rules.kinds, "chosen": form["kind"].value()}
        return render(request, "outreach/new.html", context)


class EventPage(DetailView):
    """One event."""

    permission = permissions.VIEW
    page = "event"
    template_name = "outreach/event.html"

    def get_queryset(self) -> "QuerySet[Event]":
        return Event.objects.visible_to(acting(self.request)).select_related("branch", "organiser")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Begin to invite, or settle the costs: what needs no form."""
        event, act = event_of(request, pk), request.POST.get("act")
        given: dict[str, Any] = {"event": event, "actor": acting(request), "at": clock.now()}
        try:
            if act == "open":
                state = open_event(**given).state
                messages.success(
                    request,
                    _("The budget waits for approval.")
                    if state == EventState.ASKED
                    else _("Guests can be invited now."),
                )
            elif act == "close":
                close_event(**given)
                messages.success(request, _("The costs are settled."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(event)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        event, actor = self.object, acting(self.request)
        manages = permissions.can_manage(actor, event)
        acts = set(acts_on(EventState(event.state))) if manages else set()
        counts = by_state(event)
        return super().get_context_data(
            kind=rules_in_force().rules.name_of(event.kind),
            tone=TONES[EventState(event.state)],
            manages=manages,
            may_change=manages and event.state in (EventState.PLANNED, EventState.OPEN),
            may_open=bool(acts & {EventAct.ASK, EventAct.OPEN}),
            may_finish=EventAct.HOLD in acts and clock.now() >= event.starts_at,
            may_cancel=EventAct.CANCEL in acts,
            may_close=EventAct.CLOSE in acts,
            may_invite=manages and event.state == EventState.OPEN,
            at_door=event.state == EventState.OPEN and permissions.can_sign_in(actor, event),
            counts={state.name.lower(): number for state, number in counts.items()},
            invited=sum(number for state, number in counts.items() if state != GuestState.DROPPED),
            money=money_of(event),
            **kwargs,
        )


class ChangeEvent(SideForm):
    permission = permissions.MANAGE
    heading = gettext_lazy("Change the event")
    submit = gettext_lazy("Save the change")
    done = gettext_lazy("The event has been changed.")

    def make_form(self, *data: Any) -> EventForm:
        event = event_of(self.request, self.kwargs["pk"])
        form = EventForm(*data[:1], initial=EventForm.initial_of(event), branches=branches_of(acting(self.request)))
        del form.fields["branch"]
        return form

    def carry_out(self, form: Any, **given: Any) -> Any:
        return change_event(event=event_of(self.request, self.kwargs["pk"]), values=form.values(), **given)


class CancelEvent(SideForm):
    permission = permissions.MANAGE
    heading = gettext_lazy("Cancel the event")
    submit = gettext_lazy("Cancel the event")
    done = gettext_lazy("The event is cancelled; whoever has confirmed guests is told to call them.")

    def make_form(self, *data: Any) -> CancelForm:
        return CancelForm(*data[:1])

    def carry_out(self, form: Any, **given: Any) -> Any:
        event = event_of(self.request, self.kwargs["pk"])
        return cancel_event(event=event, reason=form.cleaned_data["reason"], **given)


class FinishEvent(SideForm):
    permission = permissions.MANAGE
    heading = gettext_lazy("Finish the event")
    submit = gettext_lazy("Finish the event")
    done = gettext_lazy("The event is over: contacts are logged, follow-ups are given.")
    note = gettext_lazy(
        "Guests who came are logged as contacted and followed up; confirmed guests who did not come are called."
    )

    def make_form(self, *data: Any) -> FinishForm:
        return FinishForm(*data[:1])

    def carry_out(self, form: Any, **given: Any) -> Any:
        return finish_event(event=event_of(self.request, self.kwargs["pk"]), **form.cleaned_data, **given)


# -- guests -----------------------------------------------------------------------------------------------------------


class GuestsTab(PermissionMixin):
    """The guests: all for whoever manages the event, one's own for everybody else."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return guests_tab(request, event_of(request, pk))


def guests_tab(request: HttpRequest, event: Event, problem: str = "") -> HttpResponse:
    """The fragment of the guests."""
    actor = acting(request)
    manages = permissions.can_manage(actor, event)
    guests = Guest.objects.filter(event=event) if manages else Guest.objects.visible_to(actor).filter(event=event)
    found = list(guests.select_related("customer__branch", "inviter")[:_SHOWN])
    found.sort(key=lambda guest: (_ORDER[GuestState(guest.state)], guest.waiting_since or guest.listed_at))
    invites = actor.can(permissions.INVITE)
    rows = []
    for guest in found:
        guest.event = event
        acts = acts_about(GuestState(guest.state), EventState(event.state))
        mine = manages or (invites and guest.inviter_id == actor.pk)
        rows.append(
            {
                "guest": guest,
                "tone": GUEST_TONES.get(GuestState(guest.state), ""),
                "acts": [act for act in acts if act in _QUICK] if mine else [],
                "confirm": mine and GuestAct.CONFIRM in acts,
                "ticket": token_of(guest) if guest.state in (GuestState.CONFIRMED, GuestState.CAME) else "",
            }
        )
    context = {"event": event, "rows": rows, "problem": problem, "manages": manages, "total": guests.count()}
    return render(request, "outreach/guests.html", context)


_QUICK = (GuestAct.TELL, GuestAct.DECLINE, GuestAct.DROP)


class AnswerGuest(PermissionMixin):
    """Note at once what became of an invitation."""

    permission = permissions.INVITE

    def post(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        guest = get_object_or_404(Guest.objects.select_related("event__branch"), pk=pk)
        event = event_of(request, guest.event_id)
        problem = ""
        if act in GuestAct.values:
            try:
                answer(guest=guest, act=GuestAct(act), actor=acting(request), at=clock.now())
            except ValidationError as error:
                problem = " ".join(error.messages)
        return guests_tab(request, event, problem)


class ConfirmGuest(SideForm):
    permission = permissions.INVITE
    heading = gettext_lazy("Confirm a guest")
    submit = pgettext_lazy("customer event", "Confirm")
    done = gettext_lazy("The answer has been noted.")

    def make_form(self, *data: Any) -> AnswerForm:
        return AnswerForm(*data[:1])

    def carry_out(self, form: Any, **given: Any) -> Any:
        guest = get_object_or_404(Guest.objects.select_related("event__branch"), pk=self.kwargs["pk"])
        event_of(self.request, guest.event_id)
        return answer(guest=guest, act=GuestAct.CONFIRM, **form.cleaned_data, **given)


# -- costs, result ----------------------------------------------------------------------------------------------------


class CostsTab(PermissionMixin):
    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        event = event_of(request, pk)
        kind = rules_in_force().rules.kind(event.kind)
        money = money_of(event)
        context = {
            "event": event,
            "costs": list(event.costs.all()),
            "money": money,
            "kind": kind,
            "asks": kind is not None and kind.needs_approval(money.planned, event.capacity),
            "may_change": permissions.can_manage(acting(request), event)
            and event.state not in (EventState.CLOSED, EventState.CANCELLED),
            "may_remove": event.state == EventState.PLANNED,
        }
        return render(request, "outreach/costs.html", context)


class SetCost(SideForm):
    permission = permissions.MANAGE
    heading = gettext_lazy("Cost of the event")
    submit = gettext_lazy("Save the cost")
    done = gettext_lazy("The cost has been noted.")

    def _cost(self) -> Cost | None:
        key = self.kwargs.get("cost")
        return get_object_or_404(Cost, pk=key, event=self.kwargs["pk"]) if key else None

    def make_form(self, *data: Any) -> CostForm:
        cost = self._cost()
        return CostForm(data[0] if data else None, initial=CostForm.initial_of(cost) if cost else None)

    def carry_out(self, form: Any, **given: Any) -> Any:
        event = event_of(self.request, self.kwargs["pk"])
        return set_cost(event=event, cost=self._cost(), **form.cleaned_data, **given)


class RemoveCost(PermissionMixin):
    permission = permissions.MANAGE

    def post(self, request: HttpRequest, pk: int, cost: int) -> HttpResponse:
        event = event_of(request, pk)
        line = get_object_or_404(Cost.objects.select_related("event__branch"), pk=cost, event=event)
        try:
            remove_cost(cost=line, actor=acting(request), at=clock.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(f"{event.get_absolute_url()}?tab=costs")


class ResultTab(PermissionMixin):
    """Follow-ups, and what became of those who came beside those who did not (A4: 30 days)."""

    permission = permissions.VIEW

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        event = event_of(request, pk)
        came, away = conversion(event)
        tasks = Task.objects.filter(cause__startswith=f"outreach:{event.pk}:follow:")
        context = {
            "event": event,
            "groups": [(pgettext("customer event", "Came"), came), (_("Invited, did not come"), away)],
            "days": rules_in_force().rules.conversion_days,
            "tasks": tasks.select_related("customer", "staff").order_by("state", "due_on")[:_SHOWN],
            "done": tasks.filter(state=TaskState.DONE).count(),
            "given": tasks.count(),
            "customers": reverse("customers"),
        }
        return render(request, "outreach/result.html", context)
