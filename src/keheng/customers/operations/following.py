"""What follows from every change of an archive, in the transaction of the change: its score and its findings."""

from collections.abc import Sequence
from datetime import datetime

from keheng.customers.operations.completeness import score_archives
from keheng.customers.operations.validity import check_few


def follow_up(customer_ids: Sequence[int], *, at: datetime) -> None:
    """Score these archives anew and look at their values again."""
    score_archives(customer_ids)
    check_few(customer_ids, at=at)
