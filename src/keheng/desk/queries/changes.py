"""How AUM changed since the last month end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.desk.queries.kept import kept
from keheng.org.models import Staff
from keheng.portfolio.models import MonthEndFigures

WATCHED = 2_000
"""Changes are looked for among the largest customers of a scope; beyond them they seldom matter to a person."""


def last_month_end(day: date) -> date:
    """The month end before ``day``."""
    return day.replace(day=1) - timedelta(days=1)


def aum_at(customer_ids: Iterable[int], end: date) -> dict[int, Decimal]:
    """The AUM (month average, else balance; decision 2) of customers at a month end. One query."""
    rows = MonthEndFigures.objects.filter(month_end=end, customer_id__in=list(customer_ids))
    amount = Coalesce("aum_average", "aum")
    return {key: value for key, value in rows.values_list("customer_id", amount) if value is not None}


def ratio(now: Decimal, before: Decimal | None) -> Decimal | None:
    """The change as a ratio of what was; ``None`` where there was nothing."""
    return (now - before) / before if before else None


@dataclass(frozen=True)
class Change:
    """One customer's change since the last month end."""

    customer: Customer
    before: Decimal

    @property
    def amount(self) -> Decimal:
        return Decimal(self.customer.aum - self.before)

    @property
    def ratio(self) -> Decimal | None:
        return ratio(self.customer.aum, self.before)


def largest_changes(staff: Staff, today: date, count: int = 6) -> tuple[Sequence[Change], Sequence[Change]]:
    """The largest falls and rises among the largest customers in the scope of ``staff``.

    Who they are is :func:`kept`; their rows are read each time, in one query.
    """
    falls, rises = kept(staff, f"changes.{today}.{count}", lambda: _largest(staff, today, count))
    found = Customer.objects.visible_to(staff).select_related("branch", "owner").in_bulk([*falls, *rises])
    return (
        [Change(found[key], before) for key, before in falls.items() if key in found],
        [Change(found[key], before) for key, before in rises.items() if key in found],
    )


def _largest(staff: Staff, today: date, count: int) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """What the customers who fell most, and those who rose most, had at the last month end, by customer."""
    largest = (
        Customer.objects.visible_to(staff)
        .exclude(status=CustomerStatus.CLOSED)
        .order_by("-aum", "-pk")
        .values("pk")[:WATCHED]
    )
    before = MonthEndFigures.objects.filter(month_end=last_month_end(today), customer_id=OuterRef("pk"))
    changed = (
        Customer.objects.filter(pk__in=largest)
        .annotate(
            before=Subquery(before.values(amount=Coalesce("aum_average", "aum"))[:1], output_field=DecimalField())
        )
        .filter(before__isnull=False)
        .annotate(change=F("aum") - F("before"))
        .values_list("pk", "before")
    )
    return (
        dict(changed.filter(change__lt=0).order_by("change", "pk")[:count]),
        dict(changed.filter(change__gt=0).order_by("-change", "pk")[:count]),
    )
