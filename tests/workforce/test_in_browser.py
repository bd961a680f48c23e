"""From raw history to a published roster in the browser (A13, "done when"), on a short horizon."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.workforce.call_centre import a_file, a_queue, people

from keheng.common import clock
from keheng.org.models import Staff
from keheng.workforce.enums import RosterState, RunState
from keheng.workforce.models import Duty, Forecast, Roster
from keheng.workforce.operations import forecasts, solving

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _work() -> None:
    """Do what waits for the worker."""
    for forecast in Forecast.objects.filter(state=RunState.QUEUED).select_related("queue__borrows"):
        forecasts.make_forecast(forecast=forecast, now=clock.now)
    for roster in Roster.objects.filter(state=RosterState.QUEUED):
        solving.make(roster=roster, now=clock.now)


def test_a13_from_raw_history_to_a_published_roster(
    signed_in: Callable[..., Page], staff_of: Callable[[str], Staff], tmp_path: Path
) -> None:
    planner = staff_of("call-supervisor")
    queue = a_queue()
    people(queue, 6)
    file = tmp_path / "话务.csv"
    file.write_bytes(a_file(5, until=clock.today()))
    page = signed_in(planner)
    page.goto(reverse("workforce:take-in"))
    page.get_by_label("队列").select_option(label="服务热线")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="导入文件").click()
    expect(page.get_by_role("heading", name="服务热线").first).to_be_visible()
    page.get_by_role("button", name="预测").first.click()
    page.locator("#side [name=days]").fill("14")
    page.locator("#side").get_by_role("button", name="预测").click()
    expect(page.locator("#side")).not_to_be_visible()
    _work()
    page.goto(f"{queue.get_absolute_url()}?tab=staffing")
    expect(page.get_by_text("人数增减会怎样？")).to_be_visible()
    page.goto(reverse("workforce:roster-new"))
    page.locator("[name=first_day]").fill(clock.today().isoformat())
    page.locator("[name=days]").fill("7")
    expect(page.get_by_label("一组")).to_be_checked()
    page.get_by_role("button", name="新建班表").click()
    page.get_by_role("button", name="自动排班").click()
    page.locator("#side [name=seconds]").fill("4")
    page.locator("#side").get_by_role("button", name="开始排班").click()
    expect(page.get_by_text("等待后台处理")).to_be_visible()
    _work()
    roster = Roster.objects.get()
    page.goto(roster.get_absolute_url())
    _by_hand(page, roster)
    page.get_by_role("button", name="发布").click()
    page.locator("dialog[open]").get_by_role("button").last.click()
    expect(page.get_by_text("班表已发布，并已通知相关人员")).to_be_visible()
    assert Duty.objects.filter(is_published=True).exists()


def _by_hand(page: Page, roster: Roster) -> None:
    """Drag a shift that breaks a rule: told at once, nothing changes. Insist; then take it back by keyboard."""
    agent = roster.duties.filter(shift__code="A").values_list("agent", flat=True)[0]
    before = roster.duties.count()
    free = page.locator(f"button.wf-cell[data-agent='{agent}']:not([draggable])").first
    free.scroll_into_view_if_needed()
    day = str(free.get_attribute("data-day"))
    page.locator("[data-shift=D]").drag_to(free)
    told = page.locator("#told")
    expect(told).not_to_be_empty()
    if told.get_by_role("button").count():
        expect(told).to_contain_text("没有任何改动")
        assert roster.duties.count() == before
        told.get_by_role("button").click()
    cell = page.locator(f"button.wf-cell[data-agent='{agent}'][data-day='{day}']")
    expect(cell).to_have_text("D")
    cell.focus()
    page.keyboard.press("Enter")
    page.locator("#side [name=shift]").select_option("")
    page.locator("#side [name=insist]").check()
    page.locator("#side").get_by_role("button", name="设置班次").click()
    expect(page.locator(f"button.wf-cell[data-agent='{agent}'][data-day='{day}']")).to_have_text("·")
    assert roster.duties.count() == before


def test_a_shift_is_added_to_the_library_beside_the_page(
    signed_in: Callable[..., Page], staff_of: Callable[[str], Staff]
) -> None:
    people(a_queue(), 2)
    page = signed_in(staff_of("call-supervisor"))
    page.goto(reverse("workforce:library"))
    page.get_by_role("button", name="新增班次").click()
    panel = page.locator("#side")
    for name, value in {"code": "ZX", "name": "周末加强班", "starts": "10:00", "minutes": "480"}.items():
        panel.locator(f"[name={name}]").fill(value)
    panel.get_by_role("button", name="保存").click()
    expect(panel).not_to_be_visible()
    expect(page.locator("#library").get_by_text("周末加强班")).to_be_visible()
