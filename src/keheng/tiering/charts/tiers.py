"""The charts of tiers: concentration, growth, the upgrade funnel."""

from collections.abc import Callable, Sequence
from typing import cast

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from keheng.tiering.queries import FunnelRow, Pyramid, TierLabel, TierTrend
from keheng.ui.charts import Chart, Series, Tone

MOST_SERIES = 5


def _tone(label: TierLabel) -> Tone:
    return cast(Tone, label.tone)


def concentration(found: Pyramid, link: Callable[[str], str]) -> Chart:
    """Customers and assets by tier, best first; ``link`` gives the list of a tier's customers."""
    links = [link(share.tier.code) for share in found.shares]
    return Chart(
        key="concentration",
        title=_("Where is the AUM?"),
        kind="bar",
        categories=[share.tier.name for share in found.shares],
        series=[
            Series(_("Share of customers"), [share.customer_share for share in found.shares], "soft", links),
            Series(
                _("Share of AUM"),
                [share.aum_share for share in found.shares],
                "accent",
                links,
                tones=[_tone(share.tier) for share in found.shares],
                labels=True,
            ),
        ],
        unit="percent",
        category_name=_("Tier"),
        empty=_("No customer has been evaluated in your scope yet."),
    )


def funnel(rows: Sequence[FunnelRow]) -> Chart:
    """Where the way up is wide and where it narrows: customers by tier and stage."""
    stages: tuple[tuple[str, Tone, list[int]], ...] = (
        (_("within 30%"), "soft", [row.far for row in rows]),
        (_("within 10%"), "near", [row.close for row in rows]),
        (_("edge reached"), "accent", [row.reached for row in rows]),
        (pgettext("funnel", "proposed"), "paused", [row.proposed for row in rows]),
        (_("risen"), "met", [row.risen for row in rows]),
    )
    return Chart(
        key="funnel",
        title=_("Where does the way up narrow?"),
        kind="bar",
        categories=[row.goal.name for row in rows],
        series=[Series(name, values, tone, labels=True) for name, tone, values in stages],
        category_name=_("Into"),
        tall=True,
        empty=_("Nobody is on the way up."),
    )


def growth(found: TierTrend, whose: str = "") -> Chart:
    """Customers by tier over the evaluations; the lowest tiers, which would dwarf the others, are left out.

    One evaluation is no trend: then the chart is empty and says so.
    """
    shown = found.series[:MOST_SERIES] if len(found.series) <= MOST_SERIES else found.series[: MOST_SERIES - 1]
    left_out = [label.name for label, _counts in found.series[len(shown) :]]
    notes = [whose] * bool(whose) + [_("without {tiers}").format(tiers="、".join(left_out))] * bool(left_out)
    return Chart(
        key="growth",
        title=_("How do the tiers grow?"),
        kind="column",
        categories=[f"{day:%y-%m-%d}" for day in found.dates],
        series=[Series(label.name, counts, _tone(label)) for label, counts in reversed(shown)] * (len(found.dates) > 1),
        category_name=_("Evaluated as of"),
        note=" · ".join(notes),
        stacked=True,
        empty=_("The trend begins with the second evaluation."),
    )
