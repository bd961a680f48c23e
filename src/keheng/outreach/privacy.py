"""What events keep of a person: told in a copy, erased with them (PIPL 45, 47)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.customers.models import Customer
from keheng.customers.privacy.copies import register_record, register_section
from keheng.customers.privacy.erasure import register_deletion, register_impersonal_requests, register_statement
from keheng.outreach.models import Guest, KeptOut
from keheng.outreach.operations.planning import BUDGET


def _guests(customer: Customer) -> Iterable[Sequence[Any]]:
    for guest in Guest.objects.filter(customer=customer).select_related("event").order_by("listed_at"):
        yield (
            guest.event.title,
            guest.event.starts_at,
            guest.get_channel_display(),
            guest.get_state_display(),
            guest.seats,
            guest.answer,
            guest.signed_in_at,
        )


register_section(
    "events",
    _("Invitations to events"),
    lambda: (
        pgettext_lazy("of an event", "title"),
        pgettext_lazy("customer event", "begins"),
        _("channel"),
        _("state"),
        _("seats"),
        _("what the guest said"),
        _("signed in at"),
    ),
    _guests,
    order=120,
)
register_record("events-kept-out", KeptOut, order=121)

# That somebody was invited and came stays as a figure of the event; what they said goes.
register_statement(Guest, "update outreach_guest set answer = null where customer_id = any(%(ids)s)")
register_deletion(KeptOut)
register_impersonal_requests(BUDGET)  # asks about a sum, before anybody is invited
