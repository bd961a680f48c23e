"""What cannot be right in an archive (A1: invalid and wrong data; GB 11643, GB 32100)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from tests.factories import CompanyFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.common.keys import key_ring
from keheng.customers import operations
from keheng.customers.enums import ContactKind, FindingState, RuleTopic
from keheng.customers.models import ContactPoint, Customer, Finding
from keheng.customers.queries import shipped_rules
from keheng.customers.queries.validity import CHECKS
from keheng.customers.values.identity import credit_code_check, resident_check

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db
GOOD = "33030219700101001" + resident_check("33030219700101001")  # a man born on 1970-01-01
CODE = "91330302MA2ABCDE1"


def reached(**values: Any) -> Customer:
    customer = CustomerFactory.create(**values)
    ContactPointFactory.create(customer=customer, value=f"139{customer.pk:08d}")
    return customer


def found(at: datetime = AT) -> set[tuple[int, str]]:
    operations.check_archives(at=at)
    return set(Finding.objects.values_list("customer_id", "rule"))


@pytest.mark.parametrize(
    ("rule", "make"),
    [
        ("document", lambda: reached(id_kind="resident", id_number=GOOD[:17] + ("1" if GOOD[17] != "1" else "2"))),
        ("document", lambda: reached(id_kind="resident", id_number="330302197013010015")),
        ("document_birth", lambda: reached(id_kind="resident", id_number=GOOD, birth_date=date(1971, 1, 1))),
        ("document_sex", lambda: reached(id_kind="resident", id_number=GOOD, sex="f")),
        ("birth_future", lambda: reached(birth_date=date(2090, 1, 1), opened_on=None)),
        ("age", lambda: reached(birth_date=date(1900, 1, 1))),
        ("opened_before_birth", lambda: reached(birth_date=date(2021, 1, 1))),
        ("opened_future", lambda: reached(opened_on=date(2090, 1, 1))),
        ("unreachable", CustomerFactory.create),
        ("no_owner", lambda: reached(tier_rank=3)),
        ("owner_left", lambda: reached(owner=StaffFactory.create(is_active=False))),
        ("name", lambda: reached(name="测试客户")),
        ("kind", lambda: reached(name="温州鑫恒鞋业有限公司")),
    ],
)
def test_a1_what_is_wrong_is_found(rule: str, make: Callable[[], Customer]) -> None:
    right = reached(id_kind="resident", id_number=GOOD, birth_date=date(1970, 1, 1), sex="m")
    wrong = make()
    assert found() == {(wrong.pk, rule)}
    assert right.pk not in {finding.customer_id for finding in Finding.objects.all()}
    assert Finding.objects.get().severity == next(
        check.severity
        for check in shipped_rules(RuleTopic.VALIDITY).checks
        if check.check == rule  # type: ignore[attr-defined]
    )


def test_a1_a_company_code_is_examined_by_gb_32100() -> None:
    right = CompanyFactory.create(
        customer=reached(kind="company", name="甲厂", id_kind="uscc", id_number=CODE + credit_code_check(CODE))
    ).customer
    wrong = reached(kind="company", name="乙厂", id_kind="uscc", id_number=CODE + "0")
    assert credit_code_check(CODE) != "0"
    assert found() == {(wrong.pk, "document")}
    assert right.pk


def test_a1_an_invalid_telephone_is_found_and_goes_when_it_is_put_right() -> None:
    actor = StaffFactory.create()
    customer = CustomerFactory.create()
    point = ContactPointFactory.create(customer=customer, value="12345")
    ContactPointFactory.create(customer=customer, kind="email", value="nobody@nowhere")
    operations.check_archives(at=AT)
    assert {(one.rule, one.contact) for one in Finding.objects.all()} == {("contact", "mobile"), ("contact", "email")}
    operations.remove_contact_point(point=point, reason="空号", actor=actor, at=AT)
    operations.set_contact_point(customer=customer, kind=ContactKind.MOBILE, value="13812345678", actor=actor, at=AT)
    operations.set_contact_point(
        customer=customer, kind=ContactKind.EMAIL, value="nobody@example.com", actor=actor, at=AT
    )
    ContactPoint.objects.filter(value_tail=key_ring().blind_tail("here", "customers.contact")).delete()
    assert not Finding.objects.filter(contact="mobile").exists()


def test_a1_one_telephone_of_many_is_found_with_their_number() -> None:
    for _ in range(6):
        ContactPointFactory.create(customer=CustomerFactory.create(), value="13812345678")
    operations.check_archives(at=AT)
    assert {(one.rule, one.amount) for one in Finding.objects.all()} == {("shared_phone", 6)}


def test_sealed_values_are_opened_again_only_where_they_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    customers = [reached(id_kind="resident", id_number=GOOD[:17] + "0") for _ in range(3)]
    assert {key for key, _ in found()} == {customer.pk for customer in customers}
    Customer.objects.update(updated_at=AT - timedelta(days=2))
    ContactPoint.objects.update(updated_at=AT - timedelta(days=2))
    run = operations.check_archives(at=AT + timedelta(days=1))
    assert (run.counted, run.found) == (0, 3)
    Customer.objects.filter(pk=customers[0].pk).update(id_number=None, id_kind="", updated_at=AT + timedelta(days=1))
    run = operations.check_archives(at=AT + timedelta(days=1, hours=2))
    assert (run.counted, run.found) == (1, 2)


def test_an_accepted_finding_stays_accepted_until_its_cause_is_gone() -> None:
    actor = StaffFactory.create()
    customer = reached(name="测试客户")
    operations.check_archives(at=AT)
    finding = Finding.objects.get()
    with pytest.raises(ValidationError):
        operations.accept_finding(finding=finding, reason=" ", actor=actor, at=AT)
    operations.accept_finding(finding=finding, reason="确为姓名", actor=actor, at=AT)
    operations.check_archives(at=AT)
    assert Finding.objects.get().state == FindingState.ACCEPTED
    operations.change_customer(customer=customer, facts={"name": "黄雅琴"}, actor=actor, at=AT)
    assert not Finding.objects.exists()


def test_a_reported_telephone_waits_until_it_is_changed() -> None:
    actor = StaffFactory.create()
    customer = reached()
    point = customer.contact_points.get()
    operations.report_contact(point=point, reason="空号", actor=actor, at=AT)
    ContactPoint.objects.update(updated_at=AT - timedelta(days=1))
    operations.check_archives(at=AT)
    assert Finding.objects.get().rule == "reported"
    operations.remove_contact_point(point=point, reason="空号", actor=actor, at=AT)
    operations.set_contact_point(
        customer=customer, kind=ContactKind.MOBILE, value="13812345678", actor=actor, at=AT + timedelta(minutes=1)
    )
    assert not Finding.objects.exists()


def test_every_check_of_the_rules_is_known_and_holds_no_personal_value() -> None:
    for check in shipped_rules(RuleTopic.VALIDITY).checks:  # type: ignore[attr-defined]
        assert check.check in CHECKS
    reached(id_kind="resident", id_number=GOOD[:17] + "0")
    operations.check_archives(at=AT)
    with connection.cursor() as cursor:
        cursor.execute("select to_jsonb(row)::text from customers_finding row")
        assert GOOD[:17] not in cursor.fetchone()[0]
