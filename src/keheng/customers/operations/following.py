"""What follows from every change of an archive, in the transaction of the change: its score and its findings."""

from collections.abc import Sequence
from datetime import datetime

from keheng.customers.operations.completeness import score_archives
from keheng.customers.operations.validity import check_few, check_owners


def follow_up(customer_ids: Sequence[int], *, at: datetime) -> None:
    """Score these archives anew and look at their values again."""
    score_archives(customer_ids)
    check_few(customer_ids, at=at)


def follow_up_owner(customer_ids: Sequence[int], *, at: datetime) -> None:
    """The same after a change of owner alone: nothing else of the archives can have become right or wrong."""
    score_archives(customer_ids)
    check_owners(customer_ids, at=at)
