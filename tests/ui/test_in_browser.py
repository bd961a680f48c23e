"""The frame and its machinery in a real browser, at 1366×768."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser_fixtures import Watch, assert_accessible
from tests.factories import CustomerFactory, StaffFactory

from keheng.org.models import Staff
from keheng.ui.tabs import SideCard, Tab, register_card, register_tab

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("trial_pages")]

ROWS = "table.k tbody tr"


@pytest.fixture
def reader(transactional_db: None) -> Staff:
    return StaffFactory.create(
        name="林建峰", username="wz0123", permissions=("org.view", "org.export", "customers.reveal")
    )


@pytest.fixture
def trial(reader: Staff, signed_in: Callable[..., Page], crowd: Callable[[int], Any]) -> Callable[..., Page]:
    """A page signed in as the reader, with 60 rows to read."""
    crowd(60)

    def make(path: str = "/trial/", **options: str) -> Page:
        page = signed_in(reader, **options)
        page.goto(path)
        return page

    return make


@pytest.fixture
def someone(reader: Staff) -> Staff:
    return reader


# -- lists -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list_fits_the_screen_and_is_accessible(trial: Any, screenshot: Any, theme: str) -> None:
    page = trial("/trial/?is_active=True", theme=theme)
    expect(page.locator("#list-tabs b").first).to_be_visible()
    screenshot(page, f"list-{theme}")
    assert_accessible(page)
    fits = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert fits[0] <= 1366
    assert fits[1] <= 768
    wrap = page.locator(".k-table-wrap").bounding_box()
    visible = [row for row in page.locator(ROWS).all() if row.bounding_box()["y"] + 29 <= wrap["y"] + wrap["height"]]
    assert len(visible) >= 15


def test_sorting_filtering_and_paging_swap_the_list_and_move_the_address(trial: Any) -> None:
    page = trial()
    page.evaluate("window.stays = true")
    page.click("th a:has-text('用户名')")
    page.wait_for_url("**/trial/?sort=username")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("用户名")

    page.fill("#list-q", "江博文")
    page.wait_for_url("**q=%E6%B1%9F*")
    expect(page.locator(ROWS)).to_have_count(9)
    expect(page.locator("#list-sub")).to_have_text("9 位")
    assert page.evaluate("document.activeElement.id") == "list-q"

    page.click(".chip > button:has-text('状态')")
    page.click("label:has-text('停用')")
    page.wait_for_url("**is_active=False*")
    assert "sort=username" in page.url
    expect(page.locator(ROWS)).to_have_count(2)

    page.click("[aria-label='移除筛选“状态”']")
    expect(page.locator(ROWS)).to_have_count(9)
    assert page.evaluate("window.stays")
    page.go_back()
    expect(page.locator(ROWS)).to_have_count(2)
    page.click("[data-theme-switch]")
    page.click(".k-avatar")
    expect(page.locator(".dropdown-item", has_text="退出登录")).to_be_visible()

    page.goto("/trial/")
    page.click(".k-pages >> text=下一页")
    page.wait_for_url("**page=2")
    expect(page.locator(".k-pager")).to_contain_text("第 21–40 位，共 62 位")
    page.fill("input[name=page]", "4")
    page.press("input[name=page]", "Enter")
    expect(page.locator(".k-pager")).to_contain_text("第 61–62 位，共 62 位")
    page.select_option("select[name=size]", "100")
    expect(page.locator(ROWS)).to_have_count(62)


def test_the_list_is_walked_opened_and_ticked_by_keys(trial: Any) -> None:
    page = trial()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#list-bulk")).to_contain_text("已选 1 项")
    page.keyboard.press("x")
    expect(page.locator("#list-bulk")).to_be_hidden()
    page.keyboard.press("k")
    page.keyboard.press("]")
    page.wait_for_url("**page=2")
    page.keyboard.press("[")
    page.wait_for_url("**page=1")
    page.keyboard.press("j")
    target = page.locator(ROWS).first.get_attribute("data-href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{target}")


def test_a_click_anywhere_in_a_row_opens_it(trial: Any) -> None:
    page = trial()
    target = page.locator(ROWS).nth(3).get_attribute("data-href")
    page.locator(f"{ROWS} >> nth=3").locator("td").nth(6).click()
    page.wait_for_url(f"**{target}")


def test_a_bulk_action_asks_first_and_takes_all_that_match(trial: Any, screenshot: Any) -> None:
    page = trial()
    page.check("[data-tick-page]")
    expect(page.locator("#list-bulk")).to_contain_text("已选 20 项")
    page.click("[data-select-all]")
    expect(page.locator("#list-bulk")).to_contain_text("已选 62 项")
    page.click("#list-bulk >> text=分配")
    expect(page.locator("#confirm-question")).to_have_text("将分配 62 位客户。")
    screenshot(page, "confirm")
    page.click("#confirm >> text=取消")
    assert "/trial/" in page.url
    page.click("#list-bulk >> text=分配")
    page.click("#confirm [data-verb]")
    page.wait_for_url("**/trial-bulk/")
    assert page.inner_text("body") == "62"


def test_views_and_columns_are_kept(trial: Any, screenshot: Any) -> None:
    page = trial("/trial/?is_active=True")
    page.click("text=保存当前视图")
    page.fill("#view-name", "在用员工")
    page.click(".k-panel >> text=保存")
    expect(page.locator(".k-view.on a")).to_contain_text("在用员工")
    page.click(".k-list-tools >> text=列")
    screenshot(page, "columns")
    page.uncheck("label:has-text('用户名') input")
    page.check("label:has-text('岗位') input")
    page.click("text=显示所选列")
    expect(page.locator("th", has_text="岗位")).to_be_visible()
    expect(page.locator("th", has_text="用户名")).to_have_count(0)
    page.click(".k-view.on .k-close")
    expect(page.locator("#list-tabs")).not_to_contain_text("在用员工")


def test_the_excel_file_comes_down(trial: Any) -> None:
    page = trial()
    with page.expect_download() as download:
        page.click("text=导出")
    assert download.value.suggested_filename.startswith("客户-")


# -- frame -------------------------------------------------------------------------------------------------------------


def test_theme_and_navigation_are_remembered(trial: Any) -> None:
    page = trial()
    page.click("[data-theme-switch]")
    page.click("[data-nav-fold]")
    page.reload()
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    assert page.locator(".k-nav").bounding_box()["width"] == 52
    page.set_viewport_size({"width": 800, "height": 900})
    assert page.locator(".k-nav").bounding_box()["x"] < 0
    page.click("[data-nav-open]")
    expect(page.locator("html.nav-open .k-nav")).to_be_in_viewport(ratio=1)


def test_keys_and_language(trial: Any, screenshot: Any) -> None:
    page = trial()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    screenshot(page, "keys")
    page.keyboard.press("Escape")
    page.click("button[value=en]")
    expect(page.locator(".k-pager")).to_contain_text("1–20 of 62")
    assert page.url.endswith("/trial/")


def test_an_error_in_a_fragment_is_told(trial: Any, watch: Watch, reader: Staff) -> None:
    watch.expect("403")
    watch.expect("Response Status Error Code 403")
    page = trial()
    reader.role.permissions = []
    reader.role.save()
    page.click("th a:has-text('用户名')")
    expect(page.locator(".k-toast.error")).to_contain_text("权限")


def test_a_session_that_ended_leads_to_sign_in(trial: Any) -> None:
    page = trial()
    page.context.clear_cookies(name="sessionid")
    page.click("th a:has-text('用户名')")
    page.wait_for_url("**/accounts/login/**")
    expect(page.locator("h1")).to_have_text("登录")


# -- details, charts, reveals ------------------------------------------------------------------------------------------


def test_tabs_load_on_demand(trial: Any, reader: Staff, screenshot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keheng.ui.tabs._tabs", {"trial": {}})
    monkeypatch.setattr("keheng.ui.tabs._cards", {"trial": {}})
    register_tab(Tab("trial", "news", "动态", "trial-tab", order=1))
    register_tab(Tab("trial", "assets", "资产与产品", "trial-tab", order=2, counter=lambda *_: 7))
    register_card(SideCard("trial", "next", "trial-card"))
    page = trial(f"/trial/{reader.pk}/")
    expect(page.locator("#tab-panel")).to_have_text(f"tab of {reader.pk}")
    expect(page.locator(".k-detail")).to_contain_text(f"card of {reader.pk}")
    page.click("#tab-assets")
    page.wait_for_url("**?tab=assets")
    expect(page.locator("#tab-assets")).to_have_attribute("aria-selected", "true")
    screenshot(page, "detail")
    assert_accessible(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_draw_tell_the_same_as_tables_and_lead_to_lists(trial: Any, screenshot: Any, theme: str) -> None:
    page = trial("/trial-charts/", theme=theme)
    expect(page.locator("[data-drawn] canvas")).to_have_count(3)
    screenshot(page, f"charts-{theme}")
    assert_accessible(page)
    page.click("[data-chart-table=pyramid]")
    expect(page.locator("#pyramid-table")).to_contain_text("7,930")
    expect(page.locator("#pyramid-chart")).to_be_hidden()
    page.click("[data-chart-table=pyramid]")
    page.click("[data-theme-switch]")
    box = page.locator("#pyramid-chart").bounding_box()
    page.mouse.click(box["x"] + 60, box["y"] + 28)
    page.wait_for_url("**/trial/?q=1")


def test_a_masked_value_is_shown_for_a_reason(trial: Any, watch: Watch, screenshot: Any) -> None:
    watch.expect("428")
    page = trial("/trial-charts/")
    page.click(".k-masked button")
    expect(page.locator("#reveal")).to_be_visible()
    page.click("text=核验身份")
    screenshot(page, "reveal")
    page.click("text=查看并记录")
    expect(page.locator(".k-masked")).to_have_text("mobile of 7, because 核验身份")
    page.reload()
    page.click(".k-masked button")
    expect(page.locator(".k-masked")).to_have_text("mobile of 7, because 核验身份")


# -- sign-in and trouble -----------------------------------------------------------------------------------------------


def test_sign_in(page: Page, reader: Staff, screenshot: Any) -> None:
    reader.set_password("right-horse-9-staple")
    reader.save()
    page.goto("/trial/")
    screenshot(page, "sign-in")
    assert_accessible(page)
    page.fill("[name=login]", "wz0123")
    page.fill("[name=password]", "wrong")
    page.press("[name=password]", "Enter")
    expect(page.locator(".k-alert")).to_contain_text("用户名或密码错误")
    screenshot(page, "sign-in-wrong")
    assert_accessible(page)
    page.fill("[name=password]", "right-horse-9-staple")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/trial/")


@pytest.mark.parametrize(
    ("name", "path"), [("password", "/accounts/password/change/"), ("second-step", "/accounts/2fa/"), ("404", "/none/")]
)
def test_pages_around_the_account(trial: Any, watch: Watch, screenshot: Any, name: str, path: str) -> None:
    watch.expect("404")
    page = trial(path)
    screenshot(page, name)
    assert_accessible(page)


def test_the_search_box_is_driven_by_keys(
    signed_in: Callable[..., Page], transactional_db: None, screenshot: Any
) -> None:
    for name, aum in (("黄雅琴", 2_123_500), ("黄雅静", 503_000), ("林芳", 90_000)):
        CustomerFactory.create(name=name, aum=aum)
    page = signed_in("head-office-manager")
    page.goto("/accounts/2fa/")
    page.keyboard.press("/")
    page.keyboard.type("hyq")
    expect(page.locator(".k-hit").first).to_contain_text("黄雅琴")
    page.fill("#search", "黄雅")
    expect(page.locator(".k-hit")).to_have_count(2)
    expect(page.locator(".k-hit[aria-selected=true]")).to_contain_text("黄雅琴")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".k-hit[aria-selected=true]")).to_contain_text("黄雅静")
    screenshot(page, "search")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator("#search-results")).to_be_hidden()
    page.fill("#search", "黄雅静")
    expect(page.locator(".k-hit[aria-selected=true]")).to_contain_text("黄雅静")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/*/")
    page.keyboard.press("/")
    page.keyboard.type("no such customer")
    expect(page.locator("#search-results")).to_contain_text("没有找到")
