"""No personal value in an address, a log, an error or the details of the trail (A15, JR/T 0171)."""

import json
import logging
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.debug import ExceptionReporter
from tests.factories import AccountFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.customers.models import Customer
from keheng.tiering.operations import load_presets

NUMBER, PHONE, NEW_PHONE = "11010519491231002X", "13812345678", "13987654321"
ACCOUNT, EMAIL, ADDRESS = "6228480000000012345", "huang.yaqin@example.com", "温州市鹿城区信河街19号"
SECRETS = (NUMBER, PHONE, NEW_PHONE, ACCOUNT, EMAIL, ADDRESS)


@pytest.fixture
def customer(db: None) -> Customer:
    load_presets()
    customer = CustomerFactory.create(id_kind="resident", id_number=NUMBER)
    ContactPointFactory.create(customer=customer, value=PHONE)
    AccountFactory.create(customer=customer, number=ACCOUNT)
    return customer


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def addresses(response: HttpResponse) -> str:
    return f"{response.get('Location', '')} {response.get('HX-Redirect', '')} {response.get('HX-Push-Url', '')}"


def test_a_walk_through_the_archive_leaves_no_value_behind(
    client: Client, customer: Customer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    client.force_login(StaffFactory.create())
    pk = customer.pk
    pages = [
        reverse("customer", args=[pk]),
        reverse("customer-timeline", args=[pk]),
        reverse("customer-assets", args=[pk]),
        reverse("customer-print", args=[pk]),
        reverse("archive:consent-tab", args=[pk]),
        reverse("archive:section", args=[pk, "basic"]),
        reverse("customers"),
        reverse("audit:list"),
    ]
    posts: list[tuple[str, dict[str, Any]]] = [
        (
            reverse("archive:section", args=[pk, "basic"]),
            {"name": "黄雅琴", "id_kind": "resident", "id_number": NUMBER[:-2], "seen": "{}", "source": "manager"},
        ),
        (reverse("archive:new"), {"name": "黄", "mobile": "1398765", "id_kind": "resident", "id_number": NUMBER}),
        (reverse("search"), {"q": PHONE}),
        (reverse("search"), {"q": NUMBER}),
        (reverse("customer-reveal", args=[pk]), {"field": "id_number", "reason": "核对身份"}),
        (reverse("archive:emergency-new"), {"who": NEW_PHONE, "minutes": "60", "reason": "客户突发疾病"}),
        (
            reverse("archive:consent-tab", args=[pk]),
            {"purpose": "marketing", "channels": ["sms"], "how": "counter", "guardian": "黄建国"},
        ),
        (reverse("archive:case-new") + f"?customer={pk}", {"kind": "correction", "proof": "document"}),
    ]
    for url in pages:
        response = client.get(url)
        assert response.status_code == 200, url
        assert leaks(response.content.decode()) == [], f"{url} shows a value that nobody asked to see"
    for url, data in posts:
        response = client.post(url, data)
        assert response.status_code < 500, url
        assert leaks(addresses(response)) == [], url
    trail = json.dumps(list(Entry.objects.values("detail", "reason", "target_label")), default=str, ensure_ascii=False)
    assert leaks(trail) == []
    assert leaks("".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")) == []
    out, err = capfd.readouterr()
    assert leaks(out + err) == []


@pytest.mark.django_db(transaction=True)
def test_what_was_searched_for_stays_out_of_the_trail_of_an_export(client: Client, customer: Customer) -> None:
    client.force_login(StaffFactory.create())
    response = client.get(reverse("customers"), {"q": PHONE, "kind": "person", "format": "xlsx"}, follow=True)
    assert response.status_code == 200
    assert leaks(str(response.redirect_chain)) == []
    response.close()
    entry = Entry.objects.get(action="ui.export")
    assert leaks(json.dumps(entry.detail)) == []
    assert "****" in entry.detail["filters"]


@pytest.mark.parametrize("debug", [False, True])
def test_error_reports_hold_no_value(settings: Any, debug: bool, rf: RequestFactory) -> None:
    settings.DEBUG = debug
    request: HttpRequest = rf.post("/customers/new/", {"mobile": NEW_PHONE, "id_number": NUMBER})
    request.POST  # noqa: B018  # read, as a view would have

    def broken() -> None:
        typed = request.POST["mobile"]
        assert typed
        raise RuntimeError("it broke")

    try:
        broken()
    except RuntimeError as error:
        report = ExceptionReporter(request, type(error), error, error.__traceback__)
    for text in (report.get_traceback_html(), report.get_traceback_text()):
        assert "it broke" in text
        body = text.split("Request data not supplied")[0]
        assert leaks(body) == []


def test_the_error_page_says_nothing_of_the_request(
    client: Client, customer: Customer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client.force_login(StaffFactory.create())
    client.raise_request_exception = False

    def broken(*_args: Any, **_given: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("keheng.customers.operations.emergency.archive_by_number", broken)
    data = {"who": NEW_PHONE, "minutes": "60", "reason": "客户突发疾病"}
    response = client.post(reverse("archive:emergency-new"), data)
    assert response.status_code == 500
    assert leaks(response.content.decode()) == []
    assert leaks(caplog.text) == []


@pytest.mark.parametrize("text", [PHONE, NUMBER, "１３８１２３４５６７８", "138-1234-5678", EMAIL, ACCOUNT])
def test_a_number_typed_into_a_list_stands_in_no_address(
    text: str, client: Client, customer: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client.force_login(StaffFactory.create())
    other = CustomerFactory.create()
    response = client.post(reverse("customers"), {"action": "find", "q": text, "kind": "person"})
    assert response.status_code == 302
    there = response["Location"]
    assert "kind=person" in there
    assert text not in there
    assert "q=" not in there
    page = client.get(there)
    found = {row["url"] if isinstance(row, dict) else row for row in page.context["rows"]}
    assert other.name not in str(found)
    assert leaks(there) == []
    body = page.content.decode().replace(f'value="{text}"', "")  # the box shows what was typed into it
    assert text not in body
    assert text not in "".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    straight = client.get(reverse("customers"), {"q": text})
    assert straight.status_code == 302
    assert text not in straight["Location"]


def test_the_sealed_search_finds_and_a_name_stands_in_the_address(client: Client, customer: Customer) -> None:
    client.force_login(StaffFactory.create())
    CustomerFactory.create_batch(2)
    sealed = client.post(reverse("customers"), {"action": "find", "q": PHONE})["Location"]
    assert len(client.get(sealed).context["rows"]) == 1
    assert client.get(sealed, {"part": "counts"}).status_code == 200
    assert len(client.get(reverse("customers"), {"found": "broken"}).context["rows"]) == 0
    named = client.post(reverse("customers"), {"action": "find", "q": customer.name, "tier": ""})["Location"]
    assert named.startswith(f"{reverse('customers')}?q=")
    assert "tier" not in named


@pytest.mark.parametrize("tail", [ACCOUNT[-4:], PHONE[-4:], NUMBER[-4:], "２３４５", "23 45"])
def test_a15_the_end_of_a_number_typed_into_a_list_stands_in_no_address(
    tail: str, client: Client, customer: Customer
) -> None:
    client.force_login(StaffFactory.create())
    for response in (
        client.post(reverse("customers"), {"action": "find", "q": tail}),
        client.get(reverse("customers"), {"q": tail}),
    ):
        assert response.status_code == 302
        there = QueryDict(response["Location"].partition("?")[2])
        assert list(there) == ["found"]
        assert tail not in there["found"]
    assert client.get(response["Location"]).context["search"].value() == tail
