"""A1 over HTTP: sections with sources, contact points, suggestions, reviews, risk, custom fields, potentials."""

from typing import Any

import pytest
from django.test import Client
from tests.factories import BranchFactory, CompanyFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.customers import operations
from keheng.customers.models import Customer, Potential
from keheng.org.enums import DataScope

pytestmark = pytest.mark.django_db
JSON = "application/json"
NUMBER, PHONE = "11010519491231002X", "13812345678"


@pytest.fixture
def api(client: Client) -> Client:
    client.force_login(StaffFactory.create(name="林建峰"))
    return client


@pytest.fixture
def customer() -> Customer:
    return CustomerFactory.create(id_kind="resident", id_number=NUMBER)


def path(customer: Customer, rest: str) -> str:
    return f"/api/v1/customers/{customer.pk}/{rest}"


def fields_of(api: Client, customer: Customer) -> dict[str, dict[str, Any]]:
    answer = api.get(path(customer, "sections"))
    assert answer.status_code == 200, answer.content
    return {field["code"]: field for section in answer.json() for field in section["fields"]}


A1_PERSON = ("name", "sex", "birth_date", "native_place", "id_number", "employer", "position", "annual_income",
             "occupation", "interests", "other_interests", "spending_habit", "emergency_name", "emergency_kinship",
             "emergency_phone", "investments", "trading_habit", "do_not_disturb", "wealth_needs", "trading_mode",
             "trading_party", "commission_rate", "commission_note")  # fmt: skip


@pytest.mark.parametrize("code", A1_PERSON)
def test_a1_every_personal_field_is_in_the_api(code: str, api: Client, customer: Customer) -> None:
    assert code in fields_of(api, customer)


VALUES: list[tuple[str, dict[str, Any], str]] = [
    ("basic", {"native_place": "浙江温州", "education": "本科"}, "浙江温州"),
    ("work", {"employer": "鑫恒鞋业", "position": "总经理", "annual_income": "800000.00"}, "80.00万"),
    ("life", {"interests": ["travel"], "spending_habit": "planned"}, ""),
    ("emergency", {"emergency_name": "林芳", "emergency_kinship": "spouse", "emergency_phone": PHONE}, "138****5678"),
    ("sheet", {"investments": ["funds"], "trading_habit": "swing", "do_not_disturb": True,
               "wealth_needs": ["research.sms"], "trading_mode": "phone", "commission_note": "已申请下调"}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("section", "facts", "words"), VALUES)
def test_a1_every_section_is_written_with_its_source(
    section: str, facts: dict[str, Any], words: str, api: Client, customer: Customer
) -> None:
    sent = {"facts": facts, "source": "visit"}
    answer = api.patch(path(customer, f"sections/{section}"), sent, content_type=JSON)
    assert answer.status_code == 200, answer.content
    shown = fields_of(api, customer)
    for code in facts:
        assert shown[code]["text"], code
        assert (shown[code]["source"], shown[code]["by"]) == ("visit", "林建峰"), code
    assert words in " ".join(field["text"] for field in shown.values())
    assert PHONE not in answer.content.decode()


def test_two_who_write_one_field_are_told(api: Client, customer: Customer) -> None:
    seen = {code: field["mark"] for code, field in fields_of(api, customer).items()}
    url = path(customer, "sections/work")
    first = {"facts": {"employer": "鑫恒鞋业"}, "seen": seen}
    assert api.patch(url, first, content_type=JSON).status_code == 200
    refused = api.patch(url, {"facts": {"employer": "温州中学"}, "seen": seen}, content_type=JSON)
    assert refused.status_code == 422
    assert "鑫恒鞋业" in refused.content.decode()
    assert api.patch(url, {"facts": {"sex": "f"}}, content_type=JSON).status_code == 422
    assert api.patch(path(customer, "sections/nowhere"), {"facts": {}}, content_type=JSON).status_code == 404


def test_a_contact_point_is_changed_in_its_place(api: Client, customer: Customer) -> None:
    point = ContactPointFactory.create(customer=customer)
    (shown,) = api.get(path(customer, "contacts")).json()
    sent = {"value": "13987654321", "is_primary": True, "preferred_time": "工作日晚上", "seen": shown["updated_at"]}
    url = path(customer, f"contacts/{point.pk}")
    assert api.patch(url, sent, content_type=JSON).json()["mask"] == "139****4321"
    assert api.patch(url, sent | {"value": "13700000000"}, content_type=JSON).status_code == 422
    point.refresh_from_db()
    assert point.value == "13987654321"


def test_suggestions_are_accepted_and_rejected(api: Client, customer: Customer) -> None:
    url = path(customer, "suggestions")
    for field, value in (("employer", "鑫恒鞋业"), ("mobile", PHONE)):
        answer = api.post(url, {"field": field, "value": value, "note": "走访"}, content_type=JSON)
        assert answer.status_code == 201, answer.content
    assert PHONE not in answer.content.decode()
    first, second = sorted(api.get(url).json(), key=lambda row: row["field"])
    assert (first["field"], first["suggested"], second["suggested"]) == ("employer", "鑫恒鞋业", "138****5678")
    assert api.post(f"{url}/{first['id']}/accept", content_type=JSON).status_code == 200
    assert api.post(f"{url}/{second['id']}/reject", {"reason": "空号"}, content_type=JSON).json() == []
    assert fields_of(api, customer)["employer"]["text"] == "鑫恒鞋业"
    assert api.post(url, {"field": "nothing", "value": "x"}, content_type=JSON).status_code == 422


def test_a1_reviews_are_asked_for_and_closed(api: Client, customer: Customer) -> None:
    url = path(customer, "reviews")
    asked = api.post(url, {"note": "手机号已停机", "at_counter": True}, content_type=JSON)
    assert asked.status_code == 201, asked.content
    assert api.get(url).json()[0]["at_counter"]
    closed = api.post(f"{url}/{asked.json()['id']}/close", {"outcome": "updated"}, content_type=JSON)
    assert closed.json() == []


def test_a1_a_risk_assessment_is_taken(api: Client, customer: Customer) -> None:
    operations.load_questionnaires()
    assert api.get(path(customer, "risk")).json() == {"grade": None, "days_left": None, "assessments": []}
    questions = api.get(path(customer, "risk/questions")).json()
    answers = {asked["code"]: asked["options"][0]["place"] for asked in questions}
    taken = api.post(path(customer, "risk"), {"answers": answers, "channel": "counter"}, content_type=JSON)
    assert taken.status_code == 201, taken.content
    assert taken.json()["grade"] in {"C1", "C2", "C3", "C4", "C5"}
    assert taken.json()["assessments"][0]["version"] == 1
    assert api.post(path(customer, "risk"), {"answers": {}, "channel": "counter"}, content_type=JSON).status_code == 422


def test_a1_completeness_is_told(api: Client, customer: Customer) -> None:
    assert api.get(path(customer, "completeness")).status_code == 404
    operations.score_archives([customer.pk])
    told = api.get(path(customer, "completeness")).json()
    assert told["missing"]
    assert 0 <= told["score"] < 100


def test_a1_custom_fields_are_defined_and_filled(api: Client, customer: Customer) -> None:
    url = "/api/v1/customers/fields"
    sent = {"code": "dialect", "label": "常用方言", "type": "one", "choices": ["温州话"], "section": "basic"}
    made = api.post(url, sent, content_type=JSON)
    assert made.status_code == 201, made.content
    facts = {"facts": {"custom.dialect": "温州话"}}
    assert api.patch(path(customer, "sections/basic"), facts, content_type=JSON).status_code == 200
    assert fields_of(api, customer)["custom.dialect"]["text"] == "温州话"
    key = made.json()["id"]
    changed = api.patch(f"{url}/{key}", {"label": "方言", "order": 5}, content_type=JSON).json()
    assert (changed["label"], changed["order"]) == ("方言", 5)
    used = api.post(f"{url}/{key}/use", {"is_active": False, "reason": "不再询问"}, content_type=JSON)
    assert not used.json()["is_active"]
    assert len(api.get(url).json()) == 1


def test_a4_potential_customers_come_and_are_won(api: Client) -> None:
    branch, base = BranchFactory.create(), "/api/v1/customers"
    opened = {"name": "代发工资", "source": "payroll", "branch_id": branch.pk}
    held = api.post(f"{base}/potential-lists", opened, content_type=JSON)
    assert held.status_code == 201, held.content
    people = [{"name": "黄雅琴", "phone": PHONE, "amount": "80000.00"}, {"name": "周敏"}]
    url = f"{base}/potential-lists/{held.json()['id']}/potentials"
    assert api.post(url, {"potentials": people}, content_type=JSON).json() == {"added": 2}
    rows = api.get(f"{base}/potentials", {"state": "new"}).json()["items"]
    assert {row["phone_mask"] for row in rows} == {"138****5678", ""}
    first = Potential.objects.get(name="黄雅琴")
    step = f"{base}/potentials/{first.pk}/step"
    assert api.post(step, {"state": "contacted"}, content_type=JSON).json()["state"] == "contacted"
    assert api.post(step, {"state": "customer"}, content_type=JSON).status_code == 422
    won = api.post(f"{base}/potentials/{first.pk}/convert", {"branch_id": branch.pk}, content_type=JSON)
    assert won.json()["name"] == "黄雅琴"
    rule = {"name": "差额", "source": "rule", "rule": "aum", "branch_id": branch.pk, "parameters": {"most": "300000"}}
    held = api.post(f"{base}/potential-lists", rule, content_type=JSON).json()
    assert held["parameters"]["most"] == "300000"
    assert api.post(f"{base}/potential-lists/{held['id']}/refresh", content_type=JSON).status_code == 200


READS = ("sections", "suggestions", "risk", "completeness", "reviews")


@pytest.mark.parametrize("rest", READS)
def test_scope_level_and_permission_hold_as_on_the_pages(rest: str, client: Client, customer: Customer) -> None:
    operations.score_archives([customer.pk])
    client.force_login(StaffFactory.create(scope=DataScope.SUBTREE, branch=BranchFactory.create()))
    assert client.get(path(customer, rest)).status_code == 404
    client.force_login(StaffFactory.create(permissions=["api.use"]))
    assert client.get(path(customer, rest)).status_code == 403
    if rest in {"sections", "suggestions", "risk"}:
        Customer.objects.filter(pk=customer.pk).update(confidentiality=3)
        client.force_login(StaffFactory.create(permissions=["api.use", "customers.view"]))
        assert client.get(path(customer, rest)).status_code == 403


@pytest.mark.parametrize("rest", ["sections/work", "contacts/1", "suggestions/1/accept", "reviews", "risk"])
def test_readers_do_not_write(rest: str, client: Client, customer: Customer) -> None:
    client.force_login(StaffFactory.create(permissions=["api.use", "customers.view"]))
    call = client.patch if rest.startswith(("sections", "contacts")) else client.post
    assert call(path(customer, rest), {}, content_type=JSON).status_code in {403, 422}


def test_a1_a_company_has_its_sections(api: Client) -> None:
    firm = CompanyFactory.create().customer
    assert {"industry", "employees", "annual_sales", "total_assets"} <= set(fields_of(api, firm))
