"""What the module registers with the frame."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keheng.audit import actions
from keheng.notices import kinds
from keheng.ui.navigation import Family, Group, NavItem, register
from keheng.ui.permission_names import declare
from keheng.ui.tabs import Tab, register_tab
from keheng.workforce.enums import AskState
from keheng.workforce.models import Agent, Leave, Mark, Swap
from keheng.workforce.permissions import DECIDE, OWN, PLAN, VIEW


def _waiting(request: HttpRequest) -> int:
    user: Any = request.user
    agents = Agent.objects.visible_to(user)
    leave = Leave.objects.filter(agent__in=agents, state=AskState.ASKED).count()
    return leave + Swap.objects.filter(duty__agent__in=agents, state=AskState.ASKED).count()


declare(
    {
        VIEW: _("See forecasts and rosters"),
        PLAN: _("Plan the workforce: figures, forecasts, rosters"),
        DECIDE: _("Decide about leave and swaps"),
        OWN: _("Own calendar, wishes, leave and swaps"),
    }
)
actions.declare(
    {
        "workforce.save": _("Change the library of the workforce"),
        "workforce.remove": _("Remove from the library of the workforce"),
        "workforce.take_in": _("Take contact history in"),
        "workforce.take_in_log": _("Take a log of states in"),
        "workforce.decide_mark": _("Decide about the cleaning of history"),
        "workforce.forecast": _("Forecast a queue"),
        "workforce.reforecast": _("Put today's forecast right"),
        "workforce.adjust": _("Adjust a forecast"),
        "workforce.withdraw": _("Take something back"),
        "workforce.cancel": _("Stop a forecast or the making of a roster"),
        "workforce.begin_roster": _("Begin a roster"),
        "workforce.make_roster": _("Make a roster"),
        "workforce.place": _("Change a roster by hand"),
        "workforce.publish": _("Publish a roster"),
        "workforce.cover": _("Let somebody cover a shift"),
        "workforce.ask_leave": _("Ask for leave"),
        "workforce.decide_leave": _("Decide about leave"),
        "workforce.ask_swap": _("Offer an exchange of shifts"),
        "workforce.answer_swap": _("Answer an offer of an exchange"),
        "workforce.decide_swap": _("Decide about an exchange of shifts"),
        "workforce.new_feed": _("Make a calendar feed"),
    },
    details={"day": _("day"), "agents": _("agents"), "rules": _("rules broken"), "state": _("state")},
)
kinds.declare(
    {
        "workforce.published": _("My roster is published or changed"),
        "workforce.asked": _("A colleague would like to exchange a shift"),
        "workforce.decided": _("My leave or exchange is decided"),
    }
)
for key, label, order in (
    ("forecast", _("Forecast"), 10),
    ("staffing", _("Staffing"), 20),
    ("history", _("Contacts so far"), 30),
    ("cleaning", _("Cleaning"), 40),
    ("accuracy", _("Accuracy"), 50),
    ("settings", _("Targets and events"), 60),
):
    counter = (
        (lambda _request, queue: Mark.objects.filter(queue=queue, decided_by=None).count())
        if key == "cleaning"
        else None
    )
    register_tab(Tab("workforce-queue", key, label, f"workforce:tab-{key}", VIEW, order, counter=counter))
PLANNING = Family(Group.ROSTERS, _("Forecasts and rosters"), "calendar-event", order=10)
for _label, _icon, _url_name, _permission, _order, _counter in (
    (_("Forecasts"), "chart-line", "workforce:queues", VIEW, 10, None),
    (_("Rosters"), "calendar-event", "workforce:rosters", VIEW, 20, None),
    (_("Leave and swaps"), "arrows-exchange", "workforce:requests", DECIDE, 30, _waiting),
    (_("Hours and service"), "report-analytics", "workforce:reports", VIEW, 40, None),
    (_("Shifts and people"), "books", "workforce:library", VIEW, 50, None),
):
    register(NavItem(PLANNING.group, _label, _icon, _url_name, _permission, _order, _counter, family=PLANNING))
register(NavItem(Group.ROSTERS, _("My shifts"), "calendar-user", "workforce:calendar", OWN, order=20))
