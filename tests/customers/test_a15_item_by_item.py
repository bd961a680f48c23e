"""Every item of A15 and of screen 15, one a row: where it stands on a page, and where the API tells it.

A small institution is set up with a customer of level 2, whose number is shown, exported and asked for in an emergency.
Each row is then looked up on its page, as a browser is sent it, and in the answer of the API.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from tests.customers.privacy_acts import asked
from tests.customers.test_a1_field_by_field import _under
from tests.factories import (
    AccountFactory,
    BranchFactory,
    ContactPointFactory,
    CustomerFactory,
    StaffFactory,
    head_office,
)

from keheng.approvals.models import Request
from keheng.cli.migrate import load_presets
from keheng.common import clock
from keheng.customers import operations
from keheng.customers.enums import CaseKind
from keheng.customers.models import Customer, EmergencyAccess
from keheng.customers.operations import cases, emergency, handouts
from keheng.org.enums import BranchKind, DataScope
from keheng.org.models import Role, Staff

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Row:
    """An item of A15 in its words; ``source`` is what asks for it.

    Attributes:
        page: the address name of its page; ``{pk}`` of an address with a key is the customer.
        words: what the page says of it.
        api: where below ``/api/v1/`` it is told.
        key: the key of the answer and ``value`` what stands there, or is among what stands there.
    """

    item: str
    source: str
    page: str
    words: str
    api: str
    key: str
    value: Any = None


BRANCHES, ROLES, LIMITS = "organisation/branches", "organisation/roles", "approvals/limits"
SIGN_IN, MATRIX, RULES = "organisation/sign-in-rules", "privacy/confidentiality", "privacy/rules"

ROWS = (
    Row("组织：总行 head office", "screen 15", "org:branches", "总行", BRANCHES, "kind", "head"),
    Row("组织：支行 branch", "screen 15", "org:branches", "瓯北支行", BRANCHES, "kind", "branch"),
    Row("组织：网点 outlet", "screen 15", "org:branches", "清溪网点", BRANCHES, "kind", "outlet"),
    Row("组织：小组 group", "screen 15", "org:branches", "财富一组", BRANCHES, "kind", "group"),
    Row("角色 roles", "screen 15", "org:roles", "风险管理", ROLES, "code", "risk-officer"),
    Row("角色的权限 rights", "screen 15", "org:roles", "查看客户", ROLES, "permissions"),
    Row("数据范围：本人 own", "004b, screen 15", "org:roles", "本人客户", ROLES, "scope", "own"),
    Row("数据范围：小组、网点、支行及下级", "screen 15", "org:roles", "本机构及下级", ROLES, "scope", "subtree"),
    Row("数据范围：全部", "screen 15", "org:roles", "全部", ROLES, "scope", "all"),
    Row("保密级别 level by sensitivity", "001", "archive:tab", "二级", "customers/{pk}", "confidentiality", 2),
    Row("按级别脱敏 masking by level", "screen 15", "archive:confidentiality", "三级", MATRIX, "level", 3),
    Row("隐藏", "screen 15", "archive:confidentiality", "不可见", MATRIX, "shown", "hidden"),
    Row("脱敏", "screen 15", "archive:confidentiality", "脱敏", MATRIX, "shown", "masked"),
    Row("申请显示", "screen 15", "archive:confidentiality", "可申请", MATRIX, "shown", "reveal"),
    Row("字段分类 classes of fields", "JR/T 0171", "archive:confidentiality", "账号", MATRIX, "data_class", "C2"),
    Row("号码脱敏 mask on the page", "screen 15", "archive:tab", "138****5678", "customers/{pk}/contacts", "mask",
        "138****5678"),
    Row("账号脱敏", "screen 15", "customer-assets", "****0018", "portfolio/customers/{pk}", "mask", "****0018"),
    Row("显示留痕 reveal with reason in the log", "002", "audit:list", "核对身份", "audit", "reason", "核对身份"),
    Row("日志查询 log search", "screen 15", "audit:list", "查看完整信息", "audit?action=customers.reveal", "action",
        "customers.reveal"),
    Row("审批额度 approval limits", "screen 15", "approvals:limits", "客户资料导出", LIMITS, "kind",
        "customers.export"),
    Row("投诉按等级审批 by complaint grade", "004k, 004l", "approvals:limits", "投诉整改方案", LIMITS, "rank_name",
        "等级"),
    Row("双人操作 two-person operations", "003, screen 15", "approvals:all", "客户数据导出", "approvals", "kind",
        "customers.export"),
    Row("导出留痕 export asked for", "002", "archive:handouts", "中秋礼品", "privacy/files", "purpose", "中秋礼品寄送"),
    Row("紧急调阅 emergency access", "A15", "archive:emergencies", "客户在柜台突发疾病", "privacy/emergency",
        "reason", "客户在柜台突发疾病"),
    Row("登录策略 password", "screen 15", "org:sign-in-rules", "至少 10 位", SIGN_IN, "code", "password"),
    Row("登录策略 locking", "screen 15", "org:sign-in-rules", "锁定 5 分钟", SIGN_IN, "code", "attempts"),
    Row("登录策略 second step", "screen 15", "org:sign-in-rules", "动态口令", SIGN_IN, "code", "second-step"),
    Row("登录策略 session", "screen 15", "org:sign-in-rules", "12 小时", SIGN_IN, "code", "session"),
    Row("保存期限 retention", "screen 15", "archive:privacy-rules", "客户身份资料", RULES, "years", 10),
    Row("时限 clocks of requests", "PIPL", "archive:privacy-rules", "15", RULES, "days", 15),
    Row("个人信息请求 deletion requests", "screen 15", "archive:cases", "删除", "privacy/cases", "kind", "deletion"),
    Row("拒绝自动化决策", "PIPL 24", "archive:consent-tab", "拒绝自动化决策", "privacy/cases?kind=automated", "state",
        "granted"),
    Row("影响评估 impact assessments", "PIPL 55", "archive:assessments", "影响评估", "privacy/assessments", "items"),
)  # fmt: skip


@pytest.fixture
def customer(client: Client) -> Customer:
    load_presets()
    root = head_office()
    branch = BranchFactory.create(name="瓯北支行", kind=BranchKind.BRANCH, parent=root)
    outlet = BranchFactory.create(name="清溪网点", kind=BranchKind.OUTLET, parent=branch)
    BranchFactory.create(name="财富一组", kind=BranchKind.GROUP, parent=outlet)
    actor = StaffFactory.create(name="林建峰")
    StaffFactory.create(role=Role.objects.get(code="head-office-manager"))  # the second person
    given: dict[str, Any] = {"actor": actor, "at": clock.now()}
    customer = CustomerFactory.create(name="林若溪", branch=outlet, confidentiality=2)
    point = ContactPointFactory.create(customer=customer, value="13812345678")
    AccountFactory.create(customer=customer, number="6228480402564890018")
    operations.reveal(customer=customer, field=f"contact.{point.pk}", reason="核对身份", **given)
    client.force_login(actor)
    handouts.ask_export(address="/customers/", purpose="中秋礼品寄送", personal=True, **given)
    EmergencyAccess.objects.all().delete()
    emergency.open_in_emergency(customer=customer, minutes=30, reason="客户在柜台突发疾病", **given)
    cases.refuse_automated(case=asked(customer, CaseKind.AUTOMATED, actor), **given)
    asked(customer, CaseKind.DELETION, actor)
    return customer


def test_a15_every_item_is_on_a_page_and_in_the_interface(client: Client, customer: Customer) -> None:
    assert _lacking(client, customer) == []


def test_a15_staff_see_only_the_customers_assigned_to_them(client: Client, customer: Customer) -> None:
    manager = StaffFactory.create(role=Role.objects.get(code="relationship-manager"))
    own = CustomerFactory.create(name="王小明", owner=manager)
    client.force_login(manager)
    page = client.get(reverse("customers")).content.decode()
    assert ("王小明" in page, "林若溪" in page) == (True, False)
    assert [row["id"] for row in client.get("/api/v1/customers").json()["items"]] == [own.pk]
    assert client.get(reverse("customer", args=[customer.pk])).status_code == 404
    assert client.get(f"/api/v1/customers/{customer.pk}").status_code == 404


def test_a15_nobody_approves_their_own_and_posts_check_each_other(client: Client, customer: Customer) -> None:
    request = Request.objects.get(kind="customers.export")
    answer = client.post(
        f"/api/v1/approvals/{request.pk}/decide", {"outcome": "approve"}, content_type="application/json"
    )
    assert answer.status_code == 403
    access = EmergencyAccess.objects.get(customer=customer)
    with pytest.raises(PermissionDenied):
        emergency.review_emergency(access=access, verdict="justified", remark="", actor=access.actor, at=clock.now())
    second = Staff.objects.get(role__code="head-office-manager")
    client.force_login(second)
    waiting = client.get("/api/v1/approvals?waiting=true").json()["items"]
    assert [row["id"] for row in waiting] == [request.pk]
    told = client.post(
        f"/api/v1/approvals/{request.pk}/decide", {"outcome": "approve", "reason": "同意"},
        content_type="application/json",
    ).json()  # fmt: skip
    assert (told["state"], told["decided_by_id"]) == ("approved", second.pk)
    assert [step["act"] for step in told["steps"]] == ["approve"]


def test_a15_the_archive_is_closed_to_outsiders_and_other_posts(client: Client, customer: Customer) -> None:
    """[002] 客户档案具有高度保密性: without a role for it no page and no answer tells anything."""
    client.force_login(StaffFactory.create(permissions=("knowledge.view",), scope=DataScope.ALL))
    for row in ROWS:
        page, api = _page(row, customer), f"/api/v1/{row.api.format(pk=customer.pk)}"
        assert client.get(page).status_code in {403, 404}, row
        assert client.get(api).status_code in {403, 404}, row
    client.logout()
    assert client.get(reverse("customer", args=[customer.pk])).status_code == 302
    assert client.get(f"/api/v1/customers/{customer.pk}").status_code == 401


def _page(row: Row, customer: Customer) -> str:
    of_customer = row.page in {"archive:tab", "archive:consent-tab", "customer-assets"}
    return reverse(row.page, args=[customer.pk] if of_customer else [])


def _lacking(client: Client, customer: Customer) -> list[str]:
    """What the pages and answers do not say, in words."""
    pages = {_page(row, customer): "" for row in ROWS}
    for address in pages:
        pages[address] = strip_tags(client.get(address).content.decode())
    found = [f"{row.item}: “{row.words}” is not on {row.page}" for row in ROWS
             if row.words not in pages[_page(row, customer)]]  # fmt: skip
    for row in ROWS:
        told = list(_under(client.get(f"/api/v1/{row.api.format(pk=customer.pk)}").json(), row.key))
        if not told or (row.value is not None and row.value not in told):
            found.append(f"{row.item}: {row.key} of {row.api} tells {told}, not {row.value!r}")
    return found
