"""The tree of company types (A2 [004d]): borrowing or not → company or institution → market."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Market(StrEnum):
    """The market of a borrowing company. Emerging: internet, internet of things, mobile payment."""

    TRADITIONAL = "traditional"
    EMERGING = "emerging"
    REAL_ESTATE = "real-estate"


MARKETS: dict[Market, "StrPromise"] = {
    Market.TRADITIONAL: pgettext_lazy("company type", "Traditional"),
    Market.EMERGING: pgettext_lazy("company type", "Emerging"),
    Market.REAL_ESTATE: pgettext_lazy("company type", "Real estate"),
}


@dataclass(frozen=True)
class TypeNode:
    """A node of the tree; a customer belongs to one leaf and to all nodes above it."""

    code: str
    label: "StrPromise"
    depth: int

    def holds(self, leaf: str) -> bool:
        return leaf == self.code or leaf.startswith(f"{self.code}.")


TREE: tuple[TypeNode, ...] = (
    TypeNode("borrower", pgettext_lazy("company type", "Borrowing"), 0),
    TypeNode("borrower.company", pgettext_lazy("company type", "Companies"), 1),
    TypeNode("borrower.company.traditional", MARKETS[Market.TRADITIONAL], 2),
    TypeNode("borrower.company.emerging", MARKETS[Market.EMERGING], 2),
    TypeNode("borrower.company.real-estate", MARKETS[Market.REAL_ESTATE], 2),
    TypeNode("borrower.institution", pgettext_lazy("company type", "Institutions"), 1),
    TypeNode("free", pgettext_lazy("company type", "Without loans"), 0),
    TypeNode("free.company", pgettext_lazy("company type", "Companies"), 1),
    TypeNode("free.institution", pgettext_lazy("company type", "Institutions"), 1),
)

LEAVES = tuple(node.code for node in TREE if not any(other.code.startswith(f"{node.code}.") for other in TREE))


def path_of(code: str) -> tuple["StrPromise", ...]:
    """The words from the root of the tree to a node."""
    return tuple(node.label for node in TREE if code == node.code or code.startswith(f"{node.code}."))
