"""An outlet under a branch with the posts of A3, the tiers of the presets, and customers to give away."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from tests.factories import BranchFactory, CustomerFactory, StaffFactory, head_office

from keheng.approvals.operations import load_presets as load_limits
from keheng.care.operations.ownership import follow_owners
from keheng.customers.models import Customer
from keheng.org.enums import BranchKind
from keheng.org.models import Branch, Role, Staff
from keheng.org.operations import load_presets as load_roles
from keheng.tiering.operations import load_presets as load_schemes

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
TODAY = date(2026, 11, 22)

type MakeCustomer = Callable[..., Customer]


@pytest.fixture
def bank(db: None) -> SimpleNamespace:
    """A branch with two outlets, and one person a post at the first, named by their role."""
    cache.clear()
    load_roles()
    load_limits()
    load_schemes()
    roles = {role.code: role for role in Role.objects.all()}
    branch = BranchFactory.create(kind=BranchKind.BRANCH, parent=head_office())
    outlet, other = BranchFactory.create(parent=branch), BranchFactory.create(parent=branch)

    def hire(role: str, place: Branch = outlet, title: str = "", name: str = "") -> Staff:
        named = {"name": name} if name else {}
        staff: Staff = StaffFactory.create(role=roles[role], branch=place, title=title, **named)
        return staff

    return SimpleNamespace(
        branch=branch,
        outlet=outlet,
        other=other,
        hire=hire,
        head=hire("outlet-head", name="主任"),
        manager=hire("relationship-manager", name="客户经理甲"),
        second=hire("relationship-manager", name="客户经理乙"),
        supervisor=hire("rm-supervisor", name="主管"),
        lobby=hire("lobby-manager", name="大堂"),
        high=hire("teller", title="高柜柜员", name="高柜"),
        low=hire("teller", title="低柜柜员", name="低柜"),
        corporate=hire("corporate-manager", name="公司经理"),
        president=hire("branch-head", branch, name="行长"),
        office=hire("head-office-manager", head_office(), name="总行"),
        auditor=hire("auditor", head_office(), name="审计"),
    )


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
