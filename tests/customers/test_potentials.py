"""A1 潜力客户 and A4 名单制: lists by rule and by file, the steps of each name, conversion, scope, what is counted."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook
from tests.factories import BranchFactory, CompanyFactory, CustomerFactory, StaffFactory

from keheng.customers import operations as archive
from keheng.customers.enums import PotentialSource, PotentialState, RelationKind
from keheng.customers.models import ArchiveScore, Customer, Potential, PotentialList, Relation
from keheng.customers.operations.potentials import (
    Named,
    add_potentials,
    assign_potentials,
    convert_potential,
    link_potential,
    move_potential,
    open_list,
    refresh_list,
)
from keheng.customers.operations.relations import relate
from keheng.customers.policies.potentials import TELLER_FROM, TRANSITIONS, may_go
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.tiering.operations import load_presets as load_schemes

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
PHONE = "13812345678"
pytestmark = pytest.mark.django_db


@pytest.fixture
def outlet() -> Branch:
    return BranchFactory.create()


@pytest.fixture
def head(client: Client, outlet: Branch) -> Staff:
    staff = StaffFactory.create(name="王家豪", branch=outlet, scope=DataScope.SUBTREE)
    client.force_login(staff)
    return staff


def listed(head: Staff, source: PotentialSource = PotentialSource.TELLER, **words: Any) -> PotentialList:
    words = {"name": "柜面采集", "branch": head.branch, **words}
    return open_list(source=source, actor=head, at=AT, **words)


def test_a1_a_rule_list_follows_the_archives(head: Staff) -> None:
    near, low, elsewhere = (CustomerFactory.create(aum=amount, branch=head.branch) for amount in (195_000, 90_000, 1))
    Customer.objects.filter(pk=elsewhere.pk).update(aum=195_000, branch=BranchFactory.create())
    held = listed(head, PotentialSource.RULE, rule="aum", name="差一点到 20 万")
    assert held.parameters == {"least": "180000", "most": "200000"}
    assert set(held.potentials.values_list("customer_id", flat=True)) == {near.pk}
    Customer.objects.filter(pk=low.pk).update(aum=185_000)
    assert refresh_list(held=held, actor=head, at=AT) == 2
    move_potential(potential=held.potentials.get(customer=near), to=PotentialState.CONTACTED, actor=head, at=AT)
    Customer.objects.filter(pk__in=[near.pk, low.pk]).update(aum=500_000)
    assert refresh_list(held=held, actor=head, at=AT) == 1  # who was contacted stays
    with pytest.raises(ValidationError):
        add_potentials(held=held, named=[Named("黄雅琴")], actor=head, at=AT)


def test_a4_customers_of_high_inflow_are_found(head: Staff) -> None:
    assert (
        open_list(
            name="资金流入", source=PotentialSource.RULE, rule="inflow", branch=head.branch, actor=head, at=AT
        ).potentials.count()
        == 0
    )


@pytest.mark.parametrize("source", ["coal", "listed", "owners", "custody", "developers", "payroll"])
def test_a4_names_of_five_sources_and_payroll_are_uploaded(source: str, client: Client, head: Staff) -> None:
    held = listed(head, PotentialSource(source), name=f"名单 {source}")
    book = Workbook()
    for row in (["姓名", "电话", "单位", "预计金额（万元）"], ["黄建国", PHONE, "鑫恒鞋业", 80], ["周敏", "", "", ""]):
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    url = reverse("archive:potential-upload", args=[held.pk])
    sent = SimpleUploadedFile("名单.xlsx", file.getvalue())
    assert client.post(url, {"file": sent}).status_code == 204
    first = held.potentials.get(name="黄建国")
    assert (first.phone, first.amount, first.employer, first.state) == (PHONE, 800_000, "鑫恒鞋业", "new")
    again = "姓名,电话\n黄建国,13812345678\n".encode("gb18030")
    assert client.post(url, {"file": SimpleUploadedFile("a.csv", again)}).status_code == 204
    assert held.potentials.count() == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [("电话\n13812345678", "姓名"), ("姓名,电话\n黄,12", "1"), ("姓名,预计金额（万元）\n黄,许多", "1")],
)
def test_a_file_with_a_wrong_row_is_refused_whole(data: str, words: str, client: Client, head: Staff) -> None:
    held = listed(head)
    url = reverse("archive:potential-upload", args=[held.pk])
    response = client.post(url, {"file": SimpleUploadedFile("a.csv", data.encode())})
    assert words in str(response.context["form"].errors)
    assert not held.potentials.exists()


def test_a1_a_teller_writes_down_whom_they_meet(client: Client, head: Staff) -> None:
    assert TELLER_FROM == 50_000
    held = listed(head)
    teller = StaffFactory.create(
        branch=head.branch, scope=DataScope.SUBTREE, permissions=["customers.view", "customers.edit"]
    )
    client.force_login(teller)
    url = reverse("archive:potential-add", args=[held.pk])
    assert "50,000" in client.get(url).content.decode()
    assert client.post(url, {"name": "黄雅琴", "kind": "person", "phone": PHONE, "amount": "8"}).status_code == 204
    one = Potential.objects.get()
    assert (one.owner, one.amount) == (teller, 80_000)
    page = client.get(reverse("archive:potential", args=[one.pk])).content.decode()
    assert "138****5678" in page
    assert PHONE not in page
    view = client.get(reverse("archive:potentials"), {"source": "teller", "amount_min": "5"})
    assert len(view.context["rows"]) == 1


def test_new_contacted_customer_declined(client: Client, head: Staff) -> None:
    held = listed(head)
    add_potentials(held=held, named=[Named("黄雅琴", PHONE), Named("周敏")], actor=head, at=AT)
    first, second = held.potentials.order_by("pk")
    contacted = reverse("archive:potential-move", args=[first.pk, "contacted"])
    assert client.post(contacted, {"reason": ""}).status_code == 204
    won = reverse("archive:potential-move", args=[first.pk, "customer"])
    assert client.post(won, {"branch": head.branch_id}).status_code == 204
    first.refresh_from_db()
    assert first.state == "customer"
    assert first.customer.name == "黄雅琴"
    assert [point.value for point in first.customer.contact_points.all()] == [PHONE]
    with pytest.raises(ValidationError):
        move_potential(potential=second, to=PotentialState.DECLINED, actor=head, at=AT)
    move_potential(potential=second, to=PotentialState.DECLINED, reason="已在他行", actor=head, at=AT)
    with pytest.raises(ValidationError):
        link_potential(potential=second, customer=CustomerFactory.create(branch=head.branch), actor=head, at=AT)
    with pytest.raises(ValidationError):
        convert_potential(potential=first, branch=head.branch, actor=head, at=AT)


def test_the_states_end_with_a_customer() -> None:
    assert not TRANSITIONS[PotentialState.CUSTOMER]
    assert may_go("declined", PotentialState.CONTACTED)
    assert not may_go("contacted", PotentialState.NEW)


def test_nobody_sees_or_works_on_names_outside_their_scope(client: Client, head: Staff) -> None:
    held = listed(head)
    add_potentials(held=held, named=[Named("黄雅琴", PHONE)], actor=head, at=AT)
    one = Potential.objects.get()
    stranger = StaffFactory.create(branch=BranchFactory.create(), scope=DataScope.SUBTREE)
    client.force_login(stranger)
    assert client.get(reverse("archive:potential", args=[one.pk])).status_code == 404
    assert client.post(reverse("archive:potential-reveal", args=[one.pk]), {"field": "phone"}).status_code in {404, 428}
    with pytest.raises(PermissionDenied):
        move_potential(potential=one, to=PotentialState.CONTACTED, actor=stranger, at=AT)
    with pytest.raises(PermissionDenied):
        add_potentials(held=held, named=[Named("周敏")], actor=stranger, at=AT)


def test_a1_effective_customers_leave_out_empty_cards_and_dormant_passbooks(client: Client, head: Staff) -> None:
    good, idle = (CustomerFactory.create(branch=head.branch, aum=190_000) for _place in range(2))
    archive.score_archives([good.pk, idle.pk])
    ArchiveScore.objects.filter(customer=good).update(is_effective=True)
    ArchiveScore.objects.filter(customer=idle).update(is_effective=False)
    rows = client.get(reverse("customers"), {"is_effective": "true"}).context["rows"]
    assert len(rows) == 1
    held = listed(head, PotentialSource.RULE, rule="aum", name="差额")
    assert held.potentials.count() == 2
    assert len(client.get(reverse("archive:potentials"), {"is_effective": "true"}).context["rows"]) == 1
    (row,) = client.get(reverse("archive:potential-lists")).context["rows"]
    assert (row["n"], row["effective"], row["new"]) == (2, 1, 2)


@pytest.mark.parametrize("name", ["archive:potentials", "archive:potential-lists"])
def test_more_rows_take_no_more_queries(name: str, client: Client, head: Staff) -> None:
    def rows_and_queries() -> tuple[int, int]:
        client.get(reverse(name))
        with CaptureQueriesContext(connection) as made:
            rows = client.get(reverse(name)).context["rows"]
        return len(rows), len(made)

    def another(place: int) -> None:
        held = listed(head, name=f"名单{place}")
        add_potentials(held=held, named=[Named("黄雅琴", PHONE), Named("周敏")], actor=head, at=AT)

    another(0)
    few, at_first = rows_and_queries()
    another(1)
    another(2)
    many, later = rows_and_queries()
    assert (many, later) == (3 * few, at_first)


def test_the_telephone_is_shown_with_a_reason(client: Client, head: Staff) -> None:
    held = listed(head)
    add_potentials(held=held, named=[Named("黄雅琴", PHONE)], actor=head, at=AT)
    url = reverse("archive:potential-reveal", args=[Potential.objects.get().pk])
    assert client.post(url, {"field": "phone", "reason": "首次联系"}).content.decode() == PHONE


def test_a2_near_the_next_tier_of_the_scheme_in_force(head: Staff) -> None:
    load_schemes()
    near, far, reached, company = (
        CustomerFactory.create(aum=amount, branch=head.branch) for amount in (185_000, 150_000, 200_000, 185_000)
    )
    Customer.objects.filter(pk=company.pk).update(kind="company")  # whose scheme has other edges
    held = listed(head, PotentialSource.RULE, rule="near", name="差额一成")
    assert set(held.potentials.values_list("customer_id", flat=True)) == {near.pk}
    wide = {"share": 30}
    wider = listed(head, PotentialSource.RULE, rule="near", name="差额三成", parameters=wide)
    assert set(wider.potentials.values_list("customer_id", flat=True)) == {near.pk, far.pk}
    assert reached.pk not in wider.potentials.values_list("customer_id", flat=True)


def test_a4_employees_of_companies_that_bank_with_us(head: Staff) -> None:
    firm = CompanyFactory.create(customer__branch=head.branch).customer
    employee, other, former = (CustomerFactory.create(aum=3_000, branch=head.branch) for _ in range(3))
    for person in (employee, former):
        relate(customer=person, kind=RelationKind.EMPLOYER, other=firm, actor=head, at=AT)
    Relation.objects.filter(customer=former).update(ended_on=AT.date())
    held = listed(head, PotentialSource.RULE, rule="payroll", name="代发单位员工")
    assert set(held.potentials.values_list("customer_id", flat=True)) == {employee.pk}
    assert other.pk not in held.potentials.values_list("customer_id", flat=True)


def test_names_are_assigned_together_by_who_keeps_lists(client: Client, head: Staff) -> None:
    held = listed(head)
    people = [Named(name) for name in ("甲", "乙", "丙")]
    add_potentials(held=held, named=people, actor=head, at=AT)
    owner = StaffFactory.create(name="林红", branch=head.branch)
    keys = list(Potential.objects.filter(name__in=["甲", "乙"]).values_list("pk", flat=True))
    url = reverse("archive:potentials-assign")
    asked = client.post(url, {"pk": keys})
    assert set(asked.context["keys"]) == set(keys)
    assert client.post(url, {"pk": keys, "owner": owner.pk}).status_code == 302
    assert set(Potential.objects.filter(owner=owner).values_list("name", flat=True)) == {"甲", "乙"}
    stranger = StaffFactory.create(branch=BranchFactory.create())
    assert client.post(url, {"pk": keys, "owner": stranger.pk}).context["form"].errors["owner"]
    with pytest.raises(ValidationError):
        assign_potentials(keys=keys, owner=stranger, actor=head, at=AT)
    teller = StaffFactory.create(branch=head.branch, permissions=("customers.view", "customers.edit"))
    with pytest.raises(PermissionDenied):
        assign_potentials(keys=keys, owner=owner, actor=teller, at=AT)
