"""Keeping by what complaints that are told alike are found."""

from keheng.complaints.models import Complaint, WordMarks
from keheng.complaints.queries.similar import marks_of

_AT_ONCE = 1000


def mark_words(complaints: list[Complaint]) -> int:
    """Keep the marks of what complaints tell; those of text without words have none. Return how many were kept."""
    rows = [WordMarks(complaint=one, marks=found) for one in complaints if (found := marks_of(one.statement or ""))]
    WordMarks.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def mark_missing() -> int:
    """Mark the open complaints that have no marks yet, those of before there were any; return how many."""
    missing = Complaint.objects.open().filter(words=None, statement__isnull=False).only("pk", "statement")
    return mark_words(list(missing.order_by("-pk")[:_AT_ONCE]))
