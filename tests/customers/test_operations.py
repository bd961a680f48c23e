from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import BranchFactory, CompanyFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.audit import context
from keheng.audit.models import Entry
from keheng.common import rotation
from keheng.common.keys import key_ring
from keheng.customers import operations
from keheng.customers.archive.history import changes_of
from keheng.customers.enums import Confidentiality, ContactKind, CustomerKind, CustomerStatus
from keheng.customers.events import CustomerChanged, CustomerCreated, CustomersAssigned, CustomersMoved
from keheng.customers.models import Company, ContactPoint, Customer
from keheng.org.enums import DataScope

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
SAMPLE = "11010519491231002X"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The events that operations publish, heard at once."""
    heard: list[object] = []
    for topic in ("archive", "assignment", "contacts"):
        monkeypatch.setattr(f"keheng.customers.operations.{topic}.publish", heard.append)
    return heard


def new(**given: Any) -> Customer:
    return operations.create_customer(
        **{
            "kind": CustomerKind.PERSON,
            "name": "单雄信",
            "branch": BranchFactory.create(),
            "actor": StaffFactory.create(),
            "at": AT,
            **given,
        }
    )


def test_a_new_archive_can_be_found_and_bears_a_number_of_the_day(published: list[object]) -> None:
    first = new(facts={"id_kind": "resident", "id_number": "11010519491231002x"}, contacts={"mobile": "138 1234 5678"})
    second = new()
    assert (first.number, second.number) == ("P261122-0001", "P261122-0002")
    assert (first.pinyin, first.initials) == ("shanxiongxin", "sxx")
    assert (first.id_number, first.birth_date, first.sex) == (SAMPLE, date(1949, 12, 31), "f")
    assert first.id_index == key_ring().blind_index(SAMPLE, "customers.id_number")
    assert first.id_tail == key_ring().blind_tail("002X", "customers.id_number")
    assert [point.value for point in ContactPoint.objects.all()] == ["13812345678"]
    assert published == [CustomerCreated(first.pk, AT), CustomerCreated(second.pk, AT)]


def test_personal_values_are_nowhere_in_the_clear() -> None:
    customer = new(facts={"id_kind": "resident", "id_number": SAMPLE}, contacts={"mobile": "13812345678"})
    operations.set_contact_point(
        customer=customer, kind=ContactKind.MOBILE, value="13987654321", actor=StaffFactory.create(), at=AT
    )
    with connection.cursor() as cursor:
        cursor.execute("select c::text || p::text from customers_customer c, customers_contactpoint p")
        stored = str(cursor.fetchall()) + str(list(Entry.objects.values()))
    for secret in (SAMPLE, "13812345678", "13987654321"):
        assert secret not in stored
        assert secret.encode().hex() not in stored


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"id_kind": "resident", "id_number": "110105194912310021"}, "id_number", "mistyped"),
        ({"id_kind": "resident", "id_number": "11010520270101002X"}, "id_number", "date of birth"),
        ({"id_kind": "resident", "id_number": ""}, "id_number", "Enter"),
        ({"id_number": SAMPLE}, "id_kind", "kind"),
        ({"id_kind": "resident", "id_number": SAMPLE, "sex": "m"}, "sex", "says otherwise"),
        ({"id_kind": "uscc", "id_number": "91110000600037341X"}, "id_number", "mistyped"),
        ({"name": ""}, "name", ""),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_nothing_is_written(
    facts: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        new(name=facts.get("name", "单雄信"), facts=facts)
    assert words in " ".join(caught.value.message_dict[field])
    assert not Customer.objects.exists()
    assert not Entry.objects.exists()


def test_a_wrong_phone_undoes_the_whole_archive() -> None:
    with pytest.raises(ValidationError) as caught, pytest.MonkeyPatch.context():
        new(contacts={"mobile": "12812345678"})
    assert "11 digits" in " ".join(caught.value.message_dict["mobile"])
    assert not Customer.objects.exists()


def test_one_document_one_archive() -> None:
    first = new(facts={"id_kind": "resident", "id_number": SAMPLE})
    with pytest.raises(ValidationError) as caught:
        new(name="别人", facts={"id_kind": "resident", "id_number": SAMPLE})
    assert first.number in " ".join(caught.value.message_dict["id_number"])


def test_changes_stand_in_the_trail_and_in_the_history_of_the_row(published: list[object]) -> None:
    customer = new(facts={"occupation": "个体户"})
    actor = StaffFactory.create(name="林建峰")
    with context.acting(actor.pk, actor.name):
        operations.change_customer(
            customer=customer, facts={"occupation": "企业主", "name": "单雄"}, actor=actor, at=AT
        )
    assert Entry.objects.get(action="customers.change").detail["changes"] == {
        "occupation": ["个体户", "企业主"],
        "name": ["单雄信", "单雄"],
    }
    assert (customer.pinyin, customer.initials) == ("shanxiong", "sx")
    told = {(change.field, change.before, change.after, change.actor) for change in changes_of(customer)}
    assert told == {("name", "单雄信", "单雄", "林建峰"), ("occupation", "个体户", "企业主", "林建峰")}
    assert published[-1] == CustomerChanged(customer.pk, ("occupation", "name"), AT, actor.pk)


def test_saying_the_same_again_writes_nothing() -> None:
    customer = new(facts={"occupation": "个体户"})
    operations.change_customer(customer=customer, facts={"occupation": "个体户"}, actor=StaffFactory.create(), at=AT)
    assert not Entry.objects.filter(action="customers.change").exists()
    assert changes_of(customer) == []


def test_a_changed_document_is_told_apart_but_not_told() -> None:
    customer = new(facts={"id_kind": "resident", "id_number": SAMPLE})
    operations.change_customer(
        customer=customer,
        facts={"id_kind": "passport", "id_number": "E12345678", "birth_date": date(1950, 1, 1)},
        actor=StaffFactory.create(),
        at=AT,
    )
    assert Entry.objects.get(action="customers.change").detail["changes"]["id_number"] == ["****", "****"]
    change = next(change for change in changes_of(customer) if change.field == "id_number")
    assert (change.before, change.after) == ("1101************2X", "****")


def test_history_tells_changes_by_bulk_sql_too() -> None:
    customers = CustomerFactory.create_batch(3, occupation="职员")
    with connection.cursor() as cursor:
        cursor.execute("update customers_customer set occupation = '会计', aum = 5 where id = %s", [customers[0].pk])
        cursor.execute("update customers_customer set aum = 7, tier = 'T1'")
    customers[0].refresh_from_db()
    assert [(c.field, c.before, c.after, c.actor) for c in changes_of(customers[0])] == [
        ("occupation", "职员", "会计", "")
    ]
    assert changes_of(customers[1]) == []


def test_unknown_facts_are_a_programming_error() -> None:
    with pytest.raises(TypeError, match="tier"):
        operations.change_customer(customer=new(), facts={"tier": "T5"}, actor=StaffFactory.create(), at=AT)


def test_company_facts_and_contacts_change_in_one_act() -> None:
    company, actor = CompanyFactory.create().customer, StaffFactory.create()
    operations.change_customer(
        customer=company,
        company={"industry": "制鞋", "annual_sales": 300_000_000},
        contacts={"phone": "057788002210"},
        actor=actor,
        at=AT,
    )
    assert Company.objects.get(customer=company).industry == "制鞋"
    assert Entry.objects.get().detail == {
        "changes": {"industry": [None, "制鞋"], "annual_sales": [None, "300000000"]},
        "phone": "0577-****2210",
    }
    with pytest.raises(ValidationError, match="person"):
        operations.change_customer(customer=CustomerFactory.create(), company={"industry": "制鞋"}, actor=actor, at=AT)


def test_the_level_changes_with_a_reason() -> None:
    customer, actor = CustomerFactory.create(), StaffFactory.create()
    operations.classify(customer=customer, level=Confidentiality.STRICT, reason="上市公司高管", actor=actor, at=AT)
    entry = Entry.objects.get()
    assert (entry.reason, entry.detail) == ("上市公司高管", {"changes": {"confidentiality": ["1", "3"]}})
    with pytest.raises(ValidationError):
        operations.classify(customer=customer, level=Confidentiality.ORDINARY, reason="", actor=actor, at=AT)


# -- contact points ---------------------------------------------------------------------------------------------------


def test_a_new_first_choice_leaves_the_former_as_a_further_one() -> None:
    customer, actor = CustomerFactory.create(), StaffFactory.create(name="林建峰")
    for value in ("13812345678", "139-8765-4321", "13812345678"):
        operations.set_contact_point(customer=customer, kind=ContactKind.MOBILE, value=value, actor=actor, at=AT)
    points = ContactPoint.objects.filter(customer=customer).order_by("pk")
    assert [(point.value, point.is_primary, point.source) for point in points] == [
        ("13812345678", True, "林建峰"),
        ("13987654321", False, "林建峰"),
    ]
    assert [entry.detail["value"] for entry in Entry.objects.order_by("pk")] == [
        "138****5678",
        "139****4321",
        "138****5678",
    ]


def test_removing_a_contact_point_says_which_and_why() -> None:
    point, actor = ContactPointFactory.create(), StaffFactory.create()
    operations.remove_contact_point(point=point, reason="停机", actor=actor, at=AT)
    assert not ContactPoint.objects.exists()
    entry = Entry.objects.get()
    assert (entry.reason, entry.detail) == ("停机", {"kind": "mobile", "value": "138****5678"})


# -- reveal -----------------------------------------------------------------------------------------------------------


def test_a_reveal_gives_the_value_and_stands_in_the_trail() -> None:
    customer = new(facts={"id_kind": "resident", "id_number": SAMPLE}, contacts={"mobile": "13812345678"})
    point = customer.contact_points.get()
    actor = StaffFactory.create(name="林建峰")
    given = {"customer": customer, "actor": actor, "reason": "回访", "at": AT}
    assert operations.reveal(field="id_number", **given) == SAMPLE
    assert operations.reveal(field=f"contact.{point.pk}", **given) == "13812345678"
    trail = Entry.objects.filter(action="customers.reveal").order_by("pk")
    assert [(entry.actor_name, entry.reason, entry.outcome, entry.detail) for entry in trail] == [
        ("林建峰", "回访", "done", {"field": "id_number"}),
        ("林建峰", "回访", "done", {"field": "mobile"}),
    ]


def test_a_refused_reveal_stands_in_the_trail_too() -> None:
    customer = CustomerFactory.create(id_number=SAMPLE, confidentiality=Confidentiality.STRICT)
    actor = StaffFactory.create(permissions=["customers.view", "customers.reveal"])
    with pytest.raises(PermissionDenied, match="level 3"):
        operations.reveal(customer=customer, field="id_number", actor=actor, reason="好奇", at=AT)
    assert list(Entry.objects.values_list("action", "outcome", "reason")) == [("customers.reveal", "refused", "好奇")]


@pytest.mark.parametrize("field", ["id_number", "contact.999", "contact.x", "contact.", "aum", ""])
def test_there_is_no_such_value(field: str) -> None:
    with pytest.raises(operations.UnknownFieldError):
        operations.reveal(
            customer=CustomerFactory.create(), field=field, actor=StaffFactory.create(), reason="回访", at=AT
        )


def test_the_contact_point_of_another_customer_is_no_value_of_this_one() -> None:
    other = ContactPointFactory.create()
    with pytest.raises(operations.UnknownFieldError):
        operations.reveal(
            customer=CustomerFactory.create(),
            field=f"contact.{other.pk}",
            actor=StaffFactory.create(),
            reason="回访",
            at=AT,
        )


# -- assignment -------------------------------------------------------------------------------------------------------


def test_assignment_is_a_set_one_entry_and_one_event(published: list[object]) -> None:
    customers, owner, actor = CustomerFactory.create_batch(5), StaffFactory.create(name="陈静"), StaffFactory.create()
    changed = operations.assign_owner(customers=Customer.objects.all(), owner=owner, reason="新任", actor=actor, at=AT)
    assert changed == 5
    assert set(Customer.objects.values_list("owner", flat=True)) == {owner.pk}
    assert Entry.objects.get().detail == {"count": 5, "owner": "陈静"}
    (event,) = published
    assert isinstance(event, CustomersAssigned)
    assert set(event.customer_ids) == {customer.pk for customer in customers}
    again = operations.assign_owner(customers=Customer.objects.all(), owner=owner, reason="", actor=actor, at=AT)
    assert (again, len(published)) == (0, 1)


def test_assignment_takes_as_many_queries_for_one_as_for_many() -> None:
    actor = StaffFactory.create()

    def queries(customers: int) -> int:
        CustomerFactory.create_batch(customers)
        owner = StaffFactory.create()
        with CaptureQueriesContext(connection) as seen:
            operations.assign_owner(customers=Customer.objects.all(), owner=owner, reason="", actor=actor, at=AT)
        return len(seen)

    assert queries(1) == queries(4)


def test_assignment_reaches_only_the_scope() -> None:
    here = BranchFactory.create()
    inside, outside = CustomerFactory.create(branch=here), CustomerFactory.create(branch=BranchFactory.create())
    actor = StaffFactory.create(branch=here, scope=DataScope.SUBTREE)
    owner = StaffFactory.create(branch=here)
    operations.assign_owner(customers=Customer.objects.all(), owner=owner, reason="", actor=actor, at=AT)
    inside.refresh_from_db()
    outside.refresh_from_db()
    assert (inside.owner, outside.owner) == (owner, None)


def test_customers_can_wait_for_an_owner() -> None:
    owner = StaffFactory.create()
    CustomerFactory.create(owner=owner)
    assert (
        operations.assign_owner(
            customers=Customer.objects.all(), owner=None, reason="离职", actor=StaffFactory.create(), at=AT
        )
        == 1
    )
    assert Customer.objects.get().owner is None


def test_owners_must_be_there_and_see_customers() -> None:
    CustomerFactory.create()
    for owner in (StaffFactory.create(is_active=False), StaffFactory.create(permissions=[])):
        with pytest.raises(ValidationError):
            operations.assign_owner(
                customers=Customer.objects.all(), owner=owner, reason="", actor=StaffFactory.create(), at=AT
            )


def test_customers_move_to_a_branch_that_is_open(published: list[object]) -> None:
    customer, branch, actor = CustomerFactory.create(), BranchFactory.create(), StaffFactory.create()
    assert (
        operations.move_to_branch(customers=Customer.objects.all(), branch=branch, reason="撤并", actor=actor, at=AT)
        == 1
    )
    assert published == [CustomersMoved((customer.pk,), branch.pk, AT)]
    closed = BranchFactory.create(is_active=False)
    with pytest.raises(ValidationError):
        operations.move_to_branch(customers=Customer.objects.all(), branch=closed, reason="", actor=actor, at=AT)


def test_who_may_not_assign_changes_nothing() -> None:
    CustomerFactory.create()
    actor = StaffFactory.create(permissions=["customers.edit"])
    with pytest.raises(PermissionDenied):
        operations.assign_owner(
            customers=Customer.objects.all(), owner=StaffFactory.create(), reason="", actor=actor, at=AT
        )


def test_nobody_edits_a_closed_archive() -> None:
    customer = CustomerFactory.create(status=CustomerStatus.CLOSED)
    with pytest.raises(PermissionDenied):
        operations.change_customer(customer=customer, facts={"name": "x"}, actor=StaffFactory.create(), at=AT)


# -- keys -------------------------------------------------------------------------------------------------------------


def test_rotation_writes_all_values_again_under_the_new_key_and_leaves_no_trace() -> None:
    customer = new(facts={"id_kind": "resident", "id_number": SAMPLE}, contacts={"mobile": "13812345678"})
    operations.change_customer(customer=customer, facts={"occupation": "会计"}, actor=StaffFactory.create(), at=AT)
    before = len(changes_of(customer))
    rotated = key_ring().with_fresh_key()
    heard: list[tuple[str, int]] = []
    counts = rotation.reencrypt(rotated, progress=lambda column, done: heard.append((column, done)))
    assert counts["customers_customer.id_number"] == 1
    assert counts["customers_contactpoint.value"] == 1
    assert counts["customers_customerevent.id_number"] == 1
    assert ("customers_contactpoint.value", 1) in heard
    with connection.cursor() as cursor:
        cursor.execute("select id_number from customers_customer")
        stored = bytes(cursor.fetchone()[0])
        cursor.execute("select count(*) from customers_customerevent")
        assert cursor.fetchone()[0] == before
    assert stored[0] == rotated.current
    assert rotated.decrypt(stored, "customers.id_number") == SAMPLE
    assert rotation.reencrypt(rotated) == dict.fromkeys(counts, 0)
