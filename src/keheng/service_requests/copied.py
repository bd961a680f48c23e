"""What service requests tell in the copy of a data subject (PIPL 45)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from keheng.customers.models import Customer
from keheng.customers.privacy.copies import register_section
from keheng.service_requests.models import ServiceRequest


def _requests(customer: Customer) -> Iterable[Sequence[Any]]:
    for request in ServiceRequest.objects.filter(customer=customer).order_by("opened_at"):
        yield (
            request.number,
            request.business_name,
            request.get_channel_display(),
            request.get_state_display(),
            request.opened_at,
            request.subject,
            request.answers,
            request.resolution,
            request.reply,
            request.rating,
            request.rating_note,
        )


register_section(
    "service_requests",
    _("Service requests"),
    lambda: (
        _("number of the request"),
        _("business"),
        _("channel"),
        _("state"),
        _("opened at"),
        _("what the customer wants"),
        _("form"),
        _("what was done"),
        _("reply to the customer"),
        _("rating"),
        _("customer's words"),
    ),
    _requests,
    order=110,
)
