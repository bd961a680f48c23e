"""The archive over HTTP: the same scopes, levels and masks as the pages."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from tests.factories import BranchFactory, CompanyFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.customers.models import Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
BASE = "/api/v1/customers"
PHONE = "13812345678"
SAMPLE = "11010519491231002X"


@pytest.fixture
def staff(client: Client) -> Staff:
    staff = StaffFactory.create()
    client.force_login(staff)
    return staff


def send(client: Client, method: str, path: str, body: Any) -> Any:
    return getattr(client, method)(path, json.dumps(body), content_type="application/json")


def test_an_archive_is_masked(client: Client, staff: Staff) -> None:
    customer = CustomerFactory.create(id_number=SAMPLE, id_kind="resident", occupation="教师")
    point = ContactPointFactory.create(customer=customer, value=PHONE)
    content = client.get(f"{BASE}/{customer.pk}").content.decode()
    told = json.loads(content)
    assert PHONE not in content
    assert SAMPLE not in content
    assert told["id_mask"] == "1101************2X"
    assert told["contacts"][0]["mask"] == "138****5678"
    assert told["contacts"][0]["field"] == f"contact.{point.pk}"
    assert told["facts"]["occupation"] == "教师"
    assert told["company"] is None


def test_a_strict_archive_hides_its_facts(client: Client) -> None:
    reader = StaffFactory.create(permissions=("customers.view",))
    customer = CustomerFactory.create(confidentiality=3, occupation="教师")
    client.force_login(reader)
    assert client.get(f"{BASE}/{customer.pk}").json()["facts"] is None
    assert client.get(f"{BASE}/{customer.pk}/changes").status_code == 403


def test_a_company_tells_what_is_known_of_companies(client: Client, staff: Staff) -> None:
    company = CompanyFactory.create(annual_sales="12345.60", employees=7)
    told = client.get(f"{BASE}/{company.pk}").json()
    assert told["facts"] is None
    assert (told["company"]["annual_sales"], told["company"]["employees"]) == ("12345.60", 7)


def test_opening_changing_and_reaching(client: Client, staff: Staff) -> None:
    made = send(
        client,
        "post",
        BASE,
        {"name": "单雄信", "branch_id": staff.branch_id, "occupation": "教师", "contacts": {"mobile": PHONE}},
    )
    assert made.status_code == 201
    pk = made.json()["id"]
    assert send(client, "patch", f"{BASE}/{pk}", {"occupation": "医生"}).json()["facts"]["occupation"] == "医生"
    point = send(client, "put", f"{BASE}/{pk}/contacts", {"kind": "email", "value": "Shan@Example.com"}).json()
    assert point["kind"] == "email"
    path = f"{BASE}/{pk}/contacts/{point['id']}/remove"
    assert [left["kind"] for left in send(client, "post", path, {"reason": "停用"}).json()] == ["mobile"]
    assert Entry.objects.filter(action="customers.remove_contact", reason="停用").count() == 1


def test_what_is_left_out_stays(client: Client, staff: Staff) -> None:
    customer = CustomerFactory.create(occupation="教师", education="本科")
    send(client, "patch", f"{BASE}/{customer.pk}", {"occupation": "医生"})
    customer.refresh_from_db()
    assert (customer.occupation, customer.education) == ("医生", "本科")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"contacts": {"mobile": "123"}}, "mobile"),
        ({"id_kind": "resident", "id_number": "110105194912310021"}, "id_number"),
        ({"contacts": {"pigeon": PHONE}}, "contacts.pigeon"),
        ({"sex": "x"}, "sex"),
        ({"name": "长" * 121}, "name"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(
    client: Client, staff: Staff, body: dict[str, Any], field: str
) -> None:
    customer = CustomerFactory.create()
    answer = send(client, "patch", f"{BASE}/{customer.pk}", body)
    assert answer.status_code == 422
    assert any(flaw["field"].startswith(field) for flaw in answer.json()["errors"]), answer.json()
    assert not Entry.objects.filter(action="customers.change").exists()


def test_finding_keeps_to_the_scope(client: Client) -> None:
    branch = BranchFactory.create()
    near, far = CustomerFactory.create(branch=branch), CustomerFactory.create()
    for customer in (near, far):
        ContactPointFactory.create(customer=customer, value=PHONE)
    client.force_login(StaffFactory.create(branch=branch, scope=DataScope.SUBTREE))
    found = send(client, "post", f"{BASE}/search", {"text": PHONE}).json()
    assert [row["id"] for row in found] == [near.pk]


def test_a_reveal_asks_a_reason_and_stands_in_the_trail(client: Client, staff: Staff) -> None:
    customer = CustomerFactory.create(id_number=SAMPLE, id_kind="resident")
    path = f"{BASE}/{customer.pk}/reveal"
    assert send(client, "post", path, {"field": "id_number"}).status_code == 422
    assert send(client, "post", path, {"field": "id_number", "reason": "核实"}).json()["value"] == SAMPLE
    assert send(client, "post", path, {"field": "nothing", "reason": "核实"}).status_code == 404
    assert Entry.objects.get(action="customers.reveal").reason == "核实"


def test_changes_are_told_masked(client: Client, staff: Staff) -> None:
    customer = CustomerFactory.create(occupation="教师")
    Customer.objects.filter(pk=customer.pk).update(occupation="医生")
    send(client, "put", f"{BASE}/{customer.pk}/contacts", {"kind": "mobile", "value": PHONE})
    told = client.get(f"{BASE}/{customer.pk}/changes").json()
    assert {(change["field"], change["before"], change["after"]) for change in told} == {
        ("occupation", "教师", "医生"),
        ("mobile", "", "138****5678"),
    }
    earlier = client.get(f"{BASE}/{customer.pk}/changes", {"before": datetime(2020, 1, 1, tzinfo=UTC).isoformat()})
    assert earlier.json() == []


def test_more_rows_take_no_more_queries(client: Client, staff: Staff, django_assert_max_num_queries: Any) -> None:
    CustomerFactory.create_batch(3)
    with django_assert_max_num_queries(4):  # session, member of staff, limit, rows
        assert len(client.get(BASE).json()["items"]) == 3
