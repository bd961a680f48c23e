"""How two archives become one, and two again: rules a table, the keys that point to customers, the journal."""

from keheng.customers.quality.unification.absorption import absorb, row_of
from keheng.customers.quality.unification.journal import Journal, NotReversibleError, take_back
from keheng.customers.quality.unification.rules import TableRule, copies, declare, declare_copy, rule_of

__all__ = [
    "Journal",
    "NotReversibleError",
    "TableRule",
    "absorb",
    "copies",
    "declare",
    "declare_copy",
    "row_of",
    "rule_of",
    "take_back",
]
