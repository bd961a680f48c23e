"""Each path of A7 in a real Chromium: every act in the panel of the page, by the people whose part it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser_fixtures import assert_accessible

from keheng.approvals.models import Request
from keheng.common import clock
from keheng.complaints.enums import State
from keheng.complaints.models import Complaint
from keheng.org.models import Branch, Staff

pytestmark = pytest.mark.browser
Signed = Callable[..., Page]


class Journey:
    """One complaint, gone through by several people, each in a browser page of their own."""

    def __init__(self, signed_in: Signed) -> None:
        self._signed_in = signed_in
        self._pages: dict[int, Page] = {}
        self.complaint: Complaint

    def page_of(self, who: Staff) -> Page:
        if who.pk not in self._pages:
            self._pages[who.pk] = self._signed_in(who)
        return self._pages[who.pk]

    def register(self, who: Staff, outlet: Branch, words: str) -> None:
        page = self.page_of(who)
        page.goto(reverse("complaints:new"))
        page.get_by_label("姓名").first.fill("李国强")
        page.get_by_label("电话", exact=True).first.fill("13857712345")
        page.get_by_label("投诉内容").fill(words)
        page.get_by_label("被投诉机构").select_option(label=str(outlet))
        expect(page.locator("#cp-beside")).to_contain_text("可能属于哪类")
        page.get_by_role("button", name="登记并确认受理").click()
        expect(page.locator(".k-error").first).to_contain_text("请复述")
        page.get_by_label("已复述并经投诉人确认").check()
        assert_accessible(page)
        page.get_by_role("button", name="登记并确认受理").click()
        expect(page.get_by_role("button", name="初审")).to_be_visible()
        self.complaint = Complaint.objects.get()

    def act(self, who: Staff, button: str, submit: str, reached: State, **given: Any) -> None:
        """Open a panel, fill it in, send it; the page shows the state that was reached."""
        page = self.page_of(who)
        page.goto(self.complaint.get_absolute_url())
        page.get_by_role("button", name=button, exact=True).first.click()
        panel = page.locator("#side")
        for label, value in given.items():
            field = panel.get_by_label(label, exact=False).first
            if value is True:
                field.check()
            elif isinstance(value, tuple):
                field.select_option(label=value[0])
            else:
                field.fill(value)
        with page.expect_navigation():  # the page loads anew once the panel has done its work
            panel.get_by_role("button", name=submit, exact=True).click()
        self.shows(page, reached)

    def press(self, who: Staff, button: str, reached: State) -> None:
        """Carry out an act that needs no words."""
        page = self.page_of(who)
        page.goto(self.complaint.get_absolute_url())
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).click()
        self.shows(page, reached)

    def shows(self, page: Page, state: State) -> None:
        expect(page.locator(".strip-title")).to_contain_text(str(State(state).label))

    def plan(self, unit: Staff) -> None:
        """Receive the form, contain, find the cause, plan."""
        here = State.INVESTIGATING
        self.press(unit, "签收处理单", here)
        self.act(unit, "临时措施", "记录措施", here, 为防止扩大="已致歉并专人跟进")
        cause = {"为什么 1": "窗口不足", "为什么 2": "按平均排班", "根本原因": "没有按客流排班"}
        self.act(unit, "根本原因", "保存根本原因", here, **cause)
        day = (clock.today() + timedelta(days=7)).isoformat()
        self.act(unit, "制定措施", "制定", here, 措施类别=("纠正措施",), 完成期限=day, **{"措施*": "增开弹性窗口"})

    def consent(self, head: Staff) -> None:
        page = self.page_of(head)
        asked = Request.objects.get(subject_id=self.complaint.pk, state="open")
        page.goto(reverse("approvals:request", args=[asked.pk]))
        with page.expect_navigation():
            page.get_by_role("button", name="批准", exact=True).click()
        page.goto(self.complaint.get_absolute_url())
        self.shows(page, State.IMPLEMENTING)

    def finish(self, unit: Staff, officer: Staff, replied: State) -> None:
        self.act(unit, "已落实", "确认落实", State.REPLYING, 如何证明="新排班表与签到记录")
        given = {"调查结论": ("属实",), "调查与处理情况": "已整改", "答复方式": "电话", "已告知救济途径": True}
        self.act(officer, "答复", "答复", replied, **given)

    def close(self, officer: Staff) -> None:
        self.act(officer, "结案回访", "结案", State.CLOSED, 投诉人是否满意=("满意",), 回访内容="满意")
        assert_accessible(self.page_of(officer))


@pytest.fixture
def journey(signed_in: Signed) -> Journey:
    return Journey(signed_in)


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    present = clock.now()
    monkeypatch.setattr(clock, "now", lambda: present + timedelta(days=days))


def test_path_e(journey: Journey, officer: Staff, unit_head: Staff, head: Staff, outlet: Branch) -> None:
    journey.register(officer, outlet, "柜员态度恶劣，说话不耐烦")
    journey.act(officer, "初审", "完成初审", State.ROUTING, 原因=("服务态度",))
    journey.act(officer, "发出处理单", "发出", State.INVESTIGATING, 处理要求="查明原因并整改")
    journey.plan(unit_head)
    journey.press(unit_head, "提交方案", State.APPROVAL)
    journey.consent(head)
    journey.finish(unit_head, officer, State.CLOSING)
    journey.close(officer)


def test_path_k(  # the people of the path
    journey: Journey,
    officer: Staff,
    unit_head: Staff,
    reviewer: Staff,
    head: Staff,
    outlet: Branch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    journey.register(officer, outlet, "柜员转账金额录错，办错业务")
    journey.act(officer, "初审", "完成初审", State.ROUTING, 原因=("业务办理差错",))
    journey.act(
        officer, "记录走访", "记录走访", State.ROUTING, 我行差错或产品质量问题=True, 客户反映与走访所见="属录入差错"
    )
    journey.act(officer, "发出处理单", "发出", State.INVESTIGATING, 处理要求="查明原因并整改")
    journey.plan(unit_head)
    journey.press(unit_head, "提交方案", State.APPROVAL)
    journey.consent(head)
    journey.finish(unit_head, officer, State.VERIFYING)
    later(monkeypatch, 31)
    journey.act(reviewer, "验证效果", "保存验证", State.CLOSING, 有效=True, 验证了什么="抽查十笔无差错")
    journey.close(officer)


def test_path_l(  # the people of the path
    journey: Journey,
    officer: Staff,
    unit_head: Staff,
    reviewer: Staff,
    deputy: Staff,
    head: Staff,
    outlet: Branch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    journey.register(officer, outlet, "手续费收费不合理，多扣费")
    journey.act(officer, "初审", "完成初审", State.ROUTING, 原因=("收费与利率争议",), 等级=("重大",))
    journey.act(officer, "发出处理单", "发出", State.SIGNING, 处理要求="查明原因并整改")
    journey.press(deputy, "签批处理单", State.INVESTIGATING)
    journey.plan(unit_head)
    journey.press(unit_head, "提交方案", State.PLAN_REVIEW)
    journey.act(reviewer, "评审方案", "提交评审", State.INVESTIGATING, 退回责任部门=True, 退回时="缺预防措施")
    journey.press(unit_head, "提交方案", State.PLAN_REVIEW)
    journey.act(reviewer, "评审方案", "提交评审", State.APPROVAL, 通过=True)
    journey.consent(head)
    journey.finish(unit_head, officer, State.VERIFYING)
    later(monkeypatch, 31)
    journey.act(reviewer, "验证效果", "保存验证", State.CLOSING, 有效=True, 验证了什么="抽查无多收")
    journey.close(officer)
