from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories import AccountFactory, CustomerFactory

from keheng.portfolio.models import Account, MonthEndFigures
from keheng.portfolio.operations import ensure_months

pytestmark = pytest.mark.django_db


def partitions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select inhrelid::regclass::text from pg_inherits "
            "where inhparent = 'portfolio_monthendfigures'::regclass order by 1"
        )
        return [row[0] for row in cursor.fetchall()]


def test_months_get_their_partition_once() -> None:
    before = partitions()  # of months that tests with transactions of their own have left
    ensure_months([date(2001, 10, 31), date(2001, 10, 2), date(2001, 11, 30)])
    ensure_months([date(2001, 10, 31)])
    new = [name for name in partitions() if name not in before]
    assert new == ["portfolio_monthendfigures_200110", "portfolio_monthendfigures_200111"]


def test_figures_of_a_month_go_into_its_partition_and_only_once() -> None:
    customer, end = CustomerFactory.create(), date(2001, 10, 31)
    ensure_months([end])
    MonthEndFigures.objects.create(month_end=end, customer=customer, aum=Decimal("2123500.00"))
    with connection.cursor() as cursor:
        cursor.execute("select aum from portfolio_monthendfigures_200110")
        assert cursor.fetchall() == [(Decimal("2123500.00"),)]
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthEndFigures.objects.create(month_end=end, customer=customer)
    with pytest.raises(IntegrityError), transaction.atomic():  # no partition: nothing is lost in a default one
        MonthEndFigures.objects.create(month_end=date(2001, 9, 30), customer=customer)


def test_an_account_number_is_sealed_and_stands_once() -> None:
    account = AccountFactory.create(number="6228480402564890018")
    with connection.cursor() as cursor:
        cursor.execute("select a::text from portfolio_account a")
        assert b"6228480402564890018".hex() not in cursor.fetchone()[0]
    assert Account.objects.get(pk=account.pk).number == "6228480402564890018"
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountFactory.create(number="6228480402564890018")
