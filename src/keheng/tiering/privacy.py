"""What tiering keeps of a person in words: why somebody is protected from downgrades. Told in a copy, erased with them.

Tiers, moves and evidence are figures: they stay, of nobody any more (PIPL 45, 47).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.customers.models import Customer
from keheng.customers.privacy.copies import register_section
from keheng.customers.privacy.erasure import register_statement
from keheng.tiering.models import Proposal, Protected


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

# A request for approval names the customer and repeats the reason.
_REQUESTS = (
    "update approvals_request set subject_label = '', reason = '', answer = ''"
    " where subject_type = '{subject}' and subject_id in (select id from {table} where customer_id = any(%(ids)s))"
)
register_statement(
    Protected,
    f"""
    with requests as ({_REQUESTS.format(subject="tiering.protected", table="tiering_protected")})
    update tiering_protected set reason = '', source = '' where customer_id = any(%(ids)s)
    """,
)
register_statement(Proposal, _REQUESTS.format(subject="tiering.proposal", table="tiering_proposal"))
