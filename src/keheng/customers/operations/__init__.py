"""Writes to the archive, by topic."""

from keheng.customers.operations.archive import (
    Difference,
    EditConflictError,
    change_customer,
    classify,
    create_customer,
)
from keheng.customers.operations.assignment import assign_owner, move_to_branch
from keheng.customers.operations.contacts import remove_contact_point, set_contact_point
from keheng.customers.operations.duplicates import dismiss_pair, reopen_pair, search_duplicates
from keheng.customers.operations.quality_rules import change_quality_rules
from keheng.customers.operations.reveal import UnknownFieldError, reveal
from keheng.customers.operations.suggestions import accept_suggestion, reject_suggestion, suggest
from keheng.customers.operations.unification import FACTS, forget_journals, separate, unify

__all__ = [
    "FACTS",
    "Difference",
    "EditConflictError",
    "UnknownFieldError",
    "accept_suggestion",
    "assign_owner",
    "change_customer",
    "change_quality_rules",
    "classify",
    "create_customer",
    "dismiss_pair",
    "forget_journals",
    "move_to_branch",
    "reject_suggestion",
    "remove_contact_point",
    "reopen_pair",
    "reveal",
    "search_duplicates",
    "separate",
    "set_contact_point",
    "suggest",
    "unify",
]
