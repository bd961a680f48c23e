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
from keheng.customers.operations.reviews import (
    ask_for_review,
    close_review,
    open_due_reviews,
    open_reviews,
    open_reviews_of_change,
)
from keheng.customers.operations.risk import load_questionnaires, publish_questionnaire, take_assessment
from keheng.customers.operations.suggestions import accept_suggestion, reject_suggestion, suggest
from keheng.customers.operations.unification import FACTS, forget_journals, separate, unify

__all__ = [
    "FACTS",
    "Difference",
    "EditConflictError",
    "UnknownFieldError",
    "accept_suggestion",
    "ask_for_review",
    "assign_owner",
    "change_customer",
    "change_quality_rules",
    "classify",
    "close_review",
    "create_customer",
    "dismiss_pair",
    "forget_journals",
    "load_questionnaires",
    "move_to_branch",
    "open_due_reviews",
    "open_reviews",
    "open_reviews_of_change",
    "publish_questionnaire",
    "reject_suggestion",
    "remove_contact_point",
    "reopen_pair",
    "reveal",
    "search_duplicates",
    "separate",
    "set_contact_point",
    "suggest",
    "take_assessment",
    "unify",
]
