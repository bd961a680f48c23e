"""Open complaints that look like another one, with what they have in common; a person links them (A7).

What people write is encrypted, so the database compares no words: it finds what shares the cause, the product or the
unit, and what shares marks of its words, by its indexes; the words of those few are compared once they are decrypted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, F, Func, IntegerField, Q, Value

from keheng.complaints.enums import Kinship
from keheng.complaints.models import Complaint, ComplaintQuerySet, Link
from keheng.complaints.policies.marks import marks
from keheng.complaints.policies.matching import Traits, kinship
from keheng.complaints.queries.learning import keyed
from keheng.org.models import Staff

COMPARED = 100
"""Of so many open complaints the words are compared, at most twice: of those that share something, or marks."""
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
    if not complaint.is_open:
        return []
    linked = Link.objects.filter(Q(first=complaint) | Q(second=complaint)).values_list("first", "second")
    known = {complaint.pk, *(pk for pair in linked for pk in pair)}
    seen = (
        Complaint.objects.visible_to(staff)
        .open()
        .exclude(pk__in=known)
        .select_related("cause", "about_branch", "product")
        .defer("wish", "finding")
    )
    found = {other.pk: other for rows in (_sharing(complaint, seen), _told_alike(complaint, seen)) for other in rows}
    own = _traits(complaint)
    kin = [Similar(other, *kinship(own, _traits(other))) for other in found.values()]
    return sorted((one for one in kin if one.reasons), key=lambda one: (-len(one.reasons), -one.percent))[:SHOWN]


def marks_of(text: str) -> list[int]:
    """The marks by which texts that are told alike are found."""
    return marks(keyed(text))


def _sharing(complaint: Complaint, seen: ComplaintQuerySet) -> Iterable[Complaint]:
    """The newest that share the cause, the product or the unit."""
    shared = Q()
    for name in ("cause_id", "product_id", "about_branch_id"):
        if getattr(complaint, name) is not None:
            shared |= Q(**{name: getattr(complaint, name)})
    return seen.filter(shared).order_by("-registered_at", "-pk")[:COMPARED] if shared else []


def _told_alike(complaint: Complaint, seen: ComplaintQuerySet) -> Iterable[Complaint]:
    """Those that share the most marks of their words."""
    own = marks_of(complaint.statement or "")
    if not own:
        return []
    common = _Common(F("words__marks"), Value(own, ArrayField(BigIntegerField())))
    return seen.filter(words__marks__overlap=own).annotate(common=common).order_by("-common", "-pk")[:COMPARED]


class _Common(Func):
    """How many elements two arrays have in common."""

    template = "cardinality(array(select unnest(%(expressions)s)))"
    arg_joiner = ") intersect select unnest("
    output_field = IntegerField()


def _traits(complaint: Complaint) -> Traits:
    return Traits(complaint.cause_id, complaint.product_id, complaint.about_branch_id, complaint.statement or "")
