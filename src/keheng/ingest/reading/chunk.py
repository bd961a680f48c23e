"""What every reader yields."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

ROW = "_row"
"""The column of row numbers: 1 is the first row of the file, as a spreadsheet counts."""
PLACE = "#"
"""The heading under which a profile can take a row's place below the headings, for files without a key."""
CHUNK_ROWS = 40_000
TORN = {ROW: pl.Int64, "flaw": pl.String, "found": pl.Int64, "expected": pl.Int64}

type Known = Callable[[str], bool]
"""Tells whether a heading means something to the profile."""


@dataclass(frozen=True)
class Chunk:
    """Some rows: text columns under the file's headings and ``ROW``; ``torn`` are rows that could not be cut into
    fields; ``done`` is how much of ``Table.size`` has been read."""

    frame: pl.DataFrame
    done: int
    torn: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TORN))


class Table(Protocol):
    """An opened file."""

    @property
    def headings(self) -> list[str]: ...
    @property
    def size(self) -> int:
        """Bytes of the file, or rows where the reader counts rows."""
        ...

    @property
    def first_row(self) -> int:
        """The number of the first row of data."""
        ...

    def chunks(self) -> Iterator[Chunk]: ...


def unique(headings: list[str]) -> list[str]:
    """Give each column a name of its own: blank headings take their place, repeated ones a number."""
    names: list[str] = []
    for place, heading in enumerate(headings, start=1):
        base = heading.strip() or f"#{place}"
        name, count = base, 1
        while name in names or name == ROW:
            count += 1
            name = f"{base} ({count})"
        names.append(name)
    return names


def heading_row(rows: list[list[str]], known: Known) -> int:
    """Say which of the first rows holds the headings: the one with most known words, the widest, the first."""
    scores = [(sum(map(known, row)), sum(bool(cell.strip()) for cell in row), -place) for place, row in enumerate(rows)]
    return -max(scores)[2]
