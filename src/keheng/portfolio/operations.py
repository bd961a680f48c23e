"""Writes to figures, and showing account numbers whole. Feeds write in bulk: see ``merge``."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import connection

from keheng.audit.enums import Outcome
from keheng.audit.operations import record
from keheng.common.clock import month_end
from keheng.org.models import Staff
from keheng.portfolio import permissions
from keheng.portfolio.models import Account


def ensure_months(days: Iterable[date]) -> None:
    """Create the partitions of the month-end table for the months of ``days`` where they are missing."""
    with connection.cursor() as cursor:
        for end in sorted({month_end(day) for day in days}):
            first, following = end.replace(day=1), end + timedelta(days=1)
            cursor.execute(
                f"create table if not exists portfolio_monthendfigures_{end:%Y%m} "
                f"partition of portfolio_monthendfigures for values from ('{first}') to ('{following}')"
            )


def reveal(*, account: Account, actor: Staff, reason: str, at: datetime) -> str:
    """Return an account number in the clear; the act stands in the trail of the customer, also when refused.

    Raises:
        PermissionDenied: with the reason in words.
    """
    refusal = permissions.why_not_reveal(actor, account.customer)
    record(
        "portfolio.reveal",
        actor=actor,
        at=at,
        target=account.customer,
        reason=reason,
        outcome=Outcome.REFUSED if refusal else Outcome.DONE,
        detail={"account": account.pk},
    )
    if refusal:
        raise PermissionDenied(refusal)
    return account.number or ""
