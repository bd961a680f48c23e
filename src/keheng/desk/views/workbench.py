"""The workbench: what to know at half past eight."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from keheng.common import clock
from keheng.desk.queries.changes import largest_changes
from keheng.desk.queries.overview import maturing_holdings, overview
from keheng.desk.queries.pyramid import pyramid, upper
from keheng.desk.queries.rows import add_tiers
from keheng.org.acting import acting

MATURING_SHOWN = 7


def workbench(request: HttpRequest) -> HttpResponse:
    """The figures, changes and maturities in the scope of whoever signs in."""
    staff, now = acting(request), clock.now()
    today = clock.today()
    context: dict[str, Any] = {"today": today, "hour": now.astimezone(clock.SHANGHAI).hour}
    if staff.can("customers.view"):
        falls, rises = largest_changes(staff, today)
        maturing = list(maturing_holdings(staff, today)[:MATURING_SHOWN])
        customers = [change.customer for change in (*falls, *rises)] + [holding.customer for holding in maturing]
        add_tiers(customers)
        steps = pyramid(staff)
        context |= {
            "overview": overview(staff, today),
            "falls": falls,
            "rises": rises,
            "maturing": maturing,
            "pyramid": steps,
            "upper": upper(steps),
        }
    return render(request, "desk/workbench.html", context)
