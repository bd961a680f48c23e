"""Erasing a person: refused while a rule stands, whole or not at all, and no trace but the figures (PIPL 47)."""

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from tests.customers.privacy_acts import agreed, asked
from tests.factories import AccountFactory, ContactPointFactory, CustomerFactory, StaffFactory

from keheng.audit.models import Entry
from keheng.common import clock
from keheng.common.fields import EncryptedTextField
from keheng.customers.enums import CaseKind, CaseState
from keheng.customers.models import Consent, ContactPoint, Customer, PrivacyCase
from keheng.customers.models import CustomerEvent as _Event  # type: ignore[attr-defined]
from keheng.customers.operations import cases, change_customer
from keheng.customers.privacy import erasure
from keheng.customers.queries.retention import retention_of
from keheng.org.models import Staff
from keheng.portfolio.models import Account

NUMBER = "11010519491231002X"
PHONE = "13812345678"


def erasable(officer: Staff) -> Customer:
    """Closed eleven years ago, with traces everywhere."""
    customer = CustomerFactory.create(
        name="欧阳若兰", id_kind="resident", id_number=NUMBER, birth_date=date(1949, 12, 31), aum=1000
    )
    ContactPointFactory.create(customer=customer, value=PHONE)
    change_customer(customer=customer, facts={"occupation": "画家"}, actor=officer, at=clock.now())
    agreed(customer, officer, ["sms"])
    account = AccountFactory.create(customer=customer, number="6228480000000012345")
    Account.objects.filter(pk=account.pk).update(status="closed", closed_on=date(2015, 3, 1), balance=5)
    change_customer(customer=customer, facts={"status": "closed"}, actor=officer, at=clock.now())
    _Event.objects.filter(pgh_obj=customer).update(pgh_created_at=datetime(2015, 3, 2, tzinfo=UTC))
    return Customer.objects.get(pk=customer.pk)


def traces(*values: str) -> list[str]:
    """The tables in which one of the values still stands in the clear, in any column."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'"
                       " and table_type = 'BASE TABLE'")  # fmt: skip
        for (table,) in cursor.fetchall():
            for value in values:
                cursor.execute(f'select 1 from "{table}" t where t::text like %s limit 1', [f"%{value}%"])
                if cursor.fetchone():
                    found.append(f"{table}: {value}")
    return found


def test_pipl_47_a_standing_rule_refuses_and_is_shown_with_its_end(officer: Staff) -> None:
    customer = CustomerFactory.create()
    case = asked(customer, CaseKind.DELETION, officer)
    assert [standing.until for standing in retention_of(customer, clock.today())] == [None]
    with pytest.raises(ValidationError, match="客户身份资料"):
        cases.erase_subject(case=case, actor=officer, at=clock.now())
    change_customer(customer=customer, facts={"status": "closed"}, actor=officer, at=clock.now())
    (standing,) = retention_of(Customer.objects.get(pk=customer.pk), clock.today())
    today = clock.today()
    assert standing.until == today.replace(year=today.year + 10)
    AccountFactory.create(customer=customer)
    rules = [found.rule.code for found in retention_of(Customer.objects.get(pk=customer.pk), today)]
    assert rules == ["transactions", "identity"]
    assert Customer.objects.get(pk=customer.pk).name == "黄雅琴"


def test_pipl_47_erasing_leaves_no_trace_but_the_figures(officer: Staff) -> None:
    customer = erasable(officer)
    number = customer.number
    assert traces("欧阳若兰", "画家", number)
    case = asked(customer, CaseKind.DELETION, officer)
    cases.erase_subject(case=case, actor=officer, at=clock.now())
    assert traces("欧阳若兰", "画家", number) == []
    after = Customer.objects.get(pk=customer.pk)
    assert (after.name, after.id_number, after.birth_date, after.aum) == ("已匿名客户", None, None, 1000)
    assert not ContactPoint.objects.filter(customer=customer).exists()
    assert not Consent.objects.filter(customer=customer).exists()
    account = Account.objects.get(customer=customer)
    assert (account.number, account.balance) == ("", 5)
    assert PrivacyCase.objects.get(pk=case.pk).state == CaseState.GRANTED
    entry = Entry.objects.get(action="customers.anonymise")
    assert entry.detail == {"count": 1}


@pytest.mark.django_db(transaction=True)
def test_interrupted_at_any_table_nothing_is_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    officer = StaffFactory.create()
    customer = erasable(officer)
    case = asked(customer, CaseKind.DELETION, officer)
    tables = sorted(erasure.erased_tables())
    before = traces("欧阳若兰", "画家", customer.number)
    real = dict(erasure._erasures)
    for table in tables:
        broken = erasure.Erasure(table, "select 1 / 0 where %(ids)s is not null", real[table].order)
        monkeypatch.setitem(erasure._erasures, table, broken)
        with pytest.raises(Exception, match="zero"):
            cases.erase_subject(case=case, actor=officer, at=clock.now())
        monkeypatch.setitem(erasure._erasures, table, real[table])
        assert PrivacyCase.objects.get(pk=case.pk).state == CaseState.OPEN
    assert traces("欧阳若兰", "画家", customer.number) == before


def test_every_sealed_value_of_a_customer_is_answered_for() -> None:
    """A module that keeps a sealed value beside a customer says how it is erased."""
    kept_of_companies = {"customers_keycontact"}  # people of companies, whose archives are not erased
    missing = []
    for model in apps.get_models():
        sealed = any(isinstance(field, EncryptedTextField) for field in model._meta.local_fields)
        of_customer = model is Customer or any(
            field.is_relation and field.related_model is Customer for field in model._meta.local_fields
        )
        if sealed and of_customer and model._meta.db_table not in erasure.erased_tables() | kept_of_companies:
            missing.append(model._meta.label)
    assert missing == []
