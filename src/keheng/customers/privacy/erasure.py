"""What tells who a customer is, table by table: modules register theirs, and one run erases it for a set of customers.

A statement works on ``%(ids)s``, the keys of the customers. Figures stay: balances, tiers, counts by branch.

Requests for approval are no table of the asking module, yet repeat its words: each kind is answered for here, too.
Notices repeat words of any module and know no customer: they go by the page that they lead to, so that who shares a
name with somebody erased keeps theirs.
"""

from dataclasses import dataclass

from django.db import models
from django.db.backends.utils import CursorWrapper
from django.urls import reverse

from keheng.approvals import operations as approvals
from keheng.common.keys import key_ring
from keheng.notices import operations as notices

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
_pages: dict[str, str] = {}


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


def register_page(url_name: str, keys: str) -> None:
    """Notices that lead to these pages, whatever tab of them, tell of the customers: they are deleted.

    Args:
        url_name: of the address with one key.
        keys: SQL of the keys that concern ``%(ids)s``, read before anything is erased.
    """
    _pages[url_name] = keys


def answered_kinds() -> tuple[set[str], set[str]]:
    """The kinds of request that lose their words, and those that concern nobody."""
    return set(_subjects), set(_impersonal)


def erase(cursor: CursorWrapper, ids: list[int]) -> None:
    """Run every registered statement for these customers in the cursor's transaction."""
    pages = []
    for url_name, keys in sorted(_pages.items()):
        pages += [reverse(url_name, args=[key]) for key in _column(cursor, keys, ids)]
    for kind, subjects in sorted(_subjects.items()):
        requests = approvals.forget(kind=kind, subject_ids=_column(cursor, subjects, ids))
        pages += [reverse("approvals:request", args=[key]) for key in requests]
    notices.forget(pages=pages)
    for erasure in sorted(_erasures.values(), key=lambda found: (found.order, found.table)):
        nothing = key_ring().encrypt("", erasure.purpose) if erasure.purpose else None
        cursor.execute(erasure.statement, {"ids": ids, "nothing": nothing})


def _column(cursor: CursorWrapper, query: str, ids: list[int]) -> list[int]:
    cursor.execute(query, {"ids": ids})
    return [key for (key,) in cursor.fetchall()]
