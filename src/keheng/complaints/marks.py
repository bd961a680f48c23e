"""The marks at a customer's head strip: a complaint that runs, one that was right, the danger that they leave (A7)."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from keheng.complaints.enums import Outcome
from keheng.complaints.models import CustomerFlag
from keheng.complaints.queries.flags import standing
from keheng.customers.archive.marks import Mark
from keheng.customers.models import Customer
from keheng.org.models import Staff

UPHELD = frozenset({Outcome.JUSTIFIED, Outcome.PARTLY})


def marks_of_complaints(customers: Sequence[Customer], staff: Staff, today: date) -> Mapping[int, Sequence[Mark]]:
    """What whoever meets the customers has to know; nothing of a complaint about the reader."""
    found = standing(staff, today).filter(customer__in=customers).select_related("complaint")
    return {flag.customer_id: _marks(flag) for flag in found}


def _marks(flag: CustomerFlag) -> list[Mark]:
    url = f"{reverse('customer', args=[flag.customer_id])}?tab=complaints"
    if flag.until is None:
        marks = [Mark("over", _("Complaint open"), url)]
    elif flag.complaint.outcome in UPHELD:
        marks = [Mark("near", _("Complaint was justified"), url)]
    else:
        marks = [Mark("", _("Complained lately"), url)]
    if flag.reasons:
        marks.append(Mark("over", _("May leave"), url))
    return marks
