"""Accounts, as the search box finds them: by their whole number, through its blind index."""

import re
from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.common.keys import key_ring
from keheng.common.masking import mask_account
from keheng.customers.models import Customer
from keheng.org.acting import acting
from keheng.portfolio.models import Account
from keheng.ui.search import Hit, HitGroup

_NUMBER = re.compile(r"[A-Z0-9]{6,40}")


def accounts(request: HttpRequest, text: str) -> Sequence[HitGroup]:
    """The account with this number, if its customer lies in scope. A number in full, for it is sealed."""
    number = re.sub(r"[\s-]", "", text).upper()
    if not _NUMBER.fullmatch(number):
        return []
    index = key_ring().blind_index(number, "portfolio.account")
    found = Account.objects.filter(number_index=index).select_related("customer", "product")
    visible = Customer.objects.visible_to(acting(request))
    hits = [
        Hit(
            title=account.customer.name,
            url=f"{reverse('customer', args=[account.customer_id])}?tab=assets",
            detail=f"{mask_account(account.number or '')} · {account.product}",
            icon="credit-card",
        )
        for account in found
        if visible.filter(pk=account.customer_id).exists()
    ]
    return [HitGroup(_("Accounts"), hits)]
