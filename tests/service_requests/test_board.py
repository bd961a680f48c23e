"""The board: what is open by state, the first due at the top; and the desk by keys, in a browser (A6, screen 6)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser_fixtures import assert_accessible
from tests.factories import CustomerFactory, StaffFactory, as_
from tests.service_requests.conftest import MONDAY

from keheng.customers.models import Customer
from keheng.org.models import Branch, Staff
from keheng.service_requests.enums import State
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations import handling
from keheng.service_requests.queries import board

pytestmark = pytest.mark.usefixtures("ten_past_nine")
Opened = Callable[..., ServiceRequest]
Signed = Callable[..., Page]


def test_columns_hold_what_is_due_first_and_say_how_much_more_there_is(
    opened: Opened, teller: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "MOST", 2)
    late, soon, calm = (opened(at=MONDAY + timedelta(minutes=minute)) for minute in (0, 3, 6))
    paused = opened(take=True)
    handling.pause(request=paused, reason="customer", note="", actor=teller, at=MONDAY)
    waiting, working, standing, *_rest = board.columns(ServiceRequest.objects.visible_to(teller))
    assert (waiting.state, waiting.number, waiting.rows, waiting.more) == (State.WAITING, 3, [late, soon], 1)
    assert (working.number, working.rows, standing.rows) == (0, [], [paused])
    assert calm not in waiting.rows


def test_the_board_shows_cards_and_is_narrowed(opened: Opened, teller: Staff, other: Staff, stranger: Staff) -> None:
    opened(take=True)
    opened("activation", actor=other, take=True)
    address = reverse("service_requests:board")
    page = as_(teller).get(address).content.decode()
    for words in ("261123-0001", "授权码", "李国强", "受理中", "王倩", 'data-left="300"', "261123-0002"):
        assert words in page, words
    mine = as_(teller).get(f"{address}?who=me").content.decode()
    assert "261123-0001" in mine
    assert "261123-0002" not in mine
    assert "261123" not in as_(stranger).get(address).content.decode()
    assert as_(StaffFactory.create(permissions=["customers.view"])).get(address).status_code == 403
    assert as_(teller).get(f"{address}?who=x%27&moon=1").status_code == 200


def test_the_boards_queries_do_not_grow(opened: Opened, teller: Staff, other: Staff, outlet: Branch) -> None:
    client = as_(teller)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("service_requests:board")).status_code == 200
        return len(captured)

    opened(take=True)
    queries()
    one = queries()
    opened(customer=CustomerFactory.create(branch=outlet), actor=other, take=True)
    opened("activation", customer=CustomerFactory.create(branch=outlet))
    assert queries() == one


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_intake_warns_of_what_is_open_and_of_duplicates(
    opened: Opened, teller: Staff, customer: Customer, signed_in: Signed
) -> None:
    opened(take=True)
    page = signed_in(teller)
    page.goto(reverse("service_requests:desk"))
    page.keyboard.press("i")
    page.wait_for_url("**/service/new/")
    page.locator("#sr-q").press_sequentially("李国")
    page.locator("#sr-found a", has_text="李国强").click()
    expect(page.locator("#what-title")).to_contain_text("李国强")
    beside = page.locator("section", has=page.locator("#open-title"))
    expect(beside).to_contain_text("授权码")
    expect(beside.locator("[data-clock]")).to_be_visible()
    page.locator("select[name=business]").select_option("authorisation-code")
    expect(page.locator("#sr-intake")).to_contain_text("一周内已受理过 1 次")
    assert_accessible(page)
    page.locator("select[name=business]").select_option("transfer-account")
    page.get_by_label("转入机构").fill("鹿城营业部")
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.locator("h1")).to_contain_text("转户业务")
    assert ServiceRequest.objects.latest("pk").assignee == teller


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_desk_and_the_board_by_keys(opened: Opened, teller: Staff, other: Staff, signed_in: Signed) -> None:
    first, second = opened("other"), opened("other", at=MONDAY + timedelta(minutes=1))
    third = opened(at=MONDAY + timedelta(minutes=2), actor=other, take=True)
    page = signed_in(teller)
    page.goto(reverse("service_requests:desk"))
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("接下所选业务")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator("#sr-panel")).to_contain_text(first.number)
    page.keyboard.press("j")
    expect(page.locator("#sr-panel")).to_contain_text(second.number)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{first.get_absolute_url()}")
    page.go_back()
    page.keyboard.press("j")
    page.keyboard.press("t")
    page.wait_for_url(f"**{first.get_absolute_url()}")
    first.refresh_from_db()
    assert (first.state, first.assignee) == (State.WORKING, teller)
    page.goto(reverse("service_requests:desk"))
    page.keyboard.press("n")
    page.wait_for_url(f"**{second.get_absolute_url()}")
    page.goto(reverse("service_requests:desk"))
    page.keyboard.press("b")
    page.wait_for_url("**/service/board/")
    assert_accessible(page)
    page.keyboard.press("j")
    expect(page.locator("[data-card]:focus")).to_contain_text(third.number)
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-card]:focus")).to_contain_text(first.number)  # without a limit, so below
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{third.get_absolute_url()}")
