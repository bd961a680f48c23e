"""A relationship manager's day from half past eight to five in the demo bank, by keyboard (A4, screen 4).

Then the branch head asks who was not contacted and why. ``just screenshots`` keeps the pictures that the guide shows.
"""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from tests.tour.test_tour import PERSONS

from keheng.care.enums.reports import DayState
from keheng.care.enums.tasks import TaskState
from keheng.care.models import Contact, DayReport, Task
from keheng.care.queries.tasks import tasks_of
from keheng.cli.migrate import load_presets
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.demo import bank
from keheng.demo.plan import Plan
from keheng.org.models import Staff

type Open = Callable[..., Page]
type Shoot = Callable[[Page, str], None]


@pytest.fixture
def half_past_eight(transactional_db: None) -> datetime:
    """The demo bank, this morning."""
    load_presets()
    day = clock.today()
    bank.build(
        Plan(persons=max(PERSONS, 3_000), seed=7, today=day),
        clock.now(),
        lambda _title: nullcontext(lambda _share: None),
    )
    return datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC)


def _log(page: Page, *, channel: str, outcome: str, note: str) -> None:
    """The rest of the quick log, by keys, from the channel on."""
    page.wait_for_selector("[data-log] [data-group=channel]")
    page.wait_for_timeout(100)
    if not page.evaluate("document.activeElement.closest('[data-group]')?.dataset.group === 'outcome'"):
        page.keyboard.press(channel)
    page.keyboard.press(outcome)
    page.keyboard.type(note)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#side:not([open])", state="attached")


@pytest.mark.browser
def test_a_day_from_half_past_eight_to_five(
    half_past_eight: datetime, open_page: Open, screenshot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [half_past_eight]
    monkeypatch.setattr("keheng.common.clock.now", lambda: now[0])
    manager, head = Staff.objects.get(username="relationship-manager"), Staff.objects.get(username="branch-head")
    today = clock.today()
    planned = tasks_of(manager, today).count()
    assert planned >= 3, "the demo bank has work for its relationship manager"
    page = open_page(manager)

    page.goto(reverse("home"))  # 8:30, the morning meeting
    page.wait_for_selector(".k-agenda li.now")
    assert str(planned) in page.locator("h1").inner_text()
    screenshot(page, "day-0830")

    now[0] += timedelta(hours=1, minutes=10)  # 9:40: the weightiest task by telephone, then a call that nobody planned
    first = page.locator(".k-tasks .btn-outline-primary").first
    first.click()
    _log(page, channel="1", outcome="1", note="到期资金约定续作")
    page.wait_for_timeout(400)
    assert Contact.objects.filter(staff=manager, logged_at=now[0]).count() == 1
    page.keyboard.press("l")
    page.wait_for_selector("#log-q:focus")
    own = Customer.objects.filter(owner=manager, status="active", do_not_disturb=False).order_by("-aum")[3]
    page.keyboard.type(own.number)
    page.wait_for_selector("#log-found [data-pick]")
    page.keyboard.press("Enter")
    screenshot(page, "day-0930-log")
    _log(page, channel="1", outcome="1", note="询问大额存单利率")

    now[0] += timedelta(hours=4, minutes=20)  # 14:00: a visit, from the customer's page
    page.goto(reverse("customer", args=[own.pk]))
    page.keyboard.press("l")
    _log(page, channel="2", outcome="1", note="上门拜访，送达资产报告")
    assert Contact.objects.filter(customer=own, channel="visit").count() >= 1

    now[0] += timedelta(hours=1, minutes=30)  # 15:30: one task cannot be done today
    page.goto(reverse("home"))
    page.locator(".k-tasks .k-more").first.click()
    page.locator(".dropdown-menu.show .dropdown-item").nth(1).click()
    page.wait_for_selector("#side [name=reason]")
    page.keyboard.type("客户出国，月底回来")
    page.locator("#side .btn-primary").click()
    page.wait_for_selector("#side:not([open])", state="attached")
    skipped = Task.objects.get(staff=manager, state=TaskState.SKIPPED, closed_at=now[0])
    assert skipped.closing_reason == "客户出国，月底回来"

    now[0] += timedelta(hours=1)  # 16:30: the day is summed up and handed in
    page.goto(reverse("care:my-day"))
    assert "沟通 3 次" in page.locator("[name=summary]").input_value()
    screenshot(page, "day-1630-summary")
    page.locator("[value=hand-in]").click()
    page.wait_for_selector(".flag.near")
    assert DayReport.objects.get(staff=manager, day=today).state == DayState.HANDED_IN

    now[0] += timedelta(minutes=30)  # 17:00: the branch head asks who was not contacted, and why
    board = open_page(head)
    board.goto(reverse("care:team"))
    assert manager.name in board.locator("table").inner_text()
    screenshot(board, "day-1700-team")
    board.goto(f"{reverse('care:team-tasks')}?staff={manager.pk}&state=skipped")
    assert "客户出国，月底回来" in board.locator("table").inner_text()
