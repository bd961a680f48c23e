"""Merging and undoing, a copy for a data subject, an export through approval, an emergency: in a real Chromium."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser_fixtures import assert_accessible
from tests.customers.privacy_acts import asked
from tests.factories import BranchFactory, ContactPointFactory, CustomerFactory

from keheng.approvals.enums import State
from keheng.approvals.models import Request
from keheng.approvals.operations import decide
from keheng.approvals.operations import load_presets as load_limits
from keheng.common import clock
from keheng.customers.enums import CaseKind, IdentityProof
from keheng.customers.models import AutomatedRefusal, Customer, DuplicatePair, EmergencyAccess, Handout, Unification
from keheng.customers.operations import cases, handouts
from keheng.org.enums import DataScope
from keheng.org.models import Staff

pytestmark = pytest.mark.browser


def confirmed(page: Page) -> None:
    page.locator("#confirm [data-verb]").click()


def test_a1_two_archives_become_one_and_two_again(
    staff_of: Callable[[str], Staff], signed_in: Callable[..., Page]
) -> None:
    head = staff_of("head-office-manager")
    left = CustomerFactory.create(name="黄雅琴", occupation="教师")
    right = CustomerFactory.create(name="黄亚琴", occupation="医生")
    pair = DuplicatePair.objects.create(left=left, right=right, score=95, reasons=["phone"], found_at=clock.now())
    page = signed_in(head)
    page.goto(reverse("quality:pair", args=[pair.pk]))
    page.get_by_label("医生").check()
    page.get_by_label("为何是同一位客户").fill("同一手机、同一张身份证")
    assert_accessible(page)
    page.get_by_role("button", name="合并档案").click()
    confirmed(page)
    expect(page.get_by_role("button", name="撤销合并")).to_be_visible()
    assert Customer.objects.get(pk=left.pk).occupation == "医生"
    page.locator("#id_reason").fill("其实是两姐妹")
    page.get_by_role("button", name="撤销合并").click()
    confirmed(page)
    expect(page.get_by_role("button", name="撤销合并")).to_be_hidden()
    assert Unification.objects.get().undone_at
    assert Customer.objects.get(pk=left.pk).occupation == "教师"
    assert Customer.objects.get(pk=right.pk).occupation == "医生"


def test_pipl_45_a_copy_is_made_fetched_and_answered(
    staff_of: Callable[[str], Staff], signed_in: Callable[..., Page]
) -> None:
    officer = staff_of("head-office-manager")
    case = cases.open_case(
        customer=CustomerFactory.create(), kind=CaseKind.ACCESS, proof=IdentityProof.DOCUMENT, actor=officer,
        at=clock.now(),
    )  # fmt: skip
    page = signed_in(officer)
    page.goto(case.get_absolute_url())
    page.get_by_label("文件格式").select_option("json")
    page.get_by_role("button", name="生成副本").click()
    expect(page.locator("[aria-labelledby=copies-title]").get_by_text("JSON")).to_be_visible()
    assert_accessible(page)
    handouts.make(handout=Handout.objects.get(), now=clock.now)
    page.locator("[aria-labelledby=copies-title]").get_by_role("link", name="JSON").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载文件").click()
    assert download.value.suggested_filename == f"keheng-{Handout.objects.get().pk}.json"
    page.goto(case.get_absolute_url())
    page.locator("#id_outcome").select_option("granted")
    page.get_by_label("给客户的答复").fill("副本已当面交付")
    page.get_by_role("button", name="答复并办结").click()
    expect(page.get_by_text("副本已当面交付")).to_be_visible()
    case.refresh_from_db()
    assert case.state == "granted"


def test_a15_whole_values_leave_after_a_second_persons_approval(
    staff_of: Callable[[str], Staff], signed_in: Callable[..., Page]
) -> None:
    load_limits()
    asker, approver = staff_of("branch-head"), staff_of("head-office-manager")
    ContactPointFactory.create(customer=CustomerFactory.create(branch=asker.branch))
    page = signed_in(asker)
    page.goto(reverse("archive:export-new") + "?list=" + reverse("customers"))
    page.get_by_label("文件用途").fill("中秋礼品寄送名单")
    page.get_by_role("checkbox").check()
    assert_accessible(page)
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("button", name="下载文件")).to_be_hidden()
    handout = Handout.objects.get()
    assert handout.state == "asked"
    decide(request=Request.objects.get(), actor=approver, outcome=State.APPROVED, reason="同意", at=clock.now())
    handouts.make(handout=Handout.objects.get(), now=clock.now)
    page.goto(handout.get_absolute_url())
    with page.expect_download() as download:
        page.get_by_role("button", name="下载文件").click()
    assert download.value.suggested_filename == f"keheng-{handout.pk}.xlsx"


def test_a15_an_emergency_opens_one_archive_until_it_ends(
    staff_of: Callable[[str], Staff], signed_in: Callable[..., Page]
) -> None:
    manager = staff_of("relationship-manager")
    assert manager.role.scope == DataScope.OWN
    customer = CustomerFactory.create(name="尉迟敬德", branch=BranchFactory.create(), confidentiality=3)
    page = signed_in(manager)
    page.goto(reverse("archive:emergency-new"))
    page.get_by_label("客户号、证件号码或电话").fill(customer.number)
    page.get_by_label("紧急情况说明").fill("客户在柜台急需挂失")
    assert_accessible(page)
    page.get_by_role("button", name="调阅并记录").click()
    expect(page.get_by_role("heading", name="尉迟敬德")).to_be_visible()
    access = EmergencyAccess.objects.get()
    assert access.actor_id == manager.pk
    page.get_by_role("button", name="结束调阅").click()
    expect(page.get_by_role("heading", name="尉迟敬德")).to_be_hidden()
    answer = page.request.get(reverse("customer", args=[customer.pk]))
    assert answer.status == 404


def test_pipl_24_risk_staff_allow_automated_decisions_again(
    staff_of: Callable[[str], Staff], signed_in: Callable[..., Page]
) -> None:
    officer = staff_of("risk-officer")
    customer = CustomerFactory.create()
    case = asked(customer, CaseKind.AUTOMATED, officer)
    page = signed_in(officer)
    page.goto(case.get_absolute_url())
    page.get_by_role("button", name="登记拒绝").click()
    page.get_by_label("客户以何种方式提出").fill("柜面书面撤回 KH0012")
    assert_accessible(page)
    page.get_by_role("button", name="恢复自动化决策").click()
    confirmed(page)
    expect(page.get_by_text("柜面书面撤回 KH0012")).to_be_visible()
    assert not AutomatedRefusal.objects.exists()
