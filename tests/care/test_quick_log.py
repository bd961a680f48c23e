"""The quick log: a contact by keys alone in less than 30 seconds (A4), from any page."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page
from tests.factories import BranchFactory, CustomerFactory, StaffFactory

from keheng.care.enums.tasks import TaskState
from keheng.care.models import Contact, Task
from keheng.care.operations.tasks import add_task
from keheng.care.policies.quick_log import offered_days
from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.org.operations import load_presets

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def manager(db: None) -> Staff:
    load_presets()
    return StaffFactory.create(
        scope=DataScope.OWN, permissions=("customers.view", "care.view", "care.log"), branch=BranchFactory.create()
    )


@pytest.fixture
def customer(manager: Staff) -> Customer:
    return CustomerFactory.create(owner=manager, branch=manager.branch, name="陈国栋")


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6))
def test_offered_days_are_working_days_ahead_each_once(ahead: list[int]) -> None:
    found = offered_days(TODAY, ahead, lambda day: day.weekday() < 5)
    assert len(set(found)) == len(found)
    assert all(day > TODAY and day.weekday() < 5 for day in found)


def test_a_contact_is_logged_with_its_next_step(client: Client, manager: Staff, customer: Customer) -> None:
    client.force_login(manager)
    ahead = clock.today() + timedelta(days=3)
    sent = {"customer": customer.pk, "channel": "phone", "outcome": "interested", "next_step": "面访", "next_on": ahead}
    response = client.post(reverse("care:log"), sent)
    assert response.status_code == 204
    assert "side-done" in response["HX-Trigger"]
    contact = Contact.objects.get()
    assert (contact.customer, contact.staff, contact.next_on) == (customer, manager, ahead)
    assert Task.objects.get().due_on == ahead


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"customer": ""}, "请先选择客户"),
        ({"channel": ""}, "请选择沟通方式"),
        ({"outcome": ""}, "请选择沟通结果"),
    ],
)
def test_what_lacks_is_said_beside_it_and_nothing_is_kept(
    client: Client, manager: Staff, customer: Customer, change: dict[str, str], sentence: str
) -> None:
    client.force_login(manager)
    sent = {"customer": str(customer.pk), "channel": "phone", "outcome": "talked"} | change
    assert sentence in client.post(reverse("care:log"), sent).content.decode()
    assert not Contact.objects.exists()


def test_a_customer_outside_the_scope_is_refused_and_not_found(client: Client, manager: Staff) -> None:
    stranger = CustomerFactory.create(name="陈国梁")
    client.force_login(manager)
    sent = {"customer": stranger.pk, "channel": "phone", "outcome": "talked"}
    assert "不在您的" in client.post(reverse("care:log"), sent).content.decode()
    assert "陈国梁" not in client.post(reverse("care:log-find"), {"q": "陈国"}).content.decode()


def test_the_panel_knows_the_customer_of_task_and_page(client: Client, manager: Staff, customer: Customer) -> None:
    task = add_task(
        staff=manager,
        customer=customer,
        cause="t:1",
        due_on=TODAY,
        text="理财到期",
        channel="visit",
        actor=manager,
        at=NOW,
    )
    client.force_login(manager)
    panel = client.get(reverse("care:log"), {"task": task.pk}).content.decode()
    assert customer.name in panel
    assert "理财到期" in panel
    address = f"http://testserver{reverse('customer', args=[customer.pk])}"
    assert customer.name in client.get(reverse("care:log"), headers={"HX-Current-URL": address}).content.decode()


def test_a_task_is_done_skipped_and_put_off(client: Client, manager: Staff, customer: Customer) -> None:
    client.force_login(manager)
    today = clock.today()
    tasks = [
        add_task(staff=manager, customer=customer, cause=f"t:{n}", due_on=today, actor=manager, at=clock.now())
        for n in range(3)
    ]
    assert client.post(reverse("care:today-done", args=[tasks[0].pk])).status_code == 204
    assert client.post(reverse("care:today-done", args=[tasks[0].pk])).status_code == 409
    skip = reverse("care:today-skip", args=[tasks[1].pk])
    assert client.post(skip, {"reason": ""}).status_code == 200
    assert client.post(skip, {"reason": "客户出国"}).status_code == 204
    later = today + timedelta(days=2)
    assert client.post(reverse("care:today-postpone", args=[tasks[2].pk]), {"due_on": later}).status_code == 204
    states = [task.state for task in Task.objects.order_by("cause")]
    assert states == [TaskState.DONE, TaskState.SKIPPED, TaskState.OPEN]
    other = StaffFactory.create(scope=DataScope.OWN, permissions=("care.log",))
    client.force_login(other)
    assert client.post(reverse("care:today-done", args=[tasks[2].pk])).status_code == 404


@pytest.mark.browser
def test_a_contact_takes_ten_keys_and_no_mouse(
    signed_in: Callable[..., Page], staff_of: Callable[[str], Staff], screenshot: Callable[[Page, str], None]
) -> None:
    manager = staff_of("relationship-manager")
    CustomerFactory.create(owner=manager, branch=manager.branch, name="陈国栋", aum=2_000_000)
    page = signed_in(manager)
    page.goto(reverse("home"))
    page.keyboard.press("l")
    page.wait_for_selector("[data-log] #log-q:focus")
    page.keyboard.type("cgd")
    page.wait_for_selector("#log-found [data-pick]")
    for key in ("Enter", "1", "2"):
        page.keyboard.press(key)
    page.keyboard.type("咨询大额存单，约下周三面谈")
    page.keyboard.press("Tab")
    page.keyboard.type("面访")
    page.locator("[data-fill=id_next_on]").first.click()
    screenshot(page, "quick-log")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".k-toast")
    contact = Contact.objects.get()
    assert (contact.channel, contact.outcome, contact.next_step) == ("phone", "interested", "面访")
