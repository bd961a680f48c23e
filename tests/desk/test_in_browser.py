"""The customer list as people use it: filters in one row, the rare ones behind a chip."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser_fixtures import assert_accessible
from tests.factories import CustomerFactory

from keheng.org.models import Staff


def test_the_filters_stand_in_one_row_and_the_rare_ones_open_below(
    staff_of: Callable[[str], Staff], signed_in: Callable[..., Page]
) -> None:
    head = staff_of("branch-head")
    CustomerFactory.create(name="林若溪", sex="f", branch=head.branch)
    CustomerFactory.create(name="王小明", sex="m", branch=head.branch)
    page = signed_in(head)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(reverse("customers"))
    row = page.locator("#list-filters").bounding_box()
    assert row is not None
    assert row["height"] < 50
    sex = page.locator("#list-more").get_by_role("button", name="性别")
    expect(sex).to_be_hidden()
    page.get_by_role("button", name="更多条件").click()
    expect(sex).to_be_visible()
    assert_accessible(page)
    sex.click()
    page.get_by_text("女", exact=True).click()
    expect(page.get_by_text("王小明")).to_be_hidden()
    expect(page.get_by_text("林若溪")).to_be_visible()
    expect(page.locator("#list-more").get_by_role("button", name="性别")).to_have_count(0)  # lit: it stands in the row
