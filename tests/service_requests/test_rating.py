"""The customer's link to rate: signed, with an end, once, without signing in, sent by message (A6)."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from tests.browser_fixtures import assert_accessible
from tests.factories import StaffFactory
from tests.service_requests.conftest import MONDAY

from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.service_requests.enums import InviteBy, StepKind
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations import closing, handling
from keheng.service_requests.operations.parts import CHANGED
from keheng.service_requests.policies.catalogue import RatingRules, read
from keheng.service_requests.rating import holds_until, rated_request, rating_url
from keheng.webhooks.models import Delivery
from keheng.webhooks.operations import subscribe

Opened = Callable[..., ServiceRequest]
NOW = MONDAY + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _monday(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    cache.clear()


@pytest.fixture
def done(opened: Opened, teller: Staff) -> ServiceRequest:
    request = opened(take=True)
    handling.check(request=request, codes=["identity"], actor=teller, at=MONDAY)
    request = closing.resolve(request=request, resolution="好", actor=teller, at=MONDAY)
    return closing.reply(request=request, words="已办结", actor=teller, at=MONDAY)


def token_of(request: ServiceRequest) -> str:
    return rating_url(request).rstrip("/").rpartition("/")[2]


def test_the_link_is_always_the_same_and_ends(done: ServiceRequest) -> None:
    token = token_of(done)
    assert token == token_of(ServiceRequest.objects.get(pk=done.pk))
    assert holds_until(done) == MONDAY + timedelta(days=30)
    assert rated_request(token, MONDAY + timedelta(days=30)) == done
    assert rated_request(token, MONDAY + timedelta(days=30, seconds=1)) is None
    assert rated_request(f"{token[:-1]}{'a' if token[-1] != 'a' else 'b'}", NOW) is None
    assert rated_request("x", NOW) is None


def test_a_reopened_request_cannot_be_rated_until_it_is_done_again(done: ServiceRequest, teller: Staff) -> None:
    closing.reopen(request=done, reason="未好", actor=teller, at=NOW)
    assert rated_request(token_of(done), NOW) is None
    assert Client().get(rating_url(done)).status_code == 404


def test_the_page_tells_nothing_about_the_customer(done: ServiceRequest, customer: Customer) -> None:
    page = Client().get(rating_url(done))
    words = page.content.decode()
    assert "授权码" in words
    for personal in (customer.name, customer.number, "王倩"):
        assert personal not in words
    assert "no-store" in page.headers["Cache-Control"]
    assert customer.name not in rating_url(done)


def test_a_rating_is_given_once_and_shown_at_the_request(done: ServiceRequest, teller: Staff) -> None:
    anyone = Client()
    assert "感谢" in anyone.post(rating_url(done), {"rating": "2", "note": "等得太久"}).content.decode()
    assert "感谢" in anyone.post(rating_url(done), {"rating": "5", "note": ""}).content.decode()
    done.refresh_from_db()
    assert (done.rating, done.rating_note) == (2, "等得太久")
    client = Client()
    client.force_login(teller)
    page = client.get(done.get_absolute_url()).content.decode()
    assert "2 / 5 等得太久" in page
    assert "邀请评价" not in page


def test_tries_are_limited(done: ServiceRequest) -> None:
    anyone = Client()
    answers = [anyone.post(rating_url(done), {"rating": "9"}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    assert anyone.get(rating_url(done)).status_code == 200  # looking is free: a link cannot be guessed


def test_programs_that_send_messages_learn_the_link(done: ServiceRequest, teller: Staff, customer: Customer) -> None:
    boss = StaffFactory.create(permissions=["webhooks.manage", "org.manage"])
    subscribe(name="短信平台", url="https://sms.example.com/hook", kinds=[CHANGED], actor=boss, at=NOW)
    closing.ask_rating(request=done, by=InviteBy.SMS, actor=teller, at=NOW)
    news = Delivery.objects.latest("pk").data
    assert news["rating"] == {
        "path": rating_url(done),
        "until": (MONDAY + timedelta(days=30)).isoformat(),
        "by": "sms",
    }
    assert customer.name not in json.dumps(news, ensure_ascii=False)
    assert done.steps.get(kind=StepKind.INVITED).detail == {"by": "sms"}


def test_who_is_not_asked(
    opened: Opened, done: ServiceRequest, teller: Staff, other: Staff, customer: Customer
) -> None:
    with pytest.raises(PermissionDenied):
        closing.ask_rating(request=done, by=InviteBy.SMS, actor=other, at=NOW)
    with pytest.raises(ValidationError):
        closing.ask_rating(request=opened(take=True), by=InviteBy.SMS, actor=teller, at=NOW)
    with pytest.raises(ValidationError):
        closing.ask_rating(request=done, by=InviteBy.SMS, actor=teller, at=MONDAY + timedelta(days=31))
    Customer.objects.filter(pk=customer.pk).update(do_not_disturb=True)
    with pytest.raises(ValidationError, match="打扰"):
        closing.ask_rating(request=done, by=InviteBy.SMS, actor=teller, at=NOW)


def test_the_words_to_send_stand_ready(done: ServiceRequest, teller: Staff) -> None:
    client = Client()
    client.force_login(teller)
    address = reverse("service_requests:ask-rating", args=[done.pk])
    page = client.get(address).content.decode()
    assert f"http://testserver{rating_url(done)}" in page
    assert "授权码" in page
    assert client.post(address, {"by": "wechat"}).status_code == 204
    assert "微信" in client.get(done.get_absolute_url()).content.decode()


def test_catalogues_of_before_have_the_usual_rules() -> None:
    from keheng.service_requests.operations.catalogue import shipped

    assert read(shipped()).rating.days == 30
    assert read({name: value for name, value in shipped().items() if name != "rating"}).rating == RatingRules()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_customer_rates_on_a_phone(done: ServiceRequest, page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 667})
    page.goto(rating_url(done))
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert_accessible(page)
    page.get_by_label("非常满意").check()
    page.get_by_role("button").click()
    expect(page.locator("h1")).to_contain_text("感谢")
    done.refresh_from_db()
    assert done.rating == 5
