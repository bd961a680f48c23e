"""The pages of tiering in a real browser, at 1366×768."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser_fixtures import assert_accessible
from tests.factories import BranchFactory, StaffFactory
from tests.tiering.conftest import NOON, MakeCustomer, wan

from keheng.tiering.models import Run, Scheme
from keheng.tiering.operations import evaluate

pytestmark = [pytest.mark.browser]


@pytest.fixture
def opened(transactional_db: None, signed_in: Callable[..., Page], make_customer: MakeCustomer) -> Callable[..., Page]:
    """A page signed in as somebody who may do all, over a bank of one evaluation."""
    reader = StaffFactory.create(name="林建峰")
    for amount in (0, 2, 7, 30, 60, 700):
        make_customer(branch=BranchFactory.create(), aum_average=wan(amount))
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
