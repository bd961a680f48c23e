"""The figures of the desk: one statement each, and every number is as long as the list that it opens (A6)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import CustomerFactory
from tests.service_requests.conftest import MONDAY, moment

from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.models import Branch, Staff
from keheng.service_requests.models import ServiceRequest
from keheng.service_requests.operations import closing, hand_over, handling
from keheng.service_requests.queries import reports
from keheng.service_requests.queries.reports import Row
from keheng.service_requests.views.figures import Cell

Opened = Callable[..., ServiceRequest]
NOW = moment("11-23 16:00")
DAY = MONDAY.date()


@pytest.fixture(autouse=True)
def _afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def done(request: ServiceRequest, actor: Staff, at: Any) -> ServiceRequest:
    handling.check(request=request, codes=["identity"], actor=actor, at=at)
    return closing.resolve(request=request, resolution="已办", actor=actor, at=at)


@pytest.fixture
def day(opened: Opened, teller: Staff, other: Staff, big_customer: Customer, outlet: Branch) -> None:
    """A morning: four in time, one late, one taken back, two open; each in another way."""
    done(opened(take=True), teller, MONDAY + timedelta(minutes=4))  # at the first contact
    rated = done(opened(take=True), teller, MONDAY + timedelta(minutes=6))
    closing.reply(request=rated, words="已办", actor=teller, at=MONDAY + timedelta(minutes=7))
    closing.rate(request=rated, rating=4, note="", at=MONDAY + timedelta(hours=1))
    late = handling.claim(request=opened(), actor=other, at=MONDAY + timedelta(minutes=2))
    done(late, other, MONDAY + timedelta(minutes=40))
    paused = opened(take=True)
    handling.pause(request=paused, reason="customer", note="", actor=teller, at=MONDAY + timedelta(minutes=5))
    handling.resume(request=paused, actor=teller, at=MONDAY + timedelta(minutes=65))
    done(paused, teller, MONDAY + timedelta(minutes=68))  # 8 minutes of service without the pause
    again = done(opened("reset-password", take=True, answers={"password": "交易"}), teller, moment("11-23 09:20"))
    again = closing.reopen(request=again, reason="未好", actor=teller, at=moment("11-23 09:30"))
    done(again, teller, moment("11-23 09:45"))
    handling.cancel(request=opened(take=True), reason="撤回", actor=teller, at=MONDAY)
    opened("activation", customer=big_customer, at=moment("11-23 13:30"), take=True)
    opened("other", customer=CustomerFactory.create(branch=outlet, tier=""), at=moment("11-23 15:50"))


@pytest.fixture
def evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are reset without a document, so that the day is short."""
    monkeypatch.setattr(closing, "missing_before_closing", lambda _request: [])


@pytest.mark.usefixtures("evidence", "day")
def test_a6_in_time_first_contact_and_reopened_are_counted_by_request(teller: Staff, other: Staff) -> None:
    rows = reports.in_time(teller, "business", DAY, DAY)
    assert rows == [Row("authorisation-code", 4, 3, 0, 2), Row("reset-password", 1, 1, 1, 0)]
    assert reports.total(rows) == Row("", 5, 4, 1, 2)
    people = reports.in_time(teller, "assignee", DAY, DAY)
    assert people == [Row(str(other.pk), 1, 0, 0, 0), Row(str(teller.pk), 4, 4, 1, 2)]
    assert reports.in_time(teller, "business", DAY + timedelta(days=1), DAY + timedelta(days=1)) == []


@pytest.mark.usefixtures("evidence", "day")
def test_a6_handling_times_have_quartiles_and_classes_in_service_time(teller: Staff) -> None:
    codes, resets, all_ = reports.spreads(teller, DAY, DAY)
    assert (codes.key, codes.number, list(codes.classes)) == ("authorisation-code", 4, [1, 2, 0, 1, 0, 0])
    quarter, half, three = (span / timedelta(minutes=1) for span in codes.quartiles)  # of 4, 6, 8 and 40
    assert (quarter, half, three) == (5.5, 7.0, 16.0)
    assert (resets.number, list(resets.classes)) == (1, [0, 0, 0, 1, 0, 0])  # 20 minutes, then 15 once more
    assert (all_.key, all_.number, sum(all_.classes)) == ("", 5, 5)


@pytest.mark.usefixtures("evidence", "day")
def test_a6_the_backlog_is_counted_by_state_and_age(teller: Staff) -> None:
    found = reports.backlog(teller, NOW)
    assert found[("working", 1)] == 1  # two and a half hours
    assert found[("waiting", 0)] == 1  # ten minutes
    assert found[("resolved", 2)] == 4  # since nine in the morning
    assert sum(found.values()) == ServiceRequest.objects.open().count() == 6


def test_a_hand_over_is_no_first_contact(opened: Opened, teller: Staff, other: Staff) -> None:
    request = opened(take=True)
    offered = hand_over.offer(request=request, to=other, reason="外出", actor=teller, at=MONDAY)
    hand_over.answer(offered=offered, accept=True, actor=other, at=MONDAY)
    request.refresh_from_db()
    back = hand_over.offer(request=request, to=teller, reason="回来了", actor=other, at=MONDAY)
    hand_over.answer(offered=back, accept=True, actor=teller, at=MONDAY)
    done(request, teller, MONDAY + timedelta(minutes=3))
    assert reports.in_time(teller, "business", DAY, DAY) == [Row("authorisation-code", 1, 1, 0, 0)]


def cells(value: Any) -> Iterator[Cell]:
    """Every number with a list, wherever it stands in what the page shows."""
    if isinstance(value, Cell):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from cells(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from cells(each)


@pytest.mark.usefixtures("evidence", "day")
@pytest.mark.parametrize("by", ["business", "tier", "assignee", "branch"])
def test_a6_every_number_opens_a_list_as_long_as_it_is(head: Staff, by: str) -> None:
    client = Client()
    client.force_login(head)
    page = client.get(f"{reverse('service_requests:figures')}?by={by}&first={DAY}&last={DAY}")
    shown = [*cells({name: page.context[name] for name in ("all", "rows", "spreads", "backlog", "heat")})]
    assert len(shown) > 100
    counted = {cell.url: cell.number for cell in shown if cell.number}
    counted |= {page.context["opened_url"]: 8, page.context["rated_url"]: 1}
    for address, number in counted.items():
        answer = client.get(address)
        assert answer.context["total"].value == number, address
        assert not answer.context["problems"], address
    empty = next(cell for cell in shown if not cell.number)
    assert client.get(empty.url).context["total"].value == 0


@pytest.mark.usefixtures("evidence", "day")
def test_each_figure_is_one_statement(head: Staff) -> None:
    assert head.branch_ids
    asked: dict[str, Callable[[], Any]] = {
        "in time": lambda: reports.in_time(head, "tier", DAY, DAY),
        "spreads": lambda: reports.spreads(head, DAY, DAY),
        "backlog": lambda: reports.backlog(head, NOW),
        "summary": lambda: reports.summary(head, DAY, DAY),
        "arrivals": lambda: reports.arrivals(head, DAY, DAY),
    }
    for name, act in asked.items():
        with CaptureQueriesContext(connection) as captured:
            assert act(), name
        assert len(captured) == 1, name


def test_chips_of_figures_show_only_while_they_are_set(opened: Opened, teller: Staff) -> None:
    opened()
    client = Client()
    client.force_login(teller)
    desk = reverse("service_requests:desk")
    assert "首问解决" not in client.get(desk).content.decode()
    lit = client.get(f"{desk}?when=any&at_once=false&took_min=5&weekday=1&hour=9").content.decode()
    for words in ("首问解决", "办理时长", "星期一", "9:00"):
        assert words in lit, words


@pytest.mark.parametrize("query", ["took_min=bald", "moment_after=bald", "hour=25", "outlet=0", "rating=9"])
def test_what_cannot_be_read_is_left_out_and_told(opened: Opened, teller: Staff, query: str) -> None:
    opened()
    client = Client()
    client.force_login(teller)
    page = client.get(f"{reverse('service_requests:desk')}?{query}")
    assert page.status_code == 200
    assert page.context["problems"]
