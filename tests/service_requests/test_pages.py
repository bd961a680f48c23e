"""The pages: what they show, who may, and that their queries do not grow with their rows."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import CustomerFactory, StaffFactory, as_
from tests.service_requests.conftest import MONDAY, moment

from keheng.common import clock
from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.service_requests.enums import State
from keheng.service_requests.models import PenaltySheet, ServiceRequest
from keheng.service_requests.operations import closing, handling
from keheng.service_requests.rating import rating_url

pytestmark = pytest.mark.usefixtures("ten_past_nine")
Opened = Callable[..., ServiceRequest]


def test_the_desk_shows_what_is_left(opened: Opened, teller: Staff) -> None:
    opened(take=True)
    page = as_(teller).get(reverse("service_requests:desk")).content.decode()
    for words in ("业务受理", "授权码", "李国强", "受理中", "王倩", "261123-0001", 'data-left="300"', "在办 1"):
        assert words in page, words


def test_the_desks_queries_do_not_grow(opened: Opened, teller: Staff, other: Staff, outlet: Any) -> None:
    client = as_(teller)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("service_requests:desk")).status_code == 200
        return len(captured)

    opened(take=True)
    queries()
    one = queries()
    opened(customer=CustomerFactory.create(branch=outlet), actor=other, take=True)
    opened("activation", customer=CustomerFactory.create(branch=outlet))
    assert queries() == one


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", {"0001", "0002", "0003"}),
        ("who=me", {"0001", "0003"}),
        ("state=waiting", {"0002"}),
        ("when=any", {"0001", "0002", "0003", "0004"}),
        ("when=closed", {"0004"}),
        ("business=activation", {"0003"}),
        ("q=261123-0002", {"0002"}),
        ("q=李国", {"0001", "0002", "0003", "0004"}),
    ],
)
def test_filters_of_the_desk(opened: Opened, teller: Staff, query: str, numbers: set[str]) -> None:
    opened(take=True)
    opened()
    opened("activation", take=True)
    handling.cancel(request=opened(take=True), reason="撤回", actor=teller, at=MONDAY)
    page = as_(teller).get(f"{reverse('service_requests:desk')}?{query}", follow=True).content.decode()
    assert {number for number in ("0001", "0002", "0003", "0004") if f"261123-{number}" in page} == numbers


def test_intake_finds_warns_and_takes_in(opened: Opened, teller: Staff, customer: Customer) -> None:
    opened(take=True)
    client = as_(teller)
    found = client.post(reverse("service_requests:find"), {"q": "李国强"}).content.decode()
    assert f"customer={customer.pk}" in found
    page = client.get(f"{reverse('service_requests:new')}?customer={customer.pk}&business=authorisation-code")
    assert "一周内已受理过 1 次" in page.content.decode()
    address = reverse("service_requests:take-in", args=[customer.pk])
    changed = client.post(address, {"business": "transfer-account", "channel": "phone", "only": "form"})
    assert "转入机构" in changed.content.decode()
    refused = client.post(address, {"business": "transfer-account", "channel": "phone"})
    assert refused.status_code == 200
    assert ServiceRequest.objects.count() == 1
    done = client.post(
        address, {"business": "transfer-account", "channel": "phone", "answer-target": "鹿城营业部", "take": "on"}
    )
    made = ServiceRequest.objects.latest("pk")
    assert done.headers["Location"] == made.get_absolute_url()
    assert (made.state, made.assignee) == (State.WORKING, teller)


def test_the_page_of_a_request_and_its_panel(opened: Opened, teller: Staff, stranger: Staff) -> None:
    request = opened("transfer-account", take=True, subject="搬家到鹿城")
    for address in (request.get_absolute_url(), reverse("service_requests:panel", args=[request.pk])):
        page = as_(teller).get(address).content.decode()
        for words in ("转户业务", "搬家到鹿城", "需求分析", "转入机构已确认", "1 个工作日"):
            assert words in page, words
        assert as_(stranger).get(address).status_code == 404
    assert as_(StaffFactory.create(permissions=["customers.view"])).get(request.get_absolute_url()).status_code == 403


ACTS = ("advance", "pause", "resolve", "note", "escalate", "cancel", "offer", "assign", "attach", "merge", "link")


@pytest.mark.parametrize("act", [*ACTS, "priority"])
def test_every_panel_opens(opened: Opened, head: Staff, other: Staff, act: str) -> None:
    request = opened(take=True)
    answer = as_(head).get(reverse(f"service_requests:{act}", args=[request.pk]))
    assert answer.status_code == 200, act
    assert "<form" in answer.content.decode()


def test_a_request_goes_its_way_by_the_pages(opened: Opened, other: Staff) -> None:
    request, client = opened(), as_(other)
    client.post(reverse("service_requests:claim", args=[request.pk]))
    client.post(reverse("service_requests:checks", args=[request.pk]), {"check": ["identity"]})
    client.post(reverse("service_requests:pause", args=[request.pk]), {"reason": "customer", "note": ""})
    request.refresh_from_db()
    assert request.state == State.PAUSED
    client.post(reverse("service_requests:resume", args=[request.pk]))
    empty = client.post(reverse("service_requests:resolve", args=[request.pk]), {"resolution": " "})
    assert empty.status_code == 200
    client.post(reverse("service_requests:resolve", args=[request.pk]), {"resolution": "已发放"})
    client.post(reverse("service_requests:reply", args=[request.pk]), {"words": "您好"})
    request.refresh_from_db()
    assert (request.state, request.reply) == (State.CLOSED, "您好")
    page = client.get(request.get_absolute_url()).content.decode()
    assert "邀请评价" in page


def test_the_next_one(opened: Opened, teller: Staff, head: Staff) -> None:
    opened("other")
    answer = as_(teller).post(reverse("service_requests:next"))
    assert answer.headers["Location"] == ServiceRequest.objects.get().get_absolute_url()
    assert as_(teller).post(reverse("service_requests:next")).headers["Location"] == reverse("service_requests:desk")


def test_customers_rate_by_a_signed_link(opened: Opened, teller: Staff) -> None:
    request, anyone = opened(take=True), Client()
    handling.check(request=request, codes=["identity"], actor=teller, at=MONDAY)
    closing.resolve(request=request, resolution="好", actor=teller, at=MONDAY)
    address = rating_url(request)
    page = anyone.get(address)
    assert "授权码" in page.content.decode()
    assert "李国强" not in page.content.decode()
    assert anyone.get(f"{address[:-3]}x/").status_code == 404
    assert "感谢" in anyone.post(address, {"rating": "4", "note": "很快"}).content.decode()
    request.refresh_from_db()
    assert request.rating == 4
    anyone.post(address, {"rating": "1", "note": ""})
    request.refresh_from_db()
    assert request.rating == 4


@pytest.fixture
def sheet(opened: Opened, teller: Staff, django_capture_on_commit_callbacks: Any) -> PenaltySheet:
    """Two errors and an overtime of the teller."""
    for minutes in (16, 20, 33):
        request = opened(take=True)
        handling.check(request=request, codes=["identity"], actor=teller, at=MONDAY)
        with django_capture_on_commit_callbacks(execute=True):
            end = MONDAY + timedelta(minutes=minutes + 13)
            closing.resolve(request=request, resolution="好", actor=teller, at=end)
    return PenaltySheet.objects.get()


def test_the_sheet_explains_every_entry(sheet: PenaltySheet, teller: Staff, other: Staff, head: Staff) -> None:
    page = as_(teller).get(sheet.get_absolute_url()).content.decode()
    for words in ("261123-0001", "当月第 1 次差错", "列入检查", "申诉"):
        assert words in page, words
    assert as_(other).get(sheet.get_absolute_url()).status_code == 404
    assert "王倩" in as_(head).get(reverse("service_requests:sheets")).content.decode()
    assert "王倩" not in as_(other).get(reverse("service_requests:sheets")).content.decode()


def test_appeal_and_decision_by_the_pages(sheet: PenaltySheet, teller: Staff, head: Staff) -> None:
    entry = sheet.entries.order_by("pk")[0]
    place = {"pk": sheet.pk, "entry": entry.pk}
    as_(teller).post(reverse("service_requests:appeal", kwargs=place), {"reason": "系统故障"})
    answer = as_(head).get(reverse("service_requests:decide", kwargs=place))
    assert "系统故障" in answer.content.decode()
    as_(head).post(reverse("service_requests:decide", kwargs=place), {"grant": "yes", "answer": "属实"})
    assert entry.reversed_by is not None
    as_(head).post(reverse("service_requests:offset", args=[sheet.pk]), {"points": "0.5", "reason": "表扬"})
    assert sheet.entries.filter(kind="offset").count() == 1


@pytest.mark.parametrize("by", ["business", "tier", "assignee", "branch", "moon"])
def test_figures_lead_to_their_lists(sheet: PenaltySheet, head: Staff, by: str) -> None:
    page = as_(head).get(f"{reverse('service_requests:figures')}?by={by}").content.decode()
    assert "0.0%" in page
    assert "done_at_after=" in page


def test_the_tab_at_the_customer(opened: Opened, teller: Staff, customer: Customer) -> None:
    opened(take=True)
    page = as_(teller).get(reverse("service_requests:customer-tab", args=[customer.pk])).content.decode()
    assert "261123-0001" in page
    assert moment("11-23 09:10") == clock.now()
