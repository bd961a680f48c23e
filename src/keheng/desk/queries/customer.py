"""What the customer page shows, part by part."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from keheng.common.clock import month_ends
from keheng.common.masking import mask_account
from keheng.customers.models import ContactPoint, Customer
from keheng.customers.permissions import can_see
from keheng.customers.values.masks import masked_contact, masked_document
from keheng.desk.queries.changes import last_month_end
from keheng.org.models import Staff
from keheng.portfolio.models import Account, Holding, MonthActivity, MonthEndFigures
from keheng.ui.charts import Chart, Series

MONTHS = 24
NEXT_DAYS = 90
ACTIVE_MONTHS = 12


@dataclass(frozen=True)
class Masked:
    """A personal value as the page shows it; ``field`` is what the reveal asks for."""

    label: str
    mask: str
    field: str


@dataclass(frozen=True)
class Activity:
    """The movements of a month; amounts in CNY."""

    month_end: date
    inflow: Decimal
    outflow: Decimal
    transactions: int
    lots: int
    fees: Decimal


def personal_values(customer: Customer, reader: Staff) -> list[Masked]:
    """The masked document and contact points that the reader may know of; one query."""
    document = Masked(customer.get_id_kind_display() or _("Document"), masked_document(customer), "id_number")
    points = ContactPoint.objects.filter(customer=customer).order_by("-is_primary", "kind", "pk")
    values = [document] * bool(document.mask) + [
        Masked(point.get_kind_display(), masked_contact(point), f"contact.{point.pk}") for point in points
    ]
    return [value for value in values if can_see(reader, customer, value.field)]


def age_on(birth_date: date | None, day: date) -> int | None:
    """Whole years on ``day``."""
    if birth_date is None:
        return None
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def month_end_rows(customer: Customer, today: date) -> list[MonthEndFigures]:
    """The figures of the last 24 month ends before ``today``, oldest first; months without figures are left out."""
    ends = month_ends(today, MONTHS + 1)[:-1]
    return list(MonthEndFigures.objects.filter(customer=customer, month_end__in=ends).order_by("month_end"))


def aum_before(rows: list[MonthEndFigures], today: date) -> Decimal | None:
    """The AUM (month average, else balance; decision 2) of the last month end out of :func:`month_end_rows`."""
    if not rows or rows[-1].month_end != last_month_end(today):
        return None
    amount: Decimal | None = rows[-1].aum if rows[-1].aum_average is None else rows[-1].aum_average
    return amount


def assets_chart(rows: list[MonthEndFigures]) -> Chart:
    """AUM at the month ends by kind of asset."""
    kinds = (
        (pgettext_lazy("kind of asset", "Deposits"), "t1", lambda row: row.deposits),
        (pgettext_lazy("kind of asset", "Wealth products"), "t3", lambda row: row.wealth),
        (pgettext_lazy("kind of asset", "Funds and others"), "t4", _others),
    )
    series = [Series(name, [amount(row) or 0 for row in rows], tone) for name, tone, amount in kinds]  # type: ignore[arg-type]
    return Chart(
        key="assets",
        title=_("How do the assets change?"),
        kind="area",
        categories=[f"{row.month_end:%y-%m}" for row in rows],
        series=[one for one in series if any(one.values)] or series[:1],
        unit="wan",
        category_name=_("Month end"),
        note=_("the last 24 month ends"),
        stacked=True,
        empty=_("No month-end figures yet. They come with the file of each month end."),
    )


def _others(row: MonthEndFigures) -> Decimal:
    """What is neither deposits nor wealth products: funds, securities, insurance, gold."""
    zero = Decimal(0)
    return max((row.aum or zero) - (row.deposits or zero) - (row.wealth or zero), zero)


def holdings_of(customer: Customer) -> list[Holding]:
    """The customer's positions, the largest first."""
    return list(Holding.objects.filter(customer=customer).select_related("product").order_by("-amount", "pk"))


def maturing_of(customer: Customer, today: date) -> list[Holding]:
    """What matures within three months, the soonest first."""
    soon = Holding.objects.filter(customer=customer, matures_on__range=(today, today + timedelta(days=NEXT_DAYS)))
    return list(soon.select_related("product").order_by("matures_on", "pk"))


def activity_of(customer: Customer) -> list[Activity]:
    """What the accounts did in the last months for which movements came in, the newest first, all systems together."""
    months = MonthActivity.objects.filter(customer=customer).values("month_end").order_by("-month_end")
    sums = {name: Sum(name) for name in ("inflow", "outflow", "transactions", "lots", "fees")}
    rows: Any = months.annotate(**sums)[:ACTIVE_MONTHS]
    return [Activity(**row) for row in rows]


def accounts_of(customer: Customer, reader: Staff) -> list[tuple[Account, Masked | None]]:
    """The customer's accounts, the largest balance first, with the masked numbers that the reader may know of."""
    accounts = Account.objects.filter(customer=customer).select_related("product", "branch").order_by("-balance", "pk")
    shown = can_see(reader, customer, "account")
    return [(account, _masked(account) if shown else None) for account in accounts]


def _masked(account: Account) -> Masked:
    return Masked(_("Account number"), mask_account(account.number or ""), f"account.{account.pk}")
