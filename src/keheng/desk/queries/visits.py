"""Today's visits in the order in which they are made: by the hours that customers prefer, then by weight (A4, 003)."""

from dataclasses import dataclass
from datetime import date

from keheng.care.enums.contacts import Channel
from keheng.care.models import CareProfile, Task
from keheng.care.queries.tasks import tasks_of
from keheng.care.wording import Sentences
from keheng.customers.enums import ContactKind, Disclosure
from keheng.customers.models import ContactPoint
from keheng.customers.permissions import disclosure
from keheng.customers.values.masks import masked_contact
from keheng.desk.queries.rows import add_tiers
from keheng.org.models import Staff

_REACH = (ContactKind.ADDRESS, ContactKind.MOBILE)


@dataclass(frozen=True)
class Reach:
    """A masked address or telephone; ``field`` is what the reveal asks for."""

    label: str
    mask: str
    field: str


@dataclass(frozen=True)
class Visit:
    """One customer to visit, and why; ``hours``: when they are best reached (restaurants at noon or in the evening)."""

    task: Task
    reason: str
    hours: str
    reach: list[Reach]


def visits(staff: Staff, day: date) -> list[Visit]:
    """The visits of a day; a fixed number of queries. Values that the reader may not know of are left out."""
    tasks = list(tasks_of(staff, day).filter(channel=Channel.VISIT, customer__isnull=False).order_by("-priority", "pk"))
    customers = [task.customer for task in tasks if task.customer is not None]
    add_tiers(customers)
    keys = [customer.pk for customer in customers]
    profiles = CareProfile.objects.in_bulk(keys)
    points: dict[int, list[ContactPoint]] = {}
    for point in ContactPoint.objects.filter(customer__in=keys, kind__in=_REACH, is_primary=True).order_by("kind"):
        points.setdefault(point.customer_id, []).append(point)
    found, sentences = [], Sentences(day)
    for task in tasks:
        assert task.customer is not None
        profile = profiles.get(task.customer.pk)
        hours = profile.hours if profile else ""
        reach = [
            Reach(point.get_kind_display(), masked_contact(point), f"contact.{point.pk}")
            for point in points.get(task.customer.pk, [])
            if disclosure(staff, task.customer, point.kind) > Disclosure.HIDDEN
        ]
        found.append(Visit(task, sentences.of(task), hours, reach))
    return sorted(found, key=lambda visit: visit.hours or "99")
