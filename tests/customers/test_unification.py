"""Making two archives one and taking that back (A1: removing duplicates): whole or not at all, and exactly."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError, connection, transaction
from tests.factories import (
    AccountFactory,
    BranchFactory,
    CompanyFactory,
    ContactPointFactory,
    CustomerFactory,
    ProductFactory,
    StaffFactory,
)

from keheng.audit.models import Entry
from keheng.customers import operations
from keheng.customers.models import (
    Assessment,
    Company,
    Consent,
    ContactPoint,
    Customer,
    CustomField,
    CustomValue,
    DuplicatePair,
    NumberAlias,
    Person,
    Questionnaire,
    Unification,
)
from keheng.customers.quality import unification
from keheng.customers.quality.unification.references import references_to
from keheng.customers.queries.comparison import facts_side_by_side
from keheng.org.enums import DataScope
from keheng.org.models import Staff
from keheng.portfolio.models import Account, CurrentFigures, Holding, MonthEndFigures
from keheng.portfolio.operations import ensure_months

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LATER = AT + timedelta(days=2)
MONTH = date(2026, 10, 31)

pytestmark = pytest.mark.django_db
_NOT_COMPARED = {"customers_unification", "audit_entry"}


def contents() -> dict[str, list[str]]:
    """Every row of every table of the product as JSON, but of the history, the trail and the merges themselves."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if model.__module__.startswith("keheng.") and not table.endswith("event") and table not in _NOT_COMPARED:
            with connection.cursor() as cursor:
                cursor.execute(f"select to_jsonb(row)::text from {table} row order by 1")
                found[table] = [row[0] for row in cursor.fetchall()]
    return found


@pytest.fixture
def head() -> Staff:
    return StaffFactory.create()


@pytest.fixture
def pair() -> tuple[Customer, Customer]:
    """Two archives of one person, each with a bit of everything."""
    ensure_months([MONTH])
    product = ProductFactory.create()
    made = []
    for number, name, amount in (("3300000001", "黄雅琴", "100.10"), ("3300000002", "黄亚琴", "12345678901234.56")):
        customer = CustomerFactory.create(number=number, name=name, aum=Decimal(amount), occupation="教师")
        ContactPointFactory.create(customer=customer, value="13812345678")
        ContactPointFactory.create(customer=customer, kind="email", value=f"c{number}@example.com")
        AccountFactory.create(customer=customer, product=product)
        Holding.objects.create(customer=customer, product=product, amount=Decimal(amount), as_of=MONTH)
        CurrentFigures.objects.create(customer=customer, as_of=MONTH, aum=Decimal(amount), aum_average=Decimal(amount))
        MonthEndFigures.objects.create(customer=customer, month_end=MONTH, aum=Decimal(amount), card_grade=1)
        made.append(customer)
    Person.objects.create(customer=made[0], employer="", position="教师", annual_income=None)
    Person.objects.create(customer=made[1], employer="温州中学", position="主任", annual_income=Decimal("180000"))
    DuplicatePair.objects.create(left=made[0], right=made[1], score=95, reasons=["phone"], found_at=AT)
    with transaction.atomic():
        operations.follow_up([customer.pk for customer in made], at=AT)
    return made[0], made[1]


def unify(pair: tuple[Customer, Customer], actor: Staff, **more: Any) -> Unification:
    return operations.unify(survivor=pair[0], lost=pair[1], reason="同一人", actor=actor, at=AT, **more)


def test_a1_everything_goes_over_to_the_survivor(pair: tuple[Customer, Customer], head: Staff) -> None:
    survivor, lost = pair
    lost_key = lost.pk
    made = unify(pair, head, taken=["name"])
    survivor.refresh_from_db()
    assert (survivor.name, survivor.pinyin, survivor.number) == ("黄亚琴", "huangyaqin", "3300000001")
    assert not Customer.objects.filter(pk=lost_key).exists()
    assert Account.objects.filter(customer=survivor).count() == 2
    assert Holding.objects.filter(customer=survivor).count() == 2
    points = ContactPoint.objects.filter(customer=survivor)
    assert sorted((point.kind, point.is_primary) for point in points) == [
        ("email", False),
        ("email", True),
        ("mobile", True),
    ]
    figures = CurrentFigures.objects.get(customer=survivor)
    assert figures.aum == Decimal("12345678901334.66")
    assert survivor.aum == figures.aum_average
    month = MonthEndFigures.objects.get(customer=survivor, month_end=MONTH)
    assert (month.aum, month.card_grade) == (Decimal("12345678901334.66"), 1)
    person = Person.objects.get(customer=survivor)
    assert (person.employer, person.position, person.annual_income) == ("温州中学", "教师", Decimal("180000.00"))
    assert NumberAlias.objects.get(number="3300000002").customer == survivor
    assert not DuplicatePair.objects.exists()
    entry = Entry.objects.get(action="customers.unify")
    assert (entry.target_id, entry.detail["other"], entry.reason) == (survivor.pk, "3300000002", "同一人")
    assert made.rows > 8
    for reference in references_to(Customer):
        if reference.table not in {"customers_unification"}:
            with connection.cursor() as cursor:
                cursor.execute(f"select count(*) from {reference.table} where {reference.column} = %s", [lost_key])
                assert cursor.fetchone()[0] == 0, reference.table


def test_a1_taken_back_within_30_days_everything_is_exactly_as_it_was(
    pair: tuple[Customer, Customer], head: Staff
) -> None:
    before = contents()
    made = unify(pair, head, taken=["name", "occupation"], chosen=["customers_person.position"])
    assert contents() != before
    operations.separate(made=made, reason="两人", actor=head, at=LATER)
    after = contents()
    assert {table: rows for table, rows in after.items() if rows != before[table]} == {}
    made.refresh_from_db()
    assert (made.undone_by, made.undone_at, made.journal) == (head, LATER, [])
    with pytest.raises(ValidationError, match="撤销"):
        operations.separate(made=made, reason="再次", actor=head, at=LATER)


def test_a1_after_30_days_it_stays(pair: tuple[Customer, Customer], head: Staff) -> None:
    made = unify(pair, head)
    with pytest.raises(ValidationError, match="30"):
        operations.separate(made=made, reason="两人", actor=head, at=AT + timedelta(days=30, seconds=1))
    assert operations.forget_journals(at=AT + timedelta(days=30)) == 0
    assert operations.forget_journals(at=AT + timedelta(days=31)) == 1
    made.refresh_from_db()
    assert made.journal == []


@pytest.mark.parametrize(
    "change",
    [
        lambda survivor: Customer.objects.filter(pk=survivor.pk).update(name="黄雅芹"),
        lambda survivor: ContactPoint.objects.filter(customer=survivor, kind="email").delete(),
        lambda survivor: Account.objects.filter(customer=survivor).delete(),
        lambda survivor: Person.objects.filter(customer=survivor).update(employer="瓯海中学"),
    ],
    ids=["a fact chosen", "a contact point", "an account", "a personal fact"],
)
def test_later_changes_stand_against_taking_back(
    change: Callable[[Customer], Any], pair: tuple[Customer, Customer], head: Staff
) -> None:
    made = unify(pair, head, taken=["name"])
    change(pair[0])
    changed = contents()
    with pytest.raises(ValidationError, match="改动"):
        operations.separate(made=made, reason="两人", actor=head, at=LATER)
    assert contents() == changed, "nothing is half taken back"


def test_new_figures_do_not_stand_against_taking_back(pair: tuple[Customer, Customer], head: Staff) -> None:
    made = unify(pair, head)
    CurrentFigures.objects.filter(customer=pair[0]).update(aum=Decimal("5.00"))
    Customer.objects.filter(pk=pair[0].pk).update(aum=Decimal("5.00"))
    operations.separate(made=made, reason="两人", actor=head, at=LATER)
    assert CurrentFigures.objects.get(customer=pair[0]).aum == Decimal("100.10")


def test_merges_are_taken_back_in_their_order(pair: tuple[Customer, Customer], head: Staff) -> None:
    first = unify(pair, head)
    third = CustomerFactory.create(number="3300000003")
    second = operations.unify(survivor=third, lost=pair[0], reason="同一人", actor=head, at=AT)
    assert {alias.number for alias in NumberAlias.objects.filter(customer=third)} == {"3300000001", "3300000002"}
    first.refresh_from_db()
    with pytest.raises(ValidationError, match="3300000001"):
        operations.separate(made=first, reason="两人", actor=head, at=LATER)
    operations.separate(made=second, reason="两人", actor=head, at=LATER)
    first.refresh_from_db()
    operations.separate(made=first, reason="两人", actor=head, at=LATER)
    assert Customer.objects.count() == 3


@pytest.mark.parametrize("step", ["move", "delete", "delete_row"])
def test_an_interrupted_merge_leaves_nothing(
    step: str, pair: tuple[Customer, Customer], head: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, steps = contents(), 0

    class Pulled(Exception):
        """The plug."""

    whole = getattr(unification.Journal, step)

    def pulled(*args: Any, **kwargs: Any) -> Any:
        nonlocal steps
        steps += 1
        if steps == 2:
            raise Pulled
        return whole(*args, **kwargs)

    monkeypatch.setattr(unification.Journal, step, pulled)
    with pytest.raises(Pulled):
        unify(pair, head, taken=["name"])
    assert contents() == before
    assert not Unification.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_merge_whose_connection_breaks_leaves_nothing(
    pair: tuple[Customer, Customer], head: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents()
    whole = unification.Journal.delete_row

    def cut(*args: Any, **kwargs: Any) -> None:
        whole(*args, **kwargs)
        connection.connection.close()

    monkeypatch.setattr(unification.Journal, "delete_row", cut)
    with pytest.raises(OperationalError):
        unify(pair, head)
    connection.close()
    assert contents() == before


def test_the_stricter_level_and_do_not_disturb_hold(pair: tuple[Customer, Customer], head: Staff) -> None:
    Customer.objects.filter(pk=pair[1].pk).update(confidentiality=3, do_not_disturb=True)
    unify(pair, head)
    pair[0].refresh_from_db()
    assert (pair[0].confidentiality, pair[0].do_not_disturb) == (3, True)


def test_of_two_consents_only_what_both_agree_to_holds_and_a_withdrawal_wins(
    pair: tuple[Customer, Customer], head: Staff
) -> None:
    """PIPL 15: whoever has withdrawn under one number has withdrawn; taken back, each archive has its own again."""
    survivor, lost = pair
    for customer, purpose, channels in (
        (survivor, "marketing", ["phone", "sms"]),
        (lost, "marketing", ["mail", "sms"]),
        (survivor, "care", ["sms"]),
        (lost, "care", []),
        (lost, "survey", ["phone"]),
    ):
        Consent.objects.create(
            customer=customer,
            purpose=purpose,
            channels=channels,
            text_version=1,
            how="counter",
            actor=head,
            given_at=AT,
        )
    before = contents()
    made = unify(pair, head)
    current = dict(Consent.objects.current().filter(customer=survivor).values_list("purpose", "channels"))
    assert current == {"marketing": ["sms"], "care": [], "survey": ["phone"]}
    assert Consent.objects.filter(customer=survivor).count() == 5
    operations.separate(made=made, reason="两个人", actor=head, at=LATER)
    assert contents() == before


def test_the_current_assessment_and_values_of_added_fields_are_chosen(
    pair: tuple[Customer, Customer], head: Staff
) -> None:
    survivor, lost = pair
    operations.load_questionnaires()
    paper = Questionnaire.objects.first()
    field = CustomField.objects.create(code="car", label="车型", type="text", section="more", kind="person")
    rows: dict[int, Any] = {}
    for customer, grade, car in ((survivor, "C2", "轿车"), (lost, "C4", "越野车")):
        assessment = Assessment.objects.create(
            customer=customer, questionnaire=paper, answers={}, score=50, tolerance=50, preference=50, grade=grade,
            taken_on=MONTH, valid_until=MONTH + timedelta(days=365), channel="counter", by=head, at=AT,
        )  # fmt: skip
        rows[customer.pk] = (assessment, CustomValue.objects.create(customer=customer, field=field, value=car))
    lines = {line.key: line for line in facts_side_by_side(survivor, lost, head)}
    assert (lines["custom.car"].left, lines["custom.car"].right) == ("轿车", "越野车")
    assert lines["assessment"].left.startswith("C2")
    before = contents()
    chosen = [line.rows[1] for line in lines.values() if line.rows]
    made = unify(pair, head, chosen=chosen)
    assert Assessment.objects.get(customer=survivor, is_current=True).grade == "C4"
    assert Assessment.objects.filter(customer=survivor).count() == 2
    assert CustomValue.objects.get(customer=survivor).value == "越野车"
    operations.separate(made=made, reason="两个人", actor=head, at=LATER)
    assert contents() == before


def test_companies_fill_each_others_gaps(head: Staff) -> None:
    one = CompanyFactory.create(industry="retail", employees=None).customer
    other = CompanyFactory.create(industry="hotel", employees=12).customer
    operations.follow_up([one.pk, other.pk], at=AT)
    before = contents()
    made = operations.unify(survivor=one, lost=other, reason="同一户", actor=head, at=AT)
    company = Company.objects.get(customer=one)
    assert (company.industry, company.employees) == ("retail", 12)
    operations.separate(made=made, reason="两户", actor=head, at=AT)
    assert contents() == before


def test_a_company_and_a_person_stay_two(head: Staff) -> None:
    company, person = CompanyFactory.create().customer, CustomerFactory.create()
    with pytest.raises(ValidationError, match="个人"):
        operations.unify(survivor=company, lost=person, reason="同一户", actor=head, at=AT)
    gone = CustomerFactory.create()
    Customer.objects.filter(pk=gone.pk).delete()
    with pytest.raises(ValidationError, match="合并"):
        operations.unify(survivor=person, lost=gone, reason="同一户", actor=head, at=AT)


@pytest.mark.parametrize(
    ("permissions", "level", "status", "may"),
    [
        (("customers.*",), 1, "active", True),
        (("customers.*",), 3, "active", True),
        (("customers.*",), 1, "closed", False),
        (("customers.view", "customers.reveal", "customers.merge"), 1, "active", True),
        (("customers.view", "customers.reveal", "customers.merge"), 2, "active", False),
        (("customers.view", "customers.reveal", "customers.merge", "customers.restricted"), 2, "active", True),
        (("customers.view", "customers.reveal", "customers.merge", "customers.restricted"), 3, "active", False),
        (("customers.view", "customers.merge"), 1, "active", False),
        (("customers.view", "customers.reveal", "customers.edit"), 1, "active", False),
    ],
)
def test_who_may_merge_by_role_and_level(permissions: tuple[str, ...], level: int, status: str, may: bool) -> None:
    branch = BranchFactory.create()
    actor = StaffFactory.create(permissions=permissions, scope=DataScope.SUBTREE, branch=branch)
    here = CustomerFactory.create(branch=branch)
    other = CustomerFactory.create(branch=branch, confidentiality=level, status=status)
    outside = CustomerFactory.create()
    with pytest.raises(PermissionDenied):
        operations.unify(survivor=here, lost=outside, reason="同一人", actor=actor, at=AT)
    if may:
        operations.unify(survivor=here, lost=other, reason="同一人", actor=actor, at=AT)
    else:
        with pytest.raises(PermissionDenied):
            operations.unify(survivor=here, lost=other, reason="同一人", actor=actor, at=AT)
        assert Customer.objects.filter(pk=other.pk).exists()
