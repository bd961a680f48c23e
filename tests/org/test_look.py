"""The pages of the organisation and the trail in a browser: they open cleanly, axe finds nothing serious."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.browser_fixtures import assert_accessible
from tests.factories import BranchFactory, StaffFactory

from keheng.org.enums import BranchKind
from keheng.org.models import Branch, Role, Staff

pytestmark = pytest.mark.browser


def small_bank() -> Staff:
    """A few outlets with people; returns one of them."""
    wenzhou = BranchFactory.create(code="WZ", name="温州分行", kind=BranchKind.BRANCH)
    for code, name in (("OB", "瓯北支行"), ("LC", "鹿城支行"), ("OH", "瓯海支行")):
        outlet = BranchFactory.create(code=code, name=name, parent=wenzhou)
        for role in ("outlet-head", "relationship-manager", "teller"):
            member = StaffFactory.create(branch=outlet, role=Role.objects.get(code=role))
    return member


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_the_organisation(
    signed_in: Callable[..., Page], screenshot: Callable[[Page, str], None], theme: str
) -> None:
    page = signed_in("administrator", theme=theme)
    member = small_bank()
    addresses = {
        "branches": "/settings/branches/",
        "branch": f"/settings/branches/{Branch.objects.get(code='OB').pk}/",
        "new-branch": "/settings/branches/new/",
        "staff": "/settings/staff/",
        "member": f"/settings/staff/{member.pk}/",
        "roles": "/settings/roles/",
        "role": f"/settings/roles/{member.role.pk}/",
        "calendar": "/settings/calendar/?day=2026-10-10",
        "audit": "/audit/",
    }
    for name, address in addresses.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, address
        page.wait_for_load_state("networkidle")
        assert_accessible(page)
        screenshot(page, f"org-{name}-{theme}")


def test_a_password_is_reset_after_a_question(signed_in: Callable[..., Page]) -> None:
    page = signed_in("administrator")
    member = small_bank()
    page.goto(f"/settings/staff/{member.pk}/")
    page.locator("[data-confirm]").click()
    page.locator("dialog[open] button.btn-primary").click()
    page.wait_for_selector(".org-password")
    assert Staff.objects.get(pk=member.pk).check_password(page.inner_text(".org-password"))
