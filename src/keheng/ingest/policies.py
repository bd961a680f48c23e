"""Decisions of data intake: legal moves of a batch, when indexes are built anew, whether totals agree. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

#: From each state of a batch, where it can go.
MOVES: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"queued", "cancelled"}),
    "queued": frozenset({"running", "cancelled"}),
    "running": frozenset({"done", "failed", "cancelled", "interrupted"}),
    "done": frozenset(),
    "failed": frozenset({"queued"}),
    "cancelled": frozenset({"queued"}),
    "interrupted": frozenset({"queued"}),
}


def may_move(state: str, to: str) -> bool:
    """Tell whether a batch may go from one state to the other."""
    return to in MOVES[state]


def rebuild_pays(*, known: int, coming: int) -> bool:
    """Tell whether indexes are dropped for the load and built at its end.

    That is several times faster, but readers wait meanwhile. So it is done for first loads only: when at least as many
    customers come as there are, and so many that keeping the indexes up row by row takes longer than building them.

    Args:
        known: customers in the tables.
        coming: customers that the file is expected to add.
    """
    return coming >= max(known, 20_000)


_AMOUNTS = ("stated", "found", "accepted", "older", "loaded")


@dataclass(frozen=True)
class Line:
    """One line of the reconciliation: what was stated, what the file holds, what the database holds after the load."""

    field: str
    stated: Decimal | None
    """By the sender's control total, in the file's unit."""
    found: Decimal
    """Of all rows of the file, in the file's unit."""
    accepted: Decimal
    """Of the rows that were not rejected, in CNY."""
    older: Decimal
    """Of those, what stayed out because newer figures are known, in CNY."""
    loaded: Decimal
    """In the database after the load, for the customers of the others, in CNY."""

    @classmethod
    def of(cls, row: Mapping[str, str | None]) -> "Line":
        """Read a line from JSON, where amounts are text."""
        amounts = {name: None if (text := row[name]) is None else Decimal(text) for name in _AMOUNTS}
        return cls(field=str(row["field"]), **amounts)  # type: ignore[arg-type]

    def as_json(self) -> dict[str, str | None]:
        """The line as JSON, amounts as text."""
        amounts = {name: getattr(self, name) for name in _AMOUNTS}
        return {"field": self.field} | {
            name: None if value is None else f"{value:f}" for name, value in amounts.items()
        }

    @property
    def complete(self) -> bool:
        """Whether the file holds what its sender stated."""
        return self.stated is None or self.stated == self.found

    @property
    def agrees(self) -> bool:
        """Whether the database holds what was accepted."""
        return self.accepted - self.older == self.loaded
