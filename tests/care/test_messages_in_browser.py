"""Drafted messages in a browser: copied by a button, whether or not the browser has a clipboard (CSP holds)."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser_fixtures import assert_accessible
from tests.factories import CustomerFactory

from keheng.care.enums.contacts import Channel
from keheng.care.models import Message
from keheng.care.wording import message_text
from keheng.common import clock
from keheng.org.models import Staff

_NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
_REFUSED = "navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
_COPIED = "document.addEventListener('copy', () => { window.copied = getSelection().toString(); })"


@pytest.mark.browser
@pytest.mark.parametrize("clipboard", [_NO_CLIPBOARD, _REFUSED], ids=["none", "refused"])
def test_a_draft_is_copied(signed_in: Callable[..., Page], staff_of: Callable[[str], Staff], clipboard: str) -> None:
    manager = staff_of("relationship-manager")
    customer = CustomerFactory.create(owner=manager, branch=manager.branch, name="陈国栋")
    message = Message.objects.create(
        customer=customer,
        staff=manager,
        rule="birthday-message",
        template="birthday",
        cause="t:1",
        channel=Channel.SMS,
        purpose="care",
        due_on=clock.today(),
    )
    page = signed_in(manager)
    page.add_init_script(clipboard)
    page.add_init_script(_COPIED)
    page.goto(reverse("care:messages"))
    button = page.get_by_role("button", name="复制")
    button.click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    assert page.evaluate("window.copied").strip() == message_text(message)
    assert_accessible(page)
