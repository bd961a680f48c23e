"""The chart of the value matrix."""

from collections.abc import Callable
from typing import cast

from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.tiering.policies.value import WeightTable
from keheng.tiering.queries.value import NO_LAYER, Matrix, Segment
from keheng.tiering.wording import layers
from keheng.ui.charts import Bubble, BubbleChart, Tone


def bubbles(
    found: Matrix, table: WeightTable, *, size: str, where: dict[str, str], link: Callable[..., str]
) -> BubbleChart:
    """The value matrix as bubbles: segments lead to their lists, companies to their pages."""
    labels = layers()

    def bubble(segment: Segment) -> Bubble:
        label = labels[segment.layer] if segment.layer in labels else labels[NO_LAYER]
        name = segment.name or f"{label.name} {segment.customers:,}"
        return Bubble(
            name=name,
            x=segment.to_bank,
            y=segment.to_customer,
            size=segment.revenue if size == "revenue" else segment.aum,
            link=reverse("customer", args=[segment.customer_id])
            if segment.customer_id
            else link(**where | {"layer": segment.layer} | _cell(segment)),
            tone=cast(Tone, label.tone),
        )

    ordered = sorted(found.segments, key=lambda segment: (-segment.aum, segment.layer))
    return BubbleChart(
        key="value-bubbles",
        title=_("Who is worth most to whom?"),
        bubbles=[bubble(segment) for segment in ordered],
        name_head=_("Company") if "layer" in where else _("Segment"),
        x_name=_("Customer's value to the bank"),
        y_name=_("Bank's value to the customer"),
        size_name=_("Revenue in 12 months") if size == "revenue" else _("AUM (month average)"),
        edges=(table.middle, table.high),
        note=_("a click opens the list"),
        empty=_("No company of this choice has both scores: its indicators have no data yet."),
    )


def _cell(segment: Segment) -> dict[str, str]:
    if segment.cell is None:
        return {}
    return {"customer_level": segment.cell[0].value, "bank_level": segment.cell[1].value}
