"""Writes to the archive, by topic."""

from keheng.customers.operations.archive import (
    Difference,
    EditConflictError,
    change_customer,
    classify,
    create_customer,
)
from keheng.customers.operations.assignment import assign_owner, move_to_branch, write_owners
from keheng.customers.operations.completeness import refresh_completeness, score_archives
from keheng.customers.operations.contacts import change_contact_point, remove_contact_point, set_contact_point
from keheng.customers.operations.duplicates import dismiss_pair, reopen_pair, search_duplicates
from keheng.customers.operations.following import follow_up
from keheng.customers.operations.inspection import answer_item, draw_irregular, draw_weekly, inspect_item
from keheng.customers.operations.quality_rules import change_quality_rules
from keheng.customers.operations.questionnaires import load_questionnaires
from keheng.customers.operations.reveal import UnknownFieldError, reveal
from keheng.customers.operations.reviews import (
    ask_for_review,
    close_review,
    open_due_reviews,
    open_reviews,
    open_reviews_of_change,
)
from keheng.customers.operations.risk import take_assessment
from keheng.customers.operations.suggestions import accept_suggestion, reject_suggestion, suggest
from keheng.customers.operations.unification import FACTS, forget_journals, separate, unify
from keheng.customers.operations.validity import REPORTED, accept_finding, check_archives, check_few, report_contact

__all__ = [
    "FACTS",
    "REPORTED",
    "Difference",
    "EditConflictError",
    "UnknownFieldError",
    "accept_finding",
    "accept_suggestion",
    "answer_item",
    "ask_for_review",
    "assign_owner",
    "change_contact_point",
    "change_customer",
    "change_quality_rules",
    "check_archives",
    "check_few",
    "classify",
    "close_review",
    "create_customer",
    "dismiss_pair",
    "draw_irregular",
    "draw_weekly",
    "follow_up",
    "forget_journals",
    "inspect_item",
    "load_questionnaires",
    "move_to_branch",
    "open_due_reviews",
    "open_reviews",
    "open_reviews_of_change",
    "refresh_completeness",
    "reject_suggestion",
    "remove_contact_point",
    "reopen_pair",
    "report_contact",
    "reveal",
    "score_archives",
    "search_duplicates",
    "separate",
    "set_contact_point",
    "suggest",
    "take_assessment",
    "unify",
    "write_owners",
]
