"""What a customer owns and trades, over HTTP: figures, accounts with masked numbers, holdings, months (A1)."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Schema
from pydantic import Field

from keheng.api.endpoints import Endpoints
from keheng.common import clock
from keheng.common.masking import mask_account
from keheng.customers.models import Customer
from keheng.customers.permissions import REVEAL, can_see
from keheng.org.acting import acting
from keheng.portfolio import operations, permissions
from keheng.portfolio.models import Account, CurrentFigures, Holding, MonthActivity, MonthEndFigures

endpoints = Endpoints(_("Assets"))

MONTHS = 24


class FiguresOut(Schema):
    """Amounts in CNY; empty: no such business."""

    aum: Decimal | None
    aum_average: Decimal | None
    deposits: Decimal | None
    deposits_average: Decimal | None
    wealth: Decimal | None
    funds: Decimal | None
    loans: Decimal | None
    card_spend: Decimal | None
    card_grade: int | None
    margin: Decimal | None
    lots: int | None
    product_count: int | None
    revenue: Decimal | None


class CurrentOut(FiguresOut):
    """The latest figures, of the day ``as_of``."""

    as_of: date


class MonthEndOut(FiguresOut):
    """The figures of a month end."""

    month_end: date


class AccountOut(Schema):
    """An account; ``mask`` is empty where the confidentiality rules hide account numbers from the caller."""

    id: int
    mask: str
    product: str
    status: str
    currency: str
    balance: Decimal
    opened_on: date | None
    closed_on: date | None


class HoldingOut(Schema):
    """A position; ``risk`` is the product's grade."""

    product: str
    risk: str
    amount: Decimal
    quantity: Decimal | None
    starts_on: date | None
    matures_on: date | None
    as_of: date


class MonthOut(Schema):
    """What the accounts did in a month, by the profile of the movements."""

    month_end: date
    source: str
    through: date
    balance: Decimal
    balance_average: Decimal
    inflow: Decimal
    outflow: Decimal
    fees: Decimal
    lots: int
    transactions: int


class AssetsOut(Schema):
    """Everything of one customer, the last two years of months."""

    figures: CurrentOut | None
    accounts: list[AccountOut]
    holdings: list[HoldingOut]
    month_ends: list[MonthEndOut]
    activity: list[MonthOut]


class RevealIn(Schema):
    """Why the number is needed."""

    reason: Annotated[str, Field(min_length=2, max_length=300)]


class RevealOut(Schema):
    """The number whole; showing it stands in the trail."""

    number: str


@endpoints.get(
    "/customers/{int:pk}", permission=permissions.VIEW, summary=_("Assets of a customer"), response=AssetsOut
)
def assets(request: HttpRequest, pk: int) -> dict[str, Any]:
    """The largest first, the newest month first."""
    customer = _visible(request, pk)
    months = MonthEndFigures.objects.filter(customer=customer).order_by("-month_end")[:MONTHS]
    activity = MonthActivity.objects.filter(customer=customer).order_by("-month_end", "source")[:MONTHS]
    shown = can_see(acting(request), customer, "account")
    return {
        "figures": CurrentFigures.objects.filter(customer=customer).first(),
        "accounts": [_account(account, shown=shown) for account in _accounts(customer)],
        "holdings": [_holding(held) for held in _holdings(customer)],
        "month_ends": list(months),
        "activity": list(activity),
    }


@endpoints.post(
    "/accounts/{int:pk}/reveal", permission=REVEAL, summary=_("Show an account number whole"), response=RevealOut
)
def reveal(request: HttpRequest, pk: int, sent: RevealIn) -> dict[str, str]:
    """Always with a reason, always in the trail."""
    account = get_object_or_404(Account.objects.select_related("customer"), pk=pk)
    _visible(request, account.customer_id)
    given: dict[str, Any] = {"actor": acting(request), "reason": sent.reason, "at": clock.now()}
    return {"number": operations.reveal(account=account, **given)}


def _visible(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(acting(request)), pk=pk)


def _accounts(customer: Customer) -> list[Account]:
    return list(Account.objects.filter(customer=customer).select_related("product").order_by("-balance", "pk"))


def _holdings(customer: Customer) -> list[Holding]:
    return list(Holding.objects.filter(customer=customer).select_related("product").order_by("-amount", "pk"))


def _account(account: Account, *, shown: bool) -> dict[str, Any]:
    names = ("id", "status", "currency", "balance", "opened_on", "closed_on")
    return {
        **{name: getattr(account, name) for name in names},
        "mask": mask_account(account.number or "") if shown else "",
        "product": str(account.product),
    }


def _holding(held: Holding) -> dict[str, Any]:
    names = ("amount", "quantity", "starts_on", "matures_on", "as_of")
    return {**{name: getattr(held, name) for name in names}, "product": str(held.product), "risk": held.product.risk}
