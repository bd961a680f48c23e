"""A bank to sort: the presets, customers with figures, and evaluations of them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from tests.factories import CompanyFactory, CustomerFactory, StaffFactory

from keheng.customers.models import Customer
from keheng.org.models import Staff
from keheng.portfolio.models import CurrentFigures, MonthEndFigures
from keheng.portfolio.operations import ensure_months
from keheng.tiering.models import Run, Scheme, SchemeVersion, Standing
from keheng.tiering.operations import evaluate, load_presets

TODAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)

type MakeCustomer = Callable[..., Customer]
type Evaluate = Callable[..., Run]

_COMPANY = {
    "industry",
    "is_borrower",
    "is_institution",
    "is_strategic",
    "annual_sales",
    "total_assets",
    "credit_target",
}
_FIGURES = {field.name for field in CurrentFigures._meta.get_fields()} - {"customer"}


@pytest.fixture(autouse=True)
def _presets(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keheng.common.clock.today", lambda: TODAY)
    monkeypatch.setattr("keheng.common.clock.now", lambda: NOON)
    load_presets()


@pytest.fixture
def downgrades_at_once() -> None:
    """Let downgrades of the retail scheme take effect like upgrades: neither grace nor approval."""
    version = SchemeVersion.objects.get(scheme__code="bank-retail")
    version.definition["movement"] = {"downgrade": {"month_ends": 1, "approval": False}}
    with pgtrigger.ignore("tiering.SchemeVersion:published_stays"):
        version.save()


@pytest.fixture
def actor() -> Staff:
    return StaffFactory.create(name="林建峰")


@pytest.fixture
def make_customer() -> MakeCustomer:
    """Make a customer; what names a figure or a fact of a company goes there."""

    def make(**facts: Any) -> Customer:
        figures = {name: facts.pop(name) for name in list(facts) if name in _FIGURES}
        company = {name: facts.pop(name) for name in list(facts) if name in _COMPANY}
        is_company = company or facts.get("kind") == "company"
        customer = CompanyFactory.create(**company).customer if is_company else CustomerFactory.create()
        for name, value in facts.items():
            setattr(customer, name, value)
        customer.save()
        give(customer, **figures)
        return customer

    return make


def give(customer: Customer, **figures: Any) -> None:
    """Set a customer's current figures."""
    known = {"as_of": TODAY - timedelta(days=1), **figures}
    CurrentFigures.objects.update_or_create(customer=customer, defaults=known)


def give_at(customer: Customer, month_end: date, **figures: Any) -> None:
    """Set a customer's figures of a month end."""
    ensure_months([month_end])
    MonthEndFigures.objects.create(customer=customer, month_end=month_end, **figures)


@pytest.fixture
def run_of(actor: Staff) -> Evaluate:
    """Evaluate a scheme by its code."""

    def run(code: str = "bank-retail", as_of: date | None = None) -> Run:
        return evaluate(scheme=Scheme.objects.get(code=code), as_of=as_of, actor=actor, at=NOON)

    return run


@pytest.fixture
def tier_of(make_customer: MakeCustomer, run_of: Evaluate) -> Callable[..., str]:
    """The tier that a scheme gives a customer with these facts."""

    def tier(code: str, **facts: Any) -> str:
        customer = make_customer(**facts)
        run_of(code)
        return Standing.objects.get(scheme__code=code, customer=customer).tier

    return tier


def wan(amount: str | int) -> Decimal:
    """An amount given in 万."""
    return Decimal(amount) * 10_000
