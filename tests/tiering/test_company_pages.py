"""The pages about companies and the value matrix: what they show, to whom, what they refuse, what they cost."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import StaffFactory
from tests.tiering.conftest import NOON, Evaluate, MakeCustomer

from keheng.customers.models import Company, Customer
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.tiering.models import Standards, StrategicList, ValueFact, ValueRun, ValueScore, ValueWeights
from keheng.tiering.operations.value import compute_value

PAGES = [
    "tiering-companies", "tiering-company-list", "tiering-standards", "tiering-strategic", "tiering-value",
    "tiering-value-list", "tiering-weights", "tiering-metrics",
]  # fmt: skip


@pytest.fixture
def head(client: Client) -> Staff:
    """Somebody of the head office, signed in."""
    staff = StaffFactory.create()
    client.force_login(staff)
    return staff


@pytest.fixture
def scored(head: Staff, make_customer: MakeCustomer, run_of: Evaluate) -> list[Customer]:
    """Three large borrowers with scores."""
    made = [
        make_customer(
            name=f"瓯海第{place}机械有限公司", is_borrower=True, annual_sales=4 * 10**8, industry="manufacturing",
            revenue=place * 1000, deposits=place * 10**6, product_count=place, aum=place * 10**6, loans=5,
        )
        for place in (1, 2, 3)
    ]  # fmt: skip
    for place, customer in enumerate(made, 1):
        Customer.objects.filter(pk=customer.pk).update(aum=place * 10**6)
    run_of("corporate-size")
    run_of("corporate-class")
    compute_value(actor=head, at=NOON)
    return made


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_empty_and_without_presets(client: Client, head: Staff, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200
    ValueWeights.objects.all().delete()
    Standards.objects.all().delete()
    assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", [*PAGES, "tiering-facts-upload"])
def test_pages_need_their_permission(client: Client, db: None, name: str) -> None:
    client.force_login(StaffFactory.create(permissions=("customers.view",)))
    assert client.get(reverse(name)).status_code == 403


def test_figures_of_the_tree_lead_to_their_companies(client: Client, scored: list[Customer]) -> None:
    page = client.get(reverse("tiering-companies")).content.decode()
    assert "有贷户" in page
    assert "type=borrower.company.traditional" in page
    rows = client.get(reverse("tiering-company-list"), {"type": "borrower.company", "tier": "large"}).context["rows"]
    assert len(rows) == 3
    assert "有贷户·公司类·传统" in str(rows[0]["cells"])
    for query in ({"type": "free"}, {"population": "target"}, {"klass": "I"}, {"q": "没有"}):
        assert not client.get(reverse("tiering-company-list"), query).context["rows"]
    assert len(client.get(reverse("tiering-company-list"), {"klass": "III"}).context["rows"]) == 3


def test_cells_and_bubbles_lead_to_their_companies(client: Client, scored: list[Customer]) -> None:
    response = client.get(reverse("tiering-value"))
    page = response.content.decode()
    assert "最具吸引力" in page
    assert "无数据" in page  # satisfaction and others are not fed
    for row in response.context["rows"]:
        for cell in row[1]:
            rows = client.get(cell["url"]).context["rows"]
            assert len(rows) == cell["cell"].customers
    for bubble in response.context["chart"].bubbles:
        assert client.get(bubble.link).context["rows"]
    layer = client.get(reverse("tiering-value"), {"layer": "large", "size": "revenue"})
    assert {bubble.name for bubble in layer.context["chart"].bubbles} == {one.name for one in scored}
    assert client.get(reverse("tiering-value"), {"population": "target"}).context["matrix"].customers == 0
    assert client.get(reverse("tiering-value"), {"layer": "x", "population": "y", "size": "z"}).status_code == 200


@pytest.mark.parametrize("name", ["tiering-company-list", "tiering-value-list"])
def test_lists_cost_the_same_for_one_row_and_three(client: Client, scored: list[Customer], name: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(reverse(name)).status_code == 200
        return len(found)

    queries()
    three = queries()
    ValueScore.objects.exclude(customer=scored[0]).delete()
    Customer.objects.filter(pk__in=[one.pk for one in scored[1:]]).update(status="closed")
    assert queries() == three


def test_only_the_scope_is_shown(client: Client, scored: list[Customer]) -> None:
    client.force_login(StaffFactory.create(scope=DataScope.OWN, permissions=("tiering.view", "customers.view")))
    assert not client.get(reverse("tiering-company-list")).context["rows"]
    assert not client.get(reverse("tiering-value-list")).context["rows"]
    assert client.get(reverse("tiering-value")).context["matrix"].customers == 0
    assert client.get(reverse("tiering-value-card", args=[scored[0].pk])).status_code == 404


def test_the_card_tells_every_indicator(client: Client, scored: list[Customer], make_customer: MakeCustomer) -> None:
    card = client.get(reverse("tiering-value-card", args=[scored[2].pk])).content.decode()
    assert "年收入贡献" in card
    assert "分给其他指标" in card
    assert client.get(reverse("tiering-value-card", args=[make_customer().pk])).content == b""
    assert (
        "尚未得分"
        in client.get(reverse("tiering-value-card", args=[make_customer(kind="company").pk])).content.decode()
    )


def weights_form(table: Any, **changes: str) -> dict[str, str]:
    sent = {"middle": "40", "high": "65", "note": "试"}
    for population in ("existing", "target"):
        for direction in ("to_customer", "to_bank"):
            for code, weight in getattr(getattr(table, population), direction).items():
                sent[f"{population}.{direction}.{code}"] = str(weight)
    return sent | changes


def test_weights_are_saved_as_a_version_and_wrong_sums_are_told(client: Client, head: Staff) -> None:
    table = ValueWeights.objects.get().table
    address = reverse("tiering-weights")
    wrong = client.post(address, weights_form(table, **{"existing.to_bank.revenue": "30"}))
    assert "权重合计为 95，必须等于 100" in wrong.content.decode()
    changed = {"existing.to_bank.revenue": "30", "existing.to_bank.coverage": "15"}
    assert client.post(address, weights_form(table, **changed)).status_code == 302
    assert ValueWeights.objects.order_by("-number").first().table.existing.to_bank["coverage"] == Decimal(15)  # type: ignore[union-attr]
    assert client.get(address, {"version": "1"}).status_code == 200
    assert client.get(address, {"version": "7"}).status_code == 404
    client.force_login(StaffFactory.create(permissions=("tiering.view",)))
    assert client.post(address, weights_form(table)).status_code == 403


def test_standards_are_saved_in_wan(client: Client, head: Staff) -> None:
    address = reverse("tiering-standards")
    form = client.get(address).context["form"]
    assert [field.value() for field in list(form.lines())[1][:2]] == ["零售业", "retail"], "the name, then the code"
    sent = {name: field.initial if field.initial is not None else "" for name, field in form.fields.items()}
    sent |= {name: "traditional" for name in sent if name.endswith(".market") and not sent[name]}
    sent |= {"note": "上调", "0.large_sales": "40000"}
    assert client.post(address, sent).status_code == 302
    newest = Standards.objects.order_by("-number").first()
    assert newest is not None
    assert newest.table.others.large_sales == 400_000_000
    assert newest.version is not None
    page = client.get(address).content.decode()
    assert "由此生成规模方案规则 v2" in page
    assert client.post(address, sent | {"0.large_sales": ""}).status_code == 200
    assert Standards.objects.count() == 2


def workbook(*rows: tuple[Any, ...]) -> Callable[[], SimpleUploadedFile]:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return lambda: SimpleUploadedFile("总战客户.xlsx", content.getvalue())


def test_a_list_is_sent_looked_at_and_put_in_force(client: Client, scored: list[Customer]) -> None:
    address = reverse("tiering-strategic")
    upload = workbook(("战略客户", "企业名称", "客户号"), ("瓯海机械", scored[0].name, ""), ("无名", "查无此企业", ""))
    assert client.post(address, {"upload": upload(), "note": "年度"}).status_code == 302
    page = client.get(address).content.decode()
    assert "没有此客户号或名称的企业" in page
    assert not Company.objects.filter(is_strategic=True).exists()
    made = StrategicList.objects.get()
    assert client.post(reverse("tiering-put-in-force", args=[made.pk])).status_code == 302
    assert Company.objects.get(is_strategic=True).customer_id == scored[0].pk
    text = SimpleUploadedFile("名单.csv", "战略客户,企业名称\n".encode())
    assert "没有数据行" in client.post(address, {"upload": text}).content.decode()
    picture = SimpleUploadedFile("a.csv", b"\x89PNG\r\n")
    assert client.post(address, {"upload": picture}).status_code == 200
    assert StrategicList.objects.count() == 1


def test_facts_by_hand_and_by_file(client: Client, scored: list[Customer]) -> None:
    one = reverse("tiering-facts", args=[scored[0].pk])
    assert client.get(one).status_code == 200
    good = {"wallet_share": "35", "as_of": "2026-11-20", "source": "走访"}
    assert client.post(one, good).status_code == 302
    assert "必须在" in client.post(one, good | {"wallet_share": "135"}).content.decode()
    many = reverse("tiering-facts-upload")
    upload = workbook(("客户号", "满意度"), (scored[1].number, "88"), ("nobody", "1"))
    looked = client.post(many, {"upload": upload(), "as_of": "2026-11-20", "look": ""}).content.decode()
    assert "没有企业使用此客户号" in looked
    assert ValueFact.objects.count() == 1
    client.post(many, {"upload": upload(), "as_of": "2026-11-20", "keep": "1"})
    assert ValueFact.objects.count() == 2
    lacking = workbook(("满意度",), ("88",))
    told = client.post(many, {"upload": lacking(), "as_of": "2026-11-20", "keep": "1"}).content.decode()
    assert "缺少列 客户号" in told


def test_a_computation_is_queued_by_the_button(client: Client, head: Staff) -> None:
    assert client.post(reverse("tiering-value-compute")).status_code == 302
    assert ValueRun.objects.get().state == "queued"
    assert "正在计算" in client.get(reverse("tiering-value")).content.decode()
    client.force_login(StaffFactory.create(permissions=("tiering.view",)))
    assert client.post(reverse("tiering-value-compute")).status_code == 403


def test_over_http(client: Client, scored: list[Customer]) -> None:
    base = "/api/v1/value-matrix"
    assert {row["code"]: row["customers"] for row in client.get(f"{base}/types").json()}["borrower.company"] == 3
    found = client.get(f"{base}/scores", {"layer": "large", "population": "existing"}).json()
    assert len(found["items"]) == 3
    told = client.get(f"{base}/companies/{scored[2].pk}").json()
    assert told["weights_version"] == 1
    assert {part["code"] for part in told["to_bank"]} == {
        "revenue", "deposits", "asset_quality", "deposit_growth", "coverage",
    }  # fmt: skip
    sent = {"values": {"wallet_share": 40}, "as_of": "2026-11-20", "source": "走访"}
    put = client.put(f"{base}/companies/{scored[0].pk}/facts", sent, content_type="application/json")
    assert put.json() == {"kept": 1}
    wrong = client.put(
        f"{base}/companies/{scored[0].pk}/facts", sent | {"values": {"wallet_share": 400}}, "application/json"
    )
    assert wrong.status_code in {400, 422}
    definition = client.get(f"{base}/weights").json()[0]["definition"]
    made = client.post(
        f"{base}/weights", {"definition": definition | {"middle": 35}, "note": "试"}, content_type="application/json"
    )
    assert made.status_code == 201, made.content
    assert made.json()["number"] == 2
    started = client.post(f"{base}/runs", {}, content_type="application/json")
    assert started.status_code == 202
    assert client.get(f"{base}/runs/{started.json()['id']}").json()["state"] == "queued"
    client.force_login(StaffFactory.create(permissions=("customers.view",)))
    assert client.get(f"{base}/scores").status_code == 403
