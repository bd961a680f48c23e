"""A branch with an outlet, the people of A7, and complaints about the outlet on an ordinary Monday."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.approvals.operations import load_presets as load_limits
from keheng.complaints.enums import Channel, Grade, Kind
from keheng.complaints.models import Cause, Complaint
from keheng.complaints.operations import load_presets
from keheng.complaints.operations.intake import Complaining, register
from keheng.complaints.operations.reviewing import classify
from keheng.customers.models import Customer
from keheng.org.enums import BranchKind
from keheng.org.models import Branch, Role, Staff
from keheng.org.operations import load_presets as load_organisation

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(text: str) -> datetime:
    """``11-23 09:00``: Monday, 23 November 2026, as the default."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI).astimezone(UTC)


MONDAY = moment("11-23 09:00")


@pytest.fixture
def branch(db: Any) -> Branch:
    """A branch with the presets in force."""
    load_organisation()
    load_limits()
    load_presets()
    return BranchFactory.create(kind=BranchKind.BRANCH, name="瓯北支行")


@pytest.fixture
def outlet(branch: Branch) -> Branch:
    return BranchFactory.create(parent=branch, name="永宁网点")


def person(branch: Branch, role: str, name: str) -> Staff:
    return StaffFactory.create(branch=branch, role=Role.objects.get(code=role), name=name)


@pytest.fixture
def officer(branch: Branch) -> Staff:
    return person(branch, "complaint-officer", "郑敏")


@pytest.fixture
def reviewer(branch: Branch) -> Staff:
    return person(branch, "service-manager", "吴静")


@pytest.fixture
def deputy(branch: Branch) -> Staff:
    return person(branch, "deputy-branch-head", "何勇")


@pytest.fixture
def head(branch: Branch) -> Staff:
    return person(branch, "branch-head", "林建峰")


@pytest.fixture
def unit_head(outlet: Branch) -> Staff:
    return person(outlet, "outlet-head", "赵敏")


@pytest.fixture
def teller(outlet: Branch) -> Staff:
    return person(outlet, "teller", "王倩")


@pytest.fixture
def customer(outlet: Branch) -> Customer:
    return CustomerFactory.create(branch=outlet, name="李国强")


@pytest.fixture
def registered(customer: Customer, outlet: Branch, officer: Staff) -> Callable[..., Complaint]:
    """Register a complaint about the outlet, unless told otherwise."""

    def make(at: datetime = MONDAY, **values: Any) -> Complaint:
        given: dict[str, Any] = {
            "channel": Channel.PHONE,
            "statement": "柜员态度恶劣，等候时间太长",
            "customer": customer,
            "complaining": [Complaining(name="李国强", phone="13857712345")],
            "about_branch": outlet,
            "read_back": True,
            "actor": officer,
            "at": at,
        }
        return register(**{**given, **values})

    return make


@pytest.fixture
def classified(registered: Callable[..., Complaint], officer: Staff) -> Callable[..., Complaint]:
    """Register and classify: service behaviour, minor, path e, unless told otherwise."""

    def make(
        *,
        kind: Kind = Kind.SERVICE,
        cause: str = "attitude",
        grade: Grade = Grade.MINOR,
        path: str = "",
        at: datetime = MONDAY,
        **values: Any,
    ) -> Complaint:
        made = registered(at, **values)
        found = Cause.objects.get(code=cause)
        return classify(complaint=made, kind=kind, cause=found, grade=grade, path=path, actor=officer, at=at)

    return make
