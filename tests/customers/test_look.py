"""The archive's form and the trail in a browser: they open cleanly, axe finds nothing serious."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.browser_fixtures import assert_accessible
from tests.factories import CustomerFactory, StaffFactory

from keheng.common import clock
from keheng.customers import operations
from keheng.customers.models import Customer

pytestmark = pytest.mark.browser


def test_the_form_of_an_archive(signed_in: Callable[..., Page], screenshot: Callable[[Page, str], None]) -> None:
    page = signed_in("branch-head")
    for name, address in (
        ("new", "/customers/new/"),
        ("new-company", "/customers/new/?kind=company"),
    ):
        page.goto(address)
        assert_accessible(page)
        screenshot(page, f"archive-{name}")
    page.goto("/customers/new/")
    page.get_by_label("姓名").fill("黄雅琴")
    page.get_by_label("手机").fill("12812345678")
    page.get_by_role("button", name="建立档案").click()
    page.get_by_text("手机号码为 11 位数字").wait_for()
    assert_accessible(page)
    screenshot(page, "archive-mistake")
    page.get_by_label("手机").fill("138 1234 5678")
    page.get_by_role("button", name="建立档案").click()
    page.get_by_text("档案已建立").wait_for()
    assert Customer.objects.filter(name="黄雅琴", number__startswith="P").exists()


def test_the_trail_reads_in_chinese(signed_in: Callable[..., Page], screenshot: Callable[[Page, str], None]) -> None:
    page = signed_in("auditor")
    actor, customer = StaffFactory.create(name="林建峰"), CustomerFactory.create(id_number="11010519491231002X")
    operations.reveal(customer=customer, field="id_number", actor=actor, reason="回访核实", at=clock.now())
    operations.change_customer(
        customer=customer, facts={"occupation": "企业主", "status": "dormant"}, actor=actor, at=clock.now()
    )
    page.goto("/audit/")
    page.get_by_text("状态：正常 → 睡眠").wait_for()
    assert_accessible(page)
    screenshot(page, "audit")
    page.get_by_text("修改档案").first.click()
    page.wait_for_url("**/audit/*/")
    assert_accessible(page)
    screenshot(page, "audit-entry")
