"""A branch in the default calendar, its people, customers, and moments of an ordinary Monday."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.factories import BranchFactory, CustomerFactory, RoleFactory, StaffFactory

from keheng.approvals.operations import load_presets as load_limits
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Role, Staff
from keheng.org.operations import load_presets as load_organisation
from keheng.service_requests.enums import Channel
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations import load_presets
from keheng.service_requests.operations.opening import open_request
from keheng.tiering.operations import load_presets as load_tiers

SHANGHAI = ZoneInfo("Asia/Shanghai")
HANDLER = ["service_requests.view", "service_requests.handle", "customers.view"]
SUPERVISOR = [*HANDLER, "service_requests.supervise", "approvals.view"]


def moment(text: str) -> datetime:
    """``11-23 09:00``: Monday, 23 November 2026, as the default."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI).astimezone(UTC)


MONDAY = moment("11-23 09:00")


@pytest.fixture
def ten_past_nine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and calls are asked at ten past nine on the Monday of the tests."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(minutes=10))


@pytest.fixture
def outlet(db: Any) -> Branch:
    """An outlet with the presets in force."""
    load_organisation()
    load_limits()
    load_tiers()
    load_presets()
    return BranchFactory.create()


@pytest.fixture
def teller(outlet: Branch) -> Staff:
    return StaffFactory.create(branch=outlet, permissions=HANDLER, scope=DataScope.SUBTREE, name="王倩")


@pytest.fixture
def other(outlet: Branch) -> Staff:
    return StaffFactory.create(branch=outlet, permissions=HANDLER, scope=DataScope.SUBTREE, name="赵敏")


@pytest.fixture
def head(outlet: Branch) -> Staff:
    role = Role.objects.get(code="outlet-head")
    return StaffFactory.create(branch=outlet, role=role, name="林建峰")


@pytest.fixture
def stranger(outlet: Branch) -> Staff:
    elsewhere = BranchFactory.create()
    role = RoleFactory.create(scope=DataScope.SUBTREE, permissions=SUPERVISOR)
    return StaffFactory.create(branch=elsewhere, role=role, name="孙磊")


@pytest.fixture
def customer(outlet: Branch) -> Customer:
    return CustomerFactory.create(branch=outlet, name="李国强", tier="T2", tier_rank=2)


@pytest.fixture
def big_customer(outlet: Branch) -> Customer:
    return CustomerFactory.create(branch=outlet, name="陈美玲", tier="T5", tier_rank=5)


@pytest.fixture
def opened(customer: Customer, teller: Staff) -> Callable[..., ServiceRequest]:
    """Open a request; a transfer unless told otherwise."""

    def make(business: str = "authorisation-code", **given: Any) -> ServiceRequest:
        found = {
            "customer": customer,
            "channel": Channel.PHONE,
            "actor": teller,
            "at": MONDAY,
            "answers": {"target": "鹿城营业部", "reason": "搬家", "what": "手机号", "outlet": "鹿城"},
            **given,
        }
        return open_request(business=business, **found)

    return make
