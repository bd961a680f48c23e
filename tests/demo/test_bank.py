"""The demo bank in the database: organisation, rows that agree with each other, tiers, and whose database it is."""

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Count, Sum
from tests.demo.banks import TODAY, silent

from keheng.audit.models import Entry
from keheng.care.enums.ownership import Source
from keheng.care.models import Ownership
from keheng.care.queries.ownerless import without_name
from keheng.common.keys import key_ring
from keheng.customers.models import (
    Company,
    Competitor,
    ContactPoint,
    Cooperation,
    Customer,
    Document,
    GroupMember,
    HealthCheck,
    KeyContact,
    Project,
    Relation,
)
from keheng.demo import bank
from keheng.demo.ownership import BUILT, PASSWORD, Owner, owner
from keheng.demo.plan import Plan
from keheng.files.queries import thumbnail_of
from keheng.org.enums import BranchKind
from keheng.org.models import SYSTEM_USERNAME, Branch, Role, Staff
from keheng.portfolio.models import Account, CurrentFigures, Holding, MonthEndFigures
from keheng.service_requests.models import RequestClock, ServiceRequest
from keheng.tiering.models import Move, Run, Standing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("built")]


def people() -> "list[Staff]":
    return list(Staff.objects.exclude(username=SYSTEM_USERNAME))


def test_a9_one_branch_with_14_outlets_under_the_head_office() -> None:
    branches = Branch.objects.order_by("path")
    assert [branch.kind for branch in branches] == [BranchKind.HEAD, BranchKind.BRANCH] + [BranchKind.OUTLET] * 14
    names = [branch.name for branch in branches][2:]
    assert sum(name.endswith("营业中心") for name in names) == 1
    assert sum(name.endswith("支行") for name in names) == 7
    assert sum(name.endswith("分理处") for name in names) == 6
    assert {branch.path.count("/") for branch in branches} == {1, 2, 3}


def test_a9_242_staff_and_a3_every_role_filled() -> None:
    staff = people()
    assert len(staff) == 242
    assert {person.role.code for person in staff} == set(
        Role.objects.exclude(code="system").values_list("code", flat=True)
    )
    for outlet in Branch.objects.filter(kind=BranchKind.OUTLET):
        held = {person.role.code for person in staff if person.branch_id == outlet.pk}
        assert {"outlet-head", "accounting-head", "relationship-manager", "lobby-manager", "teller"} <= held


def test_an_account_of_each_role_is_called_like_the_role_and_opens_with_the_password() -> None:
    for role in Role.objects.exclude(code="system"):
        person = Staff.objects.get(username=role.code)
        assert (person.role_id, person.is_active) == (role.pk, True)
    assert person.check_password(PASSWORD)
    assert len({person.password for person in people()}) == 1, "hashed once"


def test_rows_of_every_kind_are_there(built: Plan) -> None:
    prospects = Company.objects.filter(customer__figures=None).count()
    assert prospects >= 12
    opened_twice = Customer.objects.filter(number__startswith="88000", kind="person").count()
    assert opened_twice > 0
    assert Customer.objects.count() == built.persons + built.companies + prospects + opened_twice
    assert Company.objects.count() == built.companies + prospects
    assert ContactPoint.objects.count() > built.persons * 0.9
    assert Account.objects.count() > 1.3 * built.persons
    assert Holding.objects.count() > 50
    assert CurrentFigures.objects.count() == built.persons + built.companies + opened_twice
    assert MonthEndFigures.objects.values("month_end").distinct().count() == 24


def test_the_totals_arrive_in_the_database(built: Plan) -> None:
    found = CurrentFigures.objects.filter(customer__kind="person").aggregate(total=Sum("deposits"))["total"]
    assert found == round(Decimal("8225000000") * Decimal(str(built.size)), 2)


def test_documents_and_phones_are_sealed_and_found_by_their_index() -> None:
    customer = Customer.objects.filter(kind="person").earliest("pk")
    assert customer.id_number
    assert Customer.objects.get(id_index=key_ring().blind_index(customer.id_number, "customers.id_number")) == customer
    assert customer.id_tail == key_ring().blind_tail(customer.id_number, "customers.id_number")
    with connection.cursor() as cursor:
        cursor.execute("select id_number from customers_customer where id = %s", [customer.pk])
        assert customer.id_number.encode() not in bytes(cursor.fetchone()[0])
    point = ContactPoint.objects.filter(kind="mobile").earliest("pk")
    assert point.value_index == key_ring().blind_index(point.value or "", "customers.contact")


def test_lists_show_the_month_average() -> None:
    from keheng.cli.doctor import data

    findings = {finding.check: finding.state for finding in data.findings()}
    assert findings["AUM of customers"] == "ok"
    assert findings["Tiers of customers"] == "ok"
    assert findings["Branch paths"] == "ok"
    assert findings["Stray rows"] == "ok"
    assert findings["Encrypted values"] == "ok"


def test_customers_are_sorted_and_some_have_moved() -> None:
    assert Run.objects.filter(applied=True).count() == 11, "two primary schemes on five days, the classes on the last"
    assert Standing.objects.count() > 500
    assert dict(Move.objects.values_list("direction").annotate(Count("pk")).order_by()).keys() >= {"new", "up"}
    assert Run.objects.filter(waiting__gt=0).exists(), "downgrades wait for their month ends and for approval"
    assert Customer.objects.filter(status="active", tier="").count() == 0


def test_owners_work_where_the_customer_banks_or_in_the_branch() -> None:
    for customer in Customer.objects.filter(owner__isnull=False).select_related("owner", "branch")[:200]:
        assert customer.owner
        assert customer.branch.path.startswith(customer.owner.branch.path)


def test_a3_whoever_needs_an_owner_by_name_has_one_but_for_a_few() -> None:
    open_ones = without_name()
    assert 0 < open_ones.count() <= 9
    assert set(open_ones.values_list("tier", flat=True)) == {"T3"}
    top = Ownership.objects.owners().filter(customer__kind="person", customer__tier="T5", period__upper_inf=True)
    assert top.filter(staff__role__code="outlet-head").exists()
    assert not top.exclude(staff__role__code="outlet-head").exclude(source=Source.CHOICE).exists()


def test_a_second_build_changes_nothing(built: Plan) -> None:
    assert owner() is Owner.DEMO
    before = Customer.objects.count()
    bank.build(Plan(persons=50, seed=9, today=TODAY), built.at, silent)
    assert Customer.objects.count() == before
    assert Entry.objects.filter(action=BUILT).count() == 1


def test_customers_that_no_demo_made_make_it_somebodys() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")  # lets the test take the mark out of the trail
        cursor.execute("delete from audit_entry where action = %s", [BUILT])
    assert owner() is Owner.SOMEBODY


def test_a_database_with_only_presets_is_nobodys() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("delete from audit_entry")
        cursor.execute("truncate customers_customer cascade")
        cursor.execute("delete from org_staff where username <> %s", [SYSTEM_USERNAME])
    assert owner() is Owner.NOBODY


def test_a6_requests_of_every_age_are_at_the_desk() -> None:
    states = set(ServiceRequest.objects.values_list("state", flat=True))
    assert {"waiting", "working", "closed"} <= states
    replies = ServiceRequest.objects.exclude(reply=None).values_list("reply", flat=True)
    assert replies
    assert all("已办理完毕" in words for words in replies)
    assert RequestClock.objects.filter(met=False).exists(), "some are late"


def test_a1_dossiers_families_and_documents_are_there() -> None:
    for model in (KeyContact, Cooperation, Competitor, Project, HealthCheck, GroupMember):
        assert model.objects.exists(), model
    assert {"spouse", "representative", "shareholder"} <= set(Relation.objects.values_list("kind", flat=True))
    assert Document.objects.filter(expires_on__lt=TODAY).exists()
    assert Document.objects.filter(expires_on__gt=TODAY).exists()
    picture = Document.objects.filter(kind="photo").select_related("file").first()
    assert picture
    assert picture.file
    assert thumbnail_of(picture.file)
    for project in Project.objects.all():
        newest = project.checks.order_by("-checked_on").first()
        assert newest
        assert (project.grade, project.next_check_on) == (newest.grade, newest.next_check_on)
