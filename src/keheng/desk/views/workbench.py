"""The workbench: what to know, and what to do first, at half past eight. Its face follows the role."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keheng.care.permissions.contacts import LOG, VIEW
from keheng.care.queries.rules import quick_log_rules
from keheng.common import clock
from keheng.desk.charts import near_edges
from keheng.desk.queries.changes import largest_changes
from keheng.desk.queries.overview import overview, soonest_maturing
from keheng.desk.queries.pyramid import pyramid, upper
from keheng.desk.queries.rows import add_tiers
from keheng.desk.queries.today import done_today, hours, pace, work
from keheng.org.acting import acting
from keheng.org.enums import DataScope
from keheng.org.models import Staff

MATURING_SHOWN = 7
FRAGMENT = "work"


def workbench(request: HttpRequest) -> HttpResponse:
    """One's own work for who has some; the figures of the scope for who leads others."""
    staff, now = acting(request), clock.now()
    context: dict[str, Any] = {"today": clock.today(), "hour": now.astimezone(clock.SHANGHAI).hour}
    context |= {"kind": request.GET.get("kind", ""), "may_log": staff.can(LOG)}
    if staff.can(VIEW):
        context |= _own_work(staff, context["kind"])
    htmx: Any = request.htmx  # type: ignore[attr-defined]
    if htmx and htmx.target == FRAGMENT:
        return render(request, "desk/workbench.html#work", context)
    if staff.can("customers.view") and not _serves(staff):
        context |= _leading(staff)
    return render(request, "desk/workbench.html", context)


def _serves(staff: Staff) -> bool:
    """Whether the workbench is about one's own customers rather than those of a branch."""
    return staff.scope == DataScope.OWN and staff.can(VIEW)


def _own_work(staff: Staff, kind: str) -> dict[str, Any]:
    today = clock.today()
    found = work(staff, today, kind, few=not _serves(staff))
    agenda, slots = hours(staff, clock.now(), found.open)
    shown: dict[str, Any] = {"work": found, "agenda": agenda, "hours": slots, "done": done_today(staff, today)}
    if _serves(staff):
        shown |= {"serves": True, "pace": pace(staff, today, quick_log_rules().contacts_a_day)}
        shown["near"] = near_edges(staff, today) if staff.can("tiering.view") else None
    return shown


def _leading(staff: Staff) -> dict[str, Any]:
    today = clock.today()
    falls, rises = largest_changes(staff, today)
    maturing = soonest_maturing(staff, today, MATURING_SHOWN)
    customers = [change.customer for change in (*falls, *rises)] + [holding.customer for holding in maturing]
    add_tiers(customers)
    steps = pyramid(staff)
    return {
        "overview": overview(staff, today),
        "falls": falls,
        "rises": rises,
        "maturing": maturing,
        "pyramid": steps,
        "upper": upper(steps),
    }
