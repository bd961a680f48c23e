"""The pages of data quality: they open, lead on, keep to the reader's scope, and ask no more for more rows."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import BranchFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.customers import operations
from keheng.customers.enums import RuleTopic
from keheng.customers.models import (
    ArchiveScore,
    Customer,
    DuplicatePair,
    Finding,
    Inspection,
    InspectionItem,
    RuleVersion,
    Unification,
)
from keheng.org.enums import DataScope
from keheng.org.models import Branch, Staff
from keheng.org.operations import load_presets

AT = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
ID = "330302197001010015"


@pytest.fixture
def outlet() -> Branch:
    return BranchFactory.create()


@pytest.fixture
def head(outlet: Branch) -> Staff:
    load_presets()
    return StaffFactory.create(scope=DataScope.SUBTREE, branch=outlet)


@pytest.fixture
def visit(client: Client, head: Staff) -> Client:
    client.force_login(head)
    return client


def more(outlet: Branch) -> None:
    """Two customers who may be one, with a finding each, scored and inspected."""
    owner = StaffFactory.create(branch=outlet, scope=DataScope.OWN)
    for _ in range(2):
        customer = CustomerFactory.create(
            branch=outlet, owner=owner, id_kind="resident", id_number=ID, birth_date=date(1980, 1, 1)
        )
        ContactPointFactory.create(customer=customer, value="138")
    operations.refresh_completeness(at=AT)
    operations.check_archives(at=AT)
    operations.search_duplicates(at=AT)
    InspectionItem.objects.all().delete()
    Inspection.objects.all().delete()
    operations.draw_weekly(at=AT)


LISTS: dict[str, Callable[[], str]] = {
    "overview": lambda: reverse("quality:overview"),
    "archives": lambda: reverse("quality:archives"),
    "findings": lambda: reverse("quality:findings"),
    "duplicates": lambda: reverse("quality:duplicates"),
    "inspections": lambda: reverse("quality:inspections"),
    "inspection": lambda: reverse("quality:inspection", args=[Inspection.objects.latest("pk").pk]),
}


@pytest.mark.parametrize("name", LISTS)
def test_more_rows_take_no_more_queries(name: str, visit: Client, outlet: Branch) -> None:
    counts = []
    for _ in range(2):
        more(outlet)
        visit.get(LISTS[name]())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = visit.get(LISTS[name]())
        assert response.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_every_page_opens_empty(visit: Client) -> None:
    for name in ("overview", "archives", "findings", "duplicates", "merges", "inspections", "draw", "rules"):
        response = visit.get(reverse(f"quality:{name}"))
        assert response.status_code == 200, name
    for topic in ("completeness", "validity", "duplicates", "inspection"):
        assert visit.get(reverse("quality:rules-of", args=[topic])).status_code == 200
    assert visit.get(reverse("quality:rules-of", args=["privacy"])).status_code == 404


def test_the_card_of_a_customer_lists_what_is_missing_with_links(visit: Client, outlet: Branch) -> None:
    customer = CustomerFactory.create(branch=outlet)
    operations.refresh_completeness(at=AT)
    page = visit.get(reverse("quality:card", args=[customer.pk])).content.decode()
    assert "手机" in page
    assert reverse("archive:section", args=[customer.pk, "basic"]) in page
    assert visit.get(reverse("quality:card", args=[CustomerFactory.create().pk])).status_code == 404


def test_nobody_sees_what_lies_outside_their_scope(visit: Client, outlet: Branch) -> None:
    there = BranchFactory.create()
    more(there)
    assert "黄雅琴" not in visit.get(reverse("quality:archives")).content.decode()
    assert "黄雅琴" not in visit.get(reverse("quality:findings")).content.decode()
    pair = DuplicatePair.objects.get()
    assert visit.get(reverse("quality:pair", args=[pair.pk])).status_code == 404
    assert visit.get(reverse("quality:finding", args=[Finding.objects.latest("pk").pk])).status_code == 404
    assert visit.get(reverse("quality:item", args=[InspectionItem.objects.latest("pk").pk])).status_code == 404
    assert visit.get(reverse("quality:inspection", args=[Inspection.objects.latest("pk").pk])).status_code == 404


def test_a1_two_archives_side_by_side_are_merged_and_taken_back(visit: Client, outlet: Branch) -> None:
    more(outlet)
    pair = DuplicatePair.objects.get()
    Customer.objects.filter(pk=pair.right_id).update(occupation="教师", name="黄亚琴")
    page = visit.get(reverse("quality:pair", args=[pair.pk])).content.decode()
    assert "教师" in page
    assert ID not in page
    answer = {"action": "merge", "survivor": "left", "reason": "同一证件", "name": "left", "occupation": "right"}
    response = visit.post(reverse("quality:pair", args=[pair.pk]), answer)
    made = Unification.objects.get()
    assert response["Location"] == reverse("quality:merge", args=[made.pk])
    survivor = Customer.objects.get(pk=pair.left_id)
    assert (survivor.name, survivor.occupation) == ("黄雅琴", "教师")
    assert not Customer.objects.filter(pk=pair.right_id).exists()
    assert visit.get(reverse("quality:merge", args=[made.pk])).status_code == 200
    visit.post(reverse("quality:merge", args=[made.pk]), {"reason": "两人"})
    assert Customer.objects.filter(pk=pair.right_id).exists()
    assert visit.get(reverse("quality:merges")).status_code == 200


def test_a_pair_is_remembered_as_two(visit: Client, outlet: Branch) -> None:
    more(outlet)
    pair = DuplicatePair.objects.get()
    visit.post(reverse("quality:pair", args=[pair.pk]), {"action": "dismiss", "two-reason": ""})
    assert DuplicatePair.objects.get().state == "open"
    visit.post(reverse("quality:pair", args=[pair.pk]), {"action": "dismiss", "two-reason": "双胞胎"})
    assert DuplicatePair.objects.get().state == "dismissed"
    assert "双胞胎" in visit.get(reverse("quality:pair", args=[pair.pk])).content.decode()
    visit.post(reverse("quality:pair", args=[pair.pk]), {"action": "reopen"})
    assert DuplicatePair.objects.get().state == "open"


def test_a_finding_is_accepted_and_a_contact_point_reported(visit: Client, outlet: Branch) -> None:
    more(outlet)
    finding = Finding.objects.filter(rule="document_birth").first() or Finding.objects.earliest("pk")
    assert visit.get(reverse("quality:finding", args=[finding.pk])).status_code == 200
    visit.post(reverse("quality:finding", args=[finding.pk]), {"reason": "证件如此"})
    finding.refresh_from_db()
    assert finding.state == "accepted"
    point = finding.customer.contact_points.get()
    assert visit.get(reverse("quality:report", args=[point.pk])).status_code == 200
    visit.post(reverse("quality:report", args=[point.pk]), {"reason": "空号"})
    assert Finding.objects.filter(rule="reported", customer=finding.customer).exists()


def test_an_inspected_archive_goes_its_way_on_the_page(visit: Client, outlet: Branch) -> None:
    more(outlet)
    item = InspectionItem.objects.earliest("pk")
    address = reverse("quality:item", args=[item.pk])
    assert visit.get(address).status_code == 200
    visit.post(address, {"act": "fault", "text": "缺少地址"})
    item.refresh_from_db()
    assert (item.state, item.finding) == ("faulty", "缺少地址")
    visit.post(address, {"act": "answer", "text": "已补"})
    visit.post(address, {"act": "close", "text": ""})
    item.refresh_from_db()
    assert item.state == "closed"
    printed = visit.get(reverse("quality:inspection", args=[item.inspection_id]) + "?format=print")
    assert "缺少地址" in printed.content.decode()


def test_an_irregular_check_is_drawn_by_hand(visit: Client, outlet: Branch) -> None:
    more(outlet)
    answer = {"branch": outlet.pk, "title": "抽查", "due_on": "2099-01-01", "count": 1}
    assert visit.post(reverse("quality:draw"), answer).status_code == 302
    assert Inspection.objects.get(title="抽查").items.count() == 1
    assert visit.post(reverse("quality:draw"), answer | {"due_on": "2020-01-01"}).status_code == 200


def test_the_head_office_changes_weights_and_the_sum_is_checked(client: Client, visit: Client) -> None:
    page = reverse("quality:rules-of", args=["completeness"])
    assert visit.post(page, {}).status_code == 403
    client.force_login(StaffFactory.create())
    form = client.get(page).context["form"]
    values = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    assert client.post(page, values | {"reason": "试", "person__mobile": 30}).status_code == 200
    assert not RuleVersion.objects.filter(topic=RuleTopic.COMPLETENESS).exists()
    changed = values | {"reason": "手机更重要", "person__mobile": 30, "person__document": 15}
    assert client.post(page, changed).status_code == 302
    assert RuleVersion.objects.get(topic=RuleTopic.COMPLETENESS).content["profiles"][1]["weights"]["mobile"] == 30
    for topic, field, value in (
        ("validity", "limit__age", 100),
        ("duplicates", "largest_block", 30),
        ("inspection", "days", 7),
    ):
        page = reverse("quality:rules-of", args=[topic])
        form = client.get(page).context["form"]
        values = {name: "" if (kept := form[name].value()) is None else kept for name in form.fields}
        assert client.post(page, values | {"reason": "试", field: value}).status_code == 302, topic
        assert RuleVersion.objects.filter(topic=topic).exists()


def test_scores_and_report_agree(visit: Client, outlet: Branch) -> None:
    more(outlet)
    report = visit.get(reverse("quality:overview")).context["report"]
    assert report.whole.effective + report.whole.idle == ArchiveScore.objects.count()
    assert report.whole == sum((one.rate for one in report.outlets), type(report.whole)())
    assert report.whole == sum((one.rate for one in report.owners), type(report.whole)())
