"""Quarterly statistics of how the maintained customers developed (A3 [004b]): numbers, their lists, the workbook."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import pairwise
from types import SimpleNamespace

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests.care.conftest import AT, TODAY, MakeCustomer

from keheng.audit.models import Entry
from keheng.care.operations.ownership import follow_owners
from keheng.care.queries.quarter import What, customers_of, development, grouped, last_quarters, quarter_of, summed
from keheng.customers.enums import CustomerKind
from keheng.customers.models import Customer
from keheng.portfolio.models import MonthEndFigures
from keheng.portfolio.operations import ensure_months
from keheng.tiering.models import Move, Run, Scheme

SEPTEMBER = date(2026, 9, 30)
NUMBERS = ("now", "was", "given", "gone", "risen", "fallen", "upper", "upper_before")


def pass_to(customer: Customer, owner: object, at: datetime) -> Customer:
    customer.owner = owner  # type: ignore[assignment]
    customer.save(update_fields=["owner"])
    follow_owners(customer_ids=[customer.pk], at=at)
    return customer


@pytest.fixture
def moved(bank: SimpleNamespace) -> Callable[..., None]:
    """Let a customer have come into the present tier from another on a day."""
    scheme = Scheme.objects.get(code="bank-retail")
    run = Run.objects.create(
        scheme=scheme, version=scheme.versions.first(), as_of=SEPTEMBER, actor=bank.office, requested_at=AT
    )

    def build(customer: Customer, before: str, on: date, direction: str) -> None:
        Move.objects.create(
            run=run, version=run.version, customer=customer, branch=customer.branch, direction=direction,
            from_tier=before, to_tier=customer.tier, effective_on=on,
        )  # fmt: skip

    return build


@pytest.fixture
def quarter(bank: SimpleNamespace, make: MakeCustomer, moved: Callable[..., None]) -> dict[str, Customer]:
    """One customer of each fate in the fourth quarter of 2026."""
    ensure_months([SEPTEMBER])
    found = {
        "risen": make("T4", bank.manager, aum=600_000),
        "entered": make("T3", bank.low, aum=210_000),
        "fallen": make("T2", bank.manager, aum=90_000),
        "given": pass_to(make("T3", aum=300_000), bank.manager, AT - timedelta(days=10)),
        "gone": pass_to(make("T2", bank.manager, aum=60_000), None, AT - timedelta(days=5)),
        "closed": make("T1", bank.high, aum=0, status="closed"),
        "elsewhere": make("T3", bank.manager, aum=250_000, branch=bank.other),
    }
    make("T3", bank.corporate, kind=CustomerKind.COMPANY)
    make("T3")
    moved(found["risen"], "T3", date(2026, 10, 15), "up")
    moved(found["entered"], "T2", date(2026, 11, 1), "up")
    moved(found["fallen"], "T3", date(2026, 10, 20), "down")
    for name, aum in (("risen", 400_000), ("entered", 150_000), ("fallen", 220_000), ("elsewhere", 250_000)):
        MonthEndFigures.objects.create(customer=found[name], month_end=SEPTEMBER, aum_average=aum)
    return found


def test_a3_004b_every_quarter_the_branches_customers_are_counted_by_what_became_of_them(
    bank: SimpleNamespace, quarter: dict[str, Customer]
) -> None:
    cells = development(bank.president, quarter_of("2026Q4", TODAY))
    sums = summed(cells)
    assert [sums[name] for name in NUMBERS] == [5, 6, 1, 2, 2, 1, 4, 4]
    assert (sums["aum"], sums["aum_before"]) == (1_450_000, 1_020_000)
    positions = {row.key: row for row in grouped(cells, lambda cell: (cell.role, cell.role))}
    assert positions["teller"].upper_growth == 1, "[004b]: their growth judges the branches"
    assert positions["relationship-manager"].upper_signed == "-1"
    bands = {row.key: row.sums for row in grouped(cells, lambda cell: (cell.tier, cell.tier))}
    assert (bands["T3"]["now"], bands["T3"]["risen"], bands["T3"]["fallen"]) == (4, 1, 1), "the tier before the quarter"
    assert bands["T2"]["risen"] == 1
    outlet = development(bank.head, quarter_of("2026Q4", TODAY))
    assert summed(outlet)["now"] == 4, "the other outlet lies outside"


def test_each_number_is_the_length_of_its_list(bank: SimpleNamespace, quarter: dict[str, Customer]) -> None:
    asked = quarter_of("2026Q4", TODAY)
    cells = development(bank.president, asked)
    for what in What:
        assert customers_of(bank.president, asked, what).count() == summed(cells)[what.value]
        for cell in cells:
            part = {"branch_id": cell.branch_id, "role": cell.role, "tier": cell.tier}
            assert customers_of(bank.president, asked, what, **part).count() == getattr(cell, what.value)
    assert list(customers_of(bank.president, asked, What.GONE, role="teller")) == [quarter["closed"]]


def test_a_quarter_that_has_passed_is_counted_as_it_ended(bank: SimpleNamespace, quarter: dict[str, Customer]) -> None:
    """Everybody was given in the third quarter, the moves of the fourth had not happened."""
    sums = summed(development(bank.president, quarter_of("2026Q3", TODAY)))
    assert [sums[name] for name in NUMBERS] == [6, 0, 6, 0, 0, 0, 3, 3]
    assert sums["aum"] == 1_020_000, "the month end, not what they own today"


def test_the_page_its_lists_and_the_workbook(
    bank: SimpleNamespace, quarter: dict[str, Customer], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keheng.common.clock.now", lambda: datetime(2026, 11, 22, 8, tzinfo=UTC))
    client.force_login(bank.president)
    page = client.get(reverse("care:quarter")).content.decode()
    url = reverse("care:quarter-customers", args=["2026Q4", "risen", "role-teller"])
    assert url in page
    listed = client.get(url)
    assert [row["label"] for row in listed.context["rows"]] == [quarter["entered"].name]
    assert "2026Q4 升级" in listed.content.decode()
    book = openpyxl.load_workbook(BytesIO(client.get(f"{reverse('care:quarter')}?format=xlsx").content))
    rows = list(book["2026Q4"].iter_rows(values_only=True))
    assert bank.president.username in rows[0][0]
    assert rows[1][:4] == ("机构", "岗位", "层级", "在维护")
    assert sum(row[3] for row in rows[2:]) == 5
    assert Entry.objects.filter(action="care.take_quarter").count() == 1
    empty = client.get(f"{reverse('care:quarter')}?quarter=2025Q1").content.decode()
    assert "没有在维护的客户" in empty
    for bad in (("2026Q4", "nothing", "all"), ("2026Q4", "now", "branch-x"), ("2026Q4", "now", "x-1")):
        assert client.get(reverse("care:quarter-customers", args=bad)).status_code == 404
    client.force_login(bank.manager)
    assert client.get(reverse("care:quarter")).status_code == 403
    assert client.get(url).status_code == 403


def test_queries_do_not_grow_with_rows(
    bank: SimpleNamespace, make: MakeCustomer, client: Client, quarter: dict[str, Customer]
) -> None:
    client.force_login(bank.president)
    counts: dict[str, list[int]] = {}
    for _round in range(2):
        for url in (reverse("care:quarter"), reverse("care:quarter-customers", args=["2026Q4", "now", "all"])):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                client.get(url)
            counts.setdefault(url, []).append(len(queries))
        make("T5", bank.second), make("T1", bank.lobby)
    for found in counts.values():
        assert found[0] == found[1]


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_quarters_cover_time_without_gap_and_are_found_by_their_code(today: date) -> None:
    found = last_quarters(today, 6)
    assert found[0].first <= today <= found[0].last
    assert found[0].until == today
    for later, earlier in pairwise(found):
        assert earlier.last == later.before
        assert earlier == quarter_of(earlier.code, today)
    ahead = quarter_of(f"{today.year + 1}Q1", today)
    assert ahead == found[0], "what lies ahead is not counted yet"
