"""A1: every value knows its source and date, and no feed writes over what people have set."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from tests.factories import CompanyFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.common.sealing import seal
from keheng.customers import operations
from keheng.customers.enums import ContactKind, Source, SuggestionState
from keheng.customers.feeds import merge
from keheng.customers.models import Company, ContactPoint, Customer, Person, Provenance, Suggestion
from keheng.customers.queries.archive import archive_of
from keheng.org.models import Staff

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
LATER = datetime(2026, 11, 23, 1, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def manager() -> Staff:
    return StaffFactory.create(name="林建峰")


def fed(*rows: dict[str, Any], at: datetime = LATER) -> list[int]:
    """What the core system's file says of known customers."""
    with connection.cursor() as cursor:
        return merge.update_customers(cursor, pl.DataFrame(list(rows)), source="core", at=at)


def fed_contacts(customer: Customer, kind: str, value: str, at: datetime = LATER) -> list[int]:
    sealed = seal(pl.Series([value]), "customers.contact")
    rows = pl.DataFrame({"customer_id": [customer.pk], "kind": [kind]}).with_columns(
        value=sealed.values, value_index=sealed.indexes, value_tail=sealed.tails
    )
    with connection.cursor() as cursor:
        return merge.merge_contacts(cursor, rows, source="core", at=at)


def changed(customer: Customer, actor: Staff, **facts: Any) -> None:
    operations.change_customer(customer=customer, facts=facts, source=Source.COUNTER, actor=actor, at=AT)


def test_a1_a_value_knows_who_told_it_and_when(manager: Staff) -> None:
    customer = CustomerFactory.create(occupation="个体户", source="core")
    changed(customer, manager, native_place="浙江温州", annual_income="1200000")
    archive = archive_of(customer)
    told = archive.origin("native_place")
    assert (told.source, told.by, told.at) == (Source.COUNTER, "林建峰", AT)
    assert (archive.origin("occupation").source, archive.origin("occupation").by) == (Source.FEED, "core")
    assert archive.text("annual_income") == "120.00万"


def test_a_value_that_stands_as_it_was_keeps_its_source(manager: Staff) -> None:
    customer = CustomerFactory.create(occupation="教师")
    changed(customer, manager, occupation="教师")
    assert not Provenance.objects.exists()


def test_a1_a_feed_does_not_overwrite_what_people_set_but_suggests_it(manager: Staff) -> None:
    customer, other = CustomerFactory.create(occupation="个体户"), CustomerFactory.create(occupation="个体户")
    changed(customer, manager, occupation="企业主")
    rows = [{"id": key, "occupation": "教师", "education": "本科"} for key in (customer.pk, other.pk)]
    assert sorted(fed(*rows)) == [customer.pk, other.pk]
    facts = Customer.objects.order_by("pk").values_list("occupation", "education")
    assert list(facts) == [("企业主", "本科"), ("教师", "本科")]
    suggestion = Suggestion.objects.get()
    assert (suggestion.customer_id, suggestion.field, suggestion.value) == (customer.pk, "occupation", "教师")
    assert (suggestion.source, suggestion.by, suggestion.at, suggestion.state) == ("feed", "core", LATER, "open")


def test_the_same_feed_suggests_once_and_what_it_says_no_more_is_overtaken(manager: Staff) -> None:
    customer = CustomerFactory.create(occupation="个体户")
    changed(customer, manager, occupation="企业主")
    for occupation in ("教师", "教师", "医生"):
        fed({"id": customer.pk, "occupation": occupation})
    states = Suggestion.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [SuggestionState.SUPERSEDED, SuggestionState.OPEN]
    fed({"id": customer.pk, "occupation": "企业主"})  # the core system has caught up
    assert not Suggestion.objects.filter(state=SuggestionState.OPEN).exists()


def test_a_null_of_a_feed_says_nothing(manager: Staff) -> None:
    customer = CustomerFactory.create()
    changed(customer, manager, occupation="企业主")
    fed({"id": customer.pk, "occupation": None, "education": "本科"})
    assert not Suggestion.objects.exists()


def test_name_and_document_stay_with_the_keys_that_find_them(manager: Staff) -> None:
    customer = CustomerFactory.create(name="黄雅琴")
    changed(customer, manager, name="单雄信", id_kind="resident", id_number="11010519491231002X")
    number = seal(pl.Series(["330302197411120028"]), "customers.id_number")
    row = pl.DataFrame(
        {"id": [customer.pk], "name": ["王芳"], "pinyin": ["wangfang"], "initials": ["wf"]}
    ).with_columns(id_number=number.values, id_index=number.indexes, id_tail=number.tails)
    with connection.cursor() as cursor:
        merge.update_customers(cursor, row, source="core", at=LATER)
    customer.refresh_from_db()
    assert (customer.name, customer.pinyin, customer.id_number) == ("单雄信", "shanxiongxin", "11010519491231002X")
    told = dict(Suggestion.objects.values_list("field", "value"))
    assert told == {"name": "王芳", "id_number": "330302197411120028"}


def test_amounts_and_flags_of_companies_are_held_too(manager: Staff) -> None:
    company = CompanyFactory.create(annual_sales=Decimal(100), is_borrower=False)
    operations.change_customer(
        customer=company.customer, company={"annual_sales": "250", "is_borrower": True}, actor=manager, at=AT
    )
    row = {"customer_id": company.pk, "annual_sales": Decimal("300.50"), "is_borrower": True, "employees": 12}
    with connection.cursor() as cursor:
        merge.merge_companies(cursor, pl.DataFrame([row]), source="core", at=LATER)
    company = Company.objects.get()
    assert (company.annual_sales, company.is_borrower, company.employees) == (Decimal(250), True, 12)
    assert list(Suggestion.objects.values_list("field", "value")) == [("annual_sales", "300.5")]


def test_a_new_phone_of_a_feed_is_suggested_where_people_set_the_phone(manager: Staff) -> None:
    customer, other = CustomerFactory.create(), CustomerFactory.create()
    operations.set_contact_point(customer=customer, kind=ContactKind.MOBILE, value="13812345678", actor=manager, at=AT)
    ContactPointFactory.create(customer=other, value="13812345678")
    assert fed_contacts(customer, "mobile", "13987654321") == []
    assert fed_contacts(other, "mobile", "13987654321") == [other.pk]
    assert ContactPoint.objects.get(customer=customer).value == "13812345678"
    assert ContactPoint.objects.filter(customer=other).count() == 2
    suggestion = Suggestion.objects.get()
    assert (suggestion.field, suggestion.value) == ("mobile", "13987654321")


def test_a_phone_that_people_removed_does_not_come_back_by_itself(manager: Staff) -> None:
    point = ContactPointFactory.create(value="13812345678")
    operations.remove_contact_point(point=point, reason="空号", actor=manager, at=AT)
    fed_contacts(point.customer, "mobile", "13812345678")
    assert not ContactPoint.objects.exists()
    assert Suggestion.objects.get().field == "mobile"


def test_accepting_writes_the_value_and_hands_a_feeds_field_back_to_it(manager: Staff) -> None:
    customer = CustomerFactory.create()
    changed(customer, manager, occupation="企业主")
    fed({"id": customer.pk, "occupation": "教师"})
    operations.accept_suggestion(suggestion=Suggestion.objects.get(), actor=manager, at=LATER)
    assert Customer.objects.get().occupation == "教师"
    assert archive_of(customer).origin("occupation").source == Source.FEED
    fed({"id": customer.pk, "occupation": "医生"})
    assert Customer.objects.get().occupation == "医生"


def test_a_rejected_value_is_not_suggested_by_the_feed_again(manager: Staff) -> None:
    customer = CustomerFactory.create()
    changed(customer, manager, occupation="企业主")
    fed({"id": customer.pk, "occupation": "教师"})
    operations.reject_suggestion(suggestion=Suggestion.objects.get(), reason="已核实", actor=manager, at=LATER)
    fed({"id": customer.pk, "occupation": "教师"})
    assert Suggestion.objects.get().state == SuggestionState.REJECTED
    assert Customer.objects.get().occupation == "企业主"


def test_a_visit_note_suggests_and_the_archive_keeps_its_source(manager: Staff) -> None:
    customer = CustomerFactory.create()
    given: dict[str, Any] = {"customer": customer, "source": Source.VISIT, "note": "11-20 走访", "actor": manager}
    suggestion = operations.suggest(field="interests", value=["tea", "golf"], at=AT, **given)
    again = operations.suggest(field="interests", value=["tea", "golf"], at=LATER, **given)
    assert suggestion == again
    assert suggestion is not None
    operations.accept_suggestion(suggestion=suggestion, actor=manager, at=LATER)
    assert Person.objects.get().interests == ["tea", "golf"]
    assert archive_of(customer).origin("interests").source == Source.VISIT
    assert operations.suggest(field="interests", value=["tea", "golf"], at=LATER, **given) is None


def test_a_suggested_phone_becomes_the_first_choice(manager: Staff) -> None:
    customer = CustomerFactory.create()
    suggestion = operations.suggest(
        customer=customer, field="mobile", value="138 1234 5678", source=Source.CUSTOMER, actor=manager, at=AT
    )
    assert suggestion is not None
    operations.accept_suggestion(suggestion=suggestion, actor=manager, at=AT)
    assert ContactPoint.objects.get().value == "13812345678"


def test_setting_the_value_by_hand_settles_the_suggestion(manager: Staff) -> None:
    customer = CustomerFactory.create()
    operations.suggest(customer=customer, field="employer", value="鑫恒鞋业", source=Source.VISIT, actor=manager, at=AT)
    changed(customer, manager, employer="鑫恒鞋业")
    assert Suggestion.objects.get().state == SuggestionState.SUPERSEDED


@pytest.mark.parametrize(
    ("field", "value"), [("mobile", "12812345678"), ("birth_date", "2026-02-30"), ("industry", "x"), ("employer", "")]
)
def test_what_cannot_be_is_not_suggested(field: str, value: str, manager: Staff) -> None:
    with pytest.raises(ValidationError):
        operations.suggest(
            customer=CustomerFactory.create(), field=field, value=value, source=Source.VISIT, actor=manager, at=AT
        )
    assert not Suggestion.objects.exists()


def test_a_suggestion_is_decided_once_and_only_by_who_may_edit(manager: Staff) -> None:
    customer = CustomerFactory.create()
    reader = StaffFactory.create(permissions=["customers.view"])
    suggestion = operations.suggest(
        customer=customer, field="employer", value="鑫恒鞋业", source=Source.VISIT, actor=reader, at=AT
    )
    assert suggestion is not None
    with pytest.raises(PermissionDenied):
        operations.accept_suggestion(suggestion=suggestion, actor=reader, at=AT)
    operations.reject_suggestion(suggestion=suggestion, reason="", actor=manager, at=AT)
    with pytest.raises(ValidationError, match="already"):
        operations.accept_suggestion(suggestion=suggestion, actor=manager, at=AT)


def test_suggested_values_are_sealed(manager: Staff) -> None:
    operations.suggest(
        customer=CustomerFactory.create(),
        field="mobile",
        value="13812345678",
        source=Source.VISIT,
        actor=manager,
        at=AT,
    )
    with connection.cursor() as cursor:
        cursor.execute("select s::text from customers_suggestion s")
        stored = str(cursor.fetchall())
    assert "13812345678" not in stored
    assert b"13812345678".hex() not in stored


def test_birth_date_follows_the_document_and_both_are_noted(manager: Staff) -> None:
    customer = CustomerFactory.create()
    changed(customer, manager, id_kind="resident", id_number="11010519491231002X")
    assert customer.birth_date == date(1949, 12, 31)
    noted = set(Provenance.objects.values_list("field", flat=True))
    assert noted == {"id_kind", "id_number", "birth_date", "sex"}
