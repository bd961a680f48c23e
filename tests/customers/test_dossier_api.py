"""Dossier, relations and documents over HTTP: the same operations, scopes, levels and masks as the pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories import CompanyFactory, CustomerFactory, StaffFactory
from tests.files import samples

from keheng.audit.models import Entry
from keheng.common import clock
from keheng.customers.models import Customer, Document, Project
from keheng.org.enums import DataScope
from keheng.org.models import Staff

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
JSON = "application/json"


@pytest.fixture
def api(client: Client) -> Client:
    client.force_login(StaffFactory.create())
    return client


@pytest.fixture
def firm() -> Customer:
    return CompanyFactory.create().customer


def path(customer: Customer, rest: str) -> str:
    return f"/api/v1/customers/{customer.pk}/{rest}"


ENTRIES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "contacts",
        {"name": "周建国", "post": "财务总监", "decision_role": "decides", "phone": "13812345678"},
        {"post": "董事长"},
    ),
    ("cooperation", {"state": "expected", "product": "项目贷款", "amount": "500000.00"}, {"likelihood": 60}),
    ("competitors", {"institution": "工商银行", "share": "60.00"}, {"share": "55.00"}),
    ("projects", {"name": "厂区收单", "state": "service"}, {"place": "龙湾"}),
    ("group", {"group": "鑫恒集团", "role": "head"}, {"role": "affiliate"}),
]


@pytest.mark.parametrize(("section", "values", "changes"), ENTRIES)
def test_a1_every_section_is_written_changed_read_and_removed(
    api: Client, firm: Customer, section: str, values: dict[str, Any], changes: dict[str, Any]
) -> None:
    made = api.post(path(firm, f"dossier/{section}"), values, content_type=JSON)
    assert made.status_code == 200, made.content
    assert "13812345678" not in made.content.decode()
    shown = made.json()[section]
    entry = shown if section == "group" else shown[0]
    key = entry["entry_id"] if section == "group" else entry["id"]
    changed = api.patch(path(firm, f"dossier/{section}/{key}"), changes, content_type=JSON)
    assert changed.status_code == 200, changed.content
    again = api.get(path(firm, "dossier")).json()[section]
    if section == "group":
        assert (again["name"], again["is_strategic"], again["members"][0]["role"]) == ("鑫恒集团", False, "affiliate")
    else:
        assert {name: str(again[0][name]) for name in changes} == {name: str(value) for name, value in changes.items()}
    gone = api.post(path(firm, f"dossier/{section}/{key}/remove"), {"reason": "录错"}, content_type=JSON)
    assert gone.json()[section] in ([], None)


def test_a_change_after_somebody_elses_is_refused_with_the_difference(api: Client, firm: Customer) -> None:
    api.post(path(firm, "dossier/competitors"), {"institution": "工商银行"}, content_type=JSON)
    entry = api.get(path(firm, "dossier")).json()["competitors"][0]
    address = path(firm, f"dossier/competitors/{entry['id']}")
    stale = (datetime.fromisoformat(entry["changed_at"]) - timedelta(hours=1)).isoformat()
    refused = api.patch(address, {"institution": "建设银行", "seen": stale}, content_type=JSON)
    assert refused.status_code in {400, 409, 422}
    assert "现为：工商银行" in refused.content.decode()
    assert (
        api.patch(address, {"institution": "建设银行", "seen": entry["changed_at"]}, content_type=JSON).status_code
        == 200
    )


def test_checks_are_recorded_and_projects_listed(api: Client, firm: Customer) -> None:
    api.post(path(firm, "dossier/projects"), {"name": "厂区收单", "state": "service"}, content_type=JSON)
    project = Project.objects.get()
    sent = {"checked_on": "2026-11-01", "grade": "repair", "finding": "读卡器松动"}
    check = api.post(path(firm, f"dossier/projects/{project.pk}/checks"), sent, content_type=JSON)
    assert (check.status_code, check.json()["next_check_on"]) == (201, "2026-12-01")
    listed = api.get("/api/v1/customers/projects?grade=repair&due_by=2026-12-01").json()["items"]
    assert [row["name"] for row in listed] == ["厂区收单"]
    assert api.get("/api/v1/customers/projects?grade=sound").json()["items"] == []


def test_a_relation_shows_on_both_sides_and_ends(api: Client) -> None:
    one, two = CustomerFactory.create(name="黄雅琴", aum=3), CustomerFactory.create(name="陈大海", aum=4)
    made = api.post(path(one, "relations"), {"kind": "spouse", "other_id": two.pk}, content_type=JSON).json()
    assert (made["household"]["aum"], made["household"]["hidden"]) == ("7.00", 0)
    seen = api.get(path(two, "relations")).json()["relations"][0]
    assert (seen["kind"], seen["name"], seen["other_id"]) == ("spouse", "黄雅琴", one.pk)
    address = path(two, f"relations/{seen['id']}")
    ended = api.patch(address, {"ended_on": "2026-01-01"}, content_type=JSON).json()
    assert ended["relations"][0]["ended_on"] == "2026-01-01"
    assert api.post(f"{address}/remove", {"reason": "录错"}, content_type=JSON).json()["relations"] == []
    refused = api.post(path(one, "relations"), {"kind": "spouse", "other_id": one.pk}, content_type=JSON)
    assert refused.status_code in {400, 422}
    assert "自己" in refused.content.decode()


def test_documents_come_as_multipart_and_leave_as_downloads(api: Client) -> None:
    customer = CustomerFactory.create()
    sent = {"kind": "identity", "copies": 2, "expires_on": "2026-12-01"}
    made = api.post(path(customer, "documents"), {**sent, "file": SimpleUploadedFile("a.pdf", samples.pdf())})
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    assert (made.json()["file_kind"], made.json()["file_size"]) == ("pdf", len(samples.pdf()))
    newer = api.post(path(customer, f"documents/{key}/versions"), {"expires_on": "2046-12-01"})
    assert (newer.json()["version"], newer.json()["file_kind"]) == (2, "")
    file = api.get(path(customer, f"documents/{key}/file") + "?version=1")
    assert file.content == samples.pdf()
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert api.get(path(customer, f"documents/{key}/file")).status_code == 404
    changed = api.patch(path(customer, f"documents/{key}"), {"note": "原件在柜"}, content_type=JSON)
    assert (changed.json()["note"], changed.json()["copies"]) == ("原件在柜", 1)
    assert [row["id"] for row in api.get(path(customer, "documents")).json()] == [key]
    within = (datetime(2046, 12, 1, tzinfo=UTC).date() - clock.today()).days
    listed = api.get(f"/api/v1/customers/documents/expiring?within={min(within, 3650)}").json()["items"]
    assert listed == []
    assert api.post(path(customer, f"documents/{key}/remove"), {"reason": "误传"}, content_type=JSON).json() == []
    assert Entry.objects.filter(action="customers.open_document").count() == 1


def test_a_bad_upload_is_refused_with_a_sentence(api: Client) -> None:
    customer = CustomerFactory.create()
    sent = {"kind": "identity", "file": SimpleUploadedFile("a.pdf", samples.PROGRAM)}
    refused = api.post(path(customer, "documents"), sent)
    assert refused.status_code in {400, 422}
    assert refused.json()["errors"][0]["field"] == "file"
    assert "程序或脚本" in refused.content.decode()
    assert not Document.objects.exists()


@pytest.mark.parametrize("part", ["dossier", "relations", "documents"])
def test_scope_level_and_permission_hold_as_on_the_pages(client: Client, firm: Customer, part: str) -> None:
    def answer(staff: Staff) -> int:
        client.force_login(staff)
        return client.get(path(firm, part)).status_code

    assert answer(StaffFactory.create(permissions=[])) == 403
    assert answer(StaffFactory.create(scope=DataScope.OWN)) == 404
    reader = StaffFactory.create(permissions=["customers.view"])
    assert answer(reader) == 200
    assert (
        client.post(path(firm, "relations"), {"kind": "buyer", "outsider": "x"}, content_type=JSON).status_code == 403
    )
    Customer.objects.filter(pk=firm.pk).update(confidentiality=3)
    assert answer(StaffFactory.create(permissions=["customers.view"])) == 403
    assert answer(StaffFactory.create(permissions=["customers.view", "customers.strict", "customers.reveal"])) == 200
