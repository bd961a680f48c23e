"""The pages of events: who sees what, with how many queries; the door, tickets, the API with the same rights."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.outreach.conftest import MakeCustomer, MakeEvent, confirmed, listed

from keheng.common import clock
from keheng.customers.models import Customer
from keheng.outreach.enums import EventState, GuestState
from keheng.outreach.models import Event, Guest, KeptOut
from keheng.outreach.tickets import token_of


@pytest.fixture
def coming(salon: MakeEvent) -> Event:
    """A salon next week, seen from now."""
    event = salon()
    starts = clock.now() + timedelta(days=7)
    Event.objects.update(starts_at=starts, ends_at=starts + timedelta(hours=2), reply_by=starts.date())
    event.refresh_from_db()
    return event


def queries_of(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_an_event_is_planned_on_its_page(bank: SimpleNamespace, client: Client) -> None:
    client.force_login(bank.head)
    page = client.get(reverse("outreach:new") + "?kind=banquet").content.decode()
    assert 'value="100.00"' in page or 'value="100"' in page
    day = clock.today() + timedelta(days=9)
    given = {
        "kind": "banquet", "branch": bank.outlet.pk, "title": "迎新酒会", "day": day, "reply_by": day,
        "begins": "18:30",
        "ends": "20:30", "venue": "江心屿", "capacity": 60, "least_aum": "100", "about": "",
    }  # fmt: skip
    response = client.post(reverse("outreach:new"), given)
    event = Event.objects.get()
    assert response.status_code == 302
    assert (event.least_aum, event.state, event.number[0]) == (1_000_000, EventState.PLANNED, "H")
    client.post(reverse("outreach:new-cost", args=[event.pk]), {"item": "venue", "planned": "500", "note": ""})
    client.post(event.get_absolute_url(), {"act": "open"})
    event.refresh_from_db()
    assert event.state == EventState.OPEN
    assert "迎新酒会" in client.get(reverse("outreach:calendar") + f"?month={day:%Y-%m}").content.decode()


def test_the_audience_is_filtered_and_invited(
    bank: SimpleNamespace, make: MakeCustomer, coming: Event, client: Client
) -> None:
    wanted, disturbed = make(name="王小明"), make(name="陈大海", do_not_disturb=True)
    client.force_login(bank.head)
    address = reverse("outreach:audience", args=[coming.pk])
    rows = client.get(address).context["rows"]
    assert {row["label"] for row in rows} == {str(wanted), str(disturbed)}
    only = client.get(f"{address}?obstacle=none").context["rows"]
    assert [row["pk"] for row in only] == [wanted.pk]
    response = client.post(
        reverse("outreach:invite", args=[coming.pk, "phone"]), {"all": "1", "query": "aum_min=100"}, follow=True
    )
    assert "不愿打扰 1" in response.content.decode()
    assert Guest.objects.get().customer == wanted


def test_the_guests_are_answered_for_in_the_tab(
    bank: SimpleNamespace, make: MakeCustomer, coming: Event, client: Client
) -> None:
    guest, other = listed(coming, bank.head, make(), make(owner=bank.second, name="别人的客户"))
    client.force_login(bank.manager)
    tab = client.get(reverse("outreach:guests", args=[coming.pk])).content.decode()
    assert "别人的客户" not in tab
    client.post(reverse("outreach:answer", args=[guest.pk, "tell"]))
    assert client.post(reverse("outreach:confirm", args=[guest.pk]), {"seats": 2, "said": ""}).status_code == 204
    guest.refresh_from_db()
    assert (guest.state, guest.seats) == (GuestState.CONFIRMED, 2)
    assert client.post(reverse("outreach:answer", args=[other.pk, "drop"])).status_code == 403


def test_the_door_finds_and_signs_in(bank: SimpleNamespace, make: MakeCustomer, coming: Event, client: Client) -> None:
    guest, _other = listed(coming, bank.head, make(name="王小明"), make(name="陈大海"))
    confirmed(guest, bank.manager)
    client.force_login(bank.teller)
    address = reverse("outreach:door", args=[coming.pk])
    found = client.post(address, {"q": "王小明"}).content.decode()
    assert "王小明" in found
    assert "陈大海" not in found
    client.post(address, {"q": "", "guest": guest.pk})
    guest.refresh_from_db()
    assert (guest.state, guest.signed_how) == (GuestState.CAME, "search")
    client.force_login(bank.stranger)
    assert client.get(address).status_code in (403, 404)


def test_a_ticket_shows_no_name_and_its_code_signs_in(
    bank: SimpleNamespace, make: MakeCustomer, coming: Event, client: Client
) -> None:
    (guest,) = listed(coming, bank.head, make(name="王小明"))
    address = reverse("outreach:ticket", args=[token_of(guest)])
    assert client.get(address).status_code == 404, "not confirmed yet"
    confirmed(guest, bank.manager)
    page = client.get(address).content.decode()
    assert "<svg" in page
    assert coming.title in page
    assert "王小明" not in page
    assert "style=" not in page
    assert client.get(address.replace("ticket/", "ticket/x")).status_code == 404
    scan = reverse("outreach:scanned", args=[token_of(guest)])
    assert client.get(scan).status_code == 302, "guests cannot sign themselves in"
    client.force_login(bank.teller)
    assert "王小明" in client.get(scan).content.decode()
    client.post(scan)
    guest.refresh_from_db()
    assert (guest.state, guest.signed_how) == (GuestState.CAME, "code")


def test_the_customer_shows_events_and_is_kept_out(
    bank: SimpleNamespace, make: MakeCustomer, coming: Event, client: Client
) -> None:
    customer = make()
    listed(coming, bank.head, customer)
    client.force_login(bank.manager)
    address = reverse("outreach:customer-tab", args=[customer.pk])
    assert coming.title in client.get(address).content.decode()
    keep = reverse("outreach:keep-out", args=[customer.pk])
    assert client.post(keep, {"reason": "wish"}).status_code == 204
    assert "客户本人意愿" in client.get(address).content.decode()
    client.post(keep, {"reason": ""})
    assert not KeptOut.objects.exists()
    Guest.objects.update(listed_at=clock.now())
    timeline = client.get(reverse("customer-timeline", args=[customer.pk])).content.decode()
    assert coming.title in timeline


def test_lists_ask_no_more_for_three_rows_than_for_one(
    bank: SimpleNamespace, make: MakeCustomer, salon: MakeEvent, coming: Event, client: Client
) -> None:
    make()
    client.force_login(bank.head)
    addresses = [reverse("outreach:events"), reverse("outreach:audience", args=[coming.pk])]
    guests = reverse("outreach:guests", args=[coming.pk])
    listed(coming, bank.head, *Customer.objects.all())
    one = [queries_of(client, address) for address in [*addresses, guests]]
    listed(coming, bank.head, make(), make())
    salon(title="第二场")
    salon(title="第三场")
    assert [queries_of(client, address) for address in [*addresses, guests]] == one


@pytest.mark.parametrize(
    ("role", "sees", "plans"),
    [("head", True, True), ("manager", True, False), ("teller", True, False), ("stranger", False, True),
     ("president", True, True), ("auditor", True, False)],
)  # fmt: skip
def test_who_sees_an_event(
    bank: SimpleNamespace, coming: Event, client: Client, role: str, sees: bool, plans: bool
) -> None:
    client.force_login(getattr(bank, role))
    assert client.get(coming.get_absolute_url()).status_code == (200 if sees else 404)
    assert client.get(reverse("outreach:new")).status_code == (200 if plans else 403)


def test_the_rules_are_shown_and_changed(bank: SimpleNamespace, client: Client) -> None:
    client.force_login(bank.office)
    assert "100万以上" in client.get(reverse("outreach:rules")).content.decode()
    given = {
        "name": "理财沙龙", "capacity": 18, "every_months": 1, "reply_days": 2, "budget_per_head": 120,
        "approval_from": 3000, "reason": "网点扩大",
    }  # fmt: skip
    assert client.post(reverse("outreach:change-kind", args=["salon"]), given).status_code == 204
    page = client.get(reverse("outreach:rules")).content.decode()
    assert "网点扩大" in page
    assert "v2" in page


def test_the_api_has_the_same_rights(bank: SimpleNamespace, make: MakeCustomer, coming: Event, client: Client) -> None:
    (guest,) = listed(coming, bank.head, make())
    client.force_login(bank.manager)
    day = coming.starts_at.date()
    found = client.get(f"/api/v1/events?starts_on={day - timedelta(days=2)}&ends_on={day + timedelta(days=2)}").json()
    assert [row["id"] for row in found] == [coming.pk]
    answered = client.post(
        f"/api/v1/events/guests/{guest.pk}/answer",
        json.dumps({"act": "confirm", "seats": 2}),
        content_type="application/json",
    )
    assert answered.json()["state"] == "confirmed"
    assert client.get(f"/api/v1/events/{coming.pk}/guests").json()[0]["seats"] == 2
    assert client.get(f"/api/v1/events/{coming.pk}/result").json()["came"]["customers"] == 0
    client.force_login(bank.stranger)
    assert client.get(f"/api/v1/events/{coming.pk}").status_code == 404
