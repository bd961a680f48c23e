"""Reads of notices."""

from keheng.notices.models import Muted, Notice
from keheng.org.models import Staff


def unread_count(staff: Staff) -> int:
    """How many notices a person has not read."""
    return Notice.objects.visible_to(staff).unread().count()


def newest(staff: Staff, *, limit: int = 8) -> list[Notice]:
    """The newest notices of a person, read or not."""
    return list(Notice.objects.visible_to(staff).order_by("-at", "-id")[:limit])


def muted_kinds(staff: Staff) -> set[str]:
    """The kinds that a person has switched off."""
    return set(Muted.objects.filter(staff=staff).values_list("kind", flat=True))
