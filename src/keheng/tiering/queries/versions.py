"""The versions of a scheme as people list them."""

from dataclasses import dataclass
from datetime import date

from keheng.approvals.enums import State
from keheng.approvals.models import Request
from keheng.tiering.enums import VersionState
from keheng.tiering.models import Scheme, SchemeVersion
from keheng.tiering.policies.comparison import differences


@dataclass(frozen=True)
class VersionRow:
    """A version with its place in time and how many things it says differently from the published one before."""

    version: SchemeVersion
    in_force: bool
    changes: int | None
    compared_with: int | None


def versions_of(scheme: Scheme, today: date) -> list[VersionRow]:
    """The versions of a scheme, newest first; one query."""
    versions = list(scheme.versions.select_related("scheme", "edited_by", "submitted_by", "published_by"))
    published = sorted(
        (version for version in versions if not version.is_draft),
        key=lambda version: (version.valid_from, version.number),
    )
    begun = [version for version in published if version.valid_from <= today]
    rows = []
    for version in versions:
        earlier = [other for other in published if _is_before(other, version)]
        before = earlier[-1] if earlier else None
        rows.append(
            VersionRow(
                version,
                in_force=bool(begun) and version.pk == begun[-1].pk,
                changes=len(differences(before.rules, version.rules)) if before else None,
                compared_with=before.number if before else None,
            )
        )
    return rows


def version_before(version: SchemeVersion) -> SchemeVersion | None:
    """The published version that a version follows."""
    published = version.scheme.versions.exclude(state=VersionState.DRAFT).select_related("scheme")
    earlier = [other for other in published.order_by("valid_from", "number") if _is_before(other, version)]
    return earlier[-1] if earlier else None


def _is_before(other: SchemeVersion, version: SchemeVersion) -> bool:
    if other.pk == version.pk:
        return False
    return version.is_draft or (other.valid_from, other.number) < (version.valid_from, version.number)


def publication_of(version: SchemeVersion) -> Request | None:
    """The open request to publish a draft."""
    return Request.objects.filter(
        subject_type=version._meta.label_lower, subject_id=version.pk, state=State.OPEN
    ).first()
