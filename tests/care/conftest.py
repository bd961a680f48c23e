"""An outlet under a branch with the posts of A3, the tiers of the presets, and customers to give away."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from tests.factories import CustomerFactory, head_office, small_bank

from keheng.care.operations.ownership import follow_owners
from keheng.customers.models import Customer
from keheng.org.models import Staff

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
TODAY = date(2026, 11, 22)

type MakeCustomer = Callable[..., Customer]


@pytest.fixture
def bank(db: None) -> SimpleNamespace:
    """A branch with two outlets, and one person a post at the first, named by their role."""
    bank = small_bank()
    hire = bank.hire
    vars(bank).update(
        head=hire("outlet-head", name="主任"),
        manager=hire("relationship-manager", name="客户经理甲"),
        second=hire("relationship-manager", name="客户经理乙"),
        supervisor=hire("rm-supervisor", name="主管"),
        lobby=hire("lobby-manager", name="大堂"),
        high=hire("teller", title="高柜柜员", name="高柜"),
        low=hire("teller", title="低柜柜员", name="低柜"),
        corporate=hire("corporate-manager", name="公司经理"),
        president=hire("branch-head", bank.branch, name="行长"),
        office=hire("head-office-manager", head_office(), name="总行"),
        auditor=hire("auditor", head_office(), name="审计"),
    )
    return bank


@pytest.fixture
def make(bank: SimpleNamespace) -> MakeCustomer:
    """Make a customer of the outlet with a tier, with periods of ownership that began long ago."""

    def build(tier: str = "T3", owner: Staff | None = None, **given: object) -> Customer:
        values = {"branch": bank.outlet, "tier": tier, "tier_rank": int(tier[1]), "owner": owner, **given}
        customer: Customer = CustomerFactory.create(**values)
        if owner:
            follow_owners(customer_ids=[customer.pk], at=AT - timedelta(days=100))
        return customer

    return build
