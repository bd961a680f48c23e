"""What the portfolio knows of a person: told in a copy, erased with them, kept as long as it must."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from keheng.customers.models import Customer
from keheng.customers.policies.consent import Anchor
from keheng.customers.policies.rights import Anchored
from keheng.customers.privacy.copies import register_section
from keheng.customers.privacy.erasure import register_statement
from keheng.customers.queries.retention import register_anchor
from keheng.portfolio.enums import AccountStatus
from keheng.portfolio.models import Account, Holding


def _accounts(customer: Customer) -> Iterable[Sequence[Any]]:
    for account in Account.objects.filter(customer=customer).select_related("product"):
        yield account.number, account.product, account.get_status_display(), account.opened_on, account.balance


def _holdings(customer: Customer) -> Iterable[Sequence[Any]]:
    for holding in Holding.objects.filter(customer=customer).select_related("product"):
        yield holding.product, holding.amount, holding.starts_on, holding.matures_on, holding.as_of


def _last_account(customer: Customer) -> Anchored:
    """Accounts go on while one is not closed; else the last closing counts."""
    accounts = Account.objects.filter(customer=customer)
    if accounts.filter(~Q(status=AccountStatus.CLOSED) | Q(closed_on__isnull=True)).exists():
        return Anchored(goes_on=True)
    return Anchored(ended_on=accounts.aggregate(last=Max("closed_on"))["last"])


register_section(
    "accounts",
    _("Accounts"),
    lambda: (_("account number"), _("product"), _("status"), _("opened on"), _("balance in CNY")),
    _accounts,
    order=40,
)
register_section(
    "holdings",
    _("Holdings"),
    lambda: (_("product"), _("market value in CNY"), _("starts on"), _("matures on"), _("as of")),
    _holdings,
    order=41,
)
register_anchor(Anchor.ACCOUNT, _last_account)
register_statement(
    Account,
    "update portfolio_account set number = %(nothing)s, number_index = uuid_send(gen_random_uuid()), number_tail = null"
    " where customer_id = any(%(ids)s)",
    purpose="portfolio.account",
)
