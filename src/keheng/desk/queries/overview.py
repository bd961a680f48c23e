"""The figures at the head of the workbench."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.desk.queries.changes import last_month_end, ratio
from keheng.desk.queries.kept import kept
from keheng.org.models import Staff
from keheng.portfolio.models import Holding, MonthEndFigures

MATURING_DAYS = 30


@dataclass(frozen=True)
class Overview:
    """Sums over the customers of a scope who have not left; amounts in CNY, ``before`` at the last month end."""

    customers: int
    tiered: int
    aum: Decimal
    before: Decimal
    maturing: int
    maturing_amount: Decimal

    @property
    def change(self) -> Decimal | None:
        return ratio(self.aum, self.before)


def overview(staff: Staff, today: date) -> Overview:
    """The figures for the scope of ``staff``."""
    return kept(staff, f"overview.{today}", lambda: _overview(staff, today))


def _overview(staff: Staff, today: date) -> Overview:
    visible = Customer.objects.visible_to(staff).exclude(status=CustomerStatus.CLOSED).order_by()
    now = visible.aggregate(customers=Count("pk"), tiered=Count("pk", filter=~Q(tier="")), aum=Sum("aum"))
    before = MonthEndFigures.objects.filter(month_end=last_month_end(today), customer_id__in=visible.values("pk"))
    maturing = maturing_holdings(staff, today).aggregate(number=Count("pk"), amount=Sum("amount"))
    return Overview(
        customers=now["customers"],
        tiered=now["tiered"],
        aum=now["aum"] or Decimal(0),
        before=before.aggregate(total=Sum(Coalesce("aum_average", "aum")))["total"] or Decimal(0),
        maturing=maturing["number"],
        maturing_amount=maturing["amount"] or Decimal(0),
    )


def maturing_holdings(staff: Staff, today: date, days: int = MATURING_DAYS) -> QuerySet[Holding]:
    """The holdings of visible customers that mature within ``days``, the soonest first."""
    return (
        Holding.objects.filter(
            matures_on__range=(today, today + timedelta(days=days)),
            customer_id__in=Customer.objects.visible_to(staff).values("pk"),
        )
        .select_related("customer", "product")
        .order_by("matures_on", "-amount", "pk")
    )


def soonest_maturing(staff: Staff, today: date, count: int) -> Sequence[Holding]:
    """The first of :func:`maturing_holdings`. Which they are is :func:`kept`; the rows are read each time."""
    maturing = maturing_holdings(staff, today)
    keys = kept(staff, f"maturing.{today}.{count}", lambda: list(maturing.values_list("pk", flat=True)[:count]))
    return list(maturing.filter(pk__in=keys))
