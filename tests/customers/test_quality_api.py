"""Completeness, findings, duplicates, merges and inspections over HTTP, with the rights of the pages (A1, A14)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories import BranchFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.common import clock
from keheng.customers import operations
from keheng.customers.models import ArchiveScore, Customer, DuplicatePair, NumberAlias
from keheng.org.enums import DataScope
from keheng.org.models import Staff

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/quality"


@pytest.fixture
def api(client: Client) -> Client:
    client.force_login(StaffFactory.create(name="林建峰"))
    return client


@pytest.fixture
def pair() -> DuplicatePair:
    """Two archives of one person, found by their telephone."""
    left = CustomerFactory.create(number="3300000001", name="黄雅琴", occupation="教师", birth_date=None)
    right = CustomerFactory.create(number="3300000002", name="黄亚琴", occupation="医生", birth_date=None)
    for customer in (left, right):
        ContactPointFactory.create(customer=customer, value="13812345678")
    return DuplicatePair.objects.create(left=left, right=right, score=95, reasons=["phone"], found_at=clock.now())


def send(api: Client, path: str, sent: dict[str, Any] | None = None, status: int = 200) -> Any:
    answer = api.post(ROOT + path, sent or {}, content_type="application/json")
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def test_a1_the_completeness_rate_by_owner_and_outlet(api: Client) -> None:
    owner = StaffFactory.create()
    customer = CustomerFactory.create(owner=owner, branch=owner.branch)
    ArchiveScore.objects.update_or_create(customer=customer, defaults={"score": 60, "is_effective": True, "rules": 0})
    report = api.get(f"{ROOT}/completeness").json()
    assert report["whole"]["effective"] == 1
    assert report["whole"]["rate"] == 0.6
    assert [row["branch_id"] for row in report["outlets"]] == [owner.branch_id]
    assert [row["owner_id"] for row in report["owners"]] == [owner.pk]


def test_a1_findings_are_listed_with_their_remedy_and_let_stand(api: Client) -> None:
    customer = CustomerFactory.create(name="测试客户")
    operations.follow_up([customer.pk], at=clock.now())
    rows = api.get(f"{ROOT}/findings?customer_id={customer.pk}").json()["items"]
    found = next(row for row in rows if row["rule"] == "name")
    assert found["what"]
    assert found["remedy"]
    assert send(api, f"/findings/{found['id']}/accept", {"reason": "确为本名"})["state"] == "accepted"
    send(api, f"/findings/{found['id']}/accept", {"reason": "确为本名"}, 422)


def test_002_a_wrong_telephone_is_fed_back(api: Client) -> None:
    point = ContactPointFactory.create()
    found = send(api, f"/contacts/{point.pk}/report", {"reason": "空号"})
    assert (found["customer_id"], found["contact"], found["state"]) == (point.customer_id, point.kind, "open")


def test_a1_a_pair_is_compared_merged_and_taken_back(api: Client, pair: DuplicatePair) -> None:
    listed = api.get(f"{ROOT}/duplicates?state=open&score_from=90").json()["items"]
    assert [(row["score"], row["reasons"]) for row in listed] == [(95, ["phone"])]
    beside = api.get(f"{ROOT}/duplicates/{pair.pk}").json()
    lines = {line["key"]: line for line in beside["lines"]}
    assert (lines["occupation"]["left"], lines["occupation"]["right"]) == ("教师", "医生")
    assert beside["refusal"] == ""
    sent = {"survivor": "left", "choices": {"occupation": "right", "name": "left"}, "reason": "同一手机、同一人"}
    made = send(api, f"/duplicates/{pair.pk}/merge", sent)
    survivor = Customer.objects.get(pk=pair.left_id)
    assert (survivor.occupation, survivor.name) == ("医生", "黄雅琴")
    assert NumberAlias.objects.get().number == made["lost_number"] == "3300000002"
    assert api.get(f"{ROOT}/merges").json()["items"][0]["id"] == made["id"]
    back = send(api, f"/merges/{made['id']}/take-back", {"reason": "其实是姐妹"})
    assert back["undone_at"]
    assert Customer.objects.get(pk=pair.left_id).occupation == "教师"
    assert Customer.objects.filter(pk=pair.right_id).exists()


def test_a1_two_who_are_not_one_are_remembered_and_asked_about_again(api: Client, pair: DuplicatePair) -> None:
    assert send(api, f"/duplicates/{pair.pk}/dismiss", {"reason": "母女共用手机"})["state"] == "dismissed"
    send(api, f"/duplicates/{pair.pk}/dismiss", {"reason": "母女共用手机"}, 422)
    assert send(api, f"/duplicates/{pair.pk}/reopen")["state"] == "open"


def test_a14_an_irregular_check_from_drawing_to_closing(api: Client) -> None:
    owner: Staff = StaffFactory.create(name="王倩")
    customer = CustomerFactory.create(owner=owner, branch=owner.branch)
    due = (clock.today() + timedelta(days=5)).isoformat()
    drawn = send(api, "/inspections", {"branch_id": owner.branch_id, "due_on": due, "count": 5}, 201)
    [item] = api.get(f"{ROOT}/inspections/{drawn['id']}/archives").json()["items"]
    assert (item["customer_id"], item["state"]) == (customer.pk, "open")
    at = f"/inspections/archives/{item['id']}"
    send(api, f"{at}/fault", {}, 422)
    faulty = send(api, f"{at}/fault", {"text": "缺紧急联系人", "fix_by": due})
    assert (faulty["state"], faulty["fix_by"]) == ("faulty", due)
    assert send(api, f"{at}/answer", {"text": "已补录"})["state"] == "answered"
    assert send(api, f"{at}/close")["state"] == "closed"
    assert api.get(f"{ROOT}/inspections?is_open=false").json()["items"][0]["id"] == drawn["id"]


@pytest.mark.parametrize("path", ["/completeness", "/findings", "/duplicates", "/merges", "/inspections"])
def test_without_the_right_there_is_no_answer(path: str, client: Client) -> None:
    client.force_login(StaffFactory.create(permissions=[]))
    assert client.get(ROOT + path).status_code == 403


def test_pairs_and_merges_of_strangers_are_not_there(client: Client, pair: DuplicatePair) -> None:
    held = ["customers.view", "customers.quality", "customers.merge"]
    client.force_login(StaffFactory.create(branch=BranchFactory.create(), scope=DataScope.OWN, permissions=held))
    assert client.get(f"{ROOT}/duplicates").json()["items"] == []
    for act in ("merge", "dismiss", "reopen"):
        send(client, f"/duplicates/{pair.pk}/{act}", {"survivor": "left", "reason": "同一人"}, 404)


@pytest.mark.parametrize("held", [["customers.view", "customers.quality"]])
def test_who_only_reads_does_not_decide(held: list[str], client: Client, pair: DuplicatePair) -> None:
    client.force_login(StaffFactory.create(permissions=held))
    assert client.get(f"{ROOT}/duplicates/{pair.pk}").json()["refusal"]
    send(client, f"/duplicates/{pair.pk}/merge", {"survivor": "left", "reason": "同一人"}, 403)
