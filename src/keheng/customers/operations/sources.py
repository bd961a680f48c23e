"""Noting who told the values of an archive, and what that settles; part of the operations of this module."""

from collections.abc import Iterable
from datetime import datetime

from keheng.common.keys import key_ring
from keheng.customers.enums import Source, SuggestionState
from keheng.customers.models import Customer, Provenance, Suggestion
from keheng.customers.queries.archive import Archive

SUGGESTION = "customers.suggestion"
"""What suggested values are sealed and indexed for."""


def note_sources(customer: Customer, fields: Iterable[str], *, source: Source, by: str, at: datetime) -> None:
    """Note for each field who told its value.

    The core system's values need no note: taking one over hands the field back to the feed.
    """
    codes = sorted(set(fields))
    if source == Source.FEED:
        Provenance.objects.filter(customer=customer, field__in=codes).delete()
        return
    Provenance.objects.bulk_create(
        (Provenance(customer=customer, field=code, source=source, by=by, at=at) for code in codes),
        update_conflicts=True,
        unique_fields=["customer", "field"],
        update_fields=["source", "by", "at"],
    )


def overtake_equal(archive: Archive, fields: Iterable[str], *, at: datetime) -> None:
    """Close suggestions that say what the archive says now."""
    ring = key_ring()
    for field in fields:
        Suggestion.objects.filter(
            customer=archive.customer,
            field=field,
            state=SuggestionState.OPEN,
            value_key=ring.blind_index(archive.encoded(field), SUGGESTION),
        ).update(state=SuggestionState.SUPERSEDED, decided_at=at)
