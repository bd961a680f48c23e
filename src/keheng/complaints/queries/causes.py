"""The tree of causes with what stands behind each."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from keheng.complaints.enums import Kind
from keheng.complaints.models import Cause, CauseVersion, Complaint
from keheng.org.models import Staff


@dataclass(frozen=True)
class Branching:
    """A cause in its place of the tree; ``complaints``: how many that the reader sees were given it."""

    cause: Cause
    depth: int
    complaints: int
    may_retire: bool


def tree(staff: Staff) -> dict[Kind, list[Branching]]:
    """By kind the causes in their order, each followed by those within it; those retired too."""
    seen = Complaint.objects.visible_to(staff).order_by().exclude(cause=None)
    counts = dict(seen.values_list("cause").annotate(Count("pk")))
    causes = _in_order(list(Cause.objects.all()))
    return {
        kind: [
            Branching(cause, depth, counts.get(cause.pk, 0), _may_retire(cause, causes))
            for cause, depth in causes
            if cause.kind == kind
        ]
        for kind in Kind
    }


def offered() -> list[tuple[str, list[tuple[int, str]]]]:
    """The causes in use by kind as choices; one within another has its name before its own."""
    causes = _in_order(list(Cause.objects.filter(is_active=True)))
    names = {cause.pk: str(cause) for cause, _depth in causes}
    return [
        (
            str(kind.label),
            [
                (cause.pk, " / ".join(name for name in (names.get(cause.parent_id or 0), str(cause)) if name))
                for cause, _depth in causes
                if cause.kind == kind
            ],
        )
        for kind in Kind
    ]


def tree_number() -> int:
    """The version of the tree that is in force."""
    return CauseVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0


def _in_order(causes: Sequence[Cause]) -> list[tuple[Cause, int]]:
    """Each cause followed by those within it, with its depth."""
    found: list[tuple[Cause, int]] = []
    for cause in causes:
        if cause.parent_id is None:
            found.append((cause, 0))
            found.extend((one, 1) for one in causes if one.parent_id == cause.pk)
    return found


def _may_retire(cause: Cause, causes: Sequence[tuple[Cause, int]]) -> bool:
    return cause.is_active and not any(one.is_active and one.parent_id == cause.pk for one, _depth in causes)
