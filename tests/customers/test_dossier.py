"""The dossier of a company (A1): key contacts, cooperation, competitors, projects with health handbook, group."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.factories import BranchFactory, CompanyFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.customers.archive.rulebook import health_rules
from keheng.customers.enums import CooperationState, DecisionRole, GroupRole, HealthGrade, ProjectState
from keheng.customers.models import (
    Company,
    CompanyGroup,
    Competitor,
    Cooperation,
    Customer,
    GroupMember,
    HealthCheck,
    KeyContact,
    Project,
)
from keheng.customers.operations.dossier import add_entry, change_entry, record_check, remove_entry
from keheng.customers.operations.reveal import reveal
from keheng.customers.policies.health import next_check
from keheng.customers.queries.dossier import checks_due, cooperation_for, dossier_of, expected_amount, projects_for
from keheng.org.enums import DataScope
from keheng.org.models import Staff

AT = datetime(2026, 11, 22, 2, tzinfo=UTC)
TODAY = date(2026, 11, 22)
CONTACT = {"name": "周建国", "post": "财务总监", "decision_role": "decides", "phone": "13812345678"}
PROJECT = {"name": "厂区收单系统", "state": ProjectState.IN_SERVICE}


@pytest.fixture
def actor(db: None) -> Staff:
    return StaffFactory.create()


@pytest.fixture
def firm(db: None) -> Customer:
    return CompanyFactory.create().customer


# -- rules ------------------------------------------------------------------------------------------------------------


def test_a1_projects_are_checked_every_quarter_and_sooner_when_something_was_found() -> None:
    assert health_rules().months == {"sound": 3, "watch": 2, "repair": 1}
    assert health_rules().due == 30


@pytest.mark.parametrize(
    ("checked", "grade", "due"),
    [
        (date(2026, 11, 22), HealthGrade.SOUND, date(2027, 2, 22)),
        (date(2026, 11, 30), HealthGrade.SOUND, date(2027, 2, 28)),
        (date(2026, 12, 31), HealthGrade.WATCH, date(2027, 2, 28)),
        (date(2027, 12, 31), HealthGrade.WATCH, date(2028, 2, 29)),
        (date(2026, 1, 31), HealthGrade.REPAIR, date(2026, 2, 28)),
    ],
)
def test_the_next_check_follows_from_the_grade(checked: date, grade: HealthGrade, due: date) -> None:
    assert next_check(checked, grade, health_rules().months) == due


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.sampled_from(HealthGrade))
def test_the_next_check_lies_ahead_by_whole_months(checked: date, grade: HealthGrade) -> None:
    due = next_check(checked, grade, health_rules().months)
    assert 27 <= (due - checked).days <= 93
    assert due.day <= checked.day


# -- entries ----------------------------------------------------------------------------------------------------------


def test_a1_a_key_contact_has_post_phone_birthday_part_in_decisions_and_preference(
    actor: Staff, firm: Customer
) -> None:
    values = {**CONTACT, "birthday": date(1974, 5, 1), "preference": "下午三点后联系", "note": ""}
    add_entry(model=KeyContact, customer=firm, values=values, actor=actor, at=AT)
    person = dossier_of(firm, actor).people[0]
    assert (person.entry.name, person.entry.post, person.entry.birthday) == ("周建国", "财务总监", date(1974, 5, 1))
    assert (person.entry.decision_role, person.entry.preference) == (DecisionRole.DECIDES, "下午三点后联系")
    assert person.phone == "138****5678"
    assert reveal(customer=firm, field=person.reveal_field, actor=actor, reason="联系客户", at=AT) == "13812345678"
    with connection.cursor() as cursor:
        cursor.execute("select phone from customers_keycontact")
        assert b"13812345678" not in bytes(cursor.fetchone()[0])
    assert "13812345678" not in str(list(Entry.objects.values_list("detail", flat=True)))


def test_a_phone_is_examined(actor: Staff, firm: Customer) -> None:
    with pytest.raises(ValidationError) as error:
        add_entry(model=KeyContact, customer=firm, values={**CONTACT, "phone": "12"}, actor=actor, at=AT)
    assert "phone" in error.value.message_dict


def test_a1_past_current_and_expected_cooperation(actor: Staff, firm: Customer) -> None:
    for state, amount in zip(CooperationState, (100, 200, 300), strict=True):
        values = {"state": state, "product": "流动资金贷款", "amount": Decimal(amount), "margin": Decimal("2.35")}
        add_entry(model=Cooperation, customer=firm, values=values, actor=actor, at=AT)
    business = dossier_of(firm, actor).business
    assert [(part.state, part.amount) for part in business] == [("past", 100), ("current", 200), ("expected", 300)]
    assert expected_amount(actor) == 300


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}, "__all__"),
        ({"amount": Decimal(-1)}, "__all__"),
        ({"likelihood": 50}, "__all__"),
        ({"state": "expected", "likelihood": 101}, "__all__"),
        ({"state": "sometime"}, "state"),
        ({"product": ""}, "product"),
    ],
)
def test_impossible_cooperation_is_refused(actor: Staff, firm: Customer, values: dict[str, Any], field: str) -> None:
    given = {"state": CooperationState.CURRENT, "product": "代发工资", **values}
    with pytest.raises(ValidationError) as error:
        add_entry(model=Cooperation, customer=firm, values=given, actor=actor, at=AT)
    assert field in error.value.message_dict
    assert not Cooperation.objects.exists()


def test_a1_competitors_share_at_most_the_whole(actor: Staff, firm: Customer) -> None:
    first = {"institution": "工商银行", "products": "基本户、按揭", "share": Decimal(60), "since": date(2019, 3, 1)}
    entry = add_entry(model=Competitor, customer=firm, values=first, actor=actor, at=AT)
    with pytest.raises(ValidationError, match="还剩 40%"):
        add_entry(
            model=Competitor,
            customer=firm,
            values={"institution": "建设银行", "share": Decimal(41)},
            actor=actor,
            at=AT,
        )
    with pytest.raises(ValidationError, match="已在列表中"):
        add_entry(model=Competitor, customer=firm, values={"institution": "工商银行"}, actor=actor, at=AT)
    change_entry(entry=entry, values={"share": Decimal(100)}, actor=actor, at=AT)
    assert dossier_of(firm, actor).their_share == 100


def test_a1_checks_make_the_health_handbook_of_a_project(actor: Staff, firm: Customer) -> None:
    project = add_entry(model=Project, customer=firm, values=PROJECT, actor=actor, at=AT)
    given = {"project": project, "actor": actor, "at": AT}
    record_check(checked_on=date(2026, 8, 1), grade=HealthGrade.SOUND, finding="运行正常", **given)
    record_check(
        checked_on=date(2026, 11, 1), grade=HealthGrade.REPAIR, finding="读卡器松动", measures="已报修", **given
    )
    project.refresh_from_db()
    assert (project.grade, project.next_check_on) == ("repair", date(2026, 12, 1))
    record_check(checked_on=date(2026, 9, 1), grade=HealthGrade.WATCH, finding="补记", **given)
    project.refresh_from_db()
    assert (project.grade, project.next_check_on) == ("repair", date(2026, 12, 1))  # the newest counts
    shown = dossier_of(firm, actor).projects[0]
    assert [check.finding for check in shown.checks.all()] == ["读卡器松动", "补记", "运行正常"]
    assert list(checks_due(actor, TODAY)) == [project]
    assert not checks_due(actor, TODAY - timedelta(days=60)).exists()
    with pytest.raises(ValidationError, match="晚于本次"):
        record_check(
            checked_on=TODAY, grade=HealthGrade.SOUND, finding="x", next_check_on=TODAY - timedelta(1), **given
        )


def test_a1_a_group_has_one_head_and_a_company_one_group(actor: Staff, firm: Customer) -> None:
    mother = CompanyFactory.create(customer__name="温州鑫恒集团有限公司", customer__aum=1000).customer
    Customer.objects.filter(pk=firm.pk).update(aum=50)
    join = {"group": "鑫恒集团", "role": GroupRole.SUBSIDIARY, "share": Decimal(80)}
    add_entry(model=GroupMember, customer=firm, values=join, actor=actor, at=AT)
    CompanyGroup.objects.update(is_strategic=True)  # as the strategic list says
    lead = {"group": "鑫恒集团", "role": GroupRole.HEAD}
    add_entry(model=GroupMember, customer=mother, values=lead, actor=actor, at=AT)
    group = dossier_of(firm, actor).group
    assert group
    assert [member.entry.role for member in group.members] == ["head", "subsidiary"]
    assert (group.aum, group.hidden, group.entry.group.is_strategic) == (1050, 0, True)
    assert Company.objects.get(customer=mother).is_strategic  # decision 26
    with pytest.raises(ValidationError, match="已属于一个集团"):
        add_entry(model=GroupMember, customer=firm, values={**join, "group": "别的集团"}, actor=actor, at=AT)
    third = CompanyFactory.create(customer__name="丙公司").customer
    with pytest.raises(ValidationError, match="已有母公司"):
        add_entry(model=GroupMember, customer=third, values=lead, actor=actor, at=AT)
    assert [group.name for group in CompanyGroup.objects.all()] == ["鑫恒集团"]  # what was refused leaves nothing


def test_members_outside_the_scope_are_named_by_a_letter_and_not_counted(actor: Staff, firm: Customer) -> None:
    here = BranchFactory.create()
    Customer.objects.filter(pk=firm.pk).update(branch=here, aum=50)
    other = CompanyFactory.create(customer__name="瓯海华盛眼镜有限公司", customer__aum=9).customer
    for customer, role in ((firm, GroupRole.HEAD), (other, GroupRole.AFFILIATE)):
        values = {"group": "鑫恒集团", "role": role}
        add_entry(model=GroupMember, customer=customer, values=values, actor=actor, at=AT)
    reader = StaffFactory.create(branch=here, scope=DataScope.SUBTREE, permissions=["customers.view"])
    firm.refresh_from_db()
    group = dossier_of(firm, reader).group
    assert group
    assert [(member.name, member.customer) for member in group.members][1] == ("瓯**", None)
    assert (group.aum, group.hidden) == (50, 1)


def test_the_dossier_is_of_companies(actor: Staff) -> None:
    with pytest.raises(ValidationError, match="个人客户"):
        add_entry(model=KeyContact, customer=CustomerFactory.create(), values=CONTACT, actor=actor, at=AT)


@pytest.mark.parametrize("held", [[], ["customers.view"]])
def test_writing_takes_the_permission_to_edit(firm: Customer, actor: Staff, held: list[str]) -> None:
    entry = add_entry(model=KeyContact, customer=firm, values=CONTACT, actor=actor, at=AT)
    project = add_entry(model=Project, customer=firm, values=PROJECT, actor=actor, at=AT)
    reader = StaffFactory.create(permissions=held)
    given: dict[str, Any] = {"actor": reader, "at": AT}
    for attempt in (
        lambda: add_entry(model=KeyContact, customer=firm, values=CONTACT, **given),
        lambda: change_entry(entry=entry, values={"post": "x"}, **given),
        lambda: remove_entry(entry=entry, reason="x", **given),
        lambda: record_check(project=project, checked_on=TODAY, grade=HealthGrade.SOUND, finding="x", **given),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_removing_takes_a_reason_and_stands_in_the_trail(actor: Staff, firm: Customer) -> None:
    entry = add_entry(model=KeyContact, customer=firm, values=CONTACT, actor=actor, at=AT)
    with pytest.raises(ValidationError):
        remove_entry(entry=entry, reason=" ", actor=actor, at=AT)
    remove_entry(entry=entry, reason="已离职", actor=actor, at=AT)
    trail = Entry.objects.get(action="customers.remove_entry")
    assert (trail.target_id, trail.reason, trail.detail["entry"]) == (firm.pk, "已离职", "keycontact")


def test_the_database_refuses_what_cannot_be(actor: Staff, firm: Customer) -> None:
    project = add_entry(model=Project, customer=firm, values=PROJECT, actor=actor, at=AT)
    stamp = {"changed_by": actor, "changed_at": AT}
    for row in (
        Competitor(customer=firm, institution="x", share=101, **stamp),
        Cooperation(customer=firm, product="x", state="current", likelihood=5, **stamp),
        Project(customer=firm, name=PROJECT["name"], state="service", **stamp),
        HealthCheck(
            project=project,
            checked_on=TODAY,
            next_check_on=TODAY,
            grade="sound",
            finding="x",
            checked_by=actor,
            recorded_at=AT,
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


# -- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("section", "values", "shows"),
    [
        ("contacts", CONTACT, "138****5678"),
        (
            "cooperation",
            {"state": "expected", "product": "项目贷款", "amount": "5000000", "likelihood": 60},
            "500.00万",
        ),
        ("competitors", {"institution": "招商银行", "share": "30"}, "30%"),
        ("projects", {"name": "园区一卡通", "state": "service"}, "健康手册为空"),
        ("group", {"group": "鑫恒集团", "role": "head"}, "可见成员资产合计"),
    ],
)
def test_each_section_is_filled_in_the_side_panel(
    client: Client, actor: Staff, firm: Customer, section: str, values: dict[str, Any], shows: str
) -> None:
    client.force_login(actor)
    tab = reverse("archive:dossier", args=[firm.pk])
    assert "13812345678" not in client.get(tab).content.decode()
    panel = reverse("archive:entry-add", args=[firm.pk, section])
    assert "data-side-close" in client.get(panel).content.decode()
    assert client.post(panel, values).status_code == 204
    content = client.get(tab).content.decode()
    assert shows in content
    assert "13812345678" not in content


def test_whoever_comes_second_is_shown_the_difference(client: Client, actor: Staff, firm: Customer) -> None:
    entry = add_entry(model=KeyContact, customer=firm, values=CONTACT, actor=actor, at=AT)
    client.force_login(actor)
    panel = reverse("archive:entry-change", args=[firm.pk, "contacts", entry.pk])
    form = client.get(panel).context["form"]
    colleague = StaffFactory.create(name="林建峰")
    change_entry(entry=entry, values={"post": "总经理"}, actor=colleague, at=AT + timedelta(hours=1))
    mine = {"seen": form.initial["seen"], "name": "周建国", "post": "董事长", "decision_role": "decides"}
    refused = client.post(panel, mine)
    assert refused.status_code == 200
    assert "林建峰" in refused.content.decode()
    assert "现为：总经理" in refused.content.decode()
    entry.refresh_from_db()
    assert entry.post == "总经理"
    again = refused.context["form"]["seen"].value()  # as the browser sends it back
    assert client.post(panel, {**mine, "seen": again}).status_code == 204
    entry.refresh_from_db()
    assert (entry.post, entry.phone) == ("董事长", "13812345678")


def test_the_panels_keep_to_the_customer_and_to_editors(client: Client, actor: Staff, firm: Customer) -> None:
    entry = add_entry(model=KeyContact, customer=firm, values=CONTACT, actor=actor, at=AT)
    other = CompanyFactory.create(customer__name="别家").customer
    client.force_login(actor)
    assert client.get(reverse("archive:entry-change", args=[other.pk, "contacts", entry.pk])).status_code == 404
    assert client.get(reverse("archive:entry-add", args=[firm.pk, "secrets"])).status_code == 404
    client.force_login(StaffFactory.create(permissions=["customers.view"]))
    assert client.get(reverse("archive:entry-change", args=[firm.pk, "contacts", entry.pk])).status_code == 403
    client.force_login(StaffFactory.create(scope=DataScope.OWN))
    assert client.get(reverse("archive:dossier", args=[firm.pk])).status_code == 404


def test_a_strict_dossier_stays_closed(client: Client, actor: Staff, firm: Customer) -> None:
    add_entry(model=KeyContact, customer=firm, values=CONTACT, actor=actor, at=AT)
    Customer.objects.filter(pk=firm.pk).update(confidentiality=3)
    client.force_login(StaffFactory.create(permissions=["customers.view"]))
    content = client.get(reverse("archive:dossier", args=[firm.pk])).content.decode()
    assert "周建国" not in content
    assert "保密级别" in content


@pytest.mark.parametrize("address", ["archive:projects", "archive:cooperation"])
def test_lists_take_as_many_queries_for_three_rows_as_for_one(
    client: Client, actor: Staff, address: str, django_assert_num_queries: Any
) -> None:
    client.force_login(actor)

    def fill(number: int) -> None:
        firm = CompanyFactory.create(customer__branch=BranchFactory.create(), customer__owner=actor).customer
        add_entry(model=Project, customer=firm, values={**PROJECT, "name": f"项目{number}"}, actor=actor, at=AT)
        values = {"state": "current", "product": f"产品{number}"}
        add_entry(model=Cooperation, customer=firm, values=values, actor=actor, at=AT)

    fill(0)
    client.get(reverse(address))
    with connection.execute_wrapper(count := Count()):
        client.get(reverse(address))
    once, count.number = count.number, 0
    fill(1)
    fill(2)
    count.number = 0
    with connection.execute_wrapper(count):
        content = client.get(reverse(address)).content.decode()
    assert count.number == once
    assert content.count("/customers/") >= 3


class Count:
    number = 0

    def __call__(self, execute: Any, *args: Any) -> Any:
        self.number += 1
        return execute(*args)


def test_lists_keep_to_the_scope(actor: Staff, firm: Customer) -> None:
    add_entry(model=Project, customer=firm, values=PROJECT, actor=actor, at=AT)
    add_entry(model=Cooperation, customer=firm, values={"state": "current", "product": "x"}, actor=actor, at=AT)
    manager = StaffFactory.create(scope=DataScope.OWN)
    assert not projects_for(manager).exists()
    assert not cooperation_for(manager).exists()
    Customer.objects.filter(pk=firm.pk).update(owner=manager)
    assert projects_for(manager).count() == cooperation_for(manager).count() == 1
