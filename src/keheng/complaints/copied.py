"""What complaints tell in the copy of a data subject (PIPL 45)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.complaints.models import Complaint
from keheng.customers.models import Customer
from keheng.customers.privacy.copies import register_section


def _complaints(customer: Customer) -> Iterable[Sequence[Any]]:
    for complaint in Complaint.objects.filter(customer=customer).select_related("cause").order_by("registered_at"):
        yield (
            complaint.number,
            complaint.get_channel_display(),
            complaint.get_state_display(),
            complaint.registered_at,
            complaint.get_kind_display(),
            complaint.cause,
            complaint.statement,
            complaint.wish,
            complaint.finding,
            complaint.replied_at,
            complaint.closed_at,
        )


register_section(
    "complaints",
    _("Complaints"),
    lambda: (
        _("number of the complaint"),
        _("channel"),
        _("state"),
        _("registered at"),
        _("kind of complaint"),
        pgettext_lazy("complaint", "cause"),
        _("what is complained about"),
        _("what the complainant asks for"),
        _("what was found and done"),
        _("replied at"),
        pgettext_lazy("complaint", "closed at"),
    ),
    _complaints,
    order=120,
)
