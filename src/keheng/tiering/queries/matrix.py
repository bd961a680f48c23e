"""Customers from tier to tier as a table: what a dry run would do, and what happened between two dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from keheng.tiering.queries.schemes import TierLabel

_SHADES = 4


@dataclass(frozen=True)
class Cell:
    """Customers and AUM from one tier to another; an empty tier means that there was, or will be, none.

    Attributes:
        tone: ``stay``, ``up`` or ``down``.
        shade: how large the cell is among those that moved, 0 (nobody) to 4.
    """

    before: str
    after: str
    customers: int
    aum: Decimal
    tone: str
    shade: int

    @property
    def css(self) -> str:
        return f"k-cell {self.tone} s{self.shade}"


@dataclass(frozen=True)
class Matrix:
    """The table, best tier first, both ways; ``new`` and ``left`` tell whether somebody came or went."""

    tiers: tuple[TierLabel, ...]
    rows: tuple[tuple[TierLabel | None, tuple[Cell, ...]], ...]
    columns: tuple[TierLabel | None, ...]
    up: int
    down: int
    new: int
    left: int
    stayed: int

    @property
    def cells(self) -> list[Cell]:
        return [cell for _label, cells in self.rows for cell in cells]

    @property
    def is_empty(self) -> bool:
        return not any(cell.customers for cell in self.cells)


def matrix_of(rows: Iterable[tuple[str, str, int, Decimal]], labels: Mapping[str, TierLabel]) -> Matrix:
    """Build the table out of ``(from, to, customers, AUM)``.

    Args:
        labels: the tiers by code, best first.
    """
    found: dict[tuple[str, str], tuple[int, Decimal]] = {}
    for before, after, customers, aum in rows:
        held = found.get((before, after), (0, Decimal(0)))
        found[before, after] = held[0] + customers, held[1] + (aum or Decimal(0))
    named = {code for pair, (customers, _aum) in found.items() if customers for code in pair}
    tiers = [label for code, label in labels.items() if code in named]
    place = {label.code: at for at, label in enumerate(tiers)}
    most = max((customers for (before, after), (customers, _) in found.items() if before != after), default=0)
    columns: list[TierLabel | None] = [*tiers, *([None] if any(after == "" for _, after in found) else [])]
    sides: list[TierLabel | None] = [*tiers, *([None] if any(before == "" for before, _ in found) else [])]
    table = []
    for label in sides:
        cells = []
        for column in columns:
            before, after = label.code if label else "", column.code if column else ""
            customers, aum = found.get((before, after), (0, Decimal(0)))
            shade = -(-customers * _SHADES // most) if most and before != after else 0
            cells.append(Cell(before, after, customers, aum, _tone(before, after, place), shade))
        table.append((label, tuple(cells)))
    counted = {"up": 0, "down": 0, "new": 0, "left": 0, "stay": 0}
    for (before, after), (customers, _aum) in found.items():
        way = "new" if not before else "left" if not after else _tone(before, after, place)
        counted[way] += customers
    return Matrix(
        tuple(tiers), tuple(table), tuple(columns), counted["up"], counted["down"], counted["new"], counted["left"],
        counted["stay"],
    )  # fmt: skip


def _tone(before: str, after: str, place: Mapping[str, int]) -> str:
    if before == after:
        return "stay"
    if not before:
        return "new"
    if not after:
        return "left"
    return "up" if place.get(after, 0) < place.get(before, 0) else "down"
