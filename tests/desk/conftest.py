"""A little bank: two outlets, a manager, and customers with figures of two dates."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.portfolio.models import CurrentFigures, MonthEndFigures
from keheng.portfolio.operations import ensure_months
from keheng.tiering.operations import load_presets

TODAY = date(2026, 11, 22)
LAST_MONTH_END = date(2026, 10, 31)

type MakeCustomer = Callable[..., Customer]


@pytest.fixture(autouse=True)
def _fresh_figures(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr("keheng.common.clock.today", lambda: TODAY)
    load_presets()
    ensure_months([LAST_MONTH_END])


@pytest.fixture
def manager() -> Staff:
    """A relationship manager, who sees only their own customers."""
    return StaffFactory.create(
        scope=DataScope.OWN,
        permissions=("customers.view", "customers.reveal", "portfolio.view"),
        branch=BranchFactory.create(),
    )


@pytest.fixture
def head() -> Staff:
    """Somebody of the head office, who sees everything."""
    return StaffFactory.create(scope=DataScope.ALL)


@pytest.fixture
def make_customer() -> MakeCustomer:
    """Make a customer with AUM now and, if given, at the last month end."""

    def make(aum: int | str = 0, before: int | str | None = None, **fields: object) -> Customer:
        customer = CustomerFactory.create(aum=Decimal(aum), **fields)
        CurrentFigures.objects.create(customer=customer, as_of=TODAY, aum=Decimal(aum), aum_average=Decimal(aum))
        if before is not None:
            MonthEndFigures.objects.create(
                customer=customer, month_end=LAST_MONTH_END, aum=Decimal(before), aum_average=Decimal(before)
            )
        return customer

    return make
