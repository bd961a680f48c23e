"""Figures about complaints (A7, ISO 10002): each over a period and what the reader may see, each with its list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet

from keheng.common.clock import midnight
from keheng.complaints.enums import MeasureKind, RuleSet
from keheng.complaints.models import Complaint, ComplaintClock, Measure
from keheng.customers.enums import CustomerKind
from keheng.customers.models import Customer
from keheng.org.models import Branch, Staff

PER = 10_000


@dataclass(frozen=True)
class Period:
    """From ``first`` to ``last``, both included."""

    first: date
    last: date

    def of(self, field: str) -> Q:
        """The condition on a moment."""
        return Q(**{f"{field}__gte": midnight(self.first), f"{field}__lt": midnight(self.last + timedelta(days=1))})


@dataclass(frozen=True)
class Share:
    """A bar of the Pareto: how many, and the share of it together with all before it."""

    key: int | None
    name: str
    number: int
    together: float


@dataclass(frozen=True)
class Rate:
    """Clocks that were judged in the period, and those of them that were met."""

    rule_set: str
    kind: str
    judged: int
    met: int

    @property
    def rate(self) -> float:
        return self.met / self.judged if self.judged else 0


@dataclass(frozen=True)
class Density:
    """Complaints of a tier or outlet, and how many for 10,000 of its customers."""

    key: str
    name: str
    complaints: int
    customers: int

    @property
    def density(self) -> float | None:
        return self.complaints * PER / self.customers if self.customers else None


def registered(staff: Staff, period: Period) -> "QuerySet[Complaint]":
    """The complaints of the period that the reader sees."""
    return Complaint.objects.visible_to(staff).filter(period.of("registered_at")).order_by()


def pareto(staff: Staff, period: Period) -> list[Share]:
    """Causes, the most frequent first."""
    rows = registered(staff, period).values_list("cause", "cause__name").annotate(n=Count("pk")).order_by("-n", "cause")
    found = list(rows)
    total, sum_, shares = sum(n for _key, _name, n in found), 0, []
    for key, name, n in found:
        sum_ += n
        shares.append(Share(key, name or "", n, sum_ / total))
    return shares


def rates(staff: Staff, period: Period) -> list[Rate]:
    """Clocks of both sets that stopped in the period: judged, and in time."""
    judged = ComplaintClock.objects.filter(
        period.of("stopped_at"), met__isnull=False, complaint__in=Complaint.objects.visible_to(staff)
    )
    rows = (
        judged.order_by()
        .values_list("rule_set", "kind")
        .annotate(judged=Count("pk"), in_time=Count("pk", filter=Q(met=True)))
        .order_by("rule_set", "kind")
    )
    return [Rate(*row) for row in rows]


def rate_of(found: Sequence[Rate], rule_set: RuleSet) -> Rate:
    """All clocks of one set together."""
    own = [rate for rate in found if rate.rule_set == rule_set]
    return Rate(rule_set, "", sum(rate.judged for rate in own), sum(rate.met for rate in own))


def repeaters(staff: Staff, period: Period, most: int = 20) -> Sequence[Any]:
    """Customers who complained more than once in the period, the most frequent first."""
    rows = (
        registered(staff, period)
        .filter(customer__isnull=False)
        .values("customer", "customer__name", "customer__number", "customer__tier_rank")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .order_by("-n", "customer")
    )
    return list(rows[:most])


def repeated(staff: Staff, period: Period) -> int:
    """Complaints of people who had complained before, known as customers or not."""
    return registered(staff, period).filter(is_repeat=True).count()


def measures(staff: Staff, day: date) -> dict[str, int]:
    """The rectification tracker: corrective and preventive measures that stand, by where they are."""
    standing = _standing(staff)
    counted = standing.aggregate(
        open=Count("pk", filter=Q(done_at=None, due_on__gte=day)),
        overdue=Count("pk", filter=Q(done_at=None, due_on__lt=day)),
        done=Count("pk", filter=Q(done_at__isnull=False)),
        late=Count("pk", filter=Q(done_at__date__gt=F("due_on"))),
    )
    checked = Complaint.objects.visible_to(staff).filter(effect_checks__isnull=False).order_by()
    effects = checked.aggregate(
        effective=Count("effect_checks", filter=Q(effect_checks__effective=True)),
        failed=Count("effect_checks", filter=Q(effect_checks__effective=False)),
    )
    return {**counted, **effects}


def open_measures(staff: Staff, most: int = 50) -> "list[Measure]":
    """What is still to be carried out, the longest overdue first."""
    rows = _standing(staff).filter(done_at=None).select_related("complaint__cause", "owner__branch")
    return list(rows.order_by("due_on", "pk")[:most])


def _standing(staff: Staff) -> "QuerySet[Measure]":
    return standing_measures().filter(complaint__in=Complaint.objects.visible_to(staff).values("pk"))


def standing_measures() -> "QuerySet[Measure]":
    """Corrective and preventive measures that nobody gave up."""
    kinds = [MeasureKind.CORRECTIVE, MeasureKind.PREVENTIVE]
    return Measure.objects.filter(kind__in=kinds, dropped_at=None).order_by()


def by_tier(staff: Staff, period: Period) -> list[Density]:
    """For 10,000 customers of each tier: persons' tiers before companies', the highest first, no tier last."""
    complaints = dict(
        registered(staff, period).exclude(customer=None).values_list("customer__tier").annotate(Count("pk"))
    )
    seen = Customer.objects.visible_to(staff).order_by().values_list("tier", "tier_rank")
    customers = seen.annotate(number=Count("pk"), of=Max("kind"))
    ranked = sorted(customers, key=lambda row: (not row[0], row[3] != CustomerKind.PERSON, -(row[1] or 0)))
    return [Density(tier or "", tier or "", complaints.get(tier, 0), number) for tier, _rank, number, _of in ranked]


def by_branch(staff: Staff, period: Period) -> list[Density]:
    """For 10,000 customers of each unit that was complained about, the most complaints first."""
    complaints = dict(
        registered(staff, period).exclude(about_branch=None).values_list("about_branch").annotate(Count("pk"))
    )
    customers = dict(
        Customer.objects.filter(branch__in=complaints).order_by().values_list("branch").annotate(Count("pk"))
    )
    names = dict(Branch.objects.filter(pk__in=complaints).values_list("pk", "name"))
    found = [Density(str(pk), names[pk], n, customers.get(pk, 0)) for pk, n in complaints.items()]
    return sorted(found, key=lambda row: (-row.complaints, row.name))


def summary(staff: Staff, period: Period, at: datetime) -> dict[str, int]:
    """The period in numbers."""
    seen = registered(staff, period)
    counted = seen.aggregate(
        registered=Count("pk"),
        regulator=Count("pk", filter=Q(channel="regulator")),
        major=Count("pk", filter=Q(grade=2)),
        repeats=Count("pk", filter=Q(is_repeat=True)),
        withdrawn=Count("pk", filter=Q(state="withdrawn")),
        closed=Count("pk", filter=Q(closed_at__isnull=False)),
        reopened=Count("pk", filter=Q(reopened__gt=0)),
        justified=Count("pk", filter=Q(outcome__in=["justified", "partly"])),
        acknowledged=Count("pk", filter=Q(acknowledged_at__isnull=False)),
        replied=Count("pk", filter=Q(replied_at__isnull=False)),
    )
    open_ = Complaint.objects.visible_to(staff).open().order_by()
    late = open_.filter(Q(internal_due_at__lte=at) | Q(regulatory_due_at__lte=at))
    return {**counted, "open": open_.count(), "late": late.count()}
