"""A small bank to plan in: an outlet with a calendar, people in their roles, tiers with their entitlements."""

from datetime import UTC, date, datetime, time
from typing import Any

from tests.factories import BranchFactory, CustomerFactory, StaffFactory, head_office

from keheng.customers.enums import CustomerKind
from keheng.customers.models import Customer
from keheng.org.enums import DataScope, DayKind
from keheng.org.models import Branch, CalendarDay, Role, ServiceCalendar, ServicePeriod, Staff
from keheng.portfolio.models import CurrentFigures
from keheng.tiering import operations as tiering
from keheng.tiering.models import Run, Scheme, Standing


def calendar() -> None:
    """Monday to Friday for the whole bank; in the Spring Festival of 2026 16–23 Feb are off, 28 Feb is made up for."""
    hours = ServiceCalendar.objects.create(code="test", name="营业时间")
    for weekday in range(5):
        ServicePeriod.objects.create(calendar=hours, weekday=weekday, opens=time(9), closes=time(17))
    for day in range(16, 24):
        CalendarDay.objects.create(date=date(2026, 2, day), kind=DayKind.HOLIDAY, name="春节")
    CalendarDay.objects.create(date=date(2026, 2, 28), kind=DayKind.MAKE_UP, name="春节调休")
    Branch.objects.filter(pk=head_office().pk).update(calendar=hours)


def person_in(role: str, branch: Branch | None = None, **values: Any) -> Staff:
    """Somebody in a role by its code."""
    permissions = ["care.view", "care.log", "customers.view"]
    held, _made = Role.objects.get_or_create(
        code=role, defaults={"name": role, "scope": DataScope.OWN, "permissions": permissions}
    )
    return StaffFactory.create(role=held, branch=branch or BranchFactory.create(), **values)


def customers_of(staff: Staff, count: int = 1, **values: Any) -> list[Customer]:
    """Customers of somebody, of the gold tier unless said otherwise."""
    usual = {"owner": staff, "branch": staff.branch, "tier": "T3", "tier_rank": 3, "aum": 250_000}
    return [CustomerFactory.create(**{**usual, **values}) for _ in range(count)]


def company_of(staff: Staff, marketing_class: str, **values: Any) -> Customer:
    """A company of a marketing class (I, II, III)."""
    scheme = Scheme.objects.get(code="corporate-class")
    company = customers_of(staff, kind=CustomerKind.COMPANY, tier="", **values)[0]
    run = Run.objects.filter(scheme=scheme).first() or Run.objects.create(
        scheme=scheme,
        version=scheme.versions.first(),
        as_of=date(2026, 3, 1),
        actor=staff,
        requested_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    Standing.objects.create(
        scheme=scheme,
        customer=company,
        tier=marketing_class,
        rank=0,
        since=date(2026, 3, 1),
        run=run,
        version=run.version,
    )
    return company


def schemes() -> None:
    """The tier schemes that ship."""
    tiering.load_presets()


def figures(customer: Customer, **values: Any) -> CurrentFigures:
    return CurrentFigures.objects.create(customer=customer, as_of=date(2026, 3, 1), **values)
