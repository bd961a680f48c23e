"""Many at once: what may be done is done, what may not is told row by row."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.service_requests.conftest import MONDAY

from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.service_requests.enums import State, StepKind
from keheng.service_requests.models import ServiceRequest, Step
from keheng.service_requests.operations import closing, handling

pytestmark = pytest.mark.usefixtures("ten_past_nine")
Opened = Callable[..., ServiceRequest]


def post(staff: Staff, act: str, rows: list[ServiceRequest], **values: Any) -> str:
    client = Client()
    client.force_login(staff)
    keys = [row.pk for row in rows]
    answer = client.post(reverse(f"service_requests:{act}-many"), {"pk": keys, **values})
    assert answer.status_code == 200, act
    return answer.content.decode()


def states(rows: list[ServiceRequest]) -> list[str]:
    return [ServiceRequest.objects.get(pk=row.pk).state for row in rows]


def test_claiming_many_tells_what_was_refused(opened: Opened, teller: Staff, other: Staff) -> None:
    rows = [opened(), opened(actor=other, take=True), opened()]
    page = post(teller, "claim", rows)
    assert states(rows) == [State.WORKING] * 3
    assert "已处理 2 笔，未通过 1 笔" in page
    assert "赵敏已在办理" in page or "赵敏" in page


def test_pausing_many_asks_for_the_reason_first(opened: Opened, teller: Staff) -> None:
    rows = [opened(take=True), opened()]
    assert "待客户补充资料" in post(teller, "pause", rows)
    assert states(rows) == [State.WORKING, State.WAITING]
    page = post(teller, "pause", rows, reason="customer", note="", **{"carry-out": "1"})
    assert states(rows) == [State.PAUSED, State.WAITING]
    assert rows[1].number in page


def test_assigning_and_noting_many(opened: Opened, head: Staff, other: Staff, teller: Staff) -> None:
    rows = [opened(), opened(take=True)]
    post(head, "assign", rows, to=str(other.pk), **{"carry-out": "1"})
    assert {ServiceRequest.objects.get(pk=row.pk).assignee for row in rows} == {other}
    post(head, "note", rows, note="月底前办完", **{"carry-out": "1"})
    assert Step.objects.filter(kind=StepKind.NOTE, actor=head).count() == 2
    client = Client()
    client.force_login(teller)
    assert client.post(reverse("service_requests:assign-many"), {"pk": [rows[0].pk]}).status_code == 403


def test_closing_many_fills_in_each_number(opened: Opened, teller: Staff) -> None:
    rows = [opened(take=True), opened(take=True)]
    handling.check(request=rows[0], codes=["identity"], actor=teller, at=MONDAY)
    closing.resolve(request=rows[0], resolution="好", actor=teller, at=MONDAY)
    page = post(teller, "close", rows, words="{business}（{number}）已办结", **{"carry-out": "1"})
    assert states(rows) == [State.CLOSED, State.WORKING]
    assert ServiceRequest.objects.get(pk=rows[0].pk).reply == "授权码（261123-0001）已办结"
    assert "已处理 1 笔，未通过 1 笔" in page


def test_a_part_is_taken_in_from_its_whole(opened: Opened, teller: Staff, customer: Customer) -> None:
    whole = opened("other", take=True)
    client = Client()
    client.force_login(teller)
    page = client.get(f"{reverse('service_requests:new')}?customer={customer.pk}&part_of={whole.pk}").content.decode()
    assert "的子业务" in page
    values = {"business": "other", "channel": "phone", "part_of": whole.pk}
    client.post(reverse("service_requests:take-in", args=[customer.pk]), values)
    assert [part.customer for part in whole.children.all()] == [customer]


def test_a_reply_begins_with_the_chosen_template(opened: Opened, teller: Staff) -> None:
    request = opened(take=True)
    client = Client()
    client.force_login(teller)
    address = reverse("service_requests:reply", args=[request.pk])
    assert "已办理完毕" in client.get(address).content.decode()
    page = client.get(f"{address}?template=2").content.decode()
    assert "十分抱歉" in page
    assert "需补充资料" in page
    assert client.get(f"{address}?template=99").status_code == 200
