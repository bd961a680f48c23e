"""What becomes of a table's rows when two archives become one. Modules declare theirs in ``navigation.py``.

Without a declaration every row of the lost archive goes over to the survivor, and where both have one of which there
may be but one (a unique index says so), the survivor's stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

type OnClash = Literal["keep", "fill"]
type Apart = Literal["", "drop", "leave"]


@dataclass(frozen=True)
class TableRule:
    """The rule of one table.

    Attributes:
        on_clash: of two rows of which one may be: ``keep`` the survivor's, or ``fill`` its gaps from the other.
        add: columns that become the sum of both.
        greatest: columns that become the greater of both.
        combine: columns that follow from both, as SQL over ``{mine}`` and ``{other}``.
        retire: what to set on the row that goes so that both may stand, such as ``{"is_current": "false"}``.
        apart: ``drop``: rows of the lost archive are derived and go; ``leave``: they stay with the number they had.
        gives_way: a condition on a row ``gone`` of the lost archive (``%(goes)s``), true where it says again, or
            contradicts, what a row of the survivor (``%(stays)s``) says, and no unique index of the key sees it.
        volatile: columns that change by themselves (feeds, evaluations); they never stand against taking a merge back.
    """

    on_clash: OnClash = "keep"
    add: tuple[str, ...] = ()
    greatest: tuple[str, ...] = ()
    combine: Mapping[str, str] = field(default_factory=dict)
    retire: Mapping[str, str] = field(default_factory=dict)
    apart: Apart = ""
    gives_way: str = ""
    volatile: tuple[str, ...] = ()


_PLAIN = TableRule()
_rules: dict[str, TableRule] = {}
_copies: dict[str, str] = {}


def declare(rules: Mapping[str, TableRule]) -> None:
    """Set the rules of tables, by name: ``{"portfolio_currentfigures": TableRule(add=("aum",))}``."""
    _rules.update(rules)


def declare_copy(column: str, sql: str) -> None:
    """Say where a copy on the customer comes from: a query of one value with ``%(customer)s``."""
    _copies[column] = sql


def rule_of(table: str) -> TableRule:
    """The rule of a table."""
    return _rules.get(table, _PLAIN)


def copies() -> Mapping[str, str]:
    """Columns of the customer that are copies, with the queries they come from."""
    return _copies
