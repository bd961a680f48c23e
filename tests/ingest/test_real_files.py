"""The two real files beside the project: counts and sums as anyone finds them by reading the files."""

import csv
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest
from django.db.models import Count, Sum
from tests.ingest.conftest import Loader

from keheng.customers.models import Customer
from keheng.ingest.models import Batch
from keheng.portfolio.models import Account, CurrentFigures

DATA = Path(__file__).parents[3] / "shared" / "data"
CENT = Decimal("0.01")
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real files are not in {DATA}")


def counts(batch: Batch) -> tuple[int, int, int, int, int]:
    return batch.read, batch.created, batch.updated, batch.unchanged, batch.rejected


def read(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_bank_marketing(load: Loader) -> None:
    path = DATA / "bank_marketing" / "bank-full.csv"
    rows = read(path, ",")
    batch = load(path, "bank-marketing", as_of=None)
    assert counts(batch) == (45_211, 45_211, 0, 0, 0)
    assert Customer.objects.count() == 45_211
    expected = sum((Decimal(row["balance"]) * Decimal("7.80") for row in rows), Decimal(0))
    assert CurrentFigures.objects.aggregate(total=Sum("aum"))["total"] == expected
    assert all(line.agrees for line in batch.lines)
    first = Customer.objects.get(number="BM000001")
    assert (first.name, first.occupation, first.education, first.marital) == (
        "客户 B-000001",
        "管理人员",
        "大学",
        "已婚",
    )
    assert (first.birth_date, first.aum) == (date(2010 - 58, 1, 1), Decimal(2143) * Decimal("7.80"))
    by_occupation = dict(Customer.objects.values_list("occupation").annotate(count=Count("pk")))
    assert by_occupation["退休"] == sum(row["job"] == "retired" for row in rows)
    assert by_occupation[""] == sum(row["job"] == "unknown" for row in rows)

    again = load(path, "bank-marketing", as_of=None)
    assert counts(again) == (45_211, 0, 0, 45_211, 0)


def test_berka(load: Loader) -> None:
    path = DATA / "berka"
    batch = load(path, "berka", as_of=None)
    assert counts(batch) == (5_369, 5_369, 0, 0, 0)
    assert (Customer.objects.count(), Account.objects.count(), batch.accounts) == (5_369, 4_500, 4_500)
    assert all(line.agrees for line in batch.lines)

    last = {row["account_id"]: Decimal(row["balance"]) for row in read(path / "trans.asc", ";")}  # in order of date
    in_yuan = [(balance * Decimal("0.32")).quantize(CENT, ROUND_HALF_EVEN) for balance in last.values()]
    assert Account.objects.aggregate(total=Sum("original_balance"))["total"] == sum(last.values())
    total = CurrentFigures.objects.aggregate(total=Sum("aum"))["total"]
    assert abs(total - sum(in_yuan)) <= CENT * len(last)
    owners = {row["account_id"]: row["client_id"] for row in read(path / "disp.asc", ";") if row["type"] == "OWNER"}
    account, balance = next(iter(last.items()))
    owner = Customer.objects.get(number=f"BK{int(owners[account]):06}")
    assert abs(owner.aum - balance * Decimal("0.32")) <= CENT

    clients = read(path / "client.asc", ";")
    women = sum(int(row["birth_number"][2:4]) > 50 for row in clients)
    assert Customer.objects.filter(sex="f").count() == women
    first = Customer.objects.get(number="BK000001")
    assert (first.name, first.sex, first.birth_date) == ("客户 C-000001", "f", date(1970, 12, 13))
    dispositions = {row["disp_id"]: row["client_id"] for row in read(path / "disp.asc", ";")}
    gold = {dispositions[row["disp_id"]] for row in read(path / "card.asc", ";") if row["type"] == "gold"}
    assert CurrentFigures.objects.filter(card_grade=2).count() == len(gold)
    loans = sum(Decimal(row["amount"]) for row in read(path / "loan.asc", ";") if row["status"] != "A")
    found = CurrentFigures.objects.aggregate(total=Sum("loans"))["total"]
    assert abs(found - loans * Decimal("0.32")) <= CENT * 682

    again = load(path, "berka", as_of=None)
    assert counts(again) == (5_369, 0, 0, 5_369, 0)
