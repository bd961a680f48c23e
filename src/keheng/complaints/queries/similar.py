"""Open complaints that look like another one, with what they have in common; a person links them (A7).

What people write is encrypted, so the database compares no words: it finds what shares the cause, the product or the
unit by its indexes, and the words of those few are compared once they are decrypted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from keheng.complaints.enums import Kinship
from keheng.complaints.models import Complaint, Link
from keheng.complaints.policies.matching import Traits, kinship
from keheng.org.models import Staff

COMPARED = 100
"""Of so many open complaints the words are compared: the newest that share something."""
SHOWN = 5


@dataclass(frozen=True)
class Similar:
    """A complaint with what it has in common; ``percent`` of the words."""

    complaint: Complaint
    reasons: tuple[Kinship, ...]
    percent: int

    @property
    def told(self) -> list[str]:
        """The reasons in words."""
        return [f"{kin.label} {self.percent}%" if kin == Kinship.WORDS else str(kin.label) for kin in self.reasons]


def similar_to(complaint: Complaint, staff: Staff) -> Sequence[Similar]:
    """The likeliest open complaints that the reader sees and that are not linked yet; none for what has ended."""
    shared = Q()
    for name in ("cause_id", "product_id", "about_branch_id"):
        if getattr(complaint, name) is not None:
            shared |= Q(**{name: getattr(complaint, name)})
    if not shared or not complaint.is_open:
        return []
    linked = Link.objects.filter(Q(first=complaint) | Q(second=complaint)).values_list("first", "second")
    known = {complaint.pk, *(pk for pair in linked for pk in pair)}
    found = (
        Complaint.objects.visible_to(staff)
        .open()
        .filter(shared)
        .exclude(pk__in=known)
        .select_related("cause", "about_branch", "product")
        .defer("wish", "finding")
        .order_by("-registered_at", "-pk")[:COMPARED]
    )
    own = _traits(complaint)
    kin = [Similar(other, *kinship(own, _traits(other))) for other in found]
    return sorted((one for one in kin if one.reasons), key=lambda one: (-len(one.reasons), -one.percent))[:SHOWN]


def _traits(complaint: Complaint) -> Traits:
    return Traits(complaint.cause_id, complaint.product_id, complaint.about_branch_id, complaint.statement or "")
