"""What modules above count per branch: shown on the tree of branches, and a reason not to close one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class BranchFigure:
    """A count by branch (of the branch itself, without those below).

    Attributes:
        count: branch keys → number, in one query; branches without any may be missing.
    """

    label: str | Promise
    count: Callable[[Sequence[int]], Mapping[int, int]]


_figures: dict[str, BranchFigure] = {}


def register(key: str, figure: BranchFigure) -> None:
    """Add a figure; a module does so in its ``navigation.py``."""
    _figures[key] = figure


def figures() -> dict[str, BranchFigure]:
    """The figures in the order of registration."""
    return dict(_figures)
