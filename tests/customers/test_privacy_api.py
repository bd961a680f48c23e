"""Consents, requests of data subjects, files and emergency access over HTTP, with the rights of the pages (A15)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories import BranchFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.approvals.operations import load_presets as load_limits
from keheng.audit.models import Entry
from keheng.common import clock
from keheng.customers.models import AutomatedRefusal, Customer, EmergencyAccess, Handout, PrivacyCase
from keheng.customers.operations import handouts
from keheng.org.enums import DataScope
from keheng.org.models import Role
from keheng.org.operations import load_presets as load_organisation

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/privacy"
PHONE = "13812345678"


@pytest.fixture
def api(client: Client) -> Client:
    client.force_login(StaffFactory.create(name="钱安全"))
    return client


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory.create()


def send(api: Client, path: str, sent: dict[str, Any] | None = None, status: int = 200) -> Any:
    answer = api.post(ROOT + path, sent or {}, content_type="application/json")
    assert answer.status_code == status, answer.content
    return json.loads(answer.content or "null")


def open_case(api: Client, customer: Customer, kind: str) -> dict[str, Any]:
    sent = {"customer_id": customer.pk, "kind": kind, "proof": "document"}
    case: dict[str, Any] = send(api, "/cases", sent, 201)
    return case


def test_pipl_13_15_consent_is_given_withdrawn_and_kept_as_history(api: Client, customer: Customer) -> None:
    ContactPointFactory.create(customer=customer, value=PHONE)
    path = f"/customers/{customer.pk}/consents"
    question = f"{ROOT}/customers/{customer.pk}/may-contact?purpose=marketing&channel=sms"
    assert api.get(question).json()["may"] is False
    given = send(api, path, {"purpose": "marketing", "channels": ["sms"], "how": "counter", "evidence": "KH0007"})
    assert next(row for row in given if row["purpose"] == "marketing")["channels"] == ["sms"]
    assert api.get(question).json() == {"may": True, "reason": ""}
    other = CustomerFactory.create()
    ask = {"purpose": "marketing", "channel": "sms", "customer_ids": [customer.pk, other.pk]}
    assert send(api, "/contactable", ask)["customer_ids"] == [customer.pk]
    send(api, path, {"purpose": "marketing", "channels": [], "how": "phone"})
    acts = api.get(f"{ROOT}{path}/history").json()
    assert [(act["channels"], act["evidence"]) for act in acts] == [([], ""), (["sms"], "KH0007")]
    assert "同意" in api.get(question, headers={"Accept-Language": "zh-hans"}).json()["reason"]
    assert send(api, path, {"purpose": "marketing", "channels": ["pigeon"], "how": "phone"}, 422)


def test_pipl_45_a_copy_is_made_fetched_by_its_requester_and_answered(api: Client, customer: Customer) -> None:
    ContactPointFactory.create(customer=customer, value=PHONE)
    case = open_case(api, customer, "access")
    assert [row["id"] for row in api.get(f"{ROOT}/cases?state=open").json()["items"]] == [case["id"]]
    made = send(api, f"/cases/{case['id']}/copies", {"form": "json"}, 201)
    handouts.make(handout=Handout.objects.get(pk=made["id"]), now=clock.now)
    assert [row["state"] for row in api.get(f"{ROOT}/cases/{case['id']}/copies").json()] == ["ready"]
    answer = api.post(f"{ROOT}/files/{made['id']}/fetch")
    assert PHONE in answer.content.decode()
    assert answer["Content-Disposition"] == f'attachment; filename="keheng-{made["id"]}.json"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    closed = send(api, f"/cases/{case['id']}/answer", {"outcome": "granted", "answer": "副本已当面交付"})
    assert (closed["state"], bool(closed["answered_at"])) == ("granted", True)
    api.force_login(StaffFactory.create(permissions=["customers.view", "customers.privacy"]))
    assert api.post(f"{ROOT}/files/{made['id']}/fetch").status_code == 404


def test_pipl_46_47_24_correction_deletion_and_refusal(api: Client, customer: Customer) -> None:
    case = open_case(api, customer, "correction")
    assert send(api, f"/cases/{case['id']}/extend", {"reason": "需核对原始凭证"})["extended"] == "需核对原始凭证"
    done = send(api, f"/cases/{case['id']}/correct", {"field": "occupation", "value": "医生"})
    customer.refresh_from_db()
    assert (done["state"], customer.occupation) == ("granted", "医生")
    erase = open_case(api, customer, "deletion")
    refused = send(api, f"/cases/{erase['id']}/erase", status=422)
    assert refused["errors"] or refused["detail"]
    automated = open_case(api, customer, "automated")
    assert send(api, f"/cases/{automated['id']}/refuse-automated")["state"] == "granted"
    assert AutomatedRefusal.objects.filter(customer=customer).exists()
    send(api, f"/customers/{customer.pk}/allow-automated", {"reason": ""}, 422)
    assert AutomatedRefusal.objects.filter(customer=customer).exists()
    send(api, f"/customers/{customer.pk}/allow-automated", {"reason": "柜面书面撤回"}, 204)
    assert not AutomatedRefusal.objects.filter(customer=customer).exists()


def test_pipl_55_an_assessment_is_registered_for_three_years_at_least(api: Client) -> None:
    words = dict.fromkeys(("processing", "necessity", "risks", "measures"), "说明")
    sent = {"title": "生日关怀", "level": "low", "assessed_on": clock.today().isoformat(), **words}
    made = send(api, "/assessments", sent, 201)
    assert made["keep_until"] >= (clock.today() + timedelta(days=3 * 365)).isoformat()
    assert [row["title"] for row in api.get(f"{ROOT}/assessments").json()["items"]] == ["生日关怀"]


def test_a15_an_export_waits_for_a_second_person_where_values_are_whole(api: Client, customer: Customer) -> None:
    load_organisation()
    load_limits()
    StaffFactory.create(role=Role.objects.get(code="head-office-manager"))
    api.force_login(StaffFactory.create(role=Role.objects.get(code="branch-head")))
    ask = {"address": "/customers/", "purpose": "中秋礼品寄送名单"}
    assert send(api, "/files", {**ask, "personal": True}, 201)["state"] == "asked"
    assert send(api, "/files", ask, 201)["state"] == "queued"
    assert [row["personal"] for row in api.get(f"{ROOT}/files").json()["items"]] == [False, True]
    assert send(api, "/files", {**ask, "address": "/nowhere/"}, 422)


def test_a15_emergency_access_is_opened_by_number_ended_and_reviewed_by_another(api: Client) -> None:
    held = ["customers.view", "customers.emergency"]
    clerk = StaffFactory.create(branch=BranchFactory.create(), scope=DataScope.OWN, permissions=held)
    customer = CustomerFactory.create(number="3300000099")
    api.force_login(clerk)
    assert api.get(f"/api/v1/customers/{customer.pk}").status_code == 404
    wanted = {"who": "3300000098", "minutes": 30, "reason": "客户在柜台急需挂失"}
    send(api, "/emergency", wanted, 422)
    trail = Entry.objects.get(action="customers.emergency")
    assert "3300000098" not in f"{trail.reason}{trail.detail}"
    opened = send(api, "/emergency", {**wanted, "who": customer.number}, 201)
    assert api.get(f"/api/v1/customers/{customer.pk}").status_code == 200
    send(api, f"/emergency/{opened['id']}/end")
    assert api.get(f"/api/v1/customers/{customer.pk}").status_code == 404
    assert api.get(f"{ROOT}/emergency").status_code == 403
    api.force_login(StaffFactory.create())
    assert [row["id"] for row in api.get(f"{ROOT}/emergency").json()["items"]] == [opened["id"]]
    send(api, f"/emergency/{opened['id']}/review", {"verdict": "excessive"}, 422)
    judged = send(api, f"/emergency/{opened['id']}/review", {"verdict": "justified"})
    assert (judged["verdict"], EmergencyAccess.objects.get().verdict) == ("justified", "justified")


READS = ("/cases", "/assessments", "/emergency", "/files")


@pytest.mark.parametrize("path", READS)
def test_without_the_right_there_is_no_answer(path: str, client: Client) -> None:
    client.force_login(StaffFactory.create(permissions=[]))
    assert client.get(ROOT + path).status_code == 403


def test_requests_outside_the_scope_are_not_there(client: Client, api: Client, customer: Customer) -> None:
    case = open_case(api, customer, "access")
    held = ["customers.view", "customers.privacy"]
    client.force_login(StaffFactory.create(branch=BranchFactory.create(), scope=DataScope.OWN, permissions=held))
    assert client.get(f"{ROOT}/cases").json()["items"] == []
    assert client.get(f"{ROOT}/cases/{case['id']}").status_code == 404
    assert client.get(f"{ROOT}/customers/{customer.pk}/consents").status_code == 404
    assert PrivacyCase.objects.count() == 1
