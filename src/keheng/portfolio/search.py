"""Accounts, as the search box finds them: by their whole number or its last four or more digits."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.common.masking import mask_account
from keheng.org.acting import acting
from keheng.portfolio.models import Account
from keheng.portfolio.queries import accounts_numbered
from keheng.ui.search import Hit, HitGroup

SHOWN = 8


def accounts(request: HttpRequest, text: str) -> Sequence[HitGroup]:
    """The accounts that the text may mean, of the largest customers first; their numbers masked."""
    found = accounts_numbered(acting(request), text, SHOWN)
    return [HitGroup(_("Accounts"), [_hit(account) for account in found])]


def _hit(account: Account) -> Hit:
    return Hit(
        title=account.customer.name,
        url=f"{reverse('customer', args=[account.customer_id])}?tab=assets",
        detail=f"{mask_account(account.number or '')} · {account.product}",
        icon="credit-card",
    )
