"""A small bank with limits: a relationship manager asks, the heads above decide."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.factories import BranchFactory, StaffFactory

from keheng.approvals import kinds, operations
from keheng.approvals.models import Request
from keheng.org.enums import BranchKind
from keheng.org.models import Branch, Role, Staff
from keheng.org.operations import load_presets

MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, a working day
KIND = kinds.Kind("trial.single", "试行事项", "可以吗？", rank_name="级别")
BULK = kinds.Kind("trial.bulk", "试行批量", "可以吗？", in_bulk=True)

type Ask = Callable[..., Request]


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {KIND.code: KIND, BULK.code: BULK})


class Bank:
    """One branch with two outlets, and a person in each role that decides."""

    def __init__(self) -> None:
        load_presets()
        operations.load_presets()
        self.branch: Branch = BranchFactory.create(name="温州分行", kind=BranchKind.BRANCH)
        self.outlet: Branch = BranchFactory.create(name="瓯北支行", parent=self.branch)
        self.other: Branch = BranchFactory.create(name="乐清支行", parent=self.branch)
        self.manager = self.member("relationship-manager", self.outlet, "陈晓")
        self.outlet_head = self.member("outlet-head", self.outlet, "黄瑞")
        self.other_head = self.member("outlet-head", self.other, "何敏")
        self.branch_head = self.member("branch-head", self.branch, "林建峰")
        self.head_office = self.member("head-office-manager", Branch.objects.get(parent=None), "周正")

    def member(self, role: str, branch: Branch, name: str) -> Staff:
        return StaffFactory.create(role=Role.objects.get(code=role), branch=branch, name=name)


@pytest.fixture
def bank(db: None) -> Bank:
    return Bank()


@pytest.fixture
def ask(bank: Bank) -> Ask:
    """Ask as the relationship manager, unless told otherwise."""

    def make(**given: Any) -> Request:
        values: dict[str, Any] = {
            "kind": KIND.code,
            "subject": bank.outlet,
            "title": "移交客户",
            "branch": bank.outlet,
            "actor": bank.manager,
            "reason": "客户提出",
            "at": MONDAY,
        }
        return operations.ask(**{**values, **given})

    return make
