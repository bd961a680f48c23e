"""What complaints tell in the copy of a data subject (PIPL 45)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keheng.complaints.enums import LetterState
from keheng.complaints.models import Complaint, Delivery, Letter
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


def _letters(customer: Customer) -> Iterable[Sequence[Any]]:
    """What was written to the person; drafts never reached them."""
    found = Letter.objects.filter(complaint__customer=customer, state=LetterState.APPROVED)
    for letter in found.select_related("complaint").order_by("pk"):
        yield letter.complaint.number, letter.subject, letter.body, letter.approved_at


def _deliveries(customer: Customer) -> Iterable[Sequence[Any]]:
    found = Delivery.objects.filter(complaint__customer=customer).select_related("complaint", "letter").order_by("pk")
    for row in found:
        subject = row.letter.subject if row.letter else row.subject
        yield (
            *(row.complaint.number, row.get_kind_display(), subject, row.get_way_display(), row.to),
            *(row.get_state_display(), row.settled_at),
        )


register_section(
    "complaints.letters",
    _("Replies to complaints"),
    lambda: (_("number of the complaint"), _("subject"), _("text"), _("approved at")),
    _letters,
    order=121,
)
register_section(
    "complaints.deliveries",
    _("Deliveries of replies"),
    lambda: (
        _("number of the complaint"),
        _("what is delivered"),
        _("subject"),
        _("way"),
        _("recipient"),
        pgettext_lazy("delivery", "state"),
        _("sent or delivered at"),
    ),
    _deliveries,
    order=122,
)
