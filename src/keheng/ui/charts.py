"""Charts as plain values: what to draw is said here, how to draw it is one script's business (``charts.js``).

The title is the question the chart answers. Every datum may carry the address of the list behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.utils.functional import Promise

type Number = Decimal | float | int
type Kind = Literal["bar", "column", "line", "area"]
type Unit = Literal["count", "wan", "percent"]
type Tone = Literal["accent", "soft", "met", "near", "over", "paused", "t0", "t1", "t2", "t3", "t4", "t5"]


@dataclass(frozen=True)
class Series:
    """One row of figures, one for each category.

    Attributes:
        links: the address behind each figure, as long as ``values``; empty: none.
        tones: a tone for each figure where they differ (tiers); empty: all in ``tone``.
        labels: write each figure beside its mark.
    """

    name: str | Promise
    values: Sequence[Number | None]
    tone: Tone = "accent"
    links: Sequence[str] = ()
    tones: Sequence[Tone] = ()
    labels: bool = False


@dataclass(frozen=True)
class Chart:
    """A chart and the table that says the same.

    Attributes:
        key: names it on the page (letters, digits, hyphens).
        title: the question, such as 谁在流失?
        kind: ``bar`` lies, ``column`` stands.
        unit: ``count`` whole numbers, ``wan`` amounts in CNY shown in 万/亿, ``percent`` ratios.
        category_name: the head of the first column of the table.
        note: grey words at the right of the title: period, unit, source.
        stacked: pile the series up.
        tall: more height, for many categories.
    """

    key: str
    title: str | Promise
    kind: Kind
    categories: Sequence[str]
    series: Sequence[Series]
    unit: Unit = "count"
    category_name: str | Promise = ""
    note: str | Promise = ""
    stacked: bool = False
    tall: bool = False
    empty: str | Promise = field(default="")

    @property
    def has_data(self) -> bool:
        return any(value for series in self.series for value in series.values)

    def data(self) -> dict[str, Any]:
        """What the script reads, as JSON values."""
        return {
            "kind": self.kind,
            "unit": self.unit,
            "stacked": self.stacked,
            "categories": [str(category) for category in self.categories],
            "series": [
                {
                    "name": str(series.name),
                    "values": [None if value is None else float(value) for value in series.values],
                    "tone": series.tone,
                    "tones": list(series.tones),
                    "links": list(series.links),
                    "labels": series.labels,
                }
                for series in self.series
            ],
        }

    def rows(self) -> list[tuple[str, list[tuple[Number | None, str]]]]:
        """The same as a table: ``(category, [(value, link) of each series])``."""
        return [
            (
                str(category),
                [(series.values[at], series.links[at] if series.links else "") for series in self.series],
            )
            for at, category in enumerate(self.categories)
        ]


@dataclass(frozen=True)
class Bubble:
    """A bubble: where it stands, how large it is, where it leads."""

    name: str
    x: Number
    y: Number
    size: Number
    link: str = ""
    tone: Tone = "accent"


@dataclass(frozen=True)
class BubbleChart:
    """Bubbles over two axes from 0 to 100, and the table that says the same.

    Attributes:
        key, title, note, empty: as of :class:`Chart`.
        size_unit: of the bubbles' size.
        edges: values at which both axes are divided into bands.
    """

    key: str
    title: str | Promise
    bubbles: Sequence[Bubble]
    name_head: str | Promise
    x_name: str | Promise
    y_name: str | Promise
    size_name: str | Promise
    size_unit: Unit = "wan"
    edges: Sequence[Number] = ()
    note: str | Promise = ""
    empty: str | Promise = ""

    @property
    def has_data(self) -> bool:
        return bool(self.bubbles)

    def data(self) -> dict[str, Any]:
        """What the script reads, as JSON values."""
        return {
            "kind": "bubble",
            "unit": self.size_unit,
            "x": str(self.x_name),
            "y": str(self.y_name),
            "size": str(self.size_name),
            "edges": [float(edge) for edge in self.edges],
            "bubbles": [
                {
                    "name": bubble.name,
                    "value": [float(bubble.x), float(bubble.y), float(bubble.size)],
                    "link": bubble.link,
                    "tone": bubble.tone,
                }
                for bubble in self.bubbles
            ],
        }
