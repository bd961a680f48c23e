"""The pages of tiering in a real browser, at 1366×768."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser_fixtures import assert_accessible
from tests.factories import BranchFactory, StaffFactory
from tests.tiering.conftest import NOON, MakeCustomer, wan

from keheng.tiering.models import Run, Scheme, SchemeVersion
from keheng.tiering.operations import evaluate

pytestmark = [pytest.mark.browser]


@pytest.fixture
def opened(transactional_db: None, signed_in: Callable[..., Page], make_customer: MakeCustomer) -> Callable[..., Page]:
    """A page signed in as somebody who may do all, over a bank of one evaluation."""
    reader = StaffFactory.create(name="林建峰")
    for amount in (0, 2, 7, 30, 60, 700):
        make_customer(branch=BranchFactory.create(), aum_average=wan(amount))
    make_customer(kind="company")
    for code in ("bank-retail", "corporate-size"):
        evaluate(scheme=Scheme.objects.get(code=code), as_of=None, actor=reader, at=NOON)

    def open_page(path: str, **options: str) -> Page:
        page = signed_in(reader, **options)
        page.goto(path)
        return page

    return open_page


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_scheme_fits_the_screen_draws_and_is_accessible(opened: Any, screenshot: Any, theme: str) -> None:
    page = opened(reverse("tiering"), theme=theme)
    expect(page.locator("[data-drawn] canvas").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    assert_accessible(page)
    screenshot(page, f"tiering-{theme}")


def test_rules_without_bands_fit_too(opened: Any) -> None:
    page = opened(reverse("tiering-scheme", args=["corporate-size"]))
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    assert_accessible(page)


def test_the_result_of_an_evaluation_lists_who_moved(opened: Any, screenshot: Any) -> None:
    page = opened(reverse("tiering-run", args=[Run.objects.filter(scheme__code="bank-retail").get().pk]))
    expect(page.locator("table.k tbody tr")).to_have_count(6)
    assert_accessible(page)
    screenshot(page, "tiering-run")


def test_the_button_names_its_effect_before_it_starts(opened: Any) -> None:
    page = opened(reverse("tiering"))
    page.get_by_role("button", name="立即评定").click()
    question = page.locator("#confirm")
    expect(question).to_contain_text("全部客户")
    question.get_by_role("button", name="立即评定").click()
    expect(page.locator("#progress")).to_contain_text("等待后台处理")
    assert Run.objects.filter(state="queued").count() == 1


def test_a_rule_is_edited_by_keyboard_and_checked_while_typing(opened: Any, screenshot: Any) -> None:
    page = opened(reverse("tiering-versions", args=["bank-retail"]))
    page.get_by_role("button", name="以此新建草稿").click()
    page.locator("#tiers-1-lower").fill("60")
    page.keyboard.press("Tab")
    expect(page.locator("#editor-side")).to_contain_text("50万 至 60万 的客户没有层级")
    page.locator("#tiers-2-upper").fill("60")
    page.keyboard.press("Tab")
    expect(page.locator("#editor-side")).to_contain_text("60万（含）至 300万")
    page.locator("#do-group-doors-0-when").press("Enter")
    expect(page.locator("#doors-0-when-group")).to_be_focused()
    page.locator("#do-add-doors-0-when").press("Enter")
    expect(page.locator("#doors-0-when-parts-1-metric")).to_be_focused()
    page.locator("#do-remove-doors-0-when-parts-1").press("Enter")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    assert_accessible(page)
    screenshot(page, "tiering-draft")
    page.get_by_role("button", name="保存并试算").click()
    expect(page.locator("#progress")).to_contain_text("等待后台处理")
    assert SchemeVersion.objects.get(number=2, scheme__code="bank-retail").revision == 2


@pytest.mark.parametrize("name", ["matrix", "near", "funnel", "distribution", "versions"])
def test_the_pages_of_a_scheme_fit_and_are_accessible(opened: Any, name: str) -> None:
    page = opened(reverse(f"tiering-{name}", args=["bank-retail"]))
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    assert_accessible(page)
