"""An event from the audience to the follow-up in a browser: two people, the list, the door, the finish (A4)."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser_fixtures import assert_accessible
from tests.outreach.conftest import MakeCustomer, MakeEvent

from keheng.care.models import Contact, Task
from keheng.common import clock
from keheng.org.models import Staff
from keheng.outreach.enums import EventState, GuestState
from keheng.outreach.models import Event, Guest

type Open = Callable[..., Page]


@pytest.fixture
def tonight(bank: SimpleNamespace, salon: MakeEvent) -> Event:
    """An open salon that begins in an hour."""
    event, starts = salon(), clock.now() + timedelta(hours=1)
    Event.objects.update(starts_at=starts, ends_at=starts + timedelta(hours=2), reply_by=clock.today())
    event.refresh_from_db()
    return event


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_from_the_audience_to_the_follow_up(
    transactional_db: None,
    bank: SimpleNamespace,
    make: MakeCustomer,
    tonight: Event,
    open_page: Open,
    screenshot: Callable[[Page, str], None],
) -> None:
    for name in ("王小明", "陈大海"):
        make(name=name)
    make(name="林不扰", do_not_disturb=True)
    head, manager = open_page(bank.head), open_page(bank.manager)

    # The head chooses the audience; who must not be asked does not stand there.
    head.goto(reverse("outreach:audience", args=[tonight.pk]) + "?obstacle=none")
    expect(head.get_by_text("林不扰")).to_have_count(0)
    head.get_by_label("选择本页").check()
    head.get_by_role("button", name="电话邀约").click()
    expect(head.locator(".k-toast").first).to_contain_text("2")
    assert Guest.objects.filter(state=GuestState.LISTED).count() == 2

    # The manager calls the first from the workbench, which marks the guest as invited.
    manager.goto(reverse("home"))
    row = manager.locator(".k-tasks li", has_text="王小明")
    expect(row).to_contain_text("养老规划沙龙")
    row.get_by_role("button", name="电话").click()
    panel = manager.locator("#side")
    expect(panel.get_by_role("button", name="保存")).to_be_visible()
    panel.locator("[name=outcome][value=talked]").check(force=True)
    panel.get_by_role("button", name="保存").click()
    expect(row).to_have_count(0)
    guest = Guest.objects.get(customer__name="王小明")
    assert guest.state == GuestState.TOLD

    # Both are confirmed on the list of guests.
    manager.goto(f"{tonight.get_absolute_url()}?tab=guests")
    for name in ("王小明", "陈大海"):
        line = manager.locator("#tab-panel tr", has_text=name)
        line.get_by_role("button", name="确认").click()
        panel.locator("button.btn-primary").click()
        expect(line).to_contain_text("已确认")
    assert_accessible(manager)

    # One comes and is signed in at the door.
    head.goto(reverse("outreach:door", args=[tonight.pk]))
    head.locator(".k-door-list li", has_text="王小明").get_by_role("button", name="签到").click()
    expect(head.locator(".k-door-count")).to_contain_text("1 / 2")
    screenshot(head, "event-door")

    # The evening is over.
    Event.objects.update(starts_at=clock.now() - timedelta(hours=2), ends_at=clock.now())
    head.goto(tonight.get_absolute_url())
    head.get_by_role("button", name="结束活动").click()
    side = head.locator("#side")
    side.locator("select[name=outcome]").select_option("talked")
    side.locator("button.btn-primary").click()
    expect(head.locator(".k-toast").first).to_be_visible()
    tonight.refresh_from_db()
    assert tonight.state == EventState.HELD
    contact = Contact.objects.get(channel="event")
    assert (contact.customer.name, contact.staff) == ("王小明", Staff.objects.get(pk=bank.manager.pk))
    assert Task.objects.open().filter(rule="outreach", staff=bank.manager).count() == 2

    # What follows stands in the result of the event.
    head.goto(f"{tonight.get_absolute_url()}?tab=result")
    expect(head.locator("#tab-panel")).to_contain_text("陈大海")
    screenshot(head, "event-result")
