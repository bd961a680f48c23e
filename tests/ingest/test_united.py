"""Files that still state two numbers of a customer whom a merge made one."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.factories import StaffFactory
from tests.ingest.conftest import AT, Loader
from tests.ingest.files import ROW, write_csv

from keheng.customers import operations
from keheng.customers.models import ContactPoint, Customer
from keheng.portfolio.models import CurrentFigures

pytestmark = pytest.mark.django_db
ONE = {
    **ROW,
    "客户号": "3300000001",
    "姓名": "黄雅琴",
    "手机": "13812345678",
    "日期": "2026-11-20",
    "AUM": "100.10",
}
OTHER = {**ONE, "客户号": "3300000002", "姓名": "黄亚琴", "手机": "13912345678", "AUM": "20.20"}


@pytest.fixture
def customer(load: Loader, tmp_path: Path) -> Customer:
    load(write_csv(tmp_path / "first.csv", [ONE, OTHER]))
    survivor, lost = (Customer.objects.get(number=row["客户号"]) for row in (ONE, OTHER))
    operations.unify(survivor=survivor, lost=lost, reason="同一人", actor=StaffFactory.create(), at=AT)
    return survivor


def test_the_rows_of_both_numbers_are_one_customer(customer: Customer, load: Loader, tmp_path: Path) -> None:
    rows = [
        {**ONE, "日期": "2026-11-21", "AUM": "150.00"},
        {**OTHER, "日期": "2026-11-21", "AUM": "30.00", "手机": "13712345678"},
    ]
    batch = load(write_csv(tmp_path / "second.csv", rows))
    assert (batch.read, batch.created, batch.updated + batch.unchanged, batch.rejected) == (2, 0, 2, 0)
    assert Customer.objects.count() == 1
    assert CurrentFigures.objects.get().aum == Decimal("180.00")
    customer.refresh_from_db()
    assert (customer.name, customer.aum) == ("黄雅琴", Decimal("180.00"))
    assert ContactPoint.objects.filter(customer=customer, kind="mobile").count() == 3


def test_a_part_of_the_numbers_is_not_taken_for_the_whole(customer: Customer, load: Loader, tmp_path: Path) -> None:
    load(write_csv(tmp_path / "second.csv", [{**OTHER, "日期": "2026-11-21", "AUM": "30.00"}]))
    assert CurrentFigures.objects.get().aum == Decimal("120.30")
    assert Customer.objects.count() == 1
