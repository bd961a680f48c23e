"""What tells who a customer is, table by table: modules register theirs, and one run erases it for a set of customers.

A statement works on ``%(ids)s``, the keys of the customers. Figures stay: balances, tiers, counts by branch.

Requests for approval are no table of the asking module, yet repeat its words: each kind is answered for here, too.
"""

from dataclasses import dataclass

from django.db import models
from django.db.backends.utils import CursorWrapper

from keheng.approvals import operations as approvals
from keheng.common.keys import key_ring

USUAL, LATE = 50, 90
"""Rows that others point to go late; the history of rows, which erasing itself writes, goes last."""


@dataclass(frozen=True)
class Erasure:
    """One statement on one table."""

    table: str
    statement: str
    order: int
    purpose: str = ""


_erasures: dict[str, Erasure] = {}
_subjects: dict[str, str] = {}
_impersonal: set[str] = set()


def register_deletion(model: type[models.Model], path: str = "customer_id", *, order: int = USUAL) -> None:
    """Rows of the model that belong to the customers are deleted; ``path`` is the column of the customer's key."""
    table = model._meta.db_table
    _erasures[table] = Erasure(table, f"delete from {table} where {path} = any(%(ids)s)", order)


def register_statement(model: type[models.Model], statement: str, *, order: int = USUAL, purpose: str = "") -> None:
    """Rows of the model stay without what is personal in them; the statement names its table and ``%(ids)s``.

    Args:
        purpose: of a sealed field that may not be null; ``%(nothing)s`` is then an empty text sealed for it.
    """
    table = model._meta.db_table
    _erasures[table] = Erasure(table, statement, order, purpose)


def erased_tables() -> set[str]:
    """The tables that somebody has answered for."""
    return set(_erasures)


def register_requests(kind: str, subjects: str) -> None:
    """Requests of the kind lose their words: evidence, reasons, answers, whom they concern.

    Args:
        subjects: SQL of the keys of the subjects that concern ``%(ids)s``, read before anything is erased.
    """
    _subjects[kind] = subjects


def register_impersonal_requests(*kinds: str) -> None:
    """Requests of these kinds ask about rules and sums and name no customer: they stay as they are."""
    _impersonal.update(kinds)


def answered_kinds() -> tuple[set[str], set[str]]:
    """The kinds of request that lose their words, and those that concern nobody."""
    return set(_subjects), set(_impersonal)


def erase(cursor: CursorWrapper, ids: list[int]) -> None:
    """Run every registered statement for these customers in the cursor's transaction."""
    for kind, subjects in sorted(_subjects.items()):
        cursor.execute(subjects, {"ids": ids})
        approvals.forget(kind=kind, subject_ids=[subject for (subject,) in cursor.fetchall()])
    for erasure in sorted(_erasures.values(), key=lambda found: (found.order, found.table)):
        nothing = key_ring().encrypt("", erasure.purpose) if erasure.purpose else None
        cursor.execute(erasure.statement, {"ids": ids, "nothing": nothing})
