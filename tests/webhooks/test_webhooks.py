"""Telling other programs: signatures, which addresses, the queue with its retries, and the pages."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address, ip_network
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import BranchFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.notices.models import Notice
from keheng.org.models import Staff
from keheng.webhooks import kinds, operations
from keheng.webhooks.enums import State
from keheng.webhooks.models import Attempt, Delivery, Subscription
from keheng.webhooks.operations import News, announce, deliver, subscribe
from keheng.webhooks.policies import WAITS, is_signed, may_reach, next_attempt, signature
from keheng.webhooks.sending import Answer, post

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
KIND = "service_requests.changed"
OPEN: Any = ip_network("127.0.0.0/8")


# -- policies -----------------------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=40), st.binary(max_size=200))
def test_what_is_signed_is_recognised_and_nothing_else(secret: str, body: bytes) -> None:
    header, tolerance = signature(secret, body, NOW), timedelta(minutes=5)
    assert is_signed(secret, body, header, NOW + timedelta(minutes=4), tolerance=tolerance)
    assert not is_signed(secret, body + b"x", header, NOW, tolerance=tolerance)
    assert not is_signed(secret + "x", body, header, NOW, tolerance=tolerance)
    assert not is_signed(secret, body, header, NOW + timedelta(minutes=6), tolerance=tolerance)
    assert not is_signed(secret, body, "v1=0", NOW, tolerance=tolerance)


def test_a_signature_as_other_languages_compute_it() -> None:
    # printf '1795395600.{"a":1}' | openssl dgst -sha256 -hmac key
    assert signature("key", b'{"a":1}', NOW) == (
        "t=1795395600,v1=" + __import__("hmac").new(b"key", b'1795395600.{"a":1}', "sha256").hexdigest()
    )


def test_it_is_tried_for_a_day_and_then_given_up() -> None:
    moments = [next_attempt(number, NOW) for number in range(1, 9)]
    assert moments[0] == NOW + timedelta(minutes=1)
    assert moments[-1] is None
    assert sum(WAITS, timedelta()) == timedelta(hours=22, minutes=21)


@pytest.mark.parametrize(
    ("address", "alone", "named"),
    [
        ("223.5.5.5", True, True),
        ("2400:3200::1", True, True),
        ("10.1.2.3", False, True),
        ("::ffff:10.1.2.3", False, True),
        ("10.2.2.3", False, False),
        ("127.0.0.1", False, False),
        ("192.168.1.1", False, False),
        ("169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("224.0.0.1", False, False),
        ("0.0.0.0", False, False),  # an address to be refused
        ("100.64.0.1", False, False),
    ],
)
def test_which_addresses_may_be_called(address: str, alone: bool, named: bool) -> None:
    inside = [ip_network("10.1.0.0/16"), ip_network("169.254.0.0/16")]
    assert may_reach(ip_address(address), []) == alone
    assert may_reach(ip_address(address), inside) == named


# -- the queue ----------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(db: Any) -> Staff:
    return StaffFactory.create(permissions=["webhooks.manage"], name="张敏")


@pytest.fixture
def subscription(manager: Staff) -> Subscription:
    made, _secret = subscribe(name="OA", url="https://oa.example.com/in?x=1", kinds=[KIND], actor=manager, at=NOW)
    return made


class Receiver:
    """Takes calls in place of a program, and answers as it is told."""

    def __init__(self, *statuses: int | None) -> None:
        self.statuses, self.calls = list(statuses), list[tuple[str, bytes, dict[str, str]]]()

    def __call__(self, url: str, body: bytes, headers: Any) -> Answer:
        self.calls.append((url, body, dict(headers)))
        status = self.statuses.pop(0) if self.statuses else 204
        return Answer(status, "" if status else "refused", 12)


def told(at: datetime = NOW, path: str = "/") -> int:
    return announce(kind=KIND, news=[News({"number": "261123-0001", "state": "working"}, path)], at=at)


def test_news_are_told_once_and_signed(subscription: Subscription) -> None:
    receiver = Receiver()
    assert told() == 1
    assert deliver(post=receiver, now=lambda: NOW) == 1
    assert deliver(post=receiver, now=lambda: NOW + timedelta(days=1)) == 0
    ((url, body, headers),) = receiver.calls
    row = Delivery.objects.get()
    assert url == subscription.url
    assert json.loads(body) == {
        "id": str(row.key),
        "kind": KIND,
        "at": "2026-11-23T01:00:00+00:00",
        "data": {"number": "261123-0001", "state": "working"},
    }
    assert headers["Keheng-Delivery"] == str(row.key)
    assert is_signed(subscription.secret or "", body, headers["Keheng-Signature"], NOW, tolerance=timedelta(seconds=1))
    assert (row.state, row.attempts, row.next_at) == (State.DELIVERED, 1, None)


def test_what_is_undone_is_not_told(subscription: Subscription) -> None:
    with transaction.atomic():
        told()
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_failures_are_tried_again_logged_told_and_given_up(subscription: Subscription, manager: Staff) -> None:
    receiver, at = Receiver(*[None, 500, 302, 404, None, None, None, None]), NOW
    told()
    for number in range(1, 9):
        moment = at
        assert deliver(post=receiver, now=lambda moment=moment: moment) == 1, number  # type: ignore[misc]
        assert deliver(post=receiver, now=lambda moment=moment: moment) == 0, number  # type: ignore[misc]
        at = Delivery.objects.get().next_at or at
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.next_at) == (State.GIVEN_UP, 8, None)
    assert list(Attempt.objects.values_list("status", flat=True)) == [None, 500, 302, 404, None, None, None, None]
    assert len({call[2]["Keheng-Delivery"] for call in receiver.calls}) == 1
    assert Notice.objects.filter(staff=manager, kind="webhooks.failing").count() == 2  # it began, it was given up
    operations.send_again(delivery=row, actor=manager, at=at)
    assert deliver(post=receiver, now=lambda: at) == 1
    subscription.refresh_from_db()
    assert (Delivery.objects.get().state, subscription.failing_since) == (State.DELIVERED, None)


def test_a_worker_that_dies_loses_nothing(subscription: Subscription) -> None:
    told()

    def dies(*_call: Any) -> Answer:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(post=dies, now=lambda: NOW)
    assert deliver(post=Receiver(), now=lambda: NOW + timedelta(minutes=1)) == 0  # still taken
    assert deliver(post=Receiver(), now=lambda: NOW + timedelta(minutes=3)) == 1


def test_only_what_was_asked_for_is_told(subscription: Subscription, manager: Staff) -> None:
    branch, other = BranchFactory.create(), BranchFactory.create()
    given = {"url": "https://a.example.com/", "kinds": [KIND], "actor": manager, "at": NOW}
    subscribe(name="支行", branch=branch, **given)
    assert [told(path=branch.path), told(path=other.path), told(path=f"{branch.path}9/")] == [2, 1, 2]
    assert announce(kind="service_requests.mark", news=[News({})], at=NOW) == 0
    operations.switch(subscription=subscription, on=False, actor=manager, at=NOW)
    assert told(path=other.path) == 0
    assert not subscription.deliveries.filter(state=State.WAITING).exists()
    with pytest.raises(ValidationError):
        operations.ping(subscription=subscription, actor=manager, at=NOW)


@pytest.mark.parametrize(
    "url", ["ftp://a.example.com", "https://", "https://me:pw@a.example.com/", "/in", "https://a.example.com/#x"]
)
def test_addresses_that_are_refused_when_they_are_kept(manager: Staff, url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        subscribe(name="OA", url=url, kinds=[KIND], actor=manager, at=NOW)
    assert "url" in caught.value.message_dict
    with pytest.raises(ValidationError):
        subscribe(name="OA", url="https://a.example.com/", kinds=["moon"], actor=manager, at=NOW)


def test_only_managers_decide_and_the_secret_is_kept_sealed(subscription: Subscription) -> None:
    stranger = StaffFactory.create(permissions=["customers.view"])
    with pytest.raises(PermissionDenied):
        subscribe(name="X", url="https://a.example.com/", kinds=[KIND], actor=stranger, at=NOW)
    with pytest.raises(PermissionDenied):
        operations.renew_secret(subscription=subscription, actor=stranger, at=NOW)
    assert (subscription.secret or "") not in str(list(Entry.objects.values()))
    assert {"service_requests.changed", "service_requests.mark"} <= set(kinds.declared())


def test_old_deliveries_are_forgotten(subscription: Subscription) -> None:
    told()
    deliver(post=Receiver(), now=lambda: NOW)
    told()
    operations.purge(older_than=timedelta(days=30), at=NOW + timedelta(days=31))
    assert list(Delivery.objects.values_list("state", flat=True)) == ["waiting"]


# -- real calls ---------------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A program on this machine; ``/moved`` leads elsewhere."""
    got: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(302 if self.path == "/moved" else 204)
            self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            """Says nothing."""

    running = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}", got
    running.shutdown()
    thread.join()
    running.server_close()


def test_a_call_arrives_and_redirections_are_not_followed(server: Any, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = [OPEN]
    address, got = server
    assert post(f"{address}/in?a=1", b"{}", {}).status == 204
    assert post(f"{address}/moved", b"{}", {}).status == 302
    assert got == [("/in?a=1", b"{}"), ("/moved", b"{}")]


@pytest.mark.usefixtures("english")
def test_calls_that_are_refused_say_why(server: Any, settings: Any) -> None:
    address, got = server
    settings.WEBHOOK_NETWORKS = []
    assert "may not be called" in post(address, b"{}", {}).error
    settings.WEBHOOK_NETWORKS = [OPEN]
    assert "certificate" in post(address.replace("http:", "https:"), b"{}", {}).error
    assert "cannot be reached" in post("http://127.0.0.1:1/", b"{}", {}).error
    assert got == []


# -- pages --------------------------------------------------------------------------------------------------------


def test_the_pages_show_secret_once_and_the_log(manager: Staff) -> None:
    client = Client()
    client.force_login(manager)
    assert "还没有" in client.get(reverse("webhooks:list")).content.decode()
    values = {"name": "核心系统", "url": "https://core.example.com/in", "kinds": [KIND]}
    page = client.post(reverse("webhooks:new"), values).content.decode()
    made = Subscription.objects.get()
    assert (made.secret or "?") in page
    client.post(reverse("webhooks:ping", args=[made.pk]))
    deliver(post=Receiver(503), now=lambda: datetime.now(UTC) + timedelta(seconds=1))
    page = client.get(made.get_absolute_url()).content.decode()
    for words in ("503", "测试推送", "https://core.example.com/in"):
        assert words in page, words
    assert (made.secret or "?") not in page
    assert client.post(reverse("webhooks:change", args=[made.pk]), {**values, "name": "核心"}).status_code == 204
    row = Delivery.objects.get()
    client.post(reverse("webhooks:switch", args=[made.pk]))
    client.post(reverse("webhooks:send-again", args=[made.pk, row.pk]))
    row.refresh_from_db()
    assert row.state == State.GIVEN_UP
    before = made.secret
    client.post(reverse("webhooks:renew-secret", args=[made.pk]))
    made.refresh_from_db()
    assert (made.name, made.is_active, made.secret == before) == ("核心", False, False)
    stranger = Client()
    stranger.force_login(StaffFactory.create(permissions=["customers.view"]))
    assert stranger.get(made.get_absolute_url()).status_code == 403
