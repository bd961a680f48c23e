"""What tiering keeps of a person in words: why somebody is protected from downgrades. Told in a copy, erased with them.

Tiers, moves and evidence are figures: they stay, of nobody any more (PIPL 45, 47).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.customers.models import Customer
from keheng.customers.privacy.copies import register_section
from keheng.customers.privacy.erasure import register_impersonal_requests, register_requests, register_statement
from keheng.tiering.models import Protected
from keheng.tiering.operations import PUBLISH
from keheng.tiering.operations.proposals import KINDS
from keheng.tiering.operations.protection import KIND as PROTECT


def _protections(customer: Customer) -> Iterable[Sequence[Any]]:
    for held in Protected.objects.filter(customer=customer).select_related("scheme").order_by("set_at"):
        yield held.scheme, held.reason, held.until, held.get_state_display(), held.set_at


register_section(
    "protections",
    _("Protections from downgrades"),
    lambda: (
        _("scheme"),
        _("reason"),
        pgettext_lazy("protection", "until"),
        _("state"),
        pgettext_lazy("protection", "at"),
    ),
    _protections,
    order=110,
)

register_statement(Protected, "update tiering_protected set reason = '', source = '' where customer_id = any(%(ids)s)")
_OF = "select id from {table} where customer_id = any(%(ids)s)"
register_requests(PROTECT, _OF.format(table="tiering_protected"))
for _kind in KINDS.values():
    register_requests(_kind, _OF.format(table="tiering_proposal"))
register_impersonal_requests(PUBLISH)
