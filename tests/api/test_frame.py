"""The frame of the HTTP API: sign-in, refusals, paging, calls that are sent twice, limits, the description."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import BranchFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.api.models import Reply, Usage
from keheng.audit.models import Entry
from keheng.common import clock
from keheng.config.api import api
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import ApiToken, Staff
from keheng.org.operations import deactivate_staff, make_token, reset_password, revoke_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
CUSTOMERS = "/api/v1/customers"


def token_of(staff: Staff, *permissions: str) -> dict[str, Any]:
    """The header that lets a program act as ``staff`` with these rights."""
    held = permissions or ("customers.view", "customers.edit", "customers.reveal", "org.view", "audit.view")
    _token, secret = make_token(name="报表", permissions_held=held, days=30, actor=staff, at=clock.now())
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}", **ENGLISH}


@pytest.fixture
def staff() -> Staff:
    return StaffFactory.create(scope=DataScope.ALL)


def send(client: Client, method: str, path: str, body: Any = None, **headers: Any) -> Any:
    return getattr(client, method)(path, json.dumps(body), content_type="application/json", **headers)


def test_a_token_lets_a_program_act_as_its_person(client: Client, staff: Staff) -> None:
    CustomerFactory.create(name="黄雅琴", aum=5)
    answer = client.get(CUSTOMERS, **token_of(staff))
    assert answer.status_code == 200
    assert [row["name"] for row in answer.json()["items"]] == ["黄雅琴"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert ApiToken.objects.get().last_used_at is not None


def test_the_secret_stands_nowhere(staff: Staff) -> None:
    secret = token_of(staff)["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    token = ApiToken.objects.get()
    assert secret.startswith(token.beginning)
    assert secret not in str(ApiToken.objects.values()) + str(list(Entry.objects.values()))


@pytest.mark.parametrize("header", [{}, {"HTTP_AUTHORIZATION": "Bearer nonsense"}, {"HTTP_AUTHORIZATION": "Bearer "}])
def test_nobody_gets_in_without_sign_in(client: Client, header: dict[str, str]) -> None:
    answer = client.get(CUSTOMERS, **header)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert set(answer.json()) == {"type", "title", "status", "detail", "remedy", "errors"}


def test_a_session_reads_and_writes_only_with_its_token_against_forgery(staff: Staff) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    customer = CustomerFactory.create()
    assert client.get(CUSTOMERS).status_code == 200
    refused = send(client, "patch", f"{CUSTOMERS}/{customer.pk}", {"occupation": "教师"})
    assert refused.status_code == 403
    customer.refresh_from_db()
    assert customer.occupation == ""


def test_a_token_does_no_more_than_it_was_made_for(client: Client, staff: Staff) -> None:
    customer = CustomerFactory.create()
    header = token_of(staff, "customers.view")
    answer = send(client, "patch", f"{CUSTOMERS}/{customer.pk}", {"occupation": "教师"}, **header)
    assert answer.status_code == 403
    assert "Edit customers" in answer.json()["detail"]


def test_a_token_does_no_more_than_the_role_of_its_person_now(client: Client, staff: Staff) -> None:
    header = token_of(staff, "org.view")
    staff.role.permissions = ["api.use", "customers.view"]
    staff.role.save()
    assert client.get("/api/v1/organisation/staff", **header).status_code == 403


def test_a_token_sees_whom_its_person_sees(client: Client) -> None:
    branch = BranchFactory.create()
    outlet_head = StaffFactory.create(branch=branch, scope=DataScope.SUBTREE)
    mine, other = CustomerFactory.create(branch=branch), CustomerFactory.create()
    header = token_of(outlet_head)
    assert [row["id"] for row in client.get(CUSTOMERS, **header).json()["items"]] == [mine.pk]
    assert client.get(f"{CUSTOMERS}/{other.pk}", **header).status_code == 404


@pytest.mark.parametrize("how", ["revoked", "expired", "deactivated", "password", "right"])
def test_a_token_that_ended_is_refused_with_the_reason(client: Client, staff: Staff, how: str) -> None:
    header, at, admin = token_of(staff), clock.now(), StaffFactory.create()
    token = ApiToken.objects.get()
    match how:
        case "revoked":
            revoke_token(token=token, actor=staff, at=at)
        case "expired":
            ApiToken.objects.update(created_at=at - timedelta(days=31), expires_at=at - timedelta(days=1))
        case "deactivated":
            deactivate_staff(member=staff, reason="left", actor=admin, at=at)
        case "password":
            reset_password(member=staff, actor=admin, at=at)
        case "right":
            staff.role.permissions = ["customers.view"]
            staff.role.save()
    answer = client.get(CUSTOMERS, **header)
    assert answer.status_code == 401
    assert answer.json()["detail"] != "No such token is known."


def test_a_temporary_password_is_changed_first(client: Client, staff: Staff) -> None:
    client.force_login(staff)
    Staff.objects.update(must_change_password=True)
    assert client.get(CUSTOMERS).status_code == 403


def test_who_acted_by_token_stands_in_trail_and_history(client: Client, staff: Staff) -> None:
    customer = CustomerFactory.create(occupation="教师")
    answer = send(client, "patch", f"{CUSTOMERS}/{customer.pk}", {"occupation": "医生"}, **token_of(staff))
    assert answer.status_code == 200
    assert answer.json()["facts"]["occupation"] == "医生"
    assert Entry.objects.get(action="customers.change").actor_id == staff.pk


def test_refusals_name_the_field_and_the_remedy(client: Client, staff: Staff) -> None:
    customer = CustomerFactory.create()
    header = token_of(staff)
    wrong = send(client, "patch", f"{CUSTOMERS}/{customer.pk}", {"birth_date": "yesterday"}, **header).json()
    assert wrong["status"] == 422
    assert wrong["errors"] == [{"field": "birth_date", "sentence": "Write a date as 2026-11-22."}]
    assert wrong["remedy"]
    document = {"id_kind": "resident", "id_number": "330302197411120025"}
    told = send(client, "patch", f"{CUSTOMERS}/{customer.pk}", document, **header).json()
    assert [flaw["field"] for flaw in told["errors"]] == ["id_number"]
    assert "330302197411120025" not in json.dumps(told)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_refusals_are_in_the_language_asked_for(client: Client, staff: Staff, language: str) -> None:
    header = token_of(staff) | {"HTTP_ACCEPT_LANGUAGE": language}
    told = client.get(f"{CUSTOMERS}/999999", **header).json()["title"]
    assert told == {"en": "There is nothing here", "zh-CN": "这里没有内容"}[language]


def test_an_unknown_address_is_told_as_a_problem(client: Client, staff: Staff) -> None:
    answer = client.get("/api/v1/nothing/here", **token_of(staff))
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_an_unforeseen_error_tells_nothing_of_itself(
    client: Client, staff: Staff, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("13812345678")

    header = token_of(staff)
    monkeypatch.setattr("keheng.customers.queries.search", fail)
    answer = send(client, "post", f"{CUSTOMERS}/search", {"text": "黄"}, **header)
    assert answer.status_code == 500
    assert "13812345678" not in answer.content.decode()
    assert "unforeseen" in caplog.text


def test_pages_follow_each_other_without_gap_or_repeat(client: Client, staff: Staff) -> None:
    for aum in (3, 3, 3, 2, 9, 1, 1):
        CustomerFactory.create(aum=aum)
    header, seen, after = token_of(staff), [], ""
    while True:
        page = client.get(CUSTOMERS, {"limit": 2, "after": after}, **header).json()
        seen += [row["id"] for row in page["items"]]
        after = page["next"]
        if not after:
            break
        CustomerFactory.create(aum=100)  # what comes in before the place shifts nothing
    expected = Customer.objects.filter(aum__lt=100).order_by("-aum", "-pk").values_list("pk", flat=True)
    assert seen == list(expected)


@pytest.mark.parametrize("after", ["x", "AAAA", "====", "é"])
def test_no_place_of_a_list(client: Client, staff: Staff, after: str) -> None:
    answer = client.get(CUSTOMERS, {"after": after}, **token_of(staff))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "after"


def test_the_place_of_another_list_is_refused(client: Client, staff: Staff) -> None:
    StaffFactory.create_batch(2)
    header = token_of(staff)
    place = client.get("/api/v1/organisation/staff", {"limit": 1}, **header).json()["next"]
    assert client.get(CUSTOMERS, {"after": place}, **header).status_code == 422


def test_a_write_sent_twice_is_done_once(client: Client, staff: Staff) -> None:
    header = token_of(staff) | {"HTTP_IDEMPOTENCY_KEY": "order-1"}
    body = {"name": "单雄信", "branch_id": staff.branch_id}
    first = send(client, "post", CUSTOMERS, body, **header)
    again = send(client, "post", CUSTOMERS, body, **header)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert Customer.objects.filter(name="单雄信").count() == 1


def test_a_key_belongs_to_one_call_of_one_person(client: Client, staff: Staff) -> None:
    header = token_of(staff) | {"HTTP_IDEMPOTENCY_KEY": "order-1"}
    send(client, "post", CUSTOMERS, {"name": "单雄信", "branch_id": staff.branch_id}, **header)
    other = send(client, "post", CUSTOMERS, {"name": "秦琼", "branch_id": staff.branch_id}, **header)
    assert other.status_code == 409
    colleague = token_of(StaffFactory.create()) | {"HTTP_IDEMPOTENCY_KEY": "order-1"}
    assert (
        send(client, "post", CUSTOMERS, {"name": "秦琼", "branch_id": staff.branch_id}, **colleague).status_code == 201
    )


def test_what_was_refused_may_be_sent_again_and_the_refusal_stays_in_the_trail(client: Client, staff: Staff) -> None:
    customer = CustomerFactory.create(confidentiality=3)
    ContactPointFactory.create(customer=customer)
    staff.role.permissions = ["api.use", "customers.view", "customers.reveal"]
    staff.role.save()
    header = token_of(staff, "customers.view", "customers.reveal") | {"HTTP_IDEMPOTENCY_KEY": "reveal-1"}
    question = {"field": f"contact.{customer.contact_points.get().pk}", "reason": "回访"}
    assert send(client, "post", f"{CUSTOMERS}/{customer.pk}/reveal", question, **header).status_code == 403
    assert Entry.objects.filter(action="customers.reveal", outcome="refused").count() == 1
    assert Reply.objects.count() == 0
    Customer.objects.update(confidentiality=1)
    assert (
        send(client, "post", f"{CUSTOMERS}/{customer.pk}/reveal", question, **header).json()["value"] == "13812345678"
    )
    assert Reply.objects.get().body is not None
    assert b"13812345678" not in raw_reply()


def raw_reply() -> bytes:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select body from api_reply")
        return bytes(cursor.fetchone()[0])


def test_old_answers_are_forgotten(client: Client, staff: Staff) -> None:
    Reply.objects.create(
        actor_id=staff.pk, key="old", fingerprint=b"", created_at=clock.now() - timedelta(hours=49), status=200
    )
    header = token_of(staff) | {"HTTP_IDEMPOTENCY_KEY": "new"}
    send(client, "post", CUSTOMERS, {"name": "秦琼", "branch_id": staff.branch_id}, **header)
    assert list(Reply.objects.values_list("key", flat=True)) == ["new"]


def test_too_many_calls_are_refused_until_the_minute_is_over(
    client: Client, staff: Staff, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_CALLS_A_MINUTE = 2
    header, now = token_of(staff), datetime(2026, 11, 22, 1, 2, 20, tzinfo=UTC)
    ApiToken.objects.update(created_at=now - timedelta(days=1), expires_at=now + timedelta(days=1))
    monkeypatch.setattr("keheng.common.clock.now", lambda: now)
    assert [client.get(CUSTOMERS, **header).headers["X-RateLimit-Remaining"] for _ in range(2)] == ["1", "0"]
    over = client.get(CUSTOMERS, **header)
    assert (over.status_code, over.headers["Retry-After"]) == (429, "40")
    monkeypatch.setattr("keheng.common.clock.now", lambda: now + timedelta(minutes=1))
    assert client.get(CUSTOMERS, **header).status_code == 200
    assert Usage.objects.get().calls == 1


def test_every_call_names_a_declared_permission_and_says_what_it_does(client: Client, staff: Staff) -> None:
    from keheng.ui.permission_names import declared

    client.force_login(staff)
    schema = client.get(reverse("v1:openapi-json")).json()
    calls = [call for path in schema["paths"].values() for call in path.values()]
    assert len(calls) >= 12
    assert {call["x-permission"] for call in calls} <= set(declared())
    assert all(call["summary"] and call["tags"] for call in calls)


def test_the_description_is_for_those_who_are_signed_in(client: Client) -> None:
    assert client.get(reverse("v1:openapi-json")).status_code == 302


def test_no_personal_value_may_be_asked_for_in_an_address() -> None:
    asked = {
        parameter["name"]
        for path in api.get_openapi_schema()["paths"].values()
        for call in path.values()
        for parameter in call.get("parameters", [])
    }
    assert not asked & {"q", "name", "text", "phone", "id_number", "mobile", "value"}
