"""Who complained before, and whether about the same: asked while a complaint is typed, and at its registration."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from keheng.complaints.models import Complaint, Party
from keheng.complaints.policies.matching import SAME, likeness
from keheng.customers.models import Customer
from keheng.customers.values import identity
from keheng.customers.values.blind import contact_keys
from keheng.org.models import Staff

_MOST = 8


@dataclass(frozen=True)
class Earlier:
    """A complaint of the same person. ``alike``: percent of its words that the new one has too."""

    complaint: Complaint
    alike: int

    @property
    def is_same(self) -> bool:
        return self.complaint.is_open and self.alike >= 100 * SAME


def earlier(*, customer: Customer | None, parties: Sequence[Party], since_days: int, at: datetime) -> list[int]:
    """The keys of complaints that the same person or telephone made within the days of the rules."""
    phones = [party.phone_index for party in parties if party.phone_index]
    mails = [party.mail_index for party in parties if party.mail_index]
    same = _same(customer, phones, mails)
    if same is None:
        return []
    found = Complaint.objects.filter(same, registered_at__gte=at - timedelta(days=since_days), registered_at__lte=at)
    return list(found.order_by("pk").values_list("pk", flat=True))


def seen_before(
    *, customer: Customer | None, phone: str, mail: str, statement: str, actor: Staff, at: datetime, since_days: int
) -> list[Earlier]:
    """What the page of intake shows while somebody types, likeliest duplicates first; only what the actor may see."""
    phones = [contact_keys(identity.phone(phone).value)[0]] if phone.strip() else []
    mails = [contact_keys(identity.email(mail).value)[0]] if mail.strip() else []
    same = _same(customer, phones, mails)
    if same is None:
        return []
    rows = (
        Complaint.objects.visible_to(actor)
        .filter(same, registered_at__gte=at - timedelta(days=since_days))
        .select_related("cause", "branch")
        .distinct()
        .order_by("-registered_at", "-pk")[:_MOST]
    )
    found = [Earlier(row, round(100 * likeness(statement, row.statement or ""))) for row in rows]
    return sorted(found, key=lambda one: (-one.is_same, -one.alike))


def _same(customer: Customer | None, phones: Sequence[Any], mails: Sequence[Any]) -> Q | None:
    """Subqueries by the indexes of people, no join: the rows of complaints stay single."""
    ways: list[Q] = []
    if customer is not None:
        ways.append(Q(customer=customer))
    if phones:
        ways.append(Q(pk__in=Party.objects.filter(phone_index__in=phones).values("complaint_id")))
    if mails:
        ways.append(Q(pk__in=Party.objects.filter(mail_index__in=mails).values("complaint_id")))
    if not ways:
        return None
    together = ways[0]
    for way in ways[1:]:
        together |= way
    return together
