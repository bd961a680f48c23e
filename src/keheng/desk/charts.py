"""The charts of the desk."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.tiering.errors import TieringError
from keheng.tiering.queries.near import DOWN, UP, ladder, near, potentials
from keheng.tiering.queries.schemes import primary_scheme
from keheng.ui.charts import Chart, Series


def near_edges(staff: Staff, today: date) -> Chart:
    """Of one's own customers: how many stand just below the next tier, how many just above falling, by tier."""
    scheme = primary_scheme("person")
    own = Customer.objects.filter(owner=staff)
    try:
        found = ladder(scheme, today) if scheme else None
    except TieringError:  # no version in force, or no bands: there is no distance to show
        found = None
    rising = potentials(found, near(found, own, side=UP), side=UP) if found else []
    falling = (
        {one.held.code: one.customers for one in potentials(found, near(found, own, side=DOWN), side=DOWN)}
        if found
        else {}
    )
    rows = [one for one in rising if one.customers or falling.get(one.held.code)]
    url = reverse("tiering-near", args=[scheme.code]) if scheme else ""
    return Chart(
        key="near-edges",
        title=_("Who is about to rise or fall?"),
        kind="bar",
        categories=[one.held.name for one in rows],
        series=[
            Series(_("close to rising"), [one.customers for one in rows], "met", [url] * len(rows), labels=True),
            Series(
                _("close to falling"),
                [falling.get(one.held.code, 0) for one in rows],
                "over",
                [f"{url}?side=down"] * len(rows),
                labels=True,
            ),
        ],
        category_name=_("Tier"),
        empty=_("None of your customers stands close to an edge."),
    )
