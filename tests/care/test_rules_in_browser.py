"""The rules are changed in the panel at the side, from buttons inside a region that loads itself anew."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser_fixtures import assert_accessible

from keheng.care.queries.rules import supervision_rules
from keheng.org.models import Staff


@pytest.mark.browser
def test_a_number_is_changed_beside_the_page_which_then_shows_it(
    signed_in: Callable[..., Page], staff_of: Callable[[str], Staff]
) -> None:
    page = signed_in(staff_of("head-office-manager"))
    page.goto(reverse("care:rules"))
    section = page.get_by_role("region", name="逾期与缺口提醒谁？")
    for days in (7, 5):
        section.get_by_role("button", name="修改").click()
        panel = page.locator("#side-body")
        panel.get_by_label("离岗无人代管：提前几天提醒负责人").fill(str(days))
        panel.get_by_label("原因或依据").fill("提前安排")
        if days == 7:
            assert_accessible(page)
        panel.get_by_role("button", name="启用新版").click()
        expect(section).to_contain_text(f"提前 {days} 天提醒")
        expect(page.locator("#rules")).to_have_count(1)
    assert supervision_rules().gaps.cover_ahead == 5
