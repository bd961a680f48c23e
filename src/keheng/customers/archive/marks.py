"""The short marks beside a customer: what to know before acting. Modules above register what they know:

marks.register(marks.Source("complaints", marks_of_complaints, "complaints.view"))
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from keheng.customers.enums import CustomerStatus
from keheng.customers.models import Customer
from keheng.org.models import Staff


@dataclass(frozen=True)
class Mark:
    """A flag in a word or two; tones: ``met``, ``near``, ``over``, ``info`` or nothing."""

    tone: str
    words: str
    url: str = ""


@dataclass(frozen=True)
class Source:
    """What one module knows: ``marks(customers, staff, today)`` gives the marks by customer key, as far as
    the reader may know them, by one query for all.

    Attributes:
        in_lists: show them in the rows of lists too; then the query runs on every page of every list. All others are
            loaded once the customer's page is there.
    """

    key: str
    marks: Callable[[Sequence[Customer], Staff, date], Mapping[int, Sequence[Mark]]]
    permission: str = ""
    order: int = 100
    in_lists: bool = False


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source; the same key again replaces it."""
    _sources[source.key] = source


def marks_of(
    customers: Sequence[Customer], staff: Staff, today: date, *, in_lists: bool | None = None
) -> dict[int, list[Mark]]:
    """The marks of each customer that the reader may know, in the order of their sources.

    Args:
        in_lists: only of the sources that lists show, or only of all others.
    """
    permitted = [source for source in _sources.values() if not source.permission or staff.can(source.permission)]
    found: dict[int, list[Mark]] = {customer.pk: [] for customer in customers}
    for source in sorted(permitted, key=lambda source: source.order):
        if in_lists is not None and source.in_lists != in_lists:
            continue
        for key, marks in source.marks(customers, staff, today).items():
            found[key].extend(marks)
    return found


def _own(customers: Sequence[Customer], _staff: Staff, _today: date) -> Mapping[int, Sequence[Mark]]:
    """What the customer's own row says."""
    return {
        customer.pk: [
            *([Mark("info", _("Do not disturb"))] if customer.do_not_disturb else []),
            *([Mark("", customer.get_status_display())] if customer.status != CustomerStatus.ACTIVE else []),
        ]
        for customer in customers
    }


register(Source("own", _own, order=10, in_lists=True))
