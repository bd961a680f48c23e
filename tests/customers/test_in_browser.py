"""The dossier and the documents of a customer, filled in as people do: in the panel at the side, in a real Chromium."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser_fixtures import assert_accessible
from tests.factories import CompanyFactory, CustomerFactory, StaffFactory
from tests.files import samples

from keheng.common import clock
from keheng.customers import operations
from keheng.customers.models import Customer, Document, KeyContact, Person
from keheng.org.models import Staff

pytestmark = pytest.mark.browser


def test_a_key_contact_is_added_beside_the_page(
    staff_of: Callable[[str], Staff], signed_in: Callable[..., Page]
) -> None:
    head = staff_of("branch-head")
    firm = CompanyFactory.create(customer__branch=head.branch).customer
    page = signed_in(head)
    page.goto(reverse("customer", args=[firm.pk]) + "?tab=dossier")
    page.get_by_role("button", name="添加关键联系人").click()
    panel = page.locator("#side")
    panel.get_by_label("姓名").fill("周建国")
    panel.get_by_label("决策角色").select_option("decides")
    panel.get_by_label("电话", exact=True).fill("12")
    panel.get_by_role("button", name="保存").click()
    expect(panel.get_by_text("手机号码")).to_be_visible()
    assert_accessible(page)
    panel.get_by_label("电话", exact=True).fill("13812345678")
    panel.get_by_role("button", name="保存").click()
    expect(panel).to_be_hidden()
    expect(page.locator("#tab-panel").get_by_text("138****5678")).to_be_visible()
    assert KeyContact.objects.get().phone == "13812345678"


def test_a_renamed_program_is_refused_and_a_document_filed(
    staff_of: Callable[[str], Staff], signed_in: Callable[..., Page]
) -> None:
    head = staff_of("branch-head")
    customer = CustomerFactory.create(branch=head.branch)
    page = signed_in(head)
    page.goto(reverse("customer", args=[customer.pk]) + "?tab=documents")
    page.get_by_role("button", name="添加文件").click()
    panel = page.locator("#side")
    large = {"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": bytes(21 * 2**20)}
    panel.get_by_label("文件", exact=True).set_input_files(large)  # type: ignore[arg-type]
    said = page.evaluate("document.querySelector('#side input[type=file]').validationMessage")
    assert "20 MB" in said
    renamed = {"name": "证件.pdf", "mimeType": "application/pdf", "buffer": samples.PROGRAM}
    panel.get_by_label("文件", exact=True).set_input_files(renamed)  # type: ignore[arg-type]
    panel.get_by_role("button", name="归档").click()
    expect(panel.get_by_text("这是程序或脚本")).to_be_visible()
    good = {"name": "证件.pdf", "mimeType": "application/pdf", "buffer": samples.pdf()}
    panel.get_by_label("文件", exact=True).set_input_files(good)  # type: ignore[arg-type]
    panel.get_by_role("button", name="归档").click()
    expect(panel).to_be_hidden()
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF 文档").click()
    assert download.value.suggested_filename.startswith("身份证件-")
    assert Document.objects.count() == 1


def test_two_edit_one_archive_and_nothing_is_lost(
    staff_of: Callable[[str], Staff], signed_in: Callable[..., Page], screenshot: Callable[[Page, str], None]
) -> None:
    head = staff_of("branch-head")
    customer = CustomerFactory.create(branch=head.branch, occupation="个体户")
    page = signed_in(head)
    page.goto(reverse("customer", args=[customer.pk]) + "?tab=archive")
    page.get_by_role("button", name="编辑职业与收入").click()
    panel = page.locator("#side")
    panel.get_by_label("职业", exact=True).fill("企业主")
    panel.get_by_label("工作单位").fill("鑫恒鞋业")
    other = StaffFactory.create(name="王倩")
    operations.change_customer(customer=customer, facts={"occupation": "教师"}, actor=other, at=clock.now())
    panel.get_by_role("button", name="保存").click()
    expect(panel.get_by_text("王倩")).to_be_visible()
    expect(panel.get_by_label("教师")).to_be_visible()
    assert_accessible(page)
    screenshot(page, "archive-conflict")
    assert not Person.objects.exists()
    panel.get_by_label("教师").check()
    panel.get_by_role("button", name="保存").click()
    expect(panel).to_be_hidden()
    expect(page.locator("#archive").get_by_text("鑫恒鞋业")).to_be_visible()
    expect(page.locator("section", has=page.locator("#facts-title")).get_by_text("教师")).to_be_visible()
    assert Customer.objects.get(pk=customer.pk).occupation == "教师"
