"""The figures of an event: guests by state, money, what became of those who came beside those who did not (A4)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from keheng.outreach.enums import GuestState
from keheng.outreach.models import Cost, Event, Guest


@dataclass(frozen=True)
class Money:
    """What an event costs; per head of the seats before, of the seats of those who came afterwards."""

    planned: Decimal
    actual: Decimal | None
    seats: int
    came: int

    @property
    def planned_per_head(self) -> Decimal | None:
        return self.planned / self.seats if self.seats else None

    @property
    def actual_per_head(self) -> Decimal | None:
        return self.actual / self.came if self.actual is not None and self.came else None

    @property
    def is_over(self) -> bool:
        return self.actual is not None and self.actual > self.planned


@dataclass(frozen=True)
class Group:
    """What became of one group of customers; ``before`` and ``after`` are their AUM, ``buyers`` bought something."""

    customers: int
    before: Decimal
    after: Decimal
    buyers: int
    bought: int
    amount: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before

    @property
    def growth(self) -> Decimal | None:
        return self.change / self.before if self.before else None

    @property
    def rate(self) -> float | None:
        return self.buyers / self.customers if self.customers else None


def by_state(event: Event) -> dict[GuestState, int]:
    """How many guests stand where; one query."""
    rows = Guest.objects.filter(event=event).order_by().values_list("state").annotate(Count("pk"))
    return {GuestState(state): number for state, number in rows}


def money_of(event: Event) -> Money:
    """What the event costs; two queries."""
    sums = Cost.objects.filter(event=event).aggregate(planned=Sum("planned"), actual=Sum("actual"))
    came = Guest.objects.filter(event=event, state=GuestState.CAME).aggregate(seats=Sum("seats"))["seats"]
    return Money(sums["planned"] or Decimal(0), sums["actual"], event.capacity, came or 0)


def conversion(event: Event) -> tuple[Group, Group]:
    """Those who came, and those who were invited and did not; as they were counted last. One query."""
    invited = Guest.objects.filter(event=event, aum_before__isnull=False).exclude(state=GuestState.DROPPED)
    counted = (
        invited.order_by()
        .annotate(came=Q(state=GuestState.CAME))
        .values("came")
        .annotate(
            number=Count("pk"),
            before=Sum("aum_before"),
            after=Sum("aum_after"),
            buyers=Count("pk", filter=Q(bought__gt=0)),
            products=Coalesce(Sum("bought"), 0),
            amount=Coalesce(Sum("bought_amount"), Decimal(0)),
        )
    )
    rows = {
        row["came"]: Group(row["number"], row["before"], row["after"], row["buyers"], row["products"], row["amount"])
        for row in counted
    }
    nobody = Group(0, Decimal(0), Decimal(0), 0, 0, Decimal(0))
    return rows.get(True, nobody), rows.get(False, nobody)
